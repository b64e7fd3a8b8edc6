"""A shelter at run time: people, what they eat and drink, and those for whom there is no room."""

from __future__ import annotations

from collections.abc import Generator
from math import inf
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float
from simpy.events import Event

from simulation.events.causes import NO_CAUSE, SHOCK
from simulation.events.crowd import Crowd, crowds
from simulation.events.stock import Stock
from simulation.events.stockpile import ItemUnit
from simulation.events.water import FLUSHING
from simulation.interchange.shelter import room
from simulation.physics.shelter import people_water_m3ph, places
from simulation.scenario.shelter import Shelter
from simulation.scenario.spec import Placed
from simulation.units import HOURS_PER_DAY, TIERS, WATER_USES

if TYPE_CHECKING:
    from simulation.events.world import World

__all__ = ["ShelterUnit", "opening", "take_in", "tell_room", "water_steps"]


LAST_PERSON = 0.5  # fewer than half a person is nobody, where people are counted in words


class ShelterUnit:
    """People in a shelter and their stocks [people, person-days].

    How many want a place at each edge of the control steps is drawn before the period begins.  So what follows from
    that is worked out in arrays and read off edge by edge; what changes on the way, floor or need of water, works it
    out anew from the edge that was met last.
    """

    __slots__ = (
        "_at",
        "_crowds",
        "_wanting",
        "_waters",
        "building",
        "cars",
        "drinks",
        "floor_frac",
        "flushing_tank",
        "food",
        "food_marks",
        "group_kw",
        "hungry_people",
        "items",
        "l_per_person_day_by_use",
        "name",
        "opens_at",
        "part",
        "people",
        "power_kw",
        "present",
        "room",
        "stranded",
        "stranded_row",
        "tank",
        "tier",
        "told_floor",
        "turned_away",
        "water_m3ph",
        "water_unserved_m3ph",
        "water_uses",
    )

    def __init__(self, placed: Placed[Shelter], tank: int, flushing_tank: int) -> None:
        part = placed.part
        self.name = placed.name
        self.building = placed.building
        self.part = part
        self.tank = tank  # -1: none
        self.flushing_tank = flushing_tank  # of water that nobody drinks; -1: none
        self.water_uses = part.water_uses if max(tank, flushing_tank) >= 0 else ()
        own = (FLUSHING,) if flushing_tank >= 0 else ()
        self.drinks = tuple(use for use in self.water_uses if use not in own)  # uses that the first of them serves
        self.tier = TIERS.index(part.power_tier)
        self.floor_frac = 1.0
        self.room = room(part)
        self.food = Stock(part.food_person_days, inf, scale=1.0)
        self.food_marks: tuple[float, ...] = ()
        self.items = [
            ItemUnit(f"{placed.name}.item.{key}", placed.building, item, part.share_of(item))
            for key, item in part.item.items()
        ]
        self.stranded_row: list[float] = []  # at the edges of the control steps
        self.opens_at: int | None = None  # the edge at which the first of them all want a place
        self.stranded = 0.0
        self.people = 0.0
        self.cars = 0.0
        self.present = 0.0  # on the floor and in cars, who use water, toilets and stores
        self.turned_away = 0.0
        self.told_floor: int | None = None  # damage to the floor with which it was last told full; None: not full
        self.l_per_person_day_by_use = (0.0,) * len(WATER_USES)
        self.power_kw = 0.0
        self.group_kw: tuple[tuple[int, float], ...] = ()  # by tier
        self.water_m3ph = [0.0] * len(WATER_USES)  # asked for, by use
        self.water_unserved_m3ph = [0.0] * len(WATER_USES)
        self.hungry_people = 0.0
        self._at = 0  # edges of the control steps that were met: before the first of them nobody is there
        self._wanting = np.zeros(1)
        self._crowds: list[Crowd] = []
        self._waters: list[list[float]] = []

    def expect(self, wanting: Float[np.ndarray, " T1"], stranded: Float[np.ndarray, " T1"]) -> None:
        """So many will want a place at the edges of the control steps, and so many of them are stranded [people]."""
        self._wanting = np.append(0.0, wanting)
        self.stranded_row = stranded.tolist()
        found = np.flatnonzero((self._wanting[1:] > 0.0) | (stranded > 0.0))
        self.opens_at = int(found[0]) if found.size > 0 else None
        self._settle()

    def come(self, edge: int) -> None:
        """Who wants a place at an edge of the control steps comes; as many get one as there is room for."""
        self._at = edge + 1
        self._count()

    def drink(self, l_per_person_day_by_use: tuple[float, ...]) -> None:
        """So much water each person uses from now on, by use [L per person and day]."""
        self.l_per_person_day_by_use = l_per_person_day_by_use
        self._ask_water()
        self._count()

    def lose_floor(self, frac_left: float) -> None:
        """Only a share of the floor may be used from now on; all of it at 1."""
        self.floor_frac = frac_left
        floor = places(frac_left * self.part.floor_area_m2, self.part.floor_m2_per_person)
        self.room = self.room._replace(places=floor)
        self._settle()
        self._count()

    def _settle(self) -> None:
        """Work out who finds a place from now on, and what water they ask for."""
        self._crowds[self._at :] = crowds(self.part, self.room, self._wanting[self._at :])
        self._ask_water()

    def _ask_water(self) -> None:
        present = np.array([crowd.present for crowd in self._crowds[self._at :]])
        need = np.array(self.l_per_person_day_by_use)
        self._waters[self._at :] = people_water_m3ph(present[:, None], need).tolist()

    def _count(self) -> None:
        """See who is there now, and what they ask for."""
        crowd = self._crowds[self._at]
        self.people, self.cars, self.turned_away, self.present, self.power_kw, self.group_kw = crowd
        self.water_m3ph = self._waters[self._at]
        for item in self.items:
            item.users = item.share * self.present

    def commit(self) -> float:
        """Let the people live on; hours until food or another thing in store is gone or is to be ordered [h]."""
        fed = self.food.level > 0.0
        self.hungry_people = 0.0 if fed else self.present
        horizon_h = self.food.set_rate(-self.present / HOURS_PER_DAY if fed else 0.0, self.food_marks)
        for item in self.items:
            met_h = item.commit()
            if met_h < horizon_h:
                horizon_h = met_h
        return horizon_h


def opening(world: World, shelter: ShelterUnit) -> Generator[Event, object, None]:
    """The first people come amid all else that the strike brings; from then on the controller has them taken in."""
    if shelter.opens_at is not None:
        hour = world.hours[shelter.opens_at]
        yield world.until(hour)
        world.settle(hour)
        take_in(world, shelter, shelter.opens_at)
        world.ring()


def take_in(world: World, shelter: ShelterUnit, edge: int) -> None:
    """People come and go at an edge of the control steps, as drawn; nothing becomes of it a second time."""
    shelter.come(edge)
    before, shelter.stranded = shelter.stranded, shelter.stranded_row[edge]
    if before != shelter.stranded and (before == 0.0 or before >= LAST_PERSON > shelter.stranded):
        _tell_stranded(world, shelter, before)
    if (shelter.turned_away > 0.0) != (shelter.told_floor is not None):
        tell_room(world, shelter)


def tell_room(world: World, shelter: ShelterUnit) -> None:
    """Say that people are turned away, again once that is for another damage to the floor, and that there is room."""
    floor = world.causes.at(f"{world.buses[shelter.building].name} floor")
    if shelter.turned_away > 0.0 and floor != shelter.told_floor:
        shelter.told_floor = floor
        cause = floor if floor != NO_CAUSE else world.causes.at(SHOCK)
        world.log.say("people_turned_away", shelter.name, _full(world, shelter), shelter.turned_away, cause=cause)
    elif shelter.turned_away == 0.0 and shelter.told_floor is not None:
        shelter.told_floor = None
        world.log.say("room_again", shelter.name, f"{world.title(shelter.building)} has room again")


def _full(world: World, shelter: ShelterUnit) -> str:
    in_cars = f" and {shelter.cars:.0f} in cars" if shelter.part.cars is not None else ""
    return f"{world.title(shelter.building)} is full with {shelter.people:.0f}{in_cars}: people turned away"


def _tell_stranded(world: World, shelter: ShelterUnit, before: float) -> None:
    """Visitors whom the disaster finds there, or the last of whom has left."""
    here, key, stranded = world.title(shelter.building), f"{shelter.name} stranded", shelter.stranded
    if before == 0.0:
        words = f"{stranded:.0f} visitors stranded at {here}"
        record = world.log.say("visitors_stranded", shelter.name, words, stranded, cause=world.causes.at(SHOCK))
        world.causes.begin(key, record)
    else:
        words = f"the last stranded visitors have left {here}"
        world.log.say("visitors_gone", shelter.name, words, cause=world.causes.at(key))
        world.causes.end(key)


def water_steps(world: World, shelter: ShelterUnit, struck_h: float) -> Generator[Event, object, None]:
    """Each person uses more water as the days go by."""
    for from_day, need in shelter.part.steps_by_use:
        hour = struck_h + from_day * HOURS_PER_DAY
        if hour >= world.hours[-1]:
            return
        if hour > world.env.now:
            yield world.until(hour)
        world.settle(max(hour, world.now_h))
        shelter.drink(need)
        world.ring()
