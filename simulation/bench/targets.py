"""The core against its targets on both kinds of kernels, and in words where the time goes if one is missed."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from simulation.bench.cases import TARGET_FAST_MS, TARGET_MS, Phase
from simulation.bench.floor import Breakdown
from simulation.bench.measure import Figure
from simulation.bench.references import CORE, FAST, Reference
from simulation.bench.sizes import SIZES, markdown_table, mean_ms, of_size
from simulation.bench.tables import ms_text

__all__ = ["misses", "target_table"]

KERNELS: dict[str, tuple[Reference, dict[str, float]]] = {
    "numpy": (CORE, TARGET_MS),
    "numba": (FAST, TARGET_FAST_MS),
}
"""Reference and targets [ms] of each kind of kernels."""

_REST = (Phase.ASSEMBLE, Phase.CERTIFY, Phase.PLAN, Phase.SIMULATE)


def target_table(figures: Sequence[Figure]) -> str:
    """A row a size: both targets, what was measured, how they stand; and the other stages of a plan."""
    rows = []
    for size in SIZES:
        steps = of_size(figures, size, Phase.SOLVE, CORE.name)
        if not steps:
            continue
        rest = [mean_ms(figures, size, phase, CORE.name) for phase in _REST]
        rows.append(
            [
                size,
                *(cell for kernels in KERNELS for cell in _against(figures, size, kernels)),
                f"{fmean(one.iterations or 0.0 for one in steps):.1f}",
                *("-" if time is None else ms_text(time) for time in rest),
            ]
        )
    heads = [word for kernels in KERNELS for word in (f"target, {kernels}", f"solve, {kernels}", "")]
    return markdown_table(
        ["buildings x steps", *heads, "iterations", "assemble", "certify", "whole plan", "simulate"], rows
    )


def misses(figures: Sequence[Figure], breakdowns: Sequence[Breakdown]) -> str:
    """A line for every breakdown whose size misses its target: what takes the time, and what would meet it."""
    return "\n".join(line for one in breakdowns if (line := _miss(figures, one)))


def _against(figures: Sequence[Figure], size: str, kernels: str) -> tuple[str, str, str]:
    solver, targets = KERNELS[kernels]
    solve_ms, target_ms = mean_ms(figures, size, Phase.SOLVE, solver.name), targets[size]
    if solve_ms is None:
        return f"{target_ms:g}", "-", "-"
    words = "met" if solve_ms <= target_ms else f"missed, {solve_ms / target_ms:.1f} times"
    return f"{target_ms:g}", ms_text(solve_ms), words


def _miss(figures: Sequence[Figure], one: Breakdown) -> str:
    solver, targets = KERNELS[one.kernels]
    size = one.case.rpartition("-")[0]
    solve_ms, target_ms = mean_ms(figures, size, Phase.SOLVE, solver.name), targets[size]
    if solve_ms is None or solve_ms <= target_ms:
        return ""
    shares = sorted(((ms / one.total_ms, name) for name, ms in one.parts_ms.items()), reverse=True)
    largest = ", ".join(f"{100.0 * share:.0f} % {name}" for share, name in shares[:3])
    left_ms = target_ms - (one.total_ms - one.iterating_ms)
    if left_ms > 0.0:
        need = f"the target leaves {left_ms / one.floor_ms:.1f} times for as many iterations"
    else:
        need = "what comes before and after them takes longer than the target alone"
    return (
        f"- {size}, {one.kernels}: {solve_ms / target_ms:.1f} times the target. {largest}; "
        f"iterations take {one.iterating_ms / one.floor_ms:.1f} times the floor, and {need}."
    )
