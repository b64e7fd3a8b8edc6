"""Heat of hot water."""

from __future__ import annotations

__all__ = ["shower_kwh"]

_KWH_PER_L_C = 4.186 / 3600.0  # heat capacity of water, 4.186 kJ/(kg K), at 1 kg/L


def shower_kwh(litres, warmer_c):
    """Heat of one shower [kWh], from its water [L] and by how much that is heated [C].

    >>> round(shower_kwh(60.0, 25.0), 3)
    1.744
    """
    return _KWH_PER_L_C * litres * warmer_c
