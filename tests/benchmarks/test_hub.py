"""Fourteen days of a station with its queue, a world in less than 400 ms on one core; counts gate, times do not."""

from __future__ import annotations

from typing import Any

import pytest

from simulation.draws.draws import sample
from simulation.events.world import World
from simulation.scenario.load import load

VEHICLES = 3_131
"""Vehicles that come in world 0 of seed 1: a number that moves says that the draws moved."""

WITHOUT = ["building.station.service_station.regular"]


def _play(remove: tuple[str, ...]) -> tuple[World, int]:
    """One world of Ushitsu over fourteen days, its draws made beside it; and the vehicles that come."""
    spec = load("noto_ushitsu", {"period.days": 14, "remove": list(remove)})
    world = World(spec, sample(spec, n_scenarios=1, seed=1), 0)
    units = world.parts["service_station"]
    return world, sum(len(unit.visits.hour) for unit in units)


@pytest.mark.parametrize("remove", [(), tuple(WITHOUT)], ids=["queue", "no_queue"])
def test_two_weeks_of_a_hub(benchmark: Any, remove: tuple[str, ...]) -> None:
    world, vehicles = _play(remove)
    benchmark.pedantic(world.advance, args=(world.clock.duration_h,), rounds=1)
    benchmark.extra_info.update(vehicles=vehicles, events=world.n_events, steps=world.clock.n_steps)
    assert world.row == world.clock.n_steps == 14 * 144
    assert world.clock.n_steps <= world.n_events < 1.05 * world.clock.n_steps, "vehicles ring nobody's bell"
    assert vehicles == (0 if remove else VEHICLES)
