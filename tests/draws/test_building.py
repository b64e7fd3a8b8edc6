"""Expected loads reach the published peaks and yearly sums, and office and mall peak on their own days."""

from datetime import datetime

import numpy as np
import pytest

from simulation.draws.building import expected_kw, power_w
from simulation.errors import ScenarioError
from simulation.scenario.archetype import read_archetype
from simulation.scenario.climate import read_climate
from simulation.scenario.clock import Clock
from simulation.scenario.demand import Load
from simulation.scenario.preset import preset_names
from tests.scenario.small import HOLIDAY_TUESDAY, MONDAY, SATURDAY, SUNDAY, days_clock

HOT_C, COLD_C = 33.0, 2.0
YEAR = days_clock(datetime(2026, 3, 31, 15), n_days=365)


def mean_year_c(clock: Clock) -> np.ndarray:
    """The mean year of Yokkaichi, whose calibration the presets record."""
    climate = read_climate("yokkaichi")
    year = 2 * np.pi * (clock.local.day_of_year.to_numpy() - climate.warmest_day) / 365
    day = 2 * np.pi * (clock.local_hour + 0.5 - climate.warmest_hour) / 24
    return climate.mean_c + climate.seasonal_swing_c * np.cos(year) + climate.daily_swing_c * np.cos(day)


def course_w(name: str, clock: Clock, temperature_c: float | np.ndarray) -> np.ndarray:
    temperature = np.broadcast_to(np.asarray(temperature_c, dtype=float), (1, clock.n_steps))
    return power_w(read_archetype(name), clock, temperature)[0]


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


def test_size_of_the_wrong_kind_is_refused():
    homes = Load(archetype="dwelling", floor_area_m2=100, tier_frac={"essential": 1})
    with pytest.raises(ScenarioError, match="counts by dwellings"):
        expected_kw(homes, MONDAY, np.zeros((1, 24)))
