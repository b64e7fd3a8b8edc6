"""What one part of a scenario says fits what the others say."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tests.events.worlds import GRID, area


@pytest.mark.parametrize(("key", "hours"), [("replan_every_h", 0.7), ("replan_every_h", 0.1), ("horizon_h", 24.25)])
def test_a_plan_that_begins_or_ends_between_planning_steps_is_refused(key: str, hours: float) -> None:
    legal = f"planner.{key}: {hours:g} h; legal: a whole number of planning steps of 0.5 h"
    with pytest.raises(ValidationError, match=legal):
        area({"shop": {"grid": GRID}}, planner={"replan_every_h": 6.0, "horizon_h": 24.0} | {key: hours})


def tank(capacity_m3: float, refill_below_frac: float = 1.0) -> dict[str, Any]:
    pump = {"tank": "t", "rated_m3ph": 6.0, "kwh_per_m3": 0.5, "refill_below_frac": refill_below_frac}
    return {"hub": {"grid": GRID, "water_tank": {"t": {"capacity_m3": capacity_m3}}, "pump": {"p": pump}}}


@pytest.mark.parametrize(
    ("capacity_m3", "refill_below_frac", "where"),
    [
        (1e-9, 0.5, "building.hub.water_tank.t.capacity_m3: 1e-09 m3"),
        (100.0, 0.99999, "building.hub.pump.p.refill_below_frac: 0.99999 is 0.001 m3 below full"),
    ],
)
def test_a_tank_that_is_full_within_a_minute_is_refused(
    capacity_m3: float, refill_below_frac: float, where: str
) -> None:
    with pytest.raises(ValidationError, match=f"{where}; legal: at least the 0.1 m3 that its pumps lift in a minute"):
        area(tank(capacity_m3, refill_below_frac))


def test_a_tank_that_takes_a_minute_to_fill_is_taken() -> None:
    for legal in (tank(0.1), tank(100.0, 0.999), tank(100.0)):
        assert area(legal).building["hub"].pump


def test_a_use_that_would_stop_and_begin_within_a_minute_is_refused() -> None:
    buildings = tank(100.0)
    water = buildings["hub"]["water_tank"]["t"]
    water |= {"mains_m3ph": 3.0, "stops_below_frac": {"bath": 0.5}, "resumes_above_frac": 0.001}
    legal = r"water_tank.t.resumes_above_frac: 0.001 is 0.1 m3; legal: at least the 0.15 m3 that mains and pumps bring"
    with pytest.raises(ValidationError, match=legal):
        area(buildings)
    water["resumes_above_frac"] = 0.0015
    assert area(buildings).water_tanks


def test_lots_that_come_more_often_than_every_control_step_are_refused() -> None:
    lot = {"to": "hub.water_tank.t", "amount": 1.0}
    tables: dict[str, Any] = {"hazard": {"start": "2019-09-09T02:00"}}
    with pytest.raises(ValidationError, match="delivery.lot.every_h: 0.001 h; legal: from one control step, 0.5 h"):
        area(tank(10.0), delivery={"lot": lot | {"every_h": 1e-3}}, **tables)
    assert area(tank(10.0), delivery={"lot": lot | {"every_h": 0.5}}, **tables).delivery["lot"].every_h == 0.5


def test_a_station_promises_no_more_than_its_tank_holds() -> None:
    stand: dict[str, Any] = {"grid": GRID, "fuel_tank": {"t": {"fuel": "petrol", "capacity_l": 500.0}}}
    legal = "building.stand.service_station.s.promised_l: 501 L of a tank of 500 L; legal: up to 500 L"
    with pytest.raises(ValidationError, match=legal):
        area({"stand": stand | {"service_station": {"s": {"tank": "t", "promised_l": 501.0}}}})
    assert area({"stand": stand | {"service_station": {"s": {"tank": "t", "promised_l": 500.0}}}}).service_stations


def test_a_plan_every_planning_step_is_taken() -> None:
    spec = area({"shop": {"grid": GRID}}, planner={"replan_every_h": 0.5, "horizon_h": 0.5})
    assert spec.planner.replan_every_h == 0.5
