"""Power -> fuel pump -> fuel -> engine -> power: each link is broken in turn, and the others fall in order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulation.events.trajectory import Trajectory
from tests.events.test_damage import played
from tests.events.worlds import DIESEL, GRID, Hands, area, texts

STRIKE = {"start": "2019-09-09T02:00"}
LOST_H = 2.0


def hub(*, road_opens_h: float = -1.0, engine_life_h: float = 1e9, pump_works: bool = True) -> Trajectory:
    """A hub that is dark from 02:00 on but for its engine, which burns 10 L/h.

    The engine's tank of 60 L is filled by lots of 40 L from the station's main tank of 200 L, whose pump the engine
    feeds; a tanker with 200 L calls every twelve hours.
    """
    building = {
        "grid": GRID,
        "genset": {"g": {**DIESEL, "rated_kw": 50.0, "fuel_tank": "own", "fuel_slope_l_per_kwh": 0.25}},
        "fuel_tank": {
            "own": {"fuel": "diesel", "capacity_l": 60.0},
            "main": {"fuel": "diesel", "capacity_l": 200.0, "initial_frac": 0.5},
        },
    }
    pump = {"to": "hub.fuel_tank.own", "takes_from": "hub.fuel_tank.main", "amount": 40.0, "order": "reorder"}
    tanker = {"to": "hub.fuel_tank.main", "amount": 200.0, "every_h": 12.0, "travel_h": 1.0, "road": "pass"}
    spec = area(
        {"hub": building},
        days=2,
        hazard=STRIKE,
        road={"pass": {}},
        delivery={"pump": {**pump, "reorder_frac": 0.3, "travel_h": 0.5}, "tanker": tanker},
    )
    hands = Hands(spec, lots=40).demand("hub", critical=40.0).outage(LOST_H, 200.0)
    hands.road_opens_h[:] = road_opens_h
    hands.life_h[:] = engine_life_h
    hands.cancelled[0, 0, :] = not pump_works
    return hands.play()


def order(run: Trajectory, *wanted: tuple[str, str]) -> list[float]:
    """Hours at which each of these kinds of event first befell its element, after the grid was lost [h]."""
    found = []
    for kind, element in wanted:
        found.append(next(e.time_h for e in run.events if (e.kind, e.element) == (kind, element) and e.time_h > LOST_H))
    return found


def chain(run: Trajectory, kind: str) -> list[str]:
    """Kinds of the events from the last of a kind back to where it began."""
    event = [event for event in run.events if event.kind == kind][-1]
    kinds = [event.kind]
    while event.cause >= 0:
        event = run.events[event.cause]
        kinds.append(event.kind)
    return kinds


def unserved(run: Trajectory) -> float:
    """Energy not served after the engine has taken over [kWh]."""
    return float(run.flow("unserved_kw", "hub.critical")[0, 5:].sum() * run.clock.step_h)


def test_while_every_link_holds_the_hub_lasts() -> None:
    run = hub()
    assert unserved(run) == 0.0
    assert not any(event.kind in ("genset_out_of_fuel", "delivery_short") for event in run.events)
    assert run.flow("delivered", "pump").sum() * run.clock.step_h > 300.0


def test_without_the_road_the_main_tank_falls_then_the_pump_then_the_engine_then_the_power() -> None:
    run = hub(road_opens_h=1e9)
    hours = order(
        run,
        ("delivery_late", "tanker"),
        ("stock_empty", "hub.fuel_tank.main"),
        ("delivery_short", "pump"),
        ("stock_empty", "hub.fuel_tank.own"),
        ("genset_out_of_fuel", "hub.genset.g"),
        ("dark", "hub"),
    )
    assert hours == sorted(hours)
    assert unserved(run) > 0.0
    assert "road_closed" in chain(run, "genset_out_of_fuel")


def test_without_the_pump_the_engine_falls_beside_a_full_main_tank() -> None:
    run = hub(pump_works=False)
    hours = order(
        run,
        ("delivery_cancelled", "pump"),
        ("stock_empty", "hub.fuel_tank.own"),
        ("genset_out_of_fuel", "hub.genset.g"),
        ("dark", "hub"),
    )
    assert hours == sorted(hours)
    assert run.level("fuel_l", "hub.fuel_tank.main")[0, -1] == 200.0
    assert chain(run, "dark")[:4] == ["dark", "genset_out_of_fuel", "stock_empty", "delivery_cancelled"]


def test_without_the_engine_the_power_falls_then_the_pump_and_the_tank_stays_as_it_is() -> None:
    run = hub(engine_life_h=5.1)
    hours = order(run, ("genset_failed", "hub.genset.g"), ("dark", "hub"))
    assert hours == sorted(hours)
    assert chain(run, "dark")[:2] == ["dark", "genset_failed"]
    after = round((LOST_H + 6.0) / run.clock.step_h)
    assert run.flow("delivered", "pump")[0, after:].sum() == 0.0
    own = run.level("fuel_l", "hub.fuel_tank.own")[0, after:]
    assert own.min() == own.max()


def apart(**pump: object) -> Trajectory:
    """Engine and main tank apart: the plant's engine, at 10 L/h, feeds the pump at the depot over a line of their own.

    Its tank of 60 L is filled by lots of 40 L.  The grid is lost at 02:00 for good, the line from the strike at 03:00
    until 14:00.
    """
    engine = {**DIESEL, "rated_kw": 60.0, "fuel_tank": "own", "fuel_slope_l_per_kwh": 0.25}
    own = {"fuel": "diesel", "capacity_l": 60.0}
    homes: dict[str, Any] = {
        "plant": {"grid": GRID, "genset": {"g": engine}, "fuel_tank": {"own": own}},
        "depot": {"grid": GRID, "fuel_tank": {"main": {"fuel": "diesel", "capacity_l": 1_000.0}}},
    }
    wire = {"a": "plant", "b": "depot", "capacity_ab_kw": 20.0, "capacity_ba_kw": 20.0, "loss_frac": 0.0}
    lots = {"to": "plant.fuel_tank.own", "takes_from": "depot.fuel_tank.main", "amount": 40.0, "order": "reorder"}
    spec = area(
        homes,
        days=2,
        hazard={"start": "2019-09-09T03:00"},
        shaking={
            "median_g": 0.5,
            "fragility": {"tieline": "power_line"},
            "aftershock": {"none": {"after_h": 40.0, "median_g": 0.1}},
        },
        tieline={"wire": wire},
        delivery={"pump": {**lots, "reorder_frac": 0.3, "travel_h": 0.5, **pump}},
    )
    hands = Hands(spec, lots=80).demand("plant", critical=40.0).demand("depot", critical=4.0).outage(LOST_H, 200.0)
    return played(hands, ("wire", 0, 1, 14.0), shock_h=(3.0, 43.0))


def test_without_the_power_the_pump_falls_then_the_fuel_then_the_engine_and_all_stay_dark() -> None:
    """The line is whole again at 14:00, eight hours too late: without power no fuel, and without fuel no power."""
    run = apart()
    hours = order(
        run,
        ("dark", "depot"),
        ("delivery_short", "pump"),
        ("stock_empty", "plant.fuel_tank.own"),
        ("genset_out_of_fuel", "plant.genset.g"),
        ("dark", "plant"),
    )
    assert hours == sorted(hours)
    assert hours[0] == 3.0
    assert hours[0] < hours[1] < hours[2]
    assert texts(run, "delivery_short")[0].endswith("finds 0 of 40 L at depot.fuel_tank.main, whose pump is dark")
    short = ["delivery_short", "dark", "damaged", "strike"]
    assert chain(run, "genset_out_of_fuel") == ["genset_out_of_fuel", "stock_empty", *short]
    assert run.level("fuel_l", "depot.fuel_tank.main")[0].min() == 1_000.0
    assert run.flow("unserved_kw", "plant.critical")[0, 16:] == pytest.approx(np.full(80, 40.0))
    assert run.flow("unserved_kw", "depot.critical")[0, 6:] == pytest.approx(np.full(90, 4.0))


def test_where_the_pump_is_worked_by_hand_the_engine_lasts_and_lights_it_once_the_line_is_whole() -> None:
    run = apart(fills_by_hand=True)
    assert not texts(run, "delivery_short", "genset_out_of_fuel")
    assert run.flow("unserved_kw", "plant.critical").sum() == 0.0
    unserved_kw = run.flow("unserved_kw", "depot.critical")[0]
    assert unserved_kw[6:28] == pytest.approx(np.full(22, 4.0))
    assert unserved_kw[28:].sum() == 0.0
    assert run.flow("delivered", "pump")[0, 6:28].sum() * run.clock.step_h == pytest.approx(80.0)
