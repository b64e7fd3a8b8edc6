"""Ushitsu after the earthquake of 2024: the petrol station's story, and what hangs on each of its links.

Source: the copy of an Asahi report named in ``scenarios/noto_ushitsu.toml``.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from simulation.draws.draws import sample
from simulation.events.collect import collect
from simulation.events.trajectory import EventRecord, Trajectory
from simulation.events.world import World
from simulation.scenario.load import load

STRIKE_H = 40.0 + 1.0 / 6.0
STEPS_PER_H = 6
TANK = "station.fuel_tank.regular"
STATION = "station.service_station.regular"

pytestmark = pytest.mark.slow


@cache
def replay(name: str) -> Trajectory:
    """Eight worlds without a planner: nothing here is planned."""
    spec = load(name)
    draws = sample(spec, n_scenarios=8, seed=1)
    worlds = [World(spec, draws, s) for s in range(draws.n_scenarios)]
    for world in worlds:
        world.advance(draws.clock.duration_h)
    return collect(spec, draws, worlds, planned_by="nobody", perfect_information=False)


def level_after(run: Trajectory, hours: float) -> np.ndarray:
    return run.level("fuel_l", TANK)[:, round((STRIKE_H + hours) * STEPS_PER_H)]


def origins(run: Trajectory, event: EventRecord) -> list[str]:
    """Kinds of the events behind one, nearest first."""
    records = [one for one in run.events if one.scenario == event.scenario]
    kinds = []
    while event.cause >= 0:
        event = records[event.cause]
        kinds.append(event.kind)
    return kinds


def test_public_sale_stops_twenty_hours_after_the_quake_and_the_tank_is_below_a_quarter_by_noon_of_the_fourth() -> None:
    run = replay("noto_ushitsu")
    stops = {event.scenario: event.time_h for event in reversed(run.events) if event.kind == "public_sale_stopped"}
    assert np.allclose(list(stops.values()), STRIKE_H + 20.0)
    assert (level_after(run, 20.0) > 2_500.0).all()
    assert np.median(level_after(run, 68.0)) < 2_500.0
    assert (level_after(run, 68.0) > 0.0).all()
    resumed = [event for event in run.events if event.kind == "public_sale_resumed"]
    shut = slice(round((STRIKE_H + 20.5) * STEPS_PER_H), int(min(event.time_h for event in resumed) * STEPS_PER_H))
    served = run.flow("station_served_lph", f"{STATION}.public")
    assert served[:, shut].max() == 0.0
    assert {event.scenario for event in resumed} == set(range(8))  # a tanker has come in each
    assert (served[:, shut.stop :].sum(axis=1) > 0.0).all()


def test_lorries_pass_on_the_third_and_the_tanker_comes_on_the_fifth() -> None:
    run = replay("noto_ushitsu")
    limited = [event.time_h for event in run.events if event.kind == "road_limited"]
    first = {e.scenario: e for e in reversed(run.events) if e.kind == "delivery_arrived" and e.element == TANK}
    assert 72.0 <= np.median(limited) < 96.0  # hours of 3 January
    assert 120.0 <= np.median([event.time_h for event in first.values()]) < 144.0  # of 5 January
    assert all(origins(run, event)[0] == "delivery_late" for event in first.values())


def test_without_the_stop_the_water_works_go_dark_for_a_road_that_is_closed() -> None:
    kept, sold = replay("noto_ushitsu"), replay("noto_ushitsu_no_stop")
    assert not any(event.kind == "genset_out_of_fuel" for event in kept.events if event.element.startswith("water"))
    dry = [event for event in sold.events if event.kind == "genset_out_of_fuel" and event.element.startswith("water")]
    assert len({event.scenario for event in dry}) >= 4
    firsts = {event.scenario: event for event in reversed(dry)}
    for event in firsts.values():
        engine, lot, source, *_ = origins(sold, event)
        assert (engine, lot) == ("stock_empty", "delivery_short")
        assert source in ("stock_empty", "stock_still_empty"), "sold out, or dry for the road before the lot came"
        assert origins(sold, event)[-1] == "strike"
    assert any("road_closed" in origins(sold, event) for event in firsts.values())
    water = "water_works.water_tank.reservoir"
    assert kept.flow("water_unserved_m3ph", water).sum() < sold.flow("water_unserved_m3ph", water).sum()
