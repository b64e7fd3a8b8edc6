"""People in shelters, in the planner's arrays: the power and the water that they add to the building's."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from simulation.interchange.outage import share_after
from simulation.physics.people import Room, settled, with_socket
from simulation.physics.shelter import people_power_kw, people_water_m3ph, places
from simulation.scenario.shelter import Shelter
from simulation.scenario.spec import Spec
from simulation.units import HOURS_PER_DAY, TIERS, WATER_USES

__all__ = ["housed_people", "people_power", "people_water", "room"]


def housed_people(spec: Spec, wanting: Float[np.ndarray, "S T H"]) -> Float[np.ndarray, "S T H"]:
    """Those of the people who want a place who find one, on the floor or in a car."""
    here = np.empty_like(wanting)
    for h, item in enumerate(spec.shelters):
        floor, cars, _ = settled(wanting[:, :, h], room(item.part))
        here[:, :, h] = floor + cars
    return here


def room(shelter: Shelter) -> Room:
    """What a shelter has room for while its floor is whole."""
    cars = shelter.cars
    return Room(
        staff=shelter.staff_people,
        places=places(shelter.floor_area_m2, shelter.floor_m2_per_person),
        car_frac=0.0 if cars is None else cars.share_frac,
        car_places=shelter.car_people,
        overflow_frac=0.0 if cars is None else cars.overflow_frac,
    )


def people_power(spec: Spec, people: Float[np.ndarray, "S T H"]) -> Float[np.ndarray, "S T B Q"]:
    """Load of the people present, by building and tier; groups that need power get the floor before others [kW]."""
    power_kw = np.zeros((*people.shape[:2], len(spec.building), len(TIERS)))
    for h, item in enumerate(spec.shelters):
        tier = TIERS.index(item.part.power_tier)
        here = people[:, :, h]
        floor = here if item.part.cars is None else room(item.part).floor_of(here)
        power_kw[:, :, item.building, tier] += people_power_kw(floor, item.part.power_kwh_per_person_day)
        if item.part.cars is not None:
            power_kw[:, :, item.building, tier] += people_power_kw(
                here - floor, item.part.cars.power_kwh_per_person_day
            )
        for group in item.part.group.values():
            own = with_socket(here, floor, group.share_frac) * group.power_kw_per_person
            power_kw[:, :, item.building, TIERS.index(group.power_tier)] += own
    return power_kw


def people_water(
    spec: Spec, edges_h: Float[np.ndarray, " T1"], people: Float[np.ndarray, "S T H"]
) -> Float[np.ndarray, "S T H C"]:
    """Water that each shelter's people use, by use; ``edges_h`` counts from the start of the period [m3/h]."""
    water_m3ph = np.zeros((*people.shape, len(WATER_USES)))
    for h, item in enumerate(spec.shelters):
        if spec.hazard_h is not None:
            need = _l_per_person_day(item.part, edges_h - spec.hazard_h)
            water_m3ph[:, :, h] = people_water_m3ph(people[:, :, h, None], need)
    return water_m3ph


def _l_per_person_day(shelter: Shelter, since_strike_h: Float[np.ndarray, " T1"]) -> Float[np.ndarray, "T C"]:
    """Mean need of a person over each step by use; the steps' edges count from the strike [L/day]."""
    need = np.zeros((len(since_strike_h) - 1, len(WATER_USES)))
    before = np.zeros(len(WATER_USES))
    for from_day, by_use in shelter.steps_by_use:
        more = np.array(by_use) - before
        need += share_after(since_strike_h, from_day * HOURS_PER_DAY)[:, None] * more
        before += more
    return need
