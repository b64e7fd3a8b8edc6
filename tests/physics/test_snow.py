"""Snow on panels: the cover of a fall and its end, beside pvlib's own, series by series."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pvlib
import pytest

from simulation.physics.snow import Slope, covered_frac, lost_frac, slid_frac, slides_above_c, snowfall_cm

STEP_H = 1 / 6


def slope(tilt_deg: float) -> Slope:
    return Slope(tilt_deg=tilt_deg, can_slide_w_per_m2_c=-80.0, slide_frac_per_h=0.197)


def cover(rate_cm_per_h: np.ndarray, sun_kw_per_m2: np.ndarray, air_c: np.ndarray, tilt_deg: float) -> np.ndarray:
    plane = slope(tilt_deg)
    slides = 1.0 * (air_c > slides_above_c(sun_kw_per_m2, plane))
    return covered_frac(rate_cm_per_h > 1.0, slid_frac(slides, plane, STEP_H))


@pytest.mark.filterwarnings("ignore:A future version of pandas")  # pvlib asks it for the frequency
@pytest.mark.parametrize(("tilt_deg", "strings"), [(10.0, 1), (30.0, 3), (60.0, 2)])
def test_cover_and_loss_are_those_of_pvlib_series_by_series(tilt_deg: float, strings: int) -> None:
    chance = np.random.default_rng(5)
    S, T = 4, 6 * 24 * 6
    rate = np.where(np.repeat(chance.random((S, T // 12)) < 0.08, 12, axis=1), chance.uniform(0.5, 4.0, (S, T)), 0.0)
    sun = np.maximum(0.0, np.sin(np.arange(T) * STEP_H * np.pi / 12.0)) * chance.uniform(0.1, 0.8, (S, T))
    air_c = chance.normal(-1.0, 3.0, (S, T))
    ours = cover(rate, sun, air_c, tilt_deg)
    index = pd.date_range("2026-12-14", periods=T, freq="10min", tz="UTC")
    for s in range(S):
        fallen, plane, air = (pd.Series(one[s], index) for one in (rate * STEP_H, 1000.0 * sun, air_c))
        theirs = pvlib.snow.coverage_nrel(fallen, plane, air, tilt_deg).to_numpy()
        np.testing.assert_allclose(ours[s], theirs, atol=1e-12)
        loss = np.asarray(pvlib.snow.dc_loss_nrel(np.where(theirs < 1e-9, 0.0, theirs), strings))
        np.testing.assert_array_equal(lost_frac(ours[s], strings), loss)
    assert 0.1 < (ours > 0.0).mean() < 0.9


def test_without_a_fall_nothing_is_covered() -> None:
    ours = cover(np.full((1, 60), 0.9), np.zeros((1, 60)), np.full((1, 60), -5.0), 30.0)
    np.testing.assert_array_equal(ours, 0.0)


def hours_covered(tilt_deg: float = 30.0, sun: float = 0.0, air_c: float = 5.0) -> float:
    rate = np.zeros((1, 600))
    rate[0, :6] = 3.0
    ours = cover(rate, np.full((1, 600), sun), np.full((1, 600), air_c), tilt_deg)
    assert (ours[0, :6] == 1.0).all()
    return float((ours[0, 6:] > 0.0).sum() * STEP_H)


def test_a_steep_plane_is_bare_sooner_by_the_sine_of_its_tilt() -> None:
    flat, usual, steep = (hours_covered(tilt_deg=tilt) for tilt in (10.0, 30.0, 60.0))
    for tilt, hours in ((10.0, flat), (30.0, usual), (60.0, steep)):
        assert hours == pytest.approx(1.0 / (0.197 * np.sin(np.radians(tilt))), abs=STEP_H)
    assert flat > usual > steep


def test_warm_air_or_sun_in_the_cold_lets_snow_slide_and_frost_in_the_dark_does_not() -> None:
    """At 2 C of frost it takes 80 x 2 = 160 W/m2."""
    assert hours_covered(air_c=-2.0) == hours_covered(air_c=-2.0, sun=0.159) == 99.0
    assert hours_covered(air_c=0.1) == hours_covered(air_c=-2.0, sun=0.161) < 11.0


def test_what_rounding_leaves_of_the_snow_darkens_no_string() -> None:
    ours = covered_frac(np.array([[True] + [False] * 10]), np.full((1, 11), 0.1))
    assert ours[0, -1] == lost_frac(ours, 1)[0, -1] == 0.0


def test_falls_add_up_to_their_depth_wherever_the_steps_lie() -> None:
    start, end = np.array([[0.3, 2.0, np.inf]]), np.array([[4.7, 9.0, np.inf]])
    fallen = snowfall_cm(np.arange(0.0, 6.5, 0.5), start, end, np.array([[2.0, 1.0, 0.0]]))
    assert fallen.sum() == pytest.approx(2.0 * 4.4 + 1.0 * 4.0)
    np.testing.assert_allclose(fallen[0, [0, 1, 4, 11]], [0.4, 1.0, 1.5, 0.5])
