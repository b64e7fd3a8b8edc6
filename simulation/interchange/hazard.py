"""What the strike of the disaster changes for good, in the planner's arrays.

``struck_frac`` is the share of each step that lies after the strike: exact with perfect information; for a planner who
does not see the future 0 before the strike and 1 after it.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from simulation.scenario.spec import Spec
from simulation.units import HOURS_PER_DAY, WATER_USES

__all__ = [
    "mains_m3ph",
    "mains_returned_m3ph",
    "pump_up_frac",
    "usual_returned_m3ph",
    "usual_water_m3ph",
    "vehicle_demand_lph",
]


def mains_m3ph(spec: Spec, struck_frac: Float[np.ndarray, " T"]) -> Float[np.ndarray, "T W"]:
    """Most that the mains bring to each tank [m3/h]."""
    rated = np.array([tank.part.mains_m3ph for tank in spec.water_tanks])
    fails = np.array([float(tank.part.mains_fail_with_hazard) for tank in spec.water_tanks])
    return rated * (1.0 - struck_frac[:, None] * fails)


def mains_returned_m3ph(spec: Spec, back_frac: Float[np.ndarray, "S t W"]) -> Float[np.ndarray, "S t W"]:
    """What mains bring again after the strike has stopped them; ``back_frac`` is the share of a step from then on."""
    fails = [tank.part.mains_m3ph * float(tank.part.mains_fail_with_hazard) for tank in spec.water_tanks]
    return np.array(fails) * back_frac


def usual_water_m3ph(spec: Spec, struck_frac: Float[np.ndarray, " T"]) -> Float[np.ndarray, "T W C"]:
    """Use of each tank on a normal day, spread evenly, apart from the people in a shelter, by what it is for [m3/h]."""
    daily = np.array([tank.part.daily_use_m3 for tank in spec.water_tanks])
    stops = np.array([float(tank.part.daily_use_stops) for tank in spec.water_tanks])
    use_m3ph = np.zeros((len(struck_frac), len(daily), len(WATER_USES)))
    uses = np.array([tank.part.usual_use for tank in spec.water_tanks], dtype=np.int64)
    use_m3ph[:, np.arange(len(daily)), uses] = daily / HOURS_PER_DAY * (1.0 - struck_frac[:, None] * stops)
    return use_m3ph


def usual_returned_m3ph(spec: Spec, back_frac: Float[np.ndarray, "S t W"]) -> Float[np.ndarray, "S t W C"]:
    """Use that the strike has stopped and that begins again with the mains of its tank, by what it is for [m3/h]."""
    stopped = [tank.part.daily_use_m3 * float(tank.part.daily_use_stops) for tank in spec.water_tanks]
    use_m3ph = np.zeros((*back_frac.shape, len(WATER_USES)))
    uses = np.array([tank.part.usual_use for tank in spec.water_tanks], dtype=np.int64)
    use_m3ph[:, :, np.arange(len(stopped)), uses] = np.array(stopped) / HOURS_PER_DAY * back_frac
    return use_m3ph


def pump_up_frac(spec: Spec, struck_frac: Float[np.ndarray, " T"]) -> Float[np.ndarray, "T Pu"]:
    """Share of each step in which each pump has its source."""
    fails = np.array([float(pump.part.fails_with_hazard) for pump in spec.pumps])
    return 1.0 - struck_frac[:, None] * fails


def vehicle_demand_lph(spec: Spec, struck_frac: Float[np.ndarray, " T"]) -> Float[np.ndarray, "T U"]:
    """Fuel that emergency vehicles ask of each tank [L/h]."""
    promised = np.array([tank.part.vehicle_demand_l_per_day for tank in spec.fuel_tanks])
    return promised / HOURS_PER_DAY * struck_frac[:, None]
