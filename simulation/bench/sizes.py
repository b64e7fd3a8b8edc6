"""Figures of a session put together by size of the standard family, and laid out as tables of a page."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from simulation.bench.cases import CASES, Phase
from simulation.bench.measure import Figure

__all__ = ["SIZES", "markdown_table", "mean_ms", "of_size"]

SIZES = tuple(dict.fromkeys(case.group for case in CASES if case.is_family))
"""Sizes of the standard family, buildings x steps."""


def of_size(figures: Sequence[Figure], size: str, phase: Phase, solver: str) -> list[Figure]:
    """Figures of the plain and the stressed half of a size."""
    wanted = (size, phase, solver)
    return [one for one in figures if (one.case.rpartition("-")[0], one.phase, one.solver) == wanted]


def mean_ms(figures: Sequence[Figure], size: str, phase: Phase, solver: str) -> float | None:
    """Mean of the two halves' medians per schedule [ms]; None where neither was timed."""
    found = [one.median_ms for one in of_size(figures, size, phase, solver)]
    return fmean(found) if found else None


def markdown_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose first column is of words and whose others are of numbers.

    >>> print(markdown_table(["size", "ms"], [["2x48", "0.4"]]))
    | size | ms |
    | --- | ---: |
    | 2x48 | 0.4 |
    """
    ruled = ["---", *["---:"] * (len(heads) - 1)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (heads, ruled, *rows))
