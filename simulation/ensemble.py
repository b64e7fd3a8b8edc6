"""Many worlds in lockstep: the closed loop, in which one batched plan serves every world at each epoch.

At an epoch the stocks of all worlds are gathered into arrays, one problem is built from forecasts and the planner's
belief, it is solved once for all, and every world gets its row of the plan back.  With ``warm`` the interior point
starts each world from that world's own last plan.  Between epochs each world is alone with its events.  A world whose
grid was lost or came back is planned again at its next planning step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Bool

from simulation.draws.draws import Draws
from simulation.events.collect import collect
from simulation.events.state import gather_state
from simulation.events.trajectory import Trajectory
from simulation.events.world import World
from simulation.interchange.assemble import build
from simulation.interchange.foresee import foresee
from simulation.interchange.interior_point import InteriorPoint
from simulation.interchange.schedule import Solver
from simulation.interchange.setpoints import set_points
from simulation.interchange.solve import solve
from simulation.interchange.warm import PastPlan, past_plans, start_from
from simulation.scenario.spec import Spec

__all__ = ["replan"]


def replan(
    spec: Spec, draws: Draws, solver: Solver | None = None, *, progress: Callable[[float], None] | None = None
) -> Trajectory:
    """Plan on forecasts, let events happen, plan again; the planner never sees the draws ahead of time.

    ``solver`` is ``InteriorPoint`` unless told otherwise; a world is the same to the last digit alone and among others.
    ``progress`` is called with the share of the period that is done, between 0 and 1.  Plans that the interior point
    left to HiGHS are counted in ``Trajectory.plans``.
    """
    solver = InteriorPoint() if solver is None else solver
    plans: Counter[str] = Counter()
    worlds = [World(spec, draws, s) for s in range(draws.n_scenarios)]
    clock = spec.planning_clock
    every = max(1, round(spec.planner.replan_every_h / clock.step_h))
    grid_at_plan = _grid_state(worlds)
    past: list[PastPlan | None] = [None] * len(worlds)
    for step in range(clock.n_steps):
        grid_now = _grid_state(worlds)
        due = np.full(len(worlds), step % every == 0) | (grid_now != grid_at_plan).any(axis=1)
        if due.any():
            plans.update(_plan(spec, draws, solver, worlds, np.flatnonzero(due), past))
            grid_at_plan[due] = grid_now[due]
        for world in worlds:
            world.advance(float(clock.hours[step + 1]))
        if progress is not None:
            progress((step + 1) / clock.n_steps)
    planned_by = f"{solver.name}, closed loop"
    return collect(spec, draws, worlds, planned_by=planned_by, perfect_information=False, plans=plans)


def _plan(
    spec: Spec, draws: Draws, solver: Solver, worlds: Sequence[World], rows: np.ndarray, past: list[PastPlan | None]
) -> dict[str, int]:
    """One epoch: gather, foresee, build, solve, hand the rows back; how many plans each solver finished.

    ``past`` holds each world's last plan, and the new ones afterwards.
    """
    state = gather_state([worlds[s] for s in rows])
    problem = build(spec, foresee(spec, draws, state, rows))
    step = round(state.now_h / spec.planning_clock.step_h)
    warm = isinstance(solver, InteriorPoint) and solver.warm
    start = start_from([past[s] for s in rows], problem, step) if warm else None
    schedule = solve(problem, solver, start=start)
    points = set_points(spec, schedule)
    kept = past_plans(problem, schedule.solution, step)
    for row, s in enumerate(rows):
        worlds[s].follow(points, row)
        past[s] = kept[row]
    return schedule.plans


def _grid_state(worlds: Sequence[World]) -> Bool[np.ndarray, "S F"]:
    return np.array([world.feeder_up for world in worlds], dtype=bool).reshape(len(worlds), -1)
