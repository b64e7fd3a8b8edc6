"""Lubricating oil: running hours use it up, half an hour refills it while there is any in store."""

from __future__ import annotations

from typing import Any

import pytest

from simulation.events.state import gather_state
from simulation.events.trajectory import Trajectory
from simulation.events.world import World
from tests.events.worlds import DIESEL, GRID, Hands, area

OIL = {"sump_l": 2.0, "use_lph": 0.1, "spare": "oil"}
"""Twenty hours to a sump: 0.1 L/h as in a published case of 8 L and about 80 h."""


def hands(oil: dict[str, Any], store: dict[str, Any], **tables: Any) -> Hands:
    engine = {**DIESEL, "rated_kw": 50.0, "oil": {**OIL, **oil}}
    tank = {"fuel": "lubricating_oil", "capacity_l": 20.0, **store}
    spec = area({"home": {"grid": GRID, "genset": {"g": engine}, "fuel_tank": {"oil": tank}}}, days=4, **tables)
    return Hands(spec).demand("home", critical=30.0).outage(0.0, 96.0)


def at(run: Trajectory, kind: str) -> list[float]:
    return [event.time_h for event in run.events if event.kind == kind]


def test_an_engine_stands_still_for_half_an_hour_each_time_its_sump_is_empty() -> None:
    run = hands({}, {}).play()
    assert at(run, "genset_out_of_oil") == pytest.approx([20.0, 40.5, 61.0, 81.5])
    assert at(run, "genset_oil_refilled") == pytest.approx([20.5, 41.0, 61.5, 82.0])
    assert run.flow("unserved_kw", "home.critical")[0].sum() * 0.5 == pytest.approx(4 * 15.0)
    assert run.level("fuel_l", "home.fuel_tank.oil")[0, -1] == pytest.approx(20.0 - 4 * 2.0)


def test_without_spare_oil_it_stops_for_good_though_there_is_fuel() -> None:
    run = hands({"spare": None}, {}).play()
    assert at(run, "genset_out_of_oil") == [pytest.approx(20.0)]
    assert run.flow("genset_kw", "home.genset.g")[0, 40:].sum() == 0.0


def test_the_last_of_the_oil_fills_part_of_a_sump_and_a_delivery_brings_it_back() -> None:
    tins = {"to": "home.fuel_tank.oil", "amount": 5.0, "first_after_h": 60.0, "every_h": 500.0, "travel_h": 0.0}
    tables = {"hazard": {"start": "2019-09-09T00:00"}, "delivery": {"tins": tins}}
    run = hands({}, {"initial_frac": 0.05}, **tables).play()
    assert at(run, "genset_out_of_oil")[:2] == pytest.approx([20.0, 30.5])
    assert at(run, "genset_started")[2] == pytest.approx(60.5 + 1.0, abs=1.01)


def test_the_planner_does_not_count_on_an_engine_without_oil() -> None:
    some = hands({"spare": None}, {})
    world = World(some.spec, some.draws(), 0)
    world.advance(19.0)
    assert gather_state([world]).genset_usable.all()
    world.advance(21.0)
    assert not gather_state([world]).genset_usable.any()


def test_spare_oil_must_be_in_a_tank_of_oil() -> None:
    with pytest.raises(ValueError, match=r"oil.spare: no fuel_tank 'oil' of lubricating_oil here; there are: none"):
        hands({}, {"fuel": "diesel"})
