"""Restoration curves: known times, inverses, and what is left to wait."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.draws.outage import restoration_curve
from simulation.physics.restoration import PointsCurve, WeibullCurve, remaining_quantile_h, restored_h, still_out_frac
from simulation.scenario.preset import preset_names

# Hours at which 50, 90 and 99 % were back, as read from each event's published counts; None where there is no figure.
OBSERVED = {
    "hokkaido_2018": (30.0, 39.0, 51.0),
    "faxai_chiba": (76.0, 197.0, 288.0),
    "tohoku_2011": (28.0, 134.0, None),
    "tohoku_2011_aftershock": (15.0, 32.0, None),
    "kumamoto_2016": (9.0, 31.0, 101.0),
    "noto": (160.0, 598.0, 1416.0),
    "noto_water": (303.0, None, None),
    "kumamoto_2016_water": (43.0, 482.0, 1424.0),
}
# The counts of Noto have no time of day, and those of 3 March and later differ between sources.
TOLERANCE = {"noto": 0.12}

# The same hours from c (-ln(1 - q)) ** (1 / k), by hand.
BY_HAND = {
    "hokkaido_2018_weibull": (28.453, 41.807, 52.207),
    "faxai_chiba_weibull": (81.405, 187.382, 303.233),
    "noto_weibull": (144.795, 604.585, 1379.832),
}

ENDING = PointsCurve(hours=np.array([0.0, 10.0, 30.0]), out_frac=np.array([1.0, 0.5, 0.0]))
TAILED = PointsCurve(hours=np.array([0.0, 10.0, 20.0]), out_frac=np.array([1.0, 0.4, 0.1]))
CURVES = [ENDING, TAILED, *map(restoration_curve, preset_names("restoration"))]


@pytest.mark.parametrize("name", BY_HAND)
def test_fits_give_the_times_of_their_formula(name: str) -> None:
    np.testing.assert_allclose(
        restored_h(restoration_curve(name), np.array([0.5, 0.1, 0.01])), BY_HAND[name], atol=5e-4
    )


@pytest.mark.parametrize("name", OBSERVED)
def test_joined_points_meet_the_observed_times(name: str) -> None:
    wanted = np.array([np.nan if hour is None else hour for hour in OBSERVED[name]])
    got = restored_h(restoration_curve(f"{name}_points"), np.array([0.5, 0.1, 0.01]))
    known = ~np.isnan(wanted)
    np.testing.assert_allclose(got[known], wanted[known], rtol=TOLERANCE.get(name, 0.06))


@pytest.mark.parametrize("name", ["faxai_chiba", "noto", "hokkaido_2018"])
def test_points_and_fit_of_one_event_stay_within_a_tenth(name: str) -> None:
    points, fit = restoration_curve(f"{name}_points"), restoration_curve(f"{name}_weibull")
    gap = still_out_frac(points, points.hours) - still_out_frac(fit, points.hours)
    assert np.abs(gap).max() < 0.1


@pytest.mark.parametrize("curve", CURVES)
def test_share_and_time_are_inverse(curve: PointsCurve | WeibullCurve) -> None:
    share = np.linspace(0.99, 0.001, 200)
    np.testing.assert_allclose(still_out_frac(curve, restored_h(curve, share)), share, rtol=1e-9)


@pytest.mark.parametrize("curve", CURVES)
def test_share_falls_from_one(curve: PointsCurve | WeibullCurve) -> None:
    share = still_out_frac(curve, np.linspace(0.0, 5000.0, 2001))
    assert share[0] == 1.0
    assert np.all(np.diff(share) <= 0.0)
    assert share[-1] < 0.07


def test_between_two_counts_customers_return_at_an_even_rate() -> None:
    """Half way in time the share is the geometric mean of both ends; down to nobody the line is straight."""
    np.testing.assert_allclose(still_out_frac(TAILED, np.array([5.0, 15.0])), np.sqrt([0.4, 0.04]))
    np.testing.assert_allclose(still_out_frac(ENDING, np.array([5.0, 20.0, 30.0, 99.0])), [0.5**0.5, 0.25, 0.0, 0.0])


def test_the_tail_goes_on_at_the_rate_of_the_last_two_points() -> None:
    """0.4 falls to 0.1 in 10 h, so a quarter is left after each 10 h that follow."""
    np.testing.assert_allclose(still_out_frac(TAILED, np.array([30.0, 40.0])), [0.025, 0.00625])
    np.testing.assert_allclose(restored_h(TAILED, np.array([0.025, 0.00625])), [30.0, 40.0])


def test_a_curve_that_ends_at_nobody_is_over_then() -> None:
    assert restored_h(ENDING, 0.0) == 30.0
    assert restored_h(TAILED, 0.0) == np.inf


def test_remaining_time_on_a_straight_line_by_hand() -> None:
    """At 10 h half are out and they come back evenly over 20 h; after 20 h a quarter, over the 10 h that are left."""
    assert remaining_quantile_h(ENDING, 10.0, 0.5) == pytest.approx(10.0)
    assert remaining_quantile_h(ENDING, 20.0, 0.8) == pytest.approx(8.0)
    assert remaining_quantile_h(ENDING, 31.0, 0.8) == 0.0


def test_waiting_makes_a_steep_curve_hopeful_and_a_flat_one_hopeless() -> None:
    elapsed = np.array([1.0, 24.0, 72.0])
    steep = remaining_quantile_h(WeibullCurve(shape=3.12, scale_h=32.0), elapsed, 0.8)
    flat = remaining_quantile_h(WeibullCurve(shape=0.47, scale_h=28.0), elapsed, 0.8)
    assert np.all(np.diff(steep) < 0.0)
    assert np.all(np.diff(flat) > 0.0)


@given(elapsed_h=st.floats(0.0, 400.0), quantile=st.floats(0.01, 0.99), shape=st.floats(0.4, 3.5))
def test_remaining_quantile_leaves_its_share(elapsed_h: float, quantile: float, shape: float) -> None:
    curve = WeibullCurve(shape=shape, scale_h=100.0)
    if still_out_frac(curve, elapsed_h) < 1e-12:
        return
    remaining_h = remaining_quantile_h(curve, elapsed_h, quantile)
    left = still_out_frac(curve, elapsed_h + remaining_h) / still_out_frac(curve, elapsed_h)
    assert left == pytest.approx(1.0 - quantile, rel=1e-6)


@pytest.mark.parametrize(
    ("hours", "out_frac"),
    [([0.0], [1.0]), ([1.0, 2.0], [1.0, 0.5]), ([0.0, 2.0], [0.9, 0.5]), ([0.0, 2.0, 3.0], [1.0, 0.5, 0.6]),
     ([0.0, 2.0], [1.0, 1.0])],
)  # fmt: skip
def test_impossible_points_are_refused(hours: list[float], out_frac: list[float]) -> None:
    with pytest.raises(ValueError, match="legal"):
        PointsCurve(hours=np.array(hours), out_frac=np.array(out_frac))
