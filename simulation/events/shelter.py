"""A shelter at run time: people, what they eat and drink, and those for whom there is no room."""

from __future__ import annotations

from collections.abc import Generator
from math import inf
from typing import TYPE_CHECKING

from simpy.events import Event

from simulation.events.causes import NO_CAUSE, SHOCK
from simulation.events.stock import Stock
from simulation.events.stockpile import ItemUnit
from simulation.interchange.shelter import room
from simulation.physics.people import settled, with_socket
from simulation.physics.shelter import people_power_kw, people_water_m3ph, places
from simulation.scenario.shelter import Shelter
from simulation.scenario.spec import Placed
from simulation.units import HOURS_PER_DAY, TIERS, WATER_USES

if TYPE_CHECKING:
    from simulation.events.world import World

__all__ = ["ShelterUnit", "arrivals", "tell_room", "water_steps"]


LAST_PERSON = 0.5  # fewer than half a person is nobody, where people are counted in words


class ShelterUnit:
    """People in a shelter and their stocks [people, person-days]."""

    __slots__ = (
        "building",
        "cars",
        "floor_frac",
        "flushing_tank",
        "food",
        "food_marks",
        "group_kw",
        "groups",
        "hungry_people",
        "items",
        "l_per_person_day_by_use",
        "name",
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
        "wanting",
        "water_m3ph",
        "water_share",
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
        self.tier = TIERS.index(part.power_tier)
        self.floor_frac = 1.0
        self.room = room(part)
        self.food = Stock(part.food_person_days, inf, scale=1.0)
        self.food_marks: tuple[float, ...] = ()
        self.items = [
            ItemUnit(f"{placed.name}.item.{key}", placed.building, item, part.share_of(item))
            for key, item in part.item.items()
        ]
        self.stranded_row: list[float] = []  # at the edges of the control steps; none where nobody is stranded
        self.stranded = 0.0
        self.people = 0.0
        self.cars = 0.0
        self.present = 0.0  # on the floor and in cars, who use water, toilets and stores
        self.turned_away = 0.0
        self.told_floor: int | None = None  # damage to the floor with which it was last told full; None: not full
        self.wanting = 0.0
        self.l_per_person_day_by_use = (0.0,) * len(WATER_USES)
        self.power_kw = 0.0
        self.groups = [
            (TIERS.index(group.power_tier), group.share_frac, group.power_kw_per_person)
            for group in part.group.values()
            if group.power_kw_per_person > 0.0
        ]
        self.group_kw: list[tuple[int, float]] = []  # by tier
        self.water_m3ph = (0.0,) * len(WATER_USES)  # asked for, by use
        self.water_share = (1.0,) * len(WATER_USES)  # of that, served
        self.hungry_people = 0.0

    def drink(self, l_per_person_day_by_use: tuple[float, ...]) -> None:
        """So much water each person uses from now on, by use [L per person and day]."""
        self.l_per_person_day_by_use = l_per_person_day_by_use
        self._ask_water()

    def _ask_water(self) -> None:
        self.water_m3ph = tuple(people_water_m3ph(self.present, litres) for litres in self.l_per_person_day_by_use)

    def come(self, wanting: float) -> None:
        """So many want a place now; as many get one as there is room for on the floor and in cars."""
        part = self.part
        self.wanting = wanting
        self.people, self.cars, self.turned_away = map(float, settled(wanting, self.room))
        self.present = self.people + self.cars
        self.power_kw = people_power_kw(self.people, part.power_kwh_per_person_day)
        if part.cars is not None:
            self.power_kw += people_power_kw(self.cars, part.cars.power_kwh_per_person_day)
        self.group_kw = [
            (tier, float(with_socket(self.present, self.people, share_frac)) * power_kw)
            for tier, share_frac, power_kw in self.groups
        ]
        for item in self.items:
            item.use(self.present)
        self._ask_water()

    def lose_floor(self, frac_left: float) -> None:
        """Only a share of the floor may be used from now on; all of it at 1."""
        self.floor_frac = frac_left
        floor = places(frac_left * self.part.floor_area_m2, self.part.floor_m2_per_person)
        self.room = self.room._replace(places=floor)
        self.come(self.wanting)

    def commit(self) -> float:
        """Let the people live on; hours until food or another thing in store is gone or is to be ordered [h]."""
        fed = self.food.level > 0.0
        self.hungry_people = 0.0 if fed else self.present
        horizon_h = self.food.set_rate(-self.present / HOURS_PER_DAY if fed else 0.0, self.food_marks)
        for item in self.items:
            horizon_h = min(horizon_h, item.commit())
        return horizon_h


def arrivals(world: World, shelter: ShelterUnit, wanting: list[float]) -> Generator[Event, object, None]:
    """People come and go at the edges of the control steps, as drawn."""
    stranded_row = shelter.stranded_row or [0.0] * len(wanting)
    for hour, people, stranded in zip(world.hours, wanting, stranded_row, strict=True):
        if people == shelter.wanting and stranded == shelter.stranded:
            continue
        yield world.until(hour)
        world.settle(hour)
        shelter.come(people)
        _tell_stranded(world, shelter, stranded)
        world.ring()
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


def _tell_stranded(world: World, shelter: ShelterUnit, stranded: float) -> None:
    """Visitors whom the disaster finds there, and the last of whom has left."""
    before, shelter.stranded = shelter.stranded, stranded
    here, key = world.title(shelter.building), f"{shelter.name} stranded"
    if stranded > before and before == 0.0:
        words = f"{stranded:.0f} visitors stranded at {here}"
        record = world.log.say("visitors_stranded", shelter.name, words, stranded, cause=world.causes.at(SHOCK))
        world.causes.begin(key, record)
    elif before >= LAST_PERSON > stranded:
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
