"""Weather: the climate's months come out on average, days hang together, and scenarios keep their weather."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
import pytest
from scipy.signal import lfilter

from simulation.draws.autoregression import autoregressive
from simulation.draws.clearness import clearness_at, irradiance_table, month_levels, quadrature, site_of, table_at
from simulation.draws.weather import sample_weather
from simulation.errors import ScenarioError
from simulation.physics.pv import clear_sky
from simulation.scenario.climate import read_climate
from simulation.scenario.spec import Spec
from tests.draws.small import small

# An array without losses and warmth: only the inverter, with 90 to 96 % over most of its range, parts it from the sun.
PLAIN: dict[str, Any] = {"rated_kw": 1.0, "losses_frac": 0.0, "temperature_coefficient_frac_per_c": 0.0}
PLACES = {
    "imajo": {"latitude_deg": 35.6, "longitude_deg": 135.94, "climate": "imajo"},
    "kasumi": {"latitude_deg": 35.63, "longitude_deg": 134.6, "climate": "kasumi"},
    "yokkaichi": {"latitude_deg": 35.9, "longitude_deg": 139.95, "climate": "yokkaichi"},
}
KASHIWA = PLACES["yokkaichi"]


def sunny(place: dict[str, Any] = KASHIWA, days: int = 3, start: str = "2026-08-03", **arrays: dict[str, Any]) -> Spec:
    period = {"start": start, "days": days, "planning_step_min": 60, "control_step_min": 60}
    table = {name: {"rated_kw": 1.0} | changes for name, changes in (arrays or {"roof": {}}).items()}
    return small(place=place, period=period, hazard=None, hub={"pv": table})


@pytest.mark.parametrize("climate", PLACES)
def test_a_year_of_draws_has_the_monthly_irradiation_of_the_climate(climate: str) -> None:
    """Within 1 %, over all weather and every day of 2027, where the level was set on every third day of 2026."""
    spec = sunny(PLACES[climate], days=365, start="2027-01-01")
    preset, clock = read_climate(climate), spec.clock
    level = month_levels(preset, spec.place)[clock.local_month - 1]
    errors, weights = quadrature(preset)
    half_hours = clock.refined(30)
    table = irradiance_table(clear_sky(half_hours.utc, site_of(spec.place, preset)), preset, 10.0, 180.0)
    level = np.repeat(level, 2)
    irradiance = weights @ table_at(table, preset, clearness_at(preset, level + errors[:, None]))
    for month, wanted in enumerate(preset.plane_10_kwh_per_m2_day, start=1):
        got = 24.0 * irradiance[half_hours.local_month == month].mean()
        assert got == pytest.approx(wanted, rel=0.01), f"month {month}"


@pytest.mark.parametrize(("climate", "start", "month"), [("imajo", "2026-12-01", 12), ("yokkaichi", "2026-08-01", 8)])
def test_drawn_days_have_the_mean_of_their_month(climate: str, start: str, month: int) -> None:
    spec = small(
        place=PLACES[climate],
        period={"start": start, "days": 31, "control_step_min": 30},
        hazard=None,
        hub={"pv": {"plane": PLAIN}},
    )
    weather = sample_weather(spec, np.arange(60), 11)
    daily = weather.pv_kw[:, :, 0].reshape(60, 31, 48).sum(axis=2).mean(axis=1) * 0.5
    expected = weather.pv_expected_kw[:, 0].sum() * 0.5 / 31
    assert abs(daily.mean() - expected) < 3.0 * daily.std(ddof=1) / sqrt(60)
    wanted = read_climate(climate).plane_10_kwh_per_m2_day[month - 1]
    assert 0.9 * wanted < expected < 0.96 * wanted


@pytest.mark.parametrize(("climate", "per_kw"), [("yokkaichi", 1076.0), ("imajo", 871.0)])
def test_a_year_of_pv_is_near_the_published_yield(climate: str, per_kw: float) -> None:
    """The published climates reckon 1,076 and 871 kWh per kW at a ratio of 0.75; PVWatts has 0.75 to 0.82."""
    spec = sunny(PLACES[climate], days=365, start="2026-01-01")
    year_kwh = sample_weather(spec, np.array([0]), 1).pv_expected_kw.sum()
    assert per_kw < year_kwh < per_kw * 0.82 / 0.75


def test_clearness_spreads_as_the_days_of_the_tokyo_area_do() -> None:
    """Logits with a standard deviation of 1.57, correlated by 0.24 from one day to the next."""
    spec = sunny(days=30, start="2026-08-01")
    clearness = sample_weather(spec, np.arange(200), 2).clearness
    climate = read_climate("yokkaichi")
    share = (clearness - climate.darkest_frac) / (climate.brightest_frac - climate.darkest_frac)
    logit = np.log(share / (1.0 - share))
    assert abs(logit.std() - 1.57) < 3.0 * 1.57 / sqrt(2 * logit.size * 0.88)
    correlation = np.corrcoef(logit[:, :-1].ravel(), logit[:, 1:].ravel())[0, 1]
    assert abs(correlation - 0.24) < 3.0 / sqrt(logit.size)


def test_clearness_keeps_within_its_bounds() -> None:
    climate = read_climate("imajo")
    clearness = clearness_at(climate, np.array([-50.0, 0.0, 50.0]))
    np.testing.assert_allclose(clearness, [climate.darkest_frac, 0.55, climate.brightest_frac])


def test_irradiance_between_two_levels_lies_on_the_line_between_them() -> None:
    climate, spec = read_climate("yokkaichi"), sunny(days=1)
    table = irradiance_table(clear_sky(spec.clock.utc, site_of(spec.place, climate)), climate, 10.0, 180.0)
    step = climate.brightest_frac / (len(table) - 1)
    clearness = np.repeat(step * np.array([[0.0], [3.0], [3.5], [len(table) - 1.0]]), spec.clock.n_steps, axis=1)
    wanted = np.stack([table[0], table[3], (table[3] + table[4]) / 2.0, table[-1]])
    np.testing.assert_allclose(table_at(table, climate, clearness), wanted, atol=1e-12)


def test_a_climate_brighter_than_the_sky_is_refused() -> None:
    spec = sunny({"latitude_deg": 60.0, "longitude_deg": 25.0, "climate": "yokkaichi"}, start="2026-07-01")
    with pytest.raises(ScenarioError, match=r"2.6 kWh/m2 per day in month 12; legal: .* at latitude 60"):
        sample_weather(spec, np.array([0]), 1)


def test_temperature_has_the_mean_swing_and_spread_of_the_climate() -> None:
    spec = sunny(days=10, start="2026-07-27")
    weather = sample_weather(spec, np.arange(400), 3)
    climate = read_climate("yokkaichi")
    assert climate.warmest_day == 213
    daily = weather.temperature_c.reshape(400, 10, 24)
    summit = climate.mean_c + climate.seasonal_swing_c
    assert abs(daily.mean() - summit) < 3.0 * daily.mean(axis=(1, 2)).std(ddof=1) / sqrt(400) + 0.05
    by_hour = daily.mean(axis=(0, 1))
    assert np.ptp(by_hour) == pytest.approx(2.0 * climate.daily_swing_c, rel=0.03)
    assert by_hour.argmax() in (13, 14)
    noon = daily[:, :, 12] - summit
    assert abs(noon.std() - climate.temperature_std_c) < 0.15


def test_snow_takes_its_share_in_winter_alone() -> None:
    arrays = {"bare": {}, "snowed": {"snow_loss_frac": 0.3}}
    winter = sample_weather(sunny(start="2026-02-27", days=4, **arrays), np.arange(3), 1)
    bare, snowed = winter.pv_kw[..., 0], winter.pv_kw[..., 1]
    np.testing.assert_allclose(snowed[:, :48], 0.7 * bare[:, :48])
    np.testing.assert_array_equal(snowed[:, 48:], bare[:, 48:])
    np.testing.assert_allclose(winter.pv_expected_kw[:48, 1], 0.7 * winter.pv_expected_kw[:48, 0])
    assert bare[:, :48].max() > 0.1


def test_the_share_of_snow_is_lost_in_the_months_that_the_array_names() -> None:
    arrays = {"bare": {}, "snowed": {"snow_loss_frac": 0.3, "snow_loss_months": (3,)}}
    winter = sample_weather(sunny(start="2026-02-27", days=4, **arrays), np.arange(3), 1)
    bare, snowed = winter.pv_kw[..., 0], winter.pv_kw[..., 1]
    np.testing.assert_array_equal(snowed[:, :48], bare[:, :48])
    np.testing.assert_allclose(snowed[:, 48:], 0.7 * bare[:, 48:])


def test_arrays_of_one_place_share_their_clouds() -> None:
    arrays = {"east": {"azimuth_deg": 90.0, "tilt_deg": 30.0}, "west": {"azimuth_deg": 270.0, "tilt_deg": 30.0}}
    weather = sample_weather(sunny(**arrays), np.arange(300), 1)
    noon = weather.pv_kw[:, 11]
    assert np.corrcoef(noon[:, 0], noon[:, 1])[0, 1] > 0.95
    morning, evening = weather.pv_expected_kw[7], weather.pv_expected_kw[16]
    assert morning[0] > 1.5 * morning[1]
    assert evening[1] > 1.5 * evening[0]


def test_a_scenario_keeps_its_weather_whatever_is_drawn_beside_it() -> None:
    spec, more = sunny(), sunny(roof={}, carport={"tilt_deg": 5.0})
    all_of_them = sample_weather(spec, np.arange(37), 5)
    some = sample_weather(more, np.array([36, 4]), 5)
    np.testing.assert_array_equal(some.temperature_c, all_of_them.temperature_c[[36, 4]])
    np.testing.assert_array_equal(some.clearness, all_of_them.clearness[[36, 4]])
    np.testing.assert_array_equal(some.pv_kw[:, :, 0], all_of_them.pv_kw[[36, 4], :, 0])


@pytest.mark.parametrize("step_min", [10, 60])
def test_other_steps_leave_the_energy_expected_in_a_day_as_it_is(step_min: int) -> None:
    def day_kwh(step: int) -> float:
        period = {"start": "2026-08-03", "days": 1, "planning_step_min": 60, "control_step_min": step}
        spec = small(place=KASHIWA, period=period, hazard=None, hub={"pv": {"roof": {"rated_kw": 1.0}}})
        return float(sample_weather(spec, np.array([0]), 1).pv_expected_kw.sum() * step / 60)

    assert day_kwh(step_min) == pytest.approx(day_kwh(30), rel=2e-3)


def test_noise_is_stationary_and_remembers() -> None:
    normal = np.random.default_rng(1).standard_normal((4000, 6))
    noise = autoregressive(normal, 0.8)
    np.testing.assert_allclose(noise.std(axis=0), 1.0, atol=3.0 / sqrt(2 * 4000))
    correlation = np.corrcoef(noise, rowvar=False)
    assert abs(correlation[0, 1] - 0.8) < 3.0 / sqrt(4000)
    assert abs(correlation[2, 4] - 0.64) < 3.0 / sqrt(4000)


def test_noise_has_the_same_bits_alone_and_among_others_and_those_of_the_usual_filter() -> None:
    normal = np.random.default_rng(1).standard_normal((5, 300))
    noise = autoregressive(normal, 0.97)
    shocks = normal * np.sqrt(1.0 - 0.97**2)
    shocks[:, 0] = normal[:, 0]
    np.testing.assert_array_equal(noise, lfilter([1.0], [1.0, -0.97], shocks, axis=1))
    np.testing.assert_array_equal(autoregressive(normal[2:3], 0.97), noise[2:3])


def test_drawn_arrays_are_read_only() -> None:
    weather = sample_weather(sunny(), np.array([0]), 1)
    for array in (weather.temperature_c, weather.clearness, weather.pv_kw, weather.pv_expected_kw):
        assert not array.flags.writeable
