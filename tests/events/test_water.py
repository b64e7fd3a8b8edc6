"""Water: mains, pumps that need power, tanks that run dry, and people who drink by steps."""

from __future__ import annotations

import numpy as np
import pytest

from tests.events.worlds import DIESEL, GRID, Hands, area, set_points, texts

STRIKE = {"start": "2019-09-09T03:00"}
TANK = {"capacity_m3": 10.0, "daily_use_m3": 24.0, "daily_use_stops": False}


def _hub(tank: dict, **more: object) -> dict:
    return {"hub": {"title": "Hub", "grid": GRID, "water_tank": {"w": tank}, **more}}


def test_mains_keep_a_tank_full_and_after_the_strike_it_runs_dry() -> None:
    spec = area(_hub({**TANK, "mains_m3ph": 2.0}), hazard=STRIKE)
    run = Hands(spec).play()
    level = run.level("water_m3", "hub.water_tank.w")[0]
    assert level[:7] == pytest.approx(np.full(7, 10.0))
    assert run.flow("mains_m3ph", "hub.water_tank.w")[0, 5] == pytest.approx(1.0)
    assert level[26] == pytest.approx(0.0, abs=1e-9)
    assert run.flow("water_unserved_m3ph", "hub.water_tank.w")[0].sum() * 0.5 == pytest.approx(11.0)
    assert texts(run, "stock_empty") == ["2019-09-09 13:00 water at Hub is at an end"]


def test_an_empty_tank_serves_what_still_flows_in() -> None:
    tank = {**TANK, "initial_frac": 0.0, "mains_m3ph": 0.4, "mains_fail_with_hazard": False}
    run = Hands(area(_hub(tank))).play()
    assert run.flow("water_unserved_m3ph", "hub.water_tank.w")[0] == pytest.approx(np.full(48, 0.6))
    assert run.level("water_m3", "hub.water_tank.w").max() == 0.0


def test_a_float_switch_pumps_from_its_level_to_full() -> None:
    pump = {"tank": "w", "rated_m3ph": 3.0, "kwh_per_m3": 0.5, "refill_below_frac": 0.4}
    run = Hands(area(_hub(TANK, pump={"well": pump}))).play()
    level = run.level("water_m3", "hub.water_tank.w")[0]
    assert level[12] == pytest.approx(4.0)
    assert level[18] == pytest.approx(10.0)
    assert run.flow("pump_kw", "hub.pump.well")[0, 12:18] == pytest.approx(np.full(6, 1.5))
    assert run.flow("import_kw", "hub")[0, 12:18] == pytest.approx(np.full(6, 1.5))
    assert run.flow("pump_kw", "hub.pump.well")[0, 18] == 0.0


def test_without_power_there_is_no_water_and_with_some_there_is_some() -> None:
    tank = {**TANK, "initial_frac": 0.0}
    pump = {"tank": "w", "rated_m3ph": 1.0, "kwh_per_m3": 2.0}
    engine = {**DIESEL, "rated_kw": 11.0}
    spec = area(_hub(tank, pump={"well": pump}, genset={"g": engine}))
    hands = Hands(spec).demand("hub", critical=10.0, comfort=50.0).outage(6.0, 12.0)
    hands.life_h[:] = 3.0
    run = hands.play()
    unserved = run.flow("water_unserved_m3ph", "hub.water_tank.w")[0]
    assert unserved[10] == 0.0
    assert unserved[14] == pytest.approx(0.5)
    assert unserved[20] == pytest.approx(1.0)


def test_a_planned_pump_runs_at_its_set_point_and_a_full_tank_stops_it() -> None:
    tank = {**TANK, "initial_frac": 0.5}
    pump = {"tank": "w", "rated_m3ph": 4.0, "kwh_per_m3": 0.5}
    spec = area(_hub(tank, pump={"well": pump}))
    plan = np.zeros((1, 48, 1))
    plan[0, 4:20] = 1.0
    run = Hands(spec).play(set_points(spec, pump_kw=plan))
    lifted = run.flow("pump_m3ph", "hub.pump.well")[0]
    assert lifted[:4].tolist() == [0.0] * 4
    assert lifted[4:18] == pytest.approx(np.full(14, 2.0))
    assert lifted[18:20] == pytest.approx(np.full(2, 1.0))
    assert run.level("water_m3", "hub.water_tank.w")[0, 20] == pytest.approx(10.0)


def test_a_pump_whose_source_fails_stands_still_after_the_strike() -> None:
    pump = {"tank": "w", "rated_m3ph": 1.0, "kwh_per_m3": 0.5, "fails_with_hazard": True}
    run = Hands(area(_hub({**TANK, "initial_frac": 0.0}, pump={"well": pump}), hazard=STRIKE)).play()
    assert run.flow("pump_m3ph", "hub.pump.well")[0, [5, 7]].tolist() == [1.0, 0.0]


def test_vehicles_get_fuel_while_there_is_power_for_the_pump_and_fuel_in_the_tank() -> None:
    tank = {"fuel": "petrol", "capacity_l": 100.0, "vehicle_demand_l_per_day": 240.0}
    spec = area({"hub": {"grid": GRID, "fuel_tank": {"t": tank}}}, hazard=STRIKE)
    run = Hands(spec).demand("hub", critical=1.0).outage(5.0, 8.0).play()
    unserved = run.flow("vehicle_unserved_lph", "hub.fuel_tank.t")[0]
    assert run.flow("vehicle_demand_lph", "hub.fuel_tank.t")[0, [5, 6]].tolist() == [0.0, 10.0]
    assert np.flatnonzero(unserved).tolist() == [*range(10, 16), *range(32, 48)]
    assert 100.0 - run.level("fuel_l", "hub.fuel_tank.t")[0, -1] == pytest.approx(100.0)
