"""Fuel: what the engines burnt beside what the planner's straight line makes of the same energy."""

from __future__ import annotations

import pytest

from simulation.metrics.fuel import fuel
from tests.events.worlds import DIESEL, GRID, Hands, area

LINE = {**DIESEL, "rated_kw": 100.0, "fuel_slope_l_per_kwh": 0.244, "fuel_intercept_lph_per_kw": 0.0355}


@pytest.mark.parametrize("load_kw", [20.0, 50.0, 90.0])
def test_planned_fuel_is_right_at_half_load_too_low_below_and_too_high_above(load_kw: float) -> None:
    """At 100 kW of rating: a = 0.244 L/kWh, b = 3.55 L/h; the chord at half load is 0.315 L/kWh."""
    spec = area({"home": {"grid": GRID, "genset": {"g": LINE}}})
    run = Hands(spec, scenarios=2).demand("home", critical=load_kw).outage(3.0, 13.0).play()
    found = fuel(spec, run)
    assert found["fuel_burnt_l[home.genset.g]"].values == pytest.approx(10.0 * (0.244 * load_kw + 3.55))
    assert found["fuel_reckoned_l[home.genset.g]"].values == pytest.approx(10.0 * 0.315 * load_kw)
    gap = found["fuel_reckoned_l[home.genset.g]"].values - found["fuel_burnt_l[home.genset.g]"].values
    assert gap == pytest.approx((load_kw - 50.0) * 0.71, abs=1e-9)
