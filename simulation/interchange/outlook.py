"""The Outlook: what a planner sees over its horizon, be it a forecast or the truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from simulation.scenario.clock import Clock

__all__ = ["Outlook"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Everything `assemble` needs beside the Spec, on the planning grid of the horizon.

    Axes as in ``units.py``; levels are those at the first edge, peaks the highest metered so far in the month of the
    first step.  ``grid_up`` says which feeders have power in each step, in the planner's eyes (share of the step).
    """

    clock: Clock
    demand_kw: Float[np.ndarray, "S T B Q"]
    pv_kw: Float[np.ndarray, "S T V"]
    grid_up_frac: Float[np.ndarray, "S T F"]
    genset_up_frac: Float[np.ndarray, "S T G"]
    pump_up_frac: Float[np.ndarray, "S T Pu"]
    water_demand_m3ph: Float[np.ndarray, "S T W"]
    mains_m3ph: Float[np.ndarray, "S T W"]
    vehicle_demand_lph: Float[np.ndarray, "S T U"]
    fuel_delivery_l: Float[np.ndarray, "S T U"]
    water_delivery_m3: Float[np.ndarray, "S T W"]
    battery_kwh: Float[np.ndarray, "S K"]
    fuel_l: Float[np.ndarray, "S U"]
    water_m3: Float[np.ndarray, "S W"]
    backlog_kwh: Float[np.ndarray, "S B"]
    peak_kw: Float[np.ndarray, "S M"]
    perfect: bool
