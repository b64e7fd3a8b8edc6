"""A shelter at run time: people, what they eat and drink, and those for whom there is no room."""

from __future__ import annotations

from collections.abc import Generator
from math import inf
from typing import TYPE_CHECKING

from simpy.events import Event

from simulation.events.causes import SHOCK
from simulation.events.stock import Stock
from simulation.physics.shelter import (
    housed_people,
    people_power_kw,
    people_water_m3ph,
    places,
    without_toilet_people,
)
from simulation.scenario.shelter import Shelter
from simulation.scenario.spec import Placed
from simulation.units import HOURS_PER_DAY, TIERS

if TYPE_CHECKING:
    from simulation.events.world import World

__all__ = ["ShelterUnit", "arrivals", "water_steps"]


class ShelterUnit:
    """People in a shelter and their stocks [people, person-days]."""

    __slots__ = (
        "beyond_toilets",
        "building",
        "floor_frac",
        "food",
        "food_marks",
        "hungry_people",
        "l_per_person_day",
        "name",
        "part",
        "people",
        "places",
        "power_kw",
        "tank",
        "tier",
        "wanting",
        "water_m3ph",
        "without_toilet",
    )

    def __init__(self, placed: Placed[Shelter], tank: int) -> None:
        part = placed.part
        self.name = placed.name
        self.building = placed.building
        self.part = part
        self.tank = tank  # -1: none
        self.tier = TIERS.index(part.power_tier)
        self.floor_frac = 1.0
        self.places = places(part.floor_area_m2, part.floor_m2_per_person)
        self.food = Stock(part.food_person_days, inf, scale=1.0)
        self.food_marks: tuple[float, ...] = ()
        self.people = 0.0
        self.wanting = 0.0
        self.l_per_person_day = 0.0
        self.power_kw = 0.0
        self.water_m3ph = 0.0
        self.beyond_toilets = 0.0
        self.hungry_people = 0.0
        self.without_toilet = 0.0

    @property
    def turned_away(self) -> float:
        """People who find no place [people]."""
        return self.wanting - self.people

    def drink(self, l_per_person_day: float) -> None:
        """So much water each person uses from now on [L per person and day]."""
        self.l_per_person_day = l_per_person_day
        self.water_m3ph = people_water_m3ph(self.people, l_per_person_day)

    def come(self, wanting: float) -> None:
        """So many want a place now; as many as there is floor for get one."""
        self.wanting = wanting
        self.people = float(housed_people(wanting, self.places))
        self.power_kw = people_power_kw(self.people, self.part.power_kwh_per_person_day)
        self.water_m3ph = people_water_m3ph(self.people, self.l_per_person_day)
        self.beyond_toilets = without_toilet_people(self.people, self.part.toilets, self.part.people_per_toilet)

    def lose_floor(self, frac_left: float) -> None:
        """Only a share of the floor may be used from now on; all of it at 1."""
        self.floor_frac = frac_left
        self.places = places(frac_left * self.part.floor_area_m2, self.part.floor_m2_per_person)
        self.come(self.wanting)

    def commit(self, mains_run: bool) -> float:
        """Let the people live on; hours until the food is gone or is to be ordered [h]."""
        fed = self.food.level > 0.0
        self.hungry_people = 0.0 if fed else self.people
        self.without_toilet = 0.0 if mains_run else self.beyond_toilets
        return self.food.set_rate(-self.people / HOURS_PER_DAY if fed else 0.0, self.food_marks)


def arrivals(world: World, shelter: ShelterUnit, wanting: list[float]) -> Generator[Event, object, None]:
    """People come and go at the edges of the control steps, as drawn."""
    turned_away = 0.0
    for hour, people in zip(world.hours, wanting, strict=True):
        if people == shelter.wanting:
            continue
        yield world.until(hour)
        world.settle(hour)
        shelter.come(people)
        world.ring()
        if shelter.turned_away > 0.0 and turned_away == 0.0:
            world.log.say(
                "people_turned_away",
                shelter.name,
                f"{world.title(shelter.building)} is full with {shelter.people:.0f}: people turned away",
                shelter.turned_away,
                cause=world.causes.latest([f"{world.buses[shelter.building].name} floor", SHOCK]),
            )
        elif shelter.turned_away == 0.0 and turned_away > 0.0:
            world.log.say("room_again", shelter.name, f"{world.title(shelter.building)} has room again")
        turned_away = shelter.turned_away


def water_steps(world: World, shelter: ShelterUnit, struck_h: float) -> Generator[Event, object, None]:
    """Each person uses more water as the days go by."""
    for step in sorted(shelter.part.water_step, key=lambda step: step.from_day):
        hour = struck_h + step.from_day * HOURS_PER_DAY
        if hour >= world.hours[-1]:
            return
        if hour > world.env.now:
            yield world.until(hour)
        world.settle(max(hour, world.now_h))
        shelter.drink(step.l_per_person_day)
        world.ring()
