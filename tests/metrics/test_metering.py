"""Metering: means over the interval that the meter takes, by local month."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from simulation.metrics.metering import metered
from simulation.scenario.clock import Clock


def _clock(step_min: int, n_steps: int, start: datetime = datetime(2026, 8, 2, 15)) -> Clock:
    return Clock(start_utc=start, step_min=step_min, n_steps=n_steps, zone="Asia/Tokyo")


def test_half_hours_from_ten_minute_steps() -> None:
    readings = metered(_clock(10, 6), np.array([[10.0, 20.0, 30.0, 0.0, 0.0, 90.0]]), 30)
    np.testing.assert_allclose(readings.mean_kw, [[20.0, 30.0]])


def test_an_hourly_step_hides_the_half_hour() -> None:
    readings = metered(_clock(60, 2), np.array([[10.0, 40.0]]), 30)
    np.testing.assert_allclose(readings.mean_kw, [[10.0, 10.0, 40.0, 40.0]])


def test_intervals_begin_on_the_full_hour_and_a_cut_one_is_averaged_over_its_part() -> None:
    clock = _clock(10, 5, datetime(2026, 8, 2, 15, 20))
    readings = metered(clock, np.array([[60.0, 10.0, 20.0, 30.0, 50.0]]), 30)
    np.testing.assert_allclose(readings.mean_kw, [[60.0, 20.0, 50.0]])


def test_months_are_those_of_the_wall_clock() -> None:
    """31 August 23:30 in Tokyo is 14:30 UTC: two half hours on either side of the local month's end."""
    clock = _clock(30, 2, datetime(2026, 8, 31, 14, 30))
    readings = metered(clock, np.array([[5.0, 7.0]]), 30)
    np.testing.assert_array_equal(readings.month, [0, 1])
    np.testing.assert_array_equal(readings.monthly_peak_kw(), [[5.0, 7.0]])


@pytest.mark.parametrize("metering_min", [5, 10, 15, 30, 60])
@pytest.mark.parametrize("step_min", [5, 15, 30, 60])
def test_energy_is_kept_whatever_the_intervals(step_min: int, metering_min: int) -> None:
    power = np.random.default_rng(3).uniform(0, 100, (4, 24 * 60 // step_min))
    readings = metered(_clock(step_min, power.shape[1]), power, metering_min)
    np.testing.assert_allclose(readings.mean_kw.mean(axis=1), power.mean(axis=1), rtol=1e-12)
    assert (readings.mean_kw.max(axis=1) <= power.max(axis=1) + 1e-9).all()
