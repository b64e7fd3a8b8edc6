"""Fourteen days of a station with its queue, a world in less than 400 ms on one core; counts gate, times do not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulation.bench.cases import FORTNIGHT, SEED
from simulation.draws.draws import sample
from simulation.events.world import World
from simulation.interchange.highs import HiGHS
from simulation.scenario.load import load
from simulation.study.workers import Work, run_stream

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


def _changes(worlds: int) -> np.ndarray:
    """Dispatches that changed anything, of so many worlds of the hub with everything by their own rules."""
    ids = tuple(range(worlds))
    work = Work(spec=load("mihama_everything"), plan="none", solver=HiGHS(), scenario_ids=ids, seed=SEED)
    return np.concatenate([block.n_events for block in run_stream(work, workers=2)])


@pytest.mark.parametrize(
    "worlds",
    [pytest.param(200, marks=pytest.mark.slow), pytest.param(10_000, marks=pytest.mark.full)],
)
def test_many_fortnights_of_a_hub_with_everything(benchmark: Any, worlds: int) -> None:
    """Ten thousand worlds are to end in 40 minutes on two idle cores, a few blocks of them in memory at a time."""
    counts = benchmark.pedantic(_changes, args=(worlds,), rounds=1)
    benchmark.extra_info.update(worlds=worlds, events=int(counts.sum()))
    assert counts.shape == (worlds,)
    assert counts[0] == FORTNIGHT.events, "a world is the same alone and among many"
    assert (counts > 14 * 144).all(), "something changes in nearly every step"
    assert (counts < 2 * 14 * 144).all()
