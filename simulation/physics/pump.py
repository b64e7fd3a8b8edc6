"""Pump equations: power against water lifted."""

from __future__ import annotations

__all__ = ["lifted_m3ph", "pumping_kw"]


def lifted_m3ph(power_kw, kwh_per_m3):
    """Water that a pump lifts with the power it gets; numbers or arrays [m3/h].

    >>> lifted_m3ph(2.0, 0.5)
    4.0
    """
    return power_kw / kwh_per_m3


def pumping_kw(flow_m3ph, kwh_per_m3):
    """Power that a pump needs for a flow of water; numbers or arrays [kW].

    >>> pumping_kw(4.0, 0.5)
    2.0
    """
    return flow_m3ph * kwh_per_m3
