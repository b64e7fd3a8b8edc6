"""Rain equations: what a roof brings to a tank."""

from __future__ import annotations

from simulation.units import HOURS_PER_DAY, LITRES_PER_M3

__all__ = ["roof_m3ph"]


def roof_m3ph(area_m2, rain_mm_per_day, runoff_frac):
    """Mean flow off a roof: a millimetre on a square metre is a litre; numbers or arrays [m3/h].

    >>> round(roof_m3ph(1_000.0, 9.6, 0.8), 12)
    0.32
    """
    return area_m2 * rain_mm_per_day * runoff_frac / LITRES_PER_M3 / HOURS_PER_DAY
