"""The people of a shelter, worked out for a whole period in arrays: the same numbers as one by one, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.events.crowd import crowds
from simulation.interchange.shelter import room
from simulation.physics.people import settled, with_socket
from simulation.physics.shelter import people_power_kw
from simulation.scenario.shelter import Shelter

WANTING = np.append(0.0, np.random.default_rng(5).uniform(0.0, 300.0, 200))
PLAIN = {"floor_area_m2": 350.0, "peak_people": 100.0}
CARS = {"places": 20.0, "share_frac": 0.2, "power_kwh_per_person_day": 0.1}
GROUP = {"frail": {"share_frac": 0.03, "power_kw_per_person": 0.15, "power_tier": "critical"}}


@pytest.mark.parametrize("more", [{}, {"cars": CARS}, {"group": GROUP}, {"cars": CARS, "group": GROUP}])
def test_a_whole_row_is_what_one_after_another_gives(more: dict) -> None:
    part = Shelter.model_validate(PLAIN | more)
    for wanting, crowd in zip(WANTING.tolist(), crowds(part, room(part), WANTING), strict=True):
        people, cars, turned_away = settled(wanting, room(part))
        power_kw = people_power_kw(people, part.power_kwh_per_person_day)
        if part.cars is not None:
            power_kw += people_power_kw(cars, part.cars.power_kwh_per_person_day)
        groups = tuple(
            (0, with_socket(people + cars, people, one.share_frac) * one.power_kw_per_person)
            for one in part.group.values()
        )
        assert crowd == (people, cars, turned_away, people + cars, power_kw, groups)
