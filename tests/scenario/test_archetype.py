"""Archetypes keep what the sources publish: schedules, peaks, yearly sums, and who peaks when."""

from datetime import datetime

import numpy as np
import pytest

from simulation.errors import ScenarioError
from simulation.scenario.archetype import Archetype, Days, expected_kw, read_archetype
from simulation.scenario.climate import read_climate
from simulation.scenario.clock import Clock
from simulation.scenario.demand import Load
from simulation.scenario.preset import preset_names, read_presets

HOT_C, COLD_C = 33.0, 2.0


def days_clock(start: datetime, n_days: float = 1, step_min: int = 60, zone: str = "Asia/Tokyo") -> Clock:
    """A clock from a UTC moment on."""
    return Clock(start_utc=start, step_min=step_min, n_steps=round(n_days * 1440 / step_min), zone=zone)


MONDAY = days_clock(datetime(2026, 8, 2, 15))
SATURDAY = days_clock(datetime(2026, 8, 7, 15))
SUNDAY = days_clock(datetime(2026, 8, 8, 15))
HOLIDAY_TUESDAY = days_clock(datetime(2026, 8, 10, 15))  # Mountain Day, 11 August 2026
YEAR = days_clock(datetime(2026, 3, 31, 15), n_days=365)


def mean_year_c(clock: Clock) -> np.ndarray:
    """The mean year of Yokkaichi, whose calibration the presets record."""
    climate = read_climate("yokkaichi")
    year = 2 * np.pi * (clock.local.day_of_year.to_numpy() - climate.warmest_day) / 365
    day = 2 * np.pi * (clock.local_hour + 0.5 - climate.warmest_hour) / 24
    return climate.mean_c + climate.seasonal_swing_c * np.cos(year) + climate.daily_swing_c * np.cos(day)


def course_w(name: str, clock: Clock, temperature_c: float | np.ndarray) -> np.ndarray:
    temperature = np.broadcast_to(np.asarray(temperature_c, dtype=float), (1, clock.n_steps))
    return read_archetype(name).power_w(clock, temperature)[0]


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


@pytest.mark.parametrize(
    ("name", "clock", "temperature_c", "peak_w"),
    [
        ("office", MONDAY, HOT_C, 28.3 / 0.40),  # lights and machines are 40 % of the summer peak
        ("office", MONDAY, COLD_C, 28.3 / 0.54),  # and 54 % of the winter peak
        ("mall", SUNDAY, HOT_C, 70.1 / 0.54),  # air 46 %
        ("mall", SUNDAY, COLD_C, 57.9 / 0.57),  # air 31, refrigeration 12 %
        ("tower_common", MONDAY, HOT_C, 145.0),  # 40 kW for 275 dwellings
    ],
)
def test_peaks_are_those_of_the_published_splits(name, clock, temperature_c, peak_w):
    assert course_w(name, clock, temperature_c).max() == pytest.approx(peak_w, rel=0.02)


def test_dwelling_draws_1200_w_at_14h_of_a_hot_day_at_home_half_of_it_for_cooling():
    dwelling = read_archetype("dwelling")
    assert dwelling.air.cooling_w_per_k * (HOT_C - dwelling.air.cooling_from_c) == pytest.approx(600, rel=0.01)


@pytest.mark.parametrize(
    ("name", "low_kwh", "high_kwh"),
    [
        ("office", 155, 213),  # best quarter to base year of large offices in Tokyo
        ("mall", 214 / 0.446 * 0.95, 285 / 0.446),  # 44.6 % of the floor of LaLaport Ebina is sales floor
        ("hotel", 266 * 0.6, 315),  # primary energy with gas: electricity is less
        ("hospital", 260 * 0.6, 320),
        ("dwelling", 4175 * 0.99, 4175 * 1.01),
    ],
)
def test_yearly_sums_stand_beside_published_intensities(name, low_kwh, high_kwh):
    kwh = course_w(name, YEAR, mean_year_c(YEAR)).sum() / 1000
    assert low_kwh <= kwh <= high_kwh


def test_office_peaks_on_weekdays_and_mall_on_weekends():
    office, mall = (
        [course_w(name, clock, HOT_C).max() for clock in (MONDAY, SATURDAY, SUNDAY)] for name in ("office", "mall")
    )
    assert max(office[1:]) < 0.1 * office[0]
    assert min(mall[1:]) > 1.1 * mall[0]


def test_lights_of_the_mall_are_the_same_every_day_so_its_weekend_comes_with_the_visitors():
    mild = read_archetype("mall").air.cooling_from_c
    np.testing.assert_allclose(course_w("mall", MONDAY, mild), course_w("mall", SUNDAY, mild))
    assert course_w("mall", SUNDAY, HOT_C).sum() > course_w("mall", MONDAY, HOT_C).sum()


def test_holiday_on_a_weekday_is_a_sunday():
    for name in ("office", "restaurant", "hospital", "dwelling"):
        np.testing.assert_array_equal(course_w(name, HOLIDAY_TUESDAY, HOT_C), course_w(name, SUNDAY, HOT_C))
    assert course_w("office", HOLIDAY_TUESDAY, HOT_C).max() < course_w("office", MONDAY, HOT_C).max()


@pytest.mark.parametrize("step_min", [5, 10, 15, 30])
@pytest.mark.parametrize("name", preset_names("archetypes"))
def test_finer_steps_take_the_value_of_their_hour(name, step_min):
    fine = course_w(name, days_clock(MONDAY.start_utc, 1, step_min), HOT_C)
    np.testing.assert_array_equal(fine, np.repeat(course_w(name, MONDAY, HOT_C), 60 // step_min))


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


def test_size_and_scale_multiply_and_temperature_decides_by_scenario():
    clock = MONDAY
    temperature = np.stack([np.full(24, HOT_C), np.full(24, 15.0)])
    small = Load(archetype="office", floor_area_m2=1000, tier_frac={"essential": 1})
    large = Load(archetype="office", floor_area_m2=2000, scale=1.5, tier_frac={"essential": 1})
    kw = expected_kw(small, clock, temperature)
    assert kw.shape == (2, 24)
    assert kw[0, 14] == pytest.approx(70.8, rel=0.01)
    assert kw[1, 14] < kw[0, 14]
    np.testing.assert_allclose(expected_kw(large, clock, temperature), 3 * kw)


def test_size_of_the_wrong_kind_and_unknown_names_are_refused():
    homes = Load(archetype="dwelling", floor_area_m2=100, tier_frac={"essential": 1})
    with pytest.raises(ScenarioError, match="counts by dwellings"):
        expected_kw(homes, MONDAY, np.zeros((1, 24)))
    with pytest.raises(ScenarioError, match="did you mean office"):
        read_archetype("offce")


def test_shares_of_rooms_add_up_and_a_plant_does_not_cool_and_heat_at_once():
    table = read_presets("archetypes")["office"]
    with pytest.raises(ValueError, match="shares add up to 0.9"):
        Archetype.model_validate({**table, "rooms": {"office": 0.9}})
    with pytest.raises(ValueError, match="no temperature at which it does both"):
        Archetype.model_validate({**table, "air": {**table["air"], "cooling_from_c": 10}})
