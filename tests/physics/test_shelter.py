"""Shelter equations: places, needs, and the course of people."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.physics.shelter import (
    people_power_kw,
    people_water_m3ph,
    places,
    wanting_frac,
    water_l_per_person,
)

STEPS = np.array([0.0, 3.0]), np.array([3.0, 20.0])


def test_a_fifty_cubic_metre_tank_serves_561_people_for_a_week() -> None:
    """REFERENCE_CASES, Stocks: 3 L a day for 3 days, then 20 L, are 89 L in 7 days."""
    assert water_l_per_person(7.0, *STEPS) == 89.0
    assert int(50_000.0 / water_l_per_person(7.0, *STEPS)) == 561


@pytest.mark.parametrize(("day", "used_l"), [(-1.0, 0.0), (0.0, 0.0), (1.0, 3.0), (3.0, 9.0), (3.5, 19.0)])
def test_water_adds_up_by_steps(day: float, used_l: float) -> None:
    assert water_l_per_person(day, *STEPS) == used_l


def test_hourly_water_adds_up_to_the_same() -> None:
    """200 people, 24 h at 3 L and then 24 h at 20 L: 4.6 m3."""
    by_hour = sum(people_water_m3ph(200.0, need) for need in [3.0] * 24 + [20.0] * 24)
    assert by_hour == pytest.approx(200.0 * 23.0 / 1000.0)


def test_240_kwh_serve_50_people_for_3_days() -> None:
    """A bus with 240 kWh feeds a shelter of 50 for three days."""
    assert people_power_kw(50.0, 1.6) * 72.0 == pytest.approx(240.0)


def test_places_are_whole() -> None:
    assert places(3.4, 3.5) == 0.0
    assert places(350.0, 3.5) == 100.0


@given(arrival_h=st.floats(1.0, 100.0), ratio=st.floats(0.2, 100.0))
def test_the_course_peaks_at_one_where_the_formula_says(arrival_h: float, ratio: float) -> None:
    peak_h = arrival_h * log(1.0 + ratio)
    hours = peak_h * np.array([-1.0, 0.0, 0.9, 1.0, 1.1])
    course = wanting_frac(hours, arrival_h, ratio * arrival_h)
    assert course[:2].tolist() == [0.0, 0.0]
    assert course[3] == pytest.approx(1.0, rel=1e-9)
    assert max(course[2], course[4]) < 1.0


def test_long_after_people_leave_with_their_time_scale() -> None:
    late = wanting_frac(np.array([2000.0, 2240.0]), 12.0, 240.0)
    assert late[1] / late[0] == pytest.approx(np.exp(-1.0), rel=1e-9)
