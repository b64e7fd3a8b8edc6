"""Who finds a place where: everybody is somewhere, and the planner's inverse is one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.physics.people import Room, damaged_home_frac, left_behind_frac, settled

FRACS = st.integers(0, 1000).map(lambda thousandths: thousandths / 1000.0)  # shares as a file would say them
ROOMS = st.builds(Room, st.floats(0.0, 40.0), st.floats(0.0, 300.0), FRACS, st.floats(0.0, 200.0), FRACS)
WANTING = np.linspace(0.0, 900.0, 181)


@settings(max_examples=60, deadline=None)
@given(room=ROOMS)
def test_everybody_is_somewhere_and_nothing_holds_more_than_it_can(room: Room) -> None:
    floor, cars, away = settled(WANTING, room)
    np.testing.assert_allclose(floor + cars + away, WANTING, rtol=1e-12, atol=1e-9)
    assert (floor <= room.places).all()
    assert (cars <= room.car_places + 1e-9).all()
    assert min(floor.min(), cars.min(), away.min()) >= 0.0
    assert (np.diff(floor) >= -1e-9).all()
    assert (np.diff(cars) >= -1e-9).all()


@settings(max_examples=60, deadline=None)
@given(room=ROOMS)
def test_those_present_tell_who_is_on_the_floor(room: Room) -> None:
    floor, cars, _ = settled(WANTING, room)
    np.testing.assert_allclose(room.floor_of(floor + cars), floor, rtol=1e-9, atol=1e-6)


def test_more_parking_turns_nobody_away_who_had_a_place() -> None:
    before = Room(5.0, 100.0, 0.3, 20.0, 0.8)
    away = [settled(WANTING, before._replace(car_places=places))[2] for places in (20.0, 30.0, 60.0)]
    assert (away[0] >= away[1]).all()
    assert (away[1] >= away[2]).all()


def test_the_shelters_of_nanao_halve_in_31_days() -> None:
    since_h = np.array([24.0 * 10.0, 24.0 * 41.0])
    at = damaged_home_frac(since_h, 12.0, 1_073.0)
    assert at[1] / at[0] == pytest.approx(0.5, abs=1e-3)


def test_nobody_leaves_before_the_road_opens() -> None:
    assert left_behind_frac(np.array([0.0, 47.9, 60.0]), 48.0, 12.0) == pytest.approx([1.0, 1.0, np.exp(-1.0)])
