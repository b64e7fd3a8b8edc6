"""Energy of a vehicle between its base and the place that it gives power to."""

from __future__ import annotations

__all__ = ["arrival_kwh", "home_kwh"]


def arrival_kwh(start_kwh: float, distance_km: float, use_kwh_per_km: float) -> float:
    """Energy left on arrival [kWh].

    >>> arrival_kwh(490.0, 100.0, 1.25) - home_kwh(100.0, 1.25)
    240.0
    """
    return max(0.0, start_kwh - distance_km * use_kwh_per_km)


def home_kwh(distance_km: float, use_kwh_per_km: float) -> float:
    """Energy that it keeps to drive home [kWh]."""
    return distance_km * use_kwh_per_km
