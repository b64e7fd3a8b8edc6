"""People in shelters, in the planner's arrays: the power and the water that they add to the building's."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from simulation.interchange.outage import share_after
from simulation.physics import shelter as physics
from simulation.physics.shelter import people_power_kw, people_water_m3ph, places
from simulation.scenario.shelter import Shelter
from simulation.scenario.spec import Spec
from simulation.units import HOURS_PER_DAY, TIERS

__all__ = ["housed_people", "people_power", "people_water"]


def housed_people(spec: Spec, wanting: Float[np.ndarray, "S T H"]) -> Float[np.ndarray, "S T H"]:
    """Those of the people who want a place for whom there is floor."""
    most = [places(item.part.floor_area_m2, item.part.floor_m2_per_person) for item in spec.shelters]
    return physics.housed_people(wanting, np.array(most))


def people_power(spec: Spec, people: Float[np.ndarray, "S T H"]) -> Float[np.ndarray, "S T B Q"]:
    """Load of the people, by building and tier [kW]."""
    power_kw = np.zeros((*people.shape[:2], len(spec.building), len(TIERS)))
    for h, item in enumerate(spec.shelters):
        tier = TIERS.index(item.part.power_tier)
        power_kw[:, :, item.building, tier] += people_power_kw(people[:, :, h], item.part.power_kwh_per_person_day)
    return power_kw


def people_water(
    spec: Spec, edges_h: Float[np.ndarray, " T1"], people: Float[np.ndarray, "S T H"]
) -> Float[np.ndarray, "S T W"]:
    """Water that the people draw from each tank; ``edges_h`` counts from the start of the period [m3/h]."""
    names = [tank.name for tank in spec.water_tanks]
    water_m3ph = np.zeros((*people.shape[:2], len(names)))
    for h, item in enumerate(spec.shelters):
        if item.part.water_tank is None or spec.hazard_h is None:
            continue
        tank = f"{spec.building_names[item.building]}.water_tank.{item.part.water_tank}"
        need = _l_per_person_day(item.part, edges_h - spec.hazard_h)
        water_m3ph[:, :, names.index(tank)] += people_water_m3ph(people[:, :, h], need)
    return water_m3ph


def _l_per_person_day(shelter: Shelter, since_strike_h: Float[np.ndarray, " T1"]) -> Float[np.ndarray, " T"]:
    """Mean need of a person over each step, whose edges count from the strike [L/day]."""
    need, before = np.zeros(len(since_strike_h) - 1), 0.0
    for step in sorted(shelter.water_step, key=lambda step: step.from_day):
        need += (step.l_per_person_day - before) * share_after(since_strike_h, step.from_day * HOURS_PER_DAY)
        before = step.l_per_person_day
    return need
