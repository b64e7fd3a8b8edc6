"""The people of a shelter over a whole period: who finds a place of those who want one, worked out in arrays."""

from __future__ import annotations

from itertools import repeat
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from simulation.physics.people import Room, settled, with_socket
from simulation.physics.shelter import people_power_kw
from simulation.scenario.shelter import Shelter
from simulation.units import TIERS

__all__ = ["Crowd", "crowds"]


class Crowd(NamedTuple):
    """People on the floor, in cars, turned away and present; their load, and by tier that of groups with more [kW]."""

    people: float
    cars: float
    turned_away: float
    present: float
    power_kw: float
    group_kw: tuple[tuple[int, float], ...]


def crowds(part: Shelter, room: Room, wanting: Float[np.ndarray, " N"]) -> list[Crowd]:
    """What becomes of so many people who want a place, moment by moment.

    Args:
        part: the shelter, with what its people need.
        room: what it has room for.
        wanting: people who want a place [people].
    """
    people, cars, turned_away = settled(wanting, room)
    present = people + cars
    power_kw = people_power_kw(people, part.power_kwh_per_person_day)
    if part.cars is not None:
        power_kw = power_kw + people_power_kw(cars, part.cars.power_kwh_per_person_day)
    groups = [
        zip(
            repeat(TIERS.index(group.power_tier)),
            (with_socket(present, people, group.share_frac) * group.power_kw_per_person).tolist(),
            strict=False,
        )
        for group in part.group.values()
        if group.power_kw_per_person > 0.0
    ]
    columns = np.stack([people, cars, turned_away, present, power_kw]).tolist()
    return list(map(Crowd, *columns, zip(*groups, strict=True) if groups else repeat(())))
