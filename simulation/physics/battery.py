"""Battery equations: what its terminals do to its store."""

from __future__ import annotations

__all__ = ["store_rate_kw"]


def store_rate_kw(charge_kw, discharge_kw, charge_efficiency_frac, discharge_efficiency_frac):
    """Rate at which the store fills, from the power at the terminals; numbers or arrays [kW].

    >>> store_rate_kw(10.0, 0.0, 0.9, 0.9)
    9.0
    """
    return charge_efficiency_frac * charge_kw - discharge_kw / discharge_efficiency_frac
