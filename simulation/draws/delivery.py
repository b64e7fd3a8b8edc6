"""Deliveries and roads: when a road reopens, how long each lot travels, which never come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

__all__ = ["DeliveryDraws"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryDraws:
    """Roads (axis R in the order of ``Spec.road``) and lots (axis D in the order of ``Spec.delivery``, N lots each).

    ``road_opens_h`` is the hour, from the start of the period, from which the road is open (minus infinity where it
    was never closed); ``travel_h`` the drawn travel time of every lot on an open road [h].
    """

    road_opens_h: Float[np.ndarray, "S R"]
    travel_h: Float[np.ndarray, "S D N"]
    cancelled: Bool[np.ndarray, "S D N"]
