"""Sun and temperature: pvlib's clear sky times a clearness process, and what PV makes of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from simulation.draws.autoregression import autoregressive
from simulation.draws.clearness import clearness_at, irradiance_table, month_levels, quadrature, site_of, table_at
from simulation.draws.seeds import Stream, generator
from simulation.draws.snow import FallDraws, SnowDraws, expected_slid_frac, fresh_snow, laid_on, sample_falls
from simulation.physics.pv import Array, Sky, clear_sky, pv_kw
from simulation.scenario.climate import Climate, read_climate
from simulation.scenario.clock import Clock
from simulation.scenario.pv import PV
from simulation.scenario.spec import Spec
from simulation.units import HOURS_PER_DAY

__all__ = ["WeatherDraws", "sample_weather"]

SUN_STEP_MIN = 10
"""The sun is followed at least this finely within a step [min]."""

DAYS_PER_YEAR = 365.25
NOON_H = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WeatherDraws:
    """Weather of every scenario; D counts the local days of the period.

    ``clearness`` is the middle value of each day, from which the hours of that day stray; ``pv_expected_kw`` is the
    mean of ``pv_kw`` over all the weather that the month may bring (what a planner without a forecast expects), but
    for the falls of ``snow``: it is that of bare panels.
    Temperature is ``usual_c + spread_c * warmth``, the warmth a standard normal number that keeps
    ``warmth_correlation`` from one day to the next.
    """

    temperature_c: Float[np.ndarray, "S T"]
    usual_c: Float[np.ndarray, " T"]
    spread_c: Float[np.ndarray, " T"]
    warmth_correlation: float
    clearness: Float[np.ndarray, "S D"]
    pv_kw: Float[np.ndarray, "S T V"]
    pv_expected_kw: Float[np.ndarray, "T V"]
    snow: SnowDraws | None = None

    def warmth(self, steps: slice) -> Float[np.ndarray, "S t"]:
        """How many standard deviations it is warmer than usual in these steps."""
        above_c = self.temperature_c[:, steps] - self.usual_c[steps]
        spread_c = self.spread_c[steps]
        return np.divide(above_c, spread_c, out=np.zeros_like(above_c), where=spread_c > 0.0)


def sample_weather(spec: Spec, scenario_ids: Int[np.ndarray, " S"], seed: int) -> WeatherDraws:
    """Draw temperature and clearness of every scenario, and what each array makes of them.

    The sun is reckoned once for all scenarios, at a few levels of clearness; scenarios differ in clearness alone.
    It is the sun at the place of the scenario, under which the climate's monthly irradiation holds on average.  The
    falls of [snow] cover the arrays; they know nothing of temperature and clearness, nor these of them.

    Raises ScenarioError where the climate is unknown, or brighter than a cloudless sky at the place.
    """
    climate, clock = read_climate(spec.place.climate), spec.clock
    normal_day, normal_warmth, normal_step = _normals(clock, scenario_ids, seed)
    by_month = month_levels(climate, spec.place)  # pyright: ignore[reportArgumentType]  frozen models have a hash
    level = by_month[clock.local_month - 1]
    day_error = climate.day_spread * autoregressive(normal_day, climate.day_correlation)
    step_error = climate.hour_spread * autoregressive(normal_step, climate.hour_correlation**clock.step_h)
    clearness = clearness_at(climate, level + day_error[:, clock.local_day] + step_error)
    mean_c = _mean_temperature_c(climate, clock)
    temperature_c = mean_c + _warmth_c(climate, clock, normal_warmth)
    spread_c = _spread_c(climate, clock)

    errors, weights = quadrature(climate)
    any_clearness = clearness_at(climate, level + errors[:, None])
    power_kw = np.empty((*clearness.shape, len(spec.pvs)))
    expected_kw = np.empty((clock.n_steps, len(spec.pvs)))
    sky = _sky(spec, climate)
    tables = [
        _step_means(irradiance_table(sky, climate, item.part.tilt_deg, item.part.azimuth_deg), clock)
        for item in spec.pvs
    ]
    for v, (item, table) in enumerate(zip(spec.pvs, tables, strict=True)):
        uncovered = _uncovered_frac(item.part, clock)
        array = _array(item.part)
        power_kw[:, :, v] = uncovered * pv_kw(table_at(table, climate, clearness), temperature_c, array)
        expected_kw[:, v] = uncovered * (weights @ pv_kw(table_at(table, climate, any_clearness), mean_c, array))

    first_step = np.searchsorted(clock.local_day, np.arange(normal_day.shape[1]))
    day_clearness = clearness_at(climate, level[first_step] + day_error)
    for drawn in (temperature_c, mean_c, spread_c, day_clearness, power_kw, expected_kw):
        drawn.setflags(write=False)
    bare = WeatherDraws(
        temperature_c=temperature_c,
        usual_c=mean_c,
        spread_c=spread_c,
        warmth_correlation=climate.temperature_correlation,
        clearness=day_clearness,
        pv_kw=power_kw,
        pv_expected_kw=expected_kw,
    )
    falls = sample_falls(spec, scenario_ids, seed)
    if falls is None:
        return bare
    planes = (
        (table_at(table, climate, clearness), (weights, table_at(table, climate, any_clearness))) for table in tables
    )
    return _under_snow(spec, bare, falls, planes)


def _under_snow(
    spec: Spec,
    bare: WeatherDraws,
    falls: FallDraws,
    planes: Iterable[tuple[Float[np.ndarray, "S T"], tuple[Float[np.ndarray, " J"], Float[np.ndarray, "J T"]]]],
) -> WeatherDraws:
    """The weather with snow on the arrays: irradiance on each is as drawn, and over all skies with their weights."""
    fresh = fresh_snow(spec, falls)
    power_kw, covered = np.empty_like(bare.pv_kw), np.empty_like(bare.pv_kw)
    slides = np.empty_like(bare.pv_expected_kw)
    for v, (item, (plane, any_weather)) in enumerate(zip(spec.pvs, planes, strict=True)):
        covered[:, :, v], lost = laid_on(spec, item.part, fresh, plane, bare.temperature_c)
        power_kw[:, :, v] = pv_kw(plane, bare.temperature_c, _array(item.part), 1.0 - lost)
        slides[:, v] = expected_slid_frac(spec, item.part, any_weather, bare.usual_c, bare.spread_c)
    for drawn in (power_kw, covered, slides):
        drawn.setflags(write=False)
    snow = SnowDraws(falls=falls, bare_kw=bare.pv_kw, covered_frac=covered, slide_expected_frac=slides)
    return replace(bare, pv_kw=power_kw, snow=snow)


def _normals(
    clock: Clock, scenario_ids: Int[np.ndarray, " S"], seed: int
) -> tuple[Float[np.ndarray, "S D"], Float[np.ndarray, "S D2"], Float[np.ndarray, "S T"]]:
    """Standard normals of each day's clearness, of the warmth of each noon with one beyond both ends, of each step."""
    n_days = int(clock.local_day[-1]) + 1
    together = np.empty((len(scenario_ids), 2 * n_days + 2 + clock.n_steps))
    for row, scenario in zip(together, scenario_ids, strict=True):
        row[:] = generator(seed, int(scenario), Stream.WEATHER).standard_normal(len(row))
    return together[:, :n_days], together[:, n_days : 2 * n_days + 2], together[:, 2 * n_days + 2 :]


def _sky(spec: Spec, climate: Climate) -> Sky:
    clock = spec.clock
    n_parts = -(-clock.step_min // SUN_STEP_MIN)
    part = pd.Timedelta(minutes=clock.step_min) / n_parts
    offsets = pd.TimedeltaIndex([part * (i + 0.5) for i in range(n_parts)])
    moments = clock.utc.repeat(n_parts) + pd.TimedeltaIndex(np.tile(offsets.to_numpy(), clock.n_steps))
    return clear_sky(moments, site_of(spec.place, climate))


def _step_means(table: Float[np.ndarray, "J N"], clock: Clock) -> Float[np.ndarray, "J T"]:
    return table.reshape(len(table), clock.n_steps, -1).mean(axis=2)


def _array(part: PV) -> Array:
    return Array(
        rated_kw=part.rated_kw,
        inverter_kw=part.rated_kw if part.inverter_kw is None else part.inverter_kw,
        losses_frac=part.losses_frac,
        temperature_coefficient_frac_per_c=part.temperature_coefficient_frac_per_c,
        nominal_cell_c=part.nominal_cell_c,
        inverter_efficiency_frac=part.inverter_efficiency_frac,
    )


def _uncovered_frac(part: PV, clock: Clock) -> Float[np.ndarray, " T"]:
    return np.where(np.isin(clock.local_month, part.snow_loss_months), 1.0 - part.snow_loss_frac, 1.0)


def _mean_temperature_c(climate: Climate, clock: Clock) -> Float[np.ndarray, " T"]:
    """Mean course of the year and of the day, at the middle of each step [C]."""
    year = 2.0 * np.pi * (clock.local.day_of_year.to_numpy() - climate.warmest_day) / DAYS_PER_YEAR
    day = 2.0 * np.pi * (clock.local_hour + clock.step_h / 2.0 - climate.warmest_hour) / HOURS_PER_DAY
    return climate.mean_c + climate.seasonal_swing_c * np.cos(year) + climate.daily_swing_c * np.cos(day)


def _warmth_c(climate: Climate, clock: Clock, normal: Float[np.ndarray, "S D2"]) -> Float[np.ndarray, "S T"]:
    """How much warmer it is than usual: drawn for each noon, joined by straight lines between noons [C]."""
    at_noon = climate.temperature_std_c * autoregressive(normal, climate.temperature_correlation)
    before, share = _between_noons(clock)
    return (1.0 - share) * at_noon[:, before] + share * at_noon[:, before + 1]


def _spread_c(climate: Climate, clock: Clock) -> Float[np.ndarray, " T"]:
    """Standard deviation of the temperature: that of a noon, and less between two of them [C]."""
    _, share = _between_noons(clock)
    both = 2.0 * share * (1.0 - share) * climate.temperature_correlation
    return climate.temperature_std_c * np.sqrt((1.0 - share) ** 2 + share**2 + both)


def _between_noons(clock: Clock) -> tuple[Int[np.ndarray, " T"], Float[np.ndarray, " T"]]:
    """Number of the noon before the middle of each step, and how far it is from there to the next."""
    hour = clock.local_hour + clock.step_h / 2.0
    position = clock.local_day + 1.0 + (hour - NOON_H) / HOURS_PER_DAY
    before = position.astype(np.int64)
    return before, position - before
