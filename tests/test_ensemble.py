"""The closed loop keeps its batteries ready: charged without delay, held for what the forecast misses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulation import ensemble
from simulation.ensemble import replan
from simulation.events.trajectory import Trajectory
from simulation.interchange.highs import HiGHS
from simulation.interchange.rules import NoExchange
from tests.events.worlds import BATTERY, GRID, Hands, area

STORE = {**BATTERY, "charge_efficiency_frac": 1.0, "discharge_efficiency_frac": 1.0}


def shop_run(
    *, shown: np.ndarray, comes: np.ndarray, store: dict = STORE, demand_jpy: float = 0.0, **planner: float
) -> Trajectory:
    """Two days of a shop with a battery without losses; the planner expects what is shown."""
    tariff = {"flat": {"band": [{"jpy_per_kwh": 20.0}], "demand_jpy_per_kw_month": demand_jpy}}
    spec = area({"shop": {"grid": GRID, "battery": {"b": store}}}, days=2, tariff=tariff, planner=planner)
    hands = Hands(spec).demand("shop", critical=shown)
    draws = hands.draws()
    truth = np.zeros_like(draws.demand.demand_kw)
    truth[0, :, 0, 0] = comes
    draws = replace(draws, demand=replace(draws.demand, demand_kw=truth, islanded_kw=truth))
    return replan(spec, draws, HiGHS())


def two_days(night_kw: float, peak_kw: float) -> np.ndarray:
    """Half-hourly load with a peak from 10 to 12 o'clock [kW]."""
    day = np.full(48, night_kw)
    day[20:24] = peak_kw
    return np.tile(day, 2)


def test_at_a_flat_price_a_battery_is_filled_at_once_and_not_at_the_end_of_every_plan() -> None:
    load = np.full(96, 40.0)
    run = shop_run(shown=load, comes=load)
    level = run.level("battery_kwh", "shop.battery.b")[0]
    assert level[:4].tolist() == pytest.approx([50.0, 75.0, 100.0, 100.0])
    assert level[2:].min() == pytest.approx(100.0)


def test_the_core_replans_unless_told_otherwise() -> None:
    spec = area({"home": {"grid": GRID, "battery": {"b": BATTERY}}})
    run = replan(spec, Hands(spec).demand("home", critical=5.0).draws())
    assert run.planned_by == "InteriorPoint, closed loop"


def test_without_a_value_of_readiness_or_of_what_is_left_the_store_is_emptied() -> None:
    load = np.full(96, 40.0)
    run = shop_run(shown=load, comes=load, readiness_jpy_per_kwh_h=0.0, stored_energy_jpy_per_kwh=15.0)
    assert run.level("battery_kwh", "shop.battery.b")[0, -1] == pytest.approx(0.0, abs=1e-6)


def test_the_margin_keeps_energy_for_a_peak_that_lasts_above_the_forecast() -> None:
    """Shown 100 kW for two hours, 108 kW come to a full battery of 60 kWh.

    It can take 30 kW off for two hours.  A plan of 70 kW asks 38 kW of it: it is empty 25 minutes early.  A plan that
    keeps 8 % free stays at 78 kW, and the 60 kWh last to the end.
    """
    shown, comes = two_days(20.0, 100.0), two_days(20.0, 108.0)
    store = {**STORE, "capacity_kwh": 60.0, "initial_level_frac": 1.0}
    peaks = [
        shop_run(shown=shown, comes=comes, store=store, demand_jpy=1_000.0, peak_margin_frac=margin)
        .flow("import_kw", "shop")[0, :48]
        .max()
        for margin in (0.0, 0.08)
    ]
    assert peaks == pytest.approx([108.0 - (60.0 - 1.5 * 38.0) / 0.5, 78.0])


def test_a_pump_fills_its_tank_at_once_and_not_at_the_end_of_every_plan() -> None:
    well = {"tank": "w", "rated_m3ph": 2.0, "kwh_per_m3": 0.5}
    tank = {"capacity_m3": 20.0, "initial_frac": 0.5, "daily_use_m3": 12.0}
    levels = {}
    for readiness in (0.0, 0.5):
        spec = area(
            {"works": {"grid": GRID, "water_tank": {"w": tank}, "pump": {"p": well}}},
            days=2,
            planner={"readiness_jpy_per_m3_h": readiness},
        )
        run = replan(spec, Hands(spec).demand("works", critical=1.0).draws(), HiGHS())
        levels[readiness] = run.level("water_m3", "works.water_tank.w")[0]
    assert levels[0.5][14:].min() == pytest.approx(20.0)
    assert levels[0.0][14:].min() < 10.0


def test_a_world_whose_grid_changed_is_planned_alone_and_as_it_is_among_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three worlds the second loses the grid at 3:00: between the common plans only its own is built."""
    spec = area(
        {"home": {"grid": GRID, "battery": {"b": BATTERY}, "pv": {"roof": {"rated_kw": 20.0}}}},
        planner={"replan_every_h": 24},
    )
    hands = Hands(spec, scenarios=3).demand("home", critical=np.array([[30.0], [40.0], [50.0]]))
    hands.pv_kw[:, :, 0] = np.array([[2.0], [9.0], [5.0]])
    hands.start_h[1, 0, 0], hands.end_h[1, 0, 0] = 3.0, 5.0
    planned: list[np.ndarray] = []

    def built(spec, outlook):
        planned.append(outlook.pv_kw[:, 0, 0])
        return build(spec, outlook)

    build = ensemble.build
    monkeypatch.setattr(ensemble, "build", built)
    replan(spec, hands.draws(), NoExchange())
    assert [len(sun) for sun in planned].count(3) == spec.clock.duration_h // 24
    alone = [sun for sun in planned if len(sun) < 3]
    # it lost the grid, and it had it back; the sky that it has seen is its own, 9 kW where 2 are usual
    np.testing.assert_allclose(alone, [[9.0], [9.0]])
