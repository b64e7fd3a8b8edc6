"""Where fuel, failure and repair meet, multiplying one survival curve for each errs, and on the side that was said."""

from __future__ import annotations

import pytest

from tests.proofs.survival_product import Product, products

pytestmark = pytest.mark.slow


def _at(name: str, hours: float, n: int, service: str = "hub.critical") -> Product:
    return next(one for what, when, one in products(name, n) if (what, when) == (service, hours))


def test_for_one_engine_that_must_not_stop_the_product_is_right() -> None:
    """Until its first failure it burns what a sound one burns, so that the two causes are independent."""
    for what, _, one in products("one_engine", 60):
        if what == "hub.critical":
            assert abs(one.error) <= 3.0 * one.error_se + 1e-12
            assert one.together <= min(one.failures, one.fuel)


def test_a_failure_that_spares_fuel_makes_the_product_too_low() -> None:
    one = _at("n_plus_one", 48.0, 80)
    assert one.error < -3.0 * one.error_se < 0.0
    assert one.together > one.fuel, "with failures the critical load outlasts the hub whose engines never fail"


def test_a_failure_that_costs_fuel_makes_the_product_too_high() -> None:
    one = _at("thirsty_standby", 48.0, 80)
    assert one.fuel == 1.0, "the good engine alone has fuel for two days in every scenario"
    assert one.error > 3.0 * one.error_se > 0.0


def test_with_a_battery_between_them_the_three_runs_lie_as_they_must() -> None:
    """Neither cause alone can do less than both: the engine is either mended or fed, but the battery is one."""
    one = _at("sun_and_battery", 96.0, 40)
    assert 0.0 < one.together < min(one.failures, one.fuel) < 1.0
