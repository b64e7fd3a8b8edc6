"""Outages of the feeders: one draw per feeder and scenario, shared by all that hang on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

__all__ = ["OutageDraws"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageDraws:
    """Outage n of feeder f lasts from ``start_h`` to ``end_h`` (hours from the start of the period).

    Slots without an outage hold infinity in both.  Outages of one feeder are sorted by start and do not overlap.
    """

    start_h: Float[np.ndarray, "S F N"]
    end_h: Float[np.ndarray, "S F N"]
