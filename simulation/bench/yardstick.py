"""What the references took on the machine on which the targets were set, so that figures of another can be scaled."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from simulation.bench.cases import TARGET_FAST_MS, TARGET_MS, Phase
from simulation.bench.measure import Figure
from simulation.bench.references import CORE, FAST, REFERENCES
from simulation.bench.sizes import SIZES, markdown_table, mean_ms
from simulation.bench.tables import ms_text

__all__ = ["THERE", "THERE_MS", "slower", "yardstick"]

THERE = "a 2-core AMD Zen 4 machine"
"""Where the targets were set."""

THERE_MS: dict[str, dict[str, float]] = {
    "highs": {"2x48": 4.7, "5x48": 15.0, "20x48": 74.0, "50x96": 537.0, "5x336": 119.0, "5x8760": 8400.0},
    "highspy": {"2x48": 2.6, "5x48": 7.9, "20x48": 45.0, "50x96": 330.0, "5x336": 71.0, "5x8760": 7500.0},
    "highspy-warm": {"5x48": 1.8},
    "piqp": {"2x48": 2.6, "5x48": 6.2, "20x48": 36.0, "5x336": 44.0, "5x8760": 2200.0},
    "piqp-once": {"5x48": 3.8},
    "pypsa": {"2x48": 1180.0, "5x48": 1230.0, "20x48": 1530.0, "50x96": 2420.0, "5x336": 1360.0, "5x8760": 11600.0},
    "oemof": {"2x48": 66.0, "5x48": 182.0, "20x48": 910.0, "50x96": 4600.0, "5x336": 1610.0, "5x8760": 46000.0},
}
"""Best times per schedule there, build and solve on one thread, by reference and size [ms]; PIQP was unreliable at
50 x 96, and warm chains were timed at 5 x 48 alone."""


def slower(figures: Sequence[Figure], size: str) -> float | None:
    """Median over the references of their time here to that there; None where none was timed in both places."""
    ratios = [ratio for name in THERE_MS if (ratio := _ratio(figures, size, name)) is not None]
    return median(ratios) if ratios else None


def yardstick(figures: Sequence[Figure]) -> list[str]:
    """A section: the references there and how often that here, and the core's time divided by what that comes to."""
    titles = {one.name: one.title for one in REFERENCES}
    names = [name for name in THERE_MS if any(_ratio(figures, size, name) is not None for size in SIZES)]
    if not names:
        return []
    rows = []
    for size in SIZES:
        ratio = slower(figures, size)
        if ratio is not None:
            cells = [_cell(figures, size, name) for name in names]
            rows.append([size, *cells, f"{ratio:.1f}", *_scaled(figures, size, ratio)])
    words = (
        f"The targets were set on {THERE}, beside the best times of the same references there, with one thread, "
        "build and solve; in brackets how often that they take here (medians, and other versions). Their median is the "
        "yardstick: the last two columns divide the core's time by it, with the target in brackets. It is a rough one, "
        "since references of one size differ among themselves: solvers that stay in the cache suffer less from a "
        "slow memory than those that build large models."
    )
    heads = ["buildings x steps", *(titles[name] for name in names), "here to there", "numpy, scaled", "numba, scaled"]
    return [
        "### The same references on the machine on which the targets were set [ms]",
        words,
        markdown_table(heads, rows),
    ]


def _ratio(figures: Sequence[Figure], size: str, name: str) -> float | None:
    here_ms, there_ms = mean_ms(figures, size, Phase.SOLVE, name), THERE_MS[name].get(size)
    return None if here_ms is None or there_ms is None else here_ms / there_ms


def _cell(figures: Sequence[Figure], size: str, name: str) -> str:
    there_ms, ratio = THERE_MS[name].get(size), _ratio(figures, size, name)
    if there_ms is None:
        return "-"
    return ms_text(there_ms) if ratio is None else f"{ms_text(there_ms)} ({ratio:.1f})"


def _scaled(figures: Sequence[Figure], size: str, ratio: float) -> list[str]:
    cells = []
    for one, targets in ((CORE, TARGET_MS), (FAST, TARGET_FAST_MS)):
        time_ms = mean_ms(figures, size, Phase.SOLVE, one.name)
        cells.append("-" if time_ms is None else f"{ms_text(time_ms / ratio)} ({targets[size]:g})")
    return cells
