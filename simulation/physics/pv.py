"""Sun and photovoltaics: cloudless sky, irradiance on a plane under clouds, and the PVWatts array."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pvlib
from jaxtyping import Float, Int

__all__ = ["Array", "Site", "Sky", "clear_sky", "plane_kw_per_m2", "pv_kw"]

WATTS_PER_KW = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where the sun is looked at from, and how hazy the cloudless air is there."""

    latitude_deg: float
    longitude_deg: float
    altitude_m: float
    linke_turbidity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sky:
    """Where the sun stands at N moments, and what a cloudless sky sends to the horizontal."""

    day_of_year: Int[np.ndarray, " N"]
    zenith_deg: Float[np.ndarray, " N"]
    azimuth_deg: Float[np.ndarray, " N"]
    clear_kw_per_m2: Float[np.ndarray, " N"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Array:
    """Parameters of the PVWatts array; ``inverter_kw`` is its limit on the side of alternating current."""

    rated_kw: float
    inverter_kw: float
    losses_frac: float
    temperature_coefficient_frac_per_c: float
    nominal_cell_c: float
    inverter_efficiency_frac: float


def clear_sky(utc: pd.DatetimeIndex, site: Site) -> Sky:
    """The sun and the irradiance of a cloudless sky at the given moments.

    Sun: NREL's solar position algorithm (Reda and Andreas, 2004).  Sky: Ineichen and Perez (Solar Energy 73, 2002) with
    a fixed Linke turbidity.  Both as in pvlib.

    Args:
        utc: moments with their time zone, length N.
        site: position, height and haze.

    >>> noon = pd.DatetimeIndex(["2026-06-21 03:00"], tz="UTC")
    >>> site = Site(latitude_deg=35.6, longitude_deg=135.0, altitude_m=10.0, linke_turbidity=3.0)
    >>> clear_sky(noon, site).clear_kw_per_m2.round(2)
    array([1.])
    """
    position = pvlib.solarposition.spa_python(utc, site.latitude_deg, site.longitude_deg, altitude=site.altitude_m)
    apparent_zenith_deg = position["apparent_zenith"].to_numpy()
    day_of_year = utc.day_of_year.to_numpy().astype(np.int64)
    relative = pvlib.atmosphere.get_relative_airmass(apparent_zenith_deg)
    airmass = pvlib.atmosphere.get_absolute_airmass(relative, pvlib.atmosphere.alt2pres(site.altitude_m))
    with np.errstate(divide="ignore"):  # at night pvlib divides by the sun's height before it discards the result
        clear = pvlib.clearsky.ineichen(
            apparent_zenith_deg,
            airmass,
            site.linke_turbidity,
            altitude=site.altitude_m,  # pyright: ignore[reportArgumentType]  typed by pvlib's default of 0
            dni_extra=pvlib.irradiance.get_extra_radiation(day_of_year),  # pyright: ignore[reportArgumentType]  same
        )
    return Sky(
        day_of_year=day_of_year,
        zenith_deg=position["zenith"].to_numpy(),
        azimuth_deg=position["azimuth"].to_numpy(),
        clear_kw_per_m2=np.asarray(clear["ghi"]) / WATTS_PER_KW,
    )


def plane_kw_per_m2(
    sky: Sky, clearness: Float[np.ndarray, "J 1"], tilt_deg: float, azimuth_deg: float, albedo_frac: float
) -> Float[np.ndarray, "J N"]:
    """Irradiance on a tilted plane under clouds [kW/m2].

    The cloudless irradiance times the clearness is split into beam and diffuse light (Erbs, Klein and Duffie, Solar
    Energy 28, 1982) and carried to the plane (Hay and Davies, 1980), with light thrown back by the ground.

    Args:
        sky: the sun and the cloudless sky at N moments.
        clearness: share of the cloudless irradiance that reaches the ground, J levels.
        tilt_deg: of the plane, from the horizontal [deg].
        azimuth_deg: of the plane, 180 is south [deg].
        albedo_frac: share of light that the ground throws back.
    """
    horizontal_w = clearness * sky.clear_kw_per_m2 * WATTS_PER_KW
    split = pvlib.irradiance.erbs(horizontal_w, sky.zenith_deg, sky.day_of_year)
    plane = pvlib.irradiance.get_total_irradiance(
        tilt_deg,
        azimuth_deg,
        sky.zenith_deg,
        sky.azimuth_deg,
        split["dni"],
        horizontal_w,
        split["dhi"],
        dni_extra=pvlib.irradiance.get_extra_radiation(sky.day_of_year),
        albedo=albedo_frac,
        model="haydavies",
    )
    return np.asarray(plane["poa_global"]) / WATTS_PER_KW


def pv_kw(
    irradiance_kw_per_m2: Float[np.ndarray, "*#shape"],
    air_c: Float[np.ndarray, "*#shape"],
    array: Array,
    uncovered_frac: Float[np.ndarray, "*#shape"] | float = 1.0,
) -> Float[np.ndarray, "*shape"]:
    """Power of an array on the side of alternating current [kW].

    PVWatts 5 (Dobos, NREL/TP-6A20-62641, 2014): power in proportion to irradiance, less losses and the cell's warmth,
    through an inverter with a load-dependent efficiency.  The cell is warmer than the air in proportion to irradiance
    (Ross, 1980), as wind is not modelled.  Light lost by reflection at flat angles is not counted.  Of the modules the
    share ``uncovered_frac`` gives power, the rest lies under snow.

    >>> array = Array(rated_kw=10.0, inverter_kw=8.0, losses_frac=0.14, temperature_coefficient_frac_per_c=-0.0035,
    ...               nominal_cell_c=45.0, inverter_efficiency_frac=0.96)
    >>> pv_kw(np.array([0.0, 0.5, 1.0]), np.array([25.0, 25.0, 0.0]), array).round(3)
    array([0.   , 3.911, 8.   ])
    """
    irradiance_w = irradiance_kw_per_m2 * WATTS_PER_KW
    cell_c = pvlib.temperature.ross(irradiance_w, air_c, noct=array.nominal_cell_c)
    direct_kw = pvlib.pvsystem.pvwatts_dc(
        irradiance_w,
        cell_c,
        array.rated_kw * (1.0 - array.losses_frac) * uncovered_frac,  # pyright: ignore[reportArgumentType]  arrays, too
        array.temperature_coefficient_frac_per_c,
    )
    inverter_input_kw = array.inverter_kw / array.inverter_efficiency_frac
    return pvlib.inverter.pvwatts(direct_kw, inverter_input_kw, array.inverter_efficiency_frac)
