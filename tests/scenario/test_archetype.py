"""Rooms and archetypes keep what the sources publish, and follow the calendar and the wall clock."""

from datetime import datetime

import numpy as np
import pytest

from simulation.errors import ScenarioError
from simulation.scenario.archetype import Archetype, Days, read_archetype
from simulation.scenario.preset import preset_names, read_presets
from tests.scenario.small import HOLIDAY_TUESDAY, MONDAY, SATURDAY, SUNDAY, days_clock


def room(name: str) -> Days:
    return Days.model_validate(read_presets("rooms")[name])


@pytest.mark.parametrize(
    ("name", "clock", "wh"),
    [
        ("office", MONDAY, 375),
        ("office", SATURDAY, 72),
        ("office", HOLIDAY_TUESDAY, 72),
        ("sales_floor", MONDAY, 724),
        ("sales_floor", SUNDAY, 724),
        ("restaurant", MONDAY, 532),
        ("restaurant", SUNDAY, 564),
        ("guest_room", MONDAY, 112),
        ("lobby_24h", MONDAY, 221),
        ("corridor_24h", MONDAY, 144),
        ("ward", MONDAY, 189),
        ("examination_room", MONDAY, 283),
        ("examination_room", SATURDAY, 220),
        ("examination_room", SUNDAY, 0),
        ("intensive_care", MONDAY, 1030),
        ("dwelling_of_2", MONDAY, 3400),
        ("dwelling_of_3", MONDAY, 4620),
        ("dwelling_of_4", MONDAY, 4780),
    ],
)
def test_rooms_use_what_the_standard_publishes_in_a_day(name, clock, wh):
    assert room(name).course(clock).sum() == pytest.approx(wh, rel=4e-3)


@pytest.mark.parametrize(("name", "kwh"), [("dwelling_of_2", 1238), ("dwelling_of_3", 1693), ("dwelling_of_4", 1782)])
def test_dwellings_use_what_the_standard_year_publishes(name, kwh):
    week, off = room(name).course(MONDAY).sum(), room(name).course(SUNDAY).sum()
    assert (251 * week + 114 * off) / 1000 == pytest.approx(kwh, rel=2e-3)


def test_every_archetype_is_valid_and_says_where_it_comes_from():
    for name in preset_names("archetypes"):
        archetype = read_archetype(name)
        assert archetype.source or archetype.assumption
        assert set(archetype.rooms) <= set(preset_names("rooms")), name
    for name, table in read_presets("rooms").items():
        assert Days.model_validate(table).source, name


def test_every_room_is_used_by_some_archetype():
    used = {room for name in preset_names("archetypes") for room in read_archetype(name).rooms}
    assert used == set(preset_names("rooms"))


def test_step_across_the_hour_takes_the_mean_of_both():
    days = Days(weekday=tuple(range(24)), saturday=(0.0,) * 24)
    clock = days_clock(datetime(2026, 8, 2, 18, 30), 0.25, 60, "Asia/Kolkata")
    assert clock.local_hour[0] == 0.0
    odd = days_clock(datetime(2026, 8, 2, 18, 45), 0.25, 60, "Asia/Kolkata")
    np.testing.assert_allclose(odd.local_hour[:2], [0.25, 1.25])
    np.testing.assert_allclose(days.course(odd)[:3], [0.25, 1.25, 2.25])
    np.testing.assert_allclose(days.course(clock)[:3], [0, 1, 2])


def test_days_of_23_and_25_hours_follow_the_wall_clock():
    days = Days(weekday=tuple(range(24)))
    spring = days_clock(datetime(2026, 3, 28, 23), 23 / 24, 60, "Europe/Berlin")
    np.testing.assert_array_equal(days.course(spring), [0, 1, *range(3, 24)])
    autumn = days_clock(datetime(2026, 10, 24, 22), 25 / 24, 60, "Europe/Berlin")
    np.testing.assert_array_equal(days.course(autumn), [0, 1, 2, 2, *range(3, 24)])


def test_shares_of_rooms_add_up_and_a_plant_does_not_cool_and_heat_at_once():
    table = read_presets("archetypes")["office"]
    with pytest.raises(ValueError, match="shares add up to 0.9"):
        Archetype.model_validate({**table, "rooms": {"office": 0.9}})
    with pytest.raises(ValueError, match="no temperature at which it does both"):
        Archetype.model_validate({**table, "air": {**table["air"], "cooling_from_c": 10}})


def test_unknown_archetype_is_refused_with_a_suggestion():
    with pytest.raises(ScenarioError, match="did you mean office"):
        read_archetype("offce")
