"""Sun and PV: known sun heights, planes by hand, and the PVWatts array."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from simulation.physics.pv import Array, Site, clear_sky, plane_kw_per_m2, pv_kw

AKASHI = Site(latitude_deg=35.0, longitude_deg=135.0, altitude_m=0.0, linke_turbidity=3.0)
DAY = pd.date_range("2026-03-20 15:00", periods=144, freq="10min", tz="UTC")
NOON_OF_SOLSTICE = pd.DatetimeIndex(["2026-06-21 03:02"], tz="UTC")
ARRAY = Array(
    rated_kw=100.0,
    inverter_kw=80.0,
    losses_frac=0.14,
    temperature_coefficient_frac_per_c=-0.0035,
    nominal_cell_c=45.0,
    inverter_efficiency_frac=0.96,
)
CLEAR, OVERCAST = np.array([[1.0]]), np.array([[0.15]])


def test_at_the_summer_solstice_the_sun_stands_23_degrees_further_north() -> None:
    """Latitude 35.0 less the tilt of the earth's axis, 23.44."""
    sky = clear_sky(NOON_OF_SOLSTICE, AKASHI)
    assert sky.zenith_deg[0] == pytest.approx(35.0 - 23.44, abs=0.05)
    assert sky.azimuth_deg[0] == pytest.approx(180.0, abs=2.0)


def test_day_and_night_are_equal_at_the_equinox_and_the_night_is_dark() -> None:
    sky = clear_sky(DAY, AKASHI)
    up = sky.zenith_deg < 90.0
    assert up.mean() == pytest.approx(0.5, abs=0.02)
    assert (sky.clear_kw_per_m2[sky.zenith_deg > 91.0] == 0.0).all()
    assert (sky.clear_kw_per_m2[sky.zenith_deg < 85.0] > 0.0).all()


def test_haze_dims_the_cloudless_sky() -> None:
    noon = [
        clear_sky(NOON_OF_SOLSTICE, replace(AKASHI, linke_turbidity=haze)).clear_kw_per_m2[0]
        for haze in (2.0, 3.0, 5.0)
    ]
    assert 1.1 > noon[0] > noon[1] > noon[2] > 0.8


def test_a_level_plane_gets_what_the_ground_gets() -> None:
    sky = clear_sky(DAY, AKASHI)
    level = plane_kw_per_m2(sky, np.array([[0.6]]), 0.0, 180.0, 0.2)[0]
    high = sky.zenith_deg < 80.0
    np.testing.assert_allclose(level[high], 0.6 * sky.clear_kw_per_m2[high], rtol=1e-9)


def test_under_a_dark_sky_all_light_is_diffuse_and_orientation_hardly_counts() -> None:
    """Nearly all of 15 % is diffuse: an isotropic sky gives a plane tilted by 30 degrees (1 + cos 30) / 2 = 0.933."""
    sky = clear_sky(NOON_OF_SOLSTICE, AKASHI)
    south, north = (plane_kw_per_m2(sky, OVERCAST, 30.0, facing, 0.0)[0, 0] for facing in (180.0, 0.0))
    assert south / (0.15 * sky.clear_kw_per_m2[0]) == pytest.approx(0.933, abs=0.015)
    assert north == pytest.approx(south, rel=0.03)


def test_in_winter_a_tilt_to_the_south_gains_and_one_to_the_north_loses() -> None:
    sky = clear_sky(pd.DatetimeIndex(["2026-12-21 03:00"], tz="UTC"), AKASHI)
    planes = ((30.0, 180.0), (0.0, 180.0), (30.0, 0.0))
    south, level, north = (plane_kw_per_m2(sky, CLEAR, tilt, facing, 0.2)[0, 0] for tilt, facing in planes)
    assert south > 1.3 * level > 1.3 * north


def test_the_ground_throws_light_on_a_steep_plane() -> None:
    """An upright plane sees the ground with (1 - cos 90) / 2 = half of what falls on it, times the albedo."""
    sky = clear_sky(NOON_OF_SOLSTICE, AKASHI)
    bright, black = (plane_kw_per_m2(sky, CLEAR, 90.0, 180.0, albedo)[0, 0] for albedo in (0.4, 0.0))
    assert bright - black == pytest.approx(0.4 * 0.5 * sky.clear_kw_per_m2[0], rel=1e-6)


def test_power_by_hand() -> None:
    """0.8 kW/m2 at 20 C warm the cell to 45 C: 100 x 0.86 x 0.8 x (1 - 0.0035 x 20) = 63.984 kW of direct current.

    That is 0.76781 of the inverter's 83.333 kW: efficiency 0.96 / 0.9637 x (-0.0162 x 0.76781 - 0.0059 / 0.76781
    + 0.9858) = 0.961978.
    """
    power = pv_kw(np.array([0.8]), np.array([20.0]), ARRAY)
    assert power[0] == pytest.approx(63.984 * 0.961978, rel=1e-5)


def test_the_inverter_limits_power_and_darkness_gives_none() -> None:
    power = pv_kw(np.array([0.0, 1.3]), np.array([10.0, -5.0]), ARRAY)
    np.testing.assert_allclose(power, [0.0, 80.0])


def test_heat_costs_power() -> None:
    power = pv_kw(np.array([0.5]), np.array([0.0, 20.0, 40.0]), ARRAY)
    assert np.all(np.diff(power) < 0.0)
    assert (power[0] - power[2]) / power[1] == pytest.approx(0.14 / (1 - 0.0035 * (20 + 15.625 - 25)), rel=0.01)
