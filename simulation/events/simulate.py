"""Worlds played from end to end: without a plan, or by one that was made in full knowledge of the draws."""

from __future__ import annotations

from simulation.draws.draws import Draws
from simulation.events.collect import collect
from simulation.events.trajectory import Trajectory
from simulation.events.world import World
from simulation.interchange.schedule import Schedule
from simulation.interchange.setpoints import SetPoints, set_points
from simulation.scenario.spec import Spec

__all__ = ["play", "simulate"]


def play(spec: Spec, draws: Draws) -> Trajectory:
    """Play every scenario of the draws without a plan: everything goes by its own rules, and nobody looks ahead."""
    worlds = [World(spec, draws, s) for s in range(draws.n_scenarios)]
    for world in worlds:
        world.advance(draws.clock.duration_h)
    return collect(spec, draws, worlds, planned_by="own rules", perfect_information=False)


def simulate(spec: Spec, draws: Draws, schedule: Schedule | SetPoints) -> Trajectory:
    """Play every scenario of the draws against its row of a schedule that was made with PERFECT INFORMATION.

    A bound, labelled so: see ``ensemble.replan`` for a planner that does not know the future.
    """
    points = schedule if isinstance(schedule, SetPoints) else set_points(spec, schedule)
    planned_by = "set-points" if isinstance(schedule, SetPoints) else schedule.solver
    worlds = [World(spec, draws, s) for s in range(draws.n_scenarios)]
    for s, world in enumerate(worlds):
        world.follow(points, s, foreseen=True)
        world.advance(draws.clock.duration_h)
    plans = None if isinstance(schedule, SetPoints) else schedule.plans
    planned_by = f"{planned_by}, perfect information"
    return collect(spec, draws, worlds, planned_by=planned_by, perfect_information=True, plans=plans)
