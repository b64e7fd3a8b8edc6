"""A meter is held below the peak that the plan counts on, as far as the batteries behind it can."""

from __future__ import annotations

import numpy as np
import pytest

from tests.events.worlds import BATTERY, GRID, Hands, area, set_points


def _play(peak_kw: float, *, charge_kw: float = 0.0, demand_kw: float = 60.0, meter: str | None = None):
    grid = GRID if meter is None else {**GRID, "meter": meter}
    spec = area({"shop": {"grid": grid, "battery": {"b": BATTERY}}, "hall": {"grid": grid}})
    hands = Hands(spec).demand("shop", critical=demand_kw).demand("hall", critical=20.0)
    return hands.play(set_points(spec, peak_kw=np.array(peak_kw), charge_kw=np.array(charge_kw)))


def test_more_load_than_expected_is_met_by_the_battery_and_not_by_the_meter() -> None:
    run = _play(50.0)
    assert run.flow("import_kw", "shop")[0, 0] == 50.0
    assert run.flow("discharge_kw", "shop.battery.b")[0, 0] == 10.0
    assert run.flow("unserved_kw", "shop.critical").sum() == 0.0


def test_a_battery_charges_less_before_it_discharges() -> None:
    run = _play(65.0, charge_kw=10.0)
    assert run.flow("charge_kw", "shop.battery.b")[0, 0] == 5.0
    assert run.flow("discharge_kw", "shop.battery.b")[0, 0] == 0.0
    assert run.flow("import_kw", "shop")[0, 0] == 65.0


def test_an_empty_battery_lets_the_meter_rise_and_sheds_nothing() -> None:
    run = _play(50.0)
    assert run.level("battery_kwh", "shop.battery.b")[0, -1] < 1e-6
    assert run.flow("import_kw", "shop")[0, -1] == 60.0
    assert run.flow("unserved_kw", "shop.critical").sum() == 0.0


def _within_half_an_hour(asked_kw: list[float], limit_kw: float):
    """Control steps of ten minutes under a meter of half an hour; the asked course repeats."""
    spec = area({"shop": {"grid": GRID, "battery": {"b": {**BATTERY, "capacity_kwh": 400.0}}}}, step_min=10)
    hands = Hands(spec).demand("shop", critical=np.tile(asked_kw, spec.clock.n_steps // 3))
    return hands.play(set_points(spec, peak_kw=np.array(limit_kw)))


def test_a_spike_within_a_half_hour_whose_mean_stays_below_the_peak_is_let_through() -> None:
    run = _within_half_an_hour([70.0, 30.0, 20.0], 45.0)
    assert run.flow("discharge_kw", "shop.battery.b").sum() == 0.0


def test_what_the_last_control_step_can_make_up_for_waits_until_then() -> None:
    run = _within_half_an_hour([60.0, 60.0, 60.0], 50.0)
    assert run.flow("discharge_kw", "shop.battery.b")[0, :3] == pytest.approx([0.0, 0.0, 30.0])
    assert run.flow("import_kw", "shop")[0, :3].mean() == pytest.approx(50.0)


def test_what_it_cannot_is_begun_before() -> None:
    """36 kW too much over half an hour: 50 kW of battery need two steps of ten minutes and a bit of the first."""
    run = _within_half_an_hour([86.0, 86.0, 86.0], 50.0)
    assert run.flow("discharge_kw", "shop.battery.b")[0, :3] == pytest.approx([8.0, 50.0, 50.0])
    assert run.flow("import_kw", "shop")[0, :3].mean() == pytest.approx(50.0)


def test_buildings_behind_one_meter_are_held_as_a_sum() -> None:
    run = _play(70.0, meter="both")
    assert run.flow("import_kw", "hall")[0, 0] == 20.0
    assert run.flow("import_kw", "shop")[0, 0] == 50.0


def test_a_set_point_does_not_dip_into_the_reserve_while_the_grid_is_there() -> None:
    battery = {**BATTERY, "emergency_reserve_frac": 0.4}
    spec = area({"shop": {"grid": GRID, "battery": {"b": battery}}})
    hands = Hands(spec).demand("shop", critical=60.0).outage(6.0, 9.0)
    level = hands.play(set_points(spec, discharge_kw=np.array(20.0))).level("battery_kwh", "shop.battery.b")[0]
    assert level[:13].min() == 40.0
    assert level[-1] == 0.0
