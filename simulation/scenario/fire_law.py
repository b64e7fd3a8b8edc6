"""How much fuel may stand at a building without a permit: the designated quantities of the fire law."""

from __future__ import annotations

from collections.abc import Mapping

from simulation.scenario.fuel_tank import FuelTank
from simulation.scenario.preset import read_presets

__all__ = ["designated_share", "wrong_stores"]

_BELOW = {"none": 0.2, "notice": 1.0}
"""Share of the designated quantity that a store must stay below, by the permit that it is said to have."""


def designated_share(tanks: Mapping[str, FuelTank]) -> float:
    """What the tanks hold when full, as the sum of their shares of the designated quantities.

    Fuels without a quantity in presets/fire_law.toml (gas in bottles falls under another law) do not count.

    >>> cans, drum = FuelTank(fuel="petrol", capacity_l=100), FuelTank(fuel="diesel", capacity_l=450)
    >>> designated_share({"cans": cans, "drum": drum})
    0.95
    """
    quantities = read_presets("fire_law")
    return sum(
        tank.capacity_l / quantities[tank.fuel]["designated_l"] for tank in tanks.values() if tank.fuel in quantities
    )


def wrong_stores(tanks: Mapping[str, FuelTank]) -> list[str]:
    """What exceeds the permit that the tanks of one building are said to have; nothing where a full one is said."""
    wrong = []
    for permit, below in _BELOW.items():
        small = {name: tank for name, tank in tanks.items() if tank.permit in _BELOW and _BELOW[tank.permit] <= below}
        share = designated_share(small)
        if share >= below and any(tank.permit == permit for tank in small.values()):
            wrong.append(
                f"fuel_tank {', '.join(small)} with permit {permit!r}: together {share:.4g} of the designated "
                f"quantity; legal: below {below:g}, or another permit"
            )
    return wrong
