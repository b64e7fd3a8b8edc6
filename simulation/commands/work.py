"""What ``run`` and ``compare`` share: reading a scenario, naming the solver, playing the scenarios."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from simulation.commands.options import PlanMode, SolverName
from simulation.commands.screen import progress

if TYPE_CHECKING:
    from simulation.events.trajectory import Trajectory
    from simulation.interchange.schedule import Solver
    from simulation.scenario.spec import Spec
    from simulation.study.workers import Work

__all__ = ["Watch", "play", "read", "work_of"]


def read(file: str) -> Spec:
    """A scenario together with the series that it points at, all faults of either at once."""
    from simulation.scenario.load import load
    from simulation.scenario.series import check_series

    spec = load(file)
    check_series(spec, file)
    return spec


def work_of(
    spec: Spec, *, scenarios: int | None, seed: int | None, solver: SolverName, plan: PlanMode, only: int | None
) -> Work:
    """The work that the options ask for; what they leave open is as the scenario says."""
    from simulation.study.workers import Work

    ids = (only,) if only is not None else tuple(range(scenarios or spec.runs.scenarios))
    root = spec.runs.seed if seed is None else seed
    return Work(spec=spec, plan=plan.value, solver=_solver(solver), scenario_ids=ids, seed=root)


def play(work: Work, workers: int | None, title: str) -> Trajectory:
    """All scenarios of the work, with a bar of progress."""
    from simulation.study.workers import default_workers, run_scenarios

    with progress(f"{title}, {len(work.scenario_ids)} scenarios") as tell:
        return run_scenarios(work, workers=workers or default_workers(), progress=tell)


class Watch:
    """Seconds of each phase of a run, by the clock on the wall."""

    def __init__(self) -> None:
        self.wall_s: dict[str, float] = {}
        self._began = time.perf_counter()

    def lap(self, phase: str) -> None:
        """End a phase; the next begins."""
        now = time.perf_counter()
        self.wall_s[phase] = round(now - self._began, 3)
        self._began = now


def _solver(name: SolverName) -> Solver:
    import simulation

    return {
        SolverName.HIGHS: lambda: simulation.HiGHS(),
        SolverName.INTERIOR_POINT: lambda: simulation.InteriorPoint(),
        SolverName.INTERIOR_POINT_FAST: lambda: simulation.InteriorPoint(kernels="numba"),
        SolverName.NO_EXCHANGE: lambda: simulation.NoExchange(),
        SolverName.MERIT_ORDER: lambda: simulation.MeritOrder(),
    }[name]()
