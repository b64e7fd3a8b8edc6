"""Where the core's time goes, phase by phase, and the floor that memory traffic sets: a profile for its makers."""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
from threadpoolctl import threadpool_limits

from simulation.bench.cases import CASES, Case
from simulation.bench.history import Session
from simulation.bench.jobs import Material
from simulation.bench.references import CORE
from simulation.interchange.certificate import certify
from simulation.interchange.interior_point import InteriorPoint
from simulation.interchange.kernels import KernelName, fused_step
from simulation.interchange.normal_equations import Pattern, elimination_order
from simulation.interchange.problem import Problem

__all__ = ["Breakdown", "breakdown", "breakdowns", "copy_gb_per_s"]

SWEEPS = 22
"""Numbers per flow and step that no iteration can do without: distances to both bounds and their prices are read four
times (weights, predictor, corrector, step, for each needs what the one before it found over all of them) and written
once, costs and masks read once."""

FACTOR_VISITS = 5
"""Times that the factors pass through memory: written once, read forward and backward by predictor and corrector."""

_COPIED = 8_000_000
_REPEATS = 5
_MS = 1000.0
_MOST_VARIABLES = 1_000_000
"""Variables of all scenarios together that are enough to tell where time goes."""

_PHASES = {
    ("batch.py", "of"): "scale",
    ("newton.py", "factor"): "factor",
    ("newton.py", "solve"): "solve",
    ("interior_point.py", "_look"): "measure",
    ("fused_step.py", "_look"): "measure",
    ("interior_point.py", "_proven"): "prove",
    ("interior_point.py", "advance"): "advance",
    ("fused_step.py", "advance"): "advance",
    ("interior_point.py", "solve"): "total",
}
"""Functions whose time, with all that they call, is that of a phase; none of a phase calls another of the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """Time of a case per scenario [ms] by phase, on one kind of kernels.

    ``factor_ms`` and ``solve_ms`` are parts of the step; the fused kernels compile all of it into one call, so that
    they are None there.  ``rest_ms`` is what no phase is named for: lanes that are stored and refilled, what is checked
    before and after.  ``floor_ms`` is what the memory traffic of the iterations would take at ``copy_gb_per_s``.
    """

    case: str
    kernels: str
    iterations: float
    assemble_ms: float
    scale_ms: float
    factor_ms: float | None
    solve_ms: float | None
    step_ms: float
    measure_ms: float
    prove_ms: float
    rest_ms: float
    certify_ms: float
    floor_ms: float

    @property
    def parts_ms(self) -> dict[str, float]:
        """Phases of a solve [ms], the whole of it together; of the fused kernels ``step`` is all of a step."""
        inside = {"factor": self.factor_ms, "solve": self.solve_ms}
        return {
            "scale": self.scale_ms,
            **{name: ms for name, ms in inside.items() if ms is not None},
            "step": self.step_ms,
            "measure": self.measure_ms,
            "prove": self.prove_ms,
            "rest": self.rest_ms,
        }

    @property
    def total_ms(self) -> float:
        """The whole solve [ms]."""
        return sum(self.parts_ms.values())

    @property
    def iterating_ms(self) -> float:
        """What the iterations take, their proof included [ms]."""
        return self.total_ms - self.scale_ms - self.rest_ms


def copy_gb_per_s() -> float:
    """Bandwidth of copying an array that no cache holds, read and written bytes counted: best of a few [GB/s]."""
    source, target = np.ones(_COPIED), np.zeros(_COPIED)
    best_s = min(_seconds(lambda: np.copyto(target, source)) for _ in range(_REPEATS))
    return 2 * source.nbytes / best_s / 1e9


def breakdown(case: Case, kernels: KernelName, n_scenarios: int, bandwidth_gb_per_s: float) -> Breakdown:
    """Solve one scenario of a case to warm up, then all under a profiler; times per scenario."""
    material, core = Material(case, n_scenarios).made(), InteriorPoint(kernels=kernels)
    member, problem = material.member, material.problem
    with threadpool_limits(limits=1):
        assemble_s = _seconds(lambda: case.problem(member))
        core.solve(problem.take(slice(1)))
        profile = cProfile.Profile()
        solution = profile.runcall(core.solve, problem)
        certify_s = _seconds(lambda: certify(problem, solution))
    spent = dict.fromkeys(_PHASES.values(), 0.0)
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]  pstats has it, its stubs do not
    for (file, _, function), (_, _, _, within_s, _) in stats.items():
        phase = _PHASES.get((Path(file).name, function))
        if phase is not None:
            spent[phase] += within_s
    fused = kernels == "numba"
    named = sum(spent[phase] for phase in ("scale", "advance", "measure", "prove"))
    iterations = float(solution.iterations.mean())

    def ms(time_s: float) -> float:
        return _MS * time_s / n_scenarios

    return Breakdown(
        case=case.name,
        kernels=kernels,
        iterations=iterations,
        assemble_ms=ms(assemble_s),
        scale_ms=ms(spent["scale"]),
        factor_ms=None if fused else ms(spent["factor"]),
        solve_ms=None if fused else ms(spent["solve"]),
        step_ms=ms(spent["advance"] - spent["factor"] - spent["solve"]),
        measure_ms=ms(spent["measure"]),
        prove_ms=ms(spent["prove"]),
        rest_ms=ms(spent["total"] - named),
        certify_ms=ms(certify_s),
        floor_ms=_MS * iterations * _bytes_an_iteration(problem) / (bandwidth_gb_per_s * 1e9),
    )


def breakdowns(session: Session, tell: Callable[[float, str], None] = lambda *_: None) -> Iterator[Breakdown]:
    """The stressed half of every size that a session has timed, on both kinds of kernels where numba is installed.

    ``tell`` hears of each before it begins, with the share 1: all else is done.
    """
    timed = {figure.case for figure in session.figures if figure.solver == CORE.name}
    kinds: tuple[KernelName, ...] = ("numpy", "numba") if _has_numba() else ("numpy",)
    bandwidth_gb_per_s = copy_gb_per_s()
    for case in CASES:
        if case.name in timed and case.is_family and case.name.endswith("-stressed"):
            n = max(1, min(case.many, _MOST_VARIABLES // case.variables))
            for kernels in kinds:
                tell(1.0, f"{case.name} profile {kernels}, {n} scenarios")
                yield breakdown(case, kernels, n, bandwidth_gb_per_s)


def _bytes_an_iteration(problem: Problem) -> float:
    """What one iteration of one scenario must move at least: columns, and the factors of the normal equations."""
    order = elimination_order(problem.matrix, problem.store_row)
    pattern = Pattern.of(problem.matrix[order], len(problem.stores))
    columns = len(problem.columns) + len(problem.stores)
    factors = pattern.assemble.indptr.size - 1 + pattern.n_stores * (pattern.n_stores + 1) // 2
    return 8.0 * problem.n_steps * (SWEEPS * columns + FACTOR_VISITS * factors)


def _has_numba() -> bool:
    return fused_step("auto", 10**9) is not None


def _seconds(run: Callable[[], object]) -> float:
    start_s = perf_counter()
    run()
    return perf_counter() - start_s
