"""Building equations: what a floor draws for its rooms, its services and its air; numbers or arrays."""

from __future__ import annotations

import numpy as np

__all__ = ["building_w", "comfort_w", "hvac_w"]


def comfort_w(temperature_c, cooling_from_c, cooling_w_per_k, heating_below_c, heating_w_per_k):
    """Power to cool above one balance temperature and to heat below another; nothing between them [W per unit].

    ``cooling * max(T - from, 0) + heating * max(below - T, 0)``: the change-point model of a building's energy
    signature (ASHRAE Guideline 14, five parameters).

    >>> float(comfort_w(33.0, 18.0, 2.0, 12.0, 1.0))
    30.0
    >>> float(comfort_w(15.0, 18.0, 2.0, 12.0, 1.0))
    0.0
    """
    cooling = cooling_w_per_k * np.maximum(temperature_c - cooling_from_c, 0.0)
    heating = heating_w_per_k * np.maximum(heating_below_c - temperature_c, 0.0)
    return cooling + heating


def hvac_w(full_comfort_w, plant_frac, people_frac, people_share_frac, fans_w, limit_w):
    """Power of a plant that serves the building and the people in it [W per unit].

    ``plant * min(fans + comfort * (1 - share + share * people), limit)``: a share of the heat comes with the people
    and the fresh air for them, the rest with walls, lights and machines.

    Args:
        full_comfort_w: power with all people present, from ``comfort_w`` [W per unit].
        plant_frac: whether the plant runs, 0 to 1.
        people_frac: people present, of the most there are.
        people_share_frac: share of the full power that comes with the people.
        fans_w: fans and pumps whenever the plant runs [W per unit].
        limit_w: most that the plant draws [W per unit].

    >>> float(hvac_w(30.0, 1.0, 0.5, 0.5, 4.0, 40.0))
    26.5
    """
    weight = 1.0 - people_share_frac + people_share_frac * people_frac
    return plant_frac * np.minimum(fans_w + full_comfort_w * weight, limit_w)


def building_w(rooms_w, services_frac, constant_w, air_w):
    """Whole building: rooms, services that follow them (lifts and the like), what never stops, and air [W per unit].

    >>> round(building_w(28.3, 0.3, 0.0, 33.96), 2)
    70.75
    """
    return rooms_w * (1.0 + services_frac) + constant_w + air_w
