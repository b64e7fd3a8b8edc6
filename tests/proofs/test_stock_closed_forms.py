"""Stocks with an answer in closed form, played out by the event model."""

from __future__ import annotations

from math import exp

import pytest

from tests.events.worlds import BATTERY, DIESEL, GRID, Hands, area


def _last_of_fuel_h(engine: dict, load_kw: float, litres: float) -> float:
    tank = {"fuel": "diesel", "capacity_l": litres}
    building = {"grid": GRID, "genset": {"g": {**DIESEL, "fuel_tank": "t", **engine}}, "fuel_tank": {"t": tank}}
    run = Hands(area({"home": building}, days=6)).demand("home", critical=load_kw).outage(0.0, 144.0).play()
    (hour,) = [event.time_h for event in run.events if event.kind == "genset_out_of_fuel"]
    return hour


def test_950_litres_at_30_kw_last_110_hours() -> None:
    """Fire law's small-quantity tank with the fuel use of NREL REopt, 0.076 gal/kWh: 110.0722 h."""
    assert _last_of_fuel_h({"rated_kw": 30.0}, 30.0, 950.0) == pytest.approx(110.0722, abs=5e-5)


@pytest.mark.parametrize(
    ("rated_kw", "slope", "intercept"), [(60.0, 0.251, 3.20), (100.0, 0.244, 3.55), (200.0, 0.245, 5.10)]
)
def test_a_tank_behind_a_fuel_line_lasts_its_volume_over_the_line(
    rated_kw: float, slope: float, intercept: float
) -> None:
    """Straight-line fits of published burn charts, 50 kW carried: V / (a * P + b)."""
    engine = {"rated_kw": rated_kw, "fuel_slope_l_per_kwh": slope, "fuel_intercept_lph_per_kw": intercept / rated_kw}
    assert _last_of_fuel_h(engine, 50.0, 1_000.0) == pytest.approx(1_000.0 / (slope * 50.0 + intercept), rel=1e-12)


def test_a_battery_at_rest_keeps_what_its_standing_loss_leaves() -> None:
    battery = {**BATTERY, "standing_loss_frac_per_h": 0.01, "initial_level_frac": 1.0}
    run = Hands(area({"home": {"grid": GRID, "battery": {"b": battery}}}, days=2)).play()
    assert run.level("battery_kwh", "home.battery.b")[0, -1] == pytest.approx(100.0 * exp(-0.48), rel=1e-12)


def test_a_battery_carries_a_flat_load_for_its_energy_over_the_load() -> None:
    battery = {**BATTERY, "initial_level_frac": 1.0, "min_level_frac": 0.2}
    run = Hands(area({"home": {"grid": GRID, "battery": {"b": battery}}})).demand("home", critical=10.0)
    played = run.outage(1.0, 24.0).play()
    (hour,) = [event.time_h for event in played.events if event.kind == "stock_empty"]
    assert hour == pytest.approx(1.0 + 80.0 * 0.9 / 10.0, rel=1e-12)
