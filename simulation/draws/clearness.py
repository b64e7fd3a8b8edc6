"""How bright a month is: from a climate's monthly irradiation to the level of its clearness process."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
from jaxtyping import Float

from simulation.errors import Fault, ScenarioError
from simulation.physics.pv import Site, Sky, clear_sky, plane_kw_per_m2
from simulation.scenario.climate import Climate
from simulation.scenario.place import Place
from simulation.units import HOURS_PER_DAY, MONTHS_PER_YEAR

__all__ = ["clearness_at", "irradiance_table", "month_levels", "quadrature", "site_of", "table_at"]

N_LEVELS = 22
"""Levels of clearness at which irradiance is reckoned; between them it is joined by straight lines."""

N_NODES = 64
"""Nodes of the Gauss-Hermite quadrature over the normal errors of clearness."""

REFERENCE_TILT_DEG, REFERENCE_AZIMUTH_DEG = 10.0, 180.0
"""The plane for which climates give their irradiation."""

REFERENCE_YEAR, REFERENCE_EVERY_DAYS, REFERENCE_STEP_MIN = 2026, 3, 30
"""The days and moments over which a month's irradiation is reckoned; the year only fixes the calendar."""

BRIGHT_LOGIT = 30.0
"""A level at which every day is as bright as it can be."""


def site_of(place: Place, climate: Climate) -> Site:
    """The place of the scenario under the climate's haze."""
    return Site(
        latitude_deg=place.latitude_deg,
        longitude_deg=place.longitude_deg,
        altitude_m=place.altitude_m,
        linke_turbidity=climate.linke_turbidity,
    )


def clearness_at(climate: Climate, logit: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """Clearness from its logit, between the climate's darkest and brightest."""
    share = 1.0 / (1.0 + np.exp(-logit))
    return climate.darkest_frac + (climate.brightest_frac - climate.darkest_frac) * share


def quadrature(climate: Climate) -> tuple[Float[np.ndarray, " J"], Float[np.ndarray, " J"]]:
    """Errors of clearness in logits, and the weights that turn a sum over them into a mean over all weather."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(N_NODES)
    return np.hypot(climate.day_spread, climate.hour_spread) * nodes, weights / weights.sum()


def irradiance_table(sky: Sky, climate: Climate, tilt_deg: float, azimuth_deg: float) -> Float[np.ndarray, "J N"]:
    """Irradiance on a plane at even levels of clearness from 0 to the climate's brightest [kW/m2]."""
    levels = np.linspace(0.0, climate.brightest_frac, N_LEVELS)
    return plane_kw_per_m2(sky, levels[:, None], tilt_deg, azimuth_deg, climate.albedo_frac)


def table_at(
    table: Float[np.ndarray, "J N"], climate: Climate, clearness: Float[np.ndarray, "S N"]
) -> Float[np.ndarray, "S N"]:
    """The irradiance of ``irradiance_table`` at any clearness, joined by straight lines [kW/m2]."""
    position = clearness * ((N_LEVELS - 1) / climate.brightest_frac)
    below = np.minimum(position.astype(np.int64), N_LEVELS - 2)
    moment = np.arange(table.shape[1])
    low, high = table[below, moment], table[below + 1, moment]
    return low + (position - below) * (high - low)


@lru_cache(maxsize=32)
def month_levels(climate: Climate, place: Place) -> Float[np.ndarray, " 12"]:
    """Level of the clearness process in logits for each month, January first.

    At that level the mean irradiation over all weather, on a plane 10 degrees to the south at the place, is the
    climate's.  It is found by halving an interval: the mean rises with the level.

    Raises ScenarioError where a month of the climate is brighter than the brightest sky at the place.
    """
    errors, weights = quadrature(climate)
    tables = _daily_tables(climate, place)
    wanted = np.array(climate.plane_10_kwh_per_m2_day)
    low, high = np.full(MONTHS_PER_YEAR, -BRIGHT_LOGIT), np.full(MONTHS_PER_YEAR, BRIGHT_LOGIT)

    def mean_kwh_per_m2(level: Float[np.ndarray, " 12"]) -> Float[np.ndarray, " 12"]:
        return weights @ table_at(tables, climate, clearness_at(climate, level + errors[:, None]))

    faults = [
        Fault(
            where="place.climate",
            given=f"{wanted[m]:g} kWh/m2 per day in month {m + 1}",
            legal=f"{darkest:.2f} to {brightest:.2f} at latitude {place.latitude_deg:g}",
            hint="choose a climate of this latitude",
        )
        for m, (darkest, brightest) in enumerate(zip(mean_kwh_per_m2(low), mean_kwh_per_m2(high), strict=True))
        if not darkest < wanted[m] < brightest
    ]
    if faults:
        raise ScenarioError("presets/climate.toml", faults)
    while np.any(high - low > 1e-9):
        middle = (low + high) / 2.0
        too_dark = mean_kwh_per_m2(middle) < wanted
        low, high = np.where(too_dark, middle, low), np.where(too_dark, high, middle)
    level = (low + high) / 2.0
    level.setflags(write=False)
    return level


def _daily_tables(climate: Climate, place: Place) -> Float[np.ndarray, "J 12"]:
    """Mean irradiation of a day of each month at each level of clearness, on the reference plane [kWh/m2]."""
    moments = pd.date_range(
        f"{REFERENCE_YEAR}-01-01", f"{REFERENCE_YEAR + 1}-01-01", freq=f"{REFERENCE_STEP_MIN}min", inclusive="left"
    ).tz_localize("UTC")
    moments = moments[moments.day_of_year % REFERENCE_EVERY_DAYS == 0]
    sky = clear_sky(moments, site_of(place, climate))
    table = irradiance_table(sky, climate, REFERENCE_TILT_DEG, REFERENCE_AZIMUTH_DEG)
    months = moments.month.to_numpy()
    means = [table[:, months == month].mean(axis=1) for month in range(1, MONTHS_PER_YEAR + 1)]
    return HOURS_PER_DAY * np.stack(means, axis=1)
