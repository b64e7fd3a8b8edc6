"""Engine equations: the fuel line, and the straight chord that a linear planner sees."""

from __future__ import annotations

__all__ = ["chord_l_per_kwh", "fuel_lph"]


def fuel_lph(power_kw, rated_kw, slope_l_per_kwh, intercept_lph_per_kw):
    """Fuel flow of a running engine, ``slope * P + intercept * rated``; numbers or arrays [L/h].

    Straight-line fits of published burn charts, e.g. 100 kW: 0.244 L/kWh and 0.0355 L/h per rated kW.

    >>> fuel_lph(50.0, 100.0, 0.244, 0.0355)
    15.75
    """
    return slope_l_per_kwh * power_kw + intercept_lph_per_kw * rated_kw


def chord_l_per_kwh(
    rated_kw: float, min_load_frac: float, slope_l_per_kwh: float, intercept_lph_per_kw: float
) -> float:
    """Fuel per kWh at the middle of the usable band: the linear planner's stand-in for the fuel line [L/kWh].

    >>> chord_l_per_kwh(100.0, 0.0, 0.25, 0.05)
    0.35
    """
    middle_kw = 0.5 * (1.0 + min_load_frac) * rated_kw
    return slope_l_per_kwh + intercept_lph_per_kw * rated_kw / middle_kw
