"""The event model alone: one 7-day world of the flagship, outage included, on one core."""

from __future__ import annotations

from collections.abc import Callable

from simulation.draws.draws import Draws, sample
from simulation.events.world import World
from simulation.scenario.load import load
from simulation.scenario.spec import Spec


def _week() -> tuple[Spec, Draws]:
    """The flagship in the week of its disaster, on control steps of 30 minutes."""
    data = load("area_and_hub").model_dump()
    data["period"] |= {"start": "2026-08-07", "days": 7, "control_step_min": 30, "planning_step_min": 30}
    spec = Spec.model_validate(data)
    return spec, sample(spec, n_scenarios=1, seed=7)


def _play(spec: Spec, draws: Draws) -> World:
    world = World(spec, draws, 0)
    world.advance(draws.clock.duration_h)
    return world


def test_a_week_of_the_flagship(benchmark: Callable) -> None:
    """At most 150 ms is the aim (timings never gate); what gates is the count of events that changed something."""
    spec, draws = _week()
    assert len(spec.building) == 6
    assert draws.clock.n_steps == 336
    assert 0.0 < draws.outage.start_h[0, 0, 0] < draws.outage.end_h[0, 0, 0] < draws.clock.duration_h
    world = benchmark(_play, spec, draws)
    benchmark.extra_info.update(events=world.n_events, steps=draws.clock.n_steps, records=len(world.log.records))
    assert world.n_events == 353
