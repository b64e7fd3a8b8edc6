"""The PlantState: what the plant's instruments show at a moment, from which the closed loop plans on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

__all__ = ["PlantState"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantState:
    """Levels, peaks and conditions of S worlds at ``now_h`` (hours from the start of the period).

    ``peak_kw`` is the highest demand metered in this month, ``earlier_kw`` the highest of the months before that still
    counts now and in each month to come (None: nothing does), ``metered_kwh`` what the metering interval that runs has
    counted (None: nothing yet).
    ``feeder_down_since_h`` holds NaN where the feeder is up.  ``demand_error`` is demand over what is usual at the
    present temperature, less 1; ``people`` those in each shelter; ``mains_back`` says where mains water failed and has
    returned (None: nowhere).  What is known of no pump or line (None) works.
    """

    now_h: float
    battery_kwh: Float[np.ndarray, "S K"]
    fuel_l: Float[np.ndarray, "S U"]
    water_m3: Float[np.ndarray, "S W"]
    backlog_kwh: Float[np.ndarray, "S B"]
    peak_kw: Float[np.ndarray, "S M"]
    feeder_up: Bool[np.ndarray, "S F"]
    feeder_down_since_h: Float[np.ndarray, "S F"]
    genset_usable: Bool[np.ndarray, "S G"]
    people: Float[np.ndarray, "S H"]
    demand_error: Float[np.ndarray, "S B"]
    earlier_kw: Float[np.ndarray, "S M R"] | None = None
    metered_kwh: Float[np.ndarray, "S M"] | None = None
    vehicle_kwh: Float[np.ndarray, "S Ve"] | None = None
    vehicle_there: Bool[np.ndarray, "S Ve"] | None = None
    pump_works: Bool[np.ndarray, "S Pu"] | None = None
    line_works: Bool[np.ndarray, "S L"] | None = None
    mains_back: Bool[np.ndarray, "S W"] | None = None
