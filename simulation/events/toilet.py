"""Toilets at run time: used, filled, emptied by trucks, out for want of water or a sewer; and who has none.

The service is a toilet within the standard: those beyond the people whom the working toilets serve go without.
"""

from __future__ import annotations

from collections.abc import Generator
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from simpy.events import Event

from simulation.events.causes import NO_CAUSE, SHOCK
from simulation.events.part import Part
from simulation.events.quantity import attribute_of
from simulation.events.sewer import SewerUnit
from simulation.events.shelter import ShelterUnit
from simulation.events.stock import Stock
from simulation.events.water import FLUSHING, WaterTankUnit
from simulation.physics.toilet import fill_lph, users, without_toilet_people
from simulation.scenario.sanitation import served_shelter
from simulation.scenario.spec import Placed, Spec
from simulation.scenario.toilet import Toilet
from simulation.units import HOURS_PER_DAY, WATER_USES

if TYPE_CHECKING:
    from simulation.draws.draws import Draws
    from simulation.events.world import World

__all__ = ["PART", "ToiletUnit", "Toilets", "toilets_of"]


class Condition(NamedTuple):
    """What decides whether toilets may be used, and in want of what they are out."""

    standing: bool
    drains: bool
    room: bool  # left in them, where nothing flows off
    wet: bool

    @property
    def works(self) -> bool:
        """Whether they may be used."""
        return self.standing and (self.drains or self.room) and self.wet


class ToiletUnit:
    """Like toilets: whether they stand, the room that is left in them [L], who uses them [people]."""

    __slots__ = (
        "buckets",
        "building",
        "condition",
        "filled_lph",
        "marks",
        "name",
        "part",
        "sewer",
        "standing",
        "stock",
        "tank",
        "title",
        "told_full",
        "up",
        "used",
    )

    def __init__(self, placed: Placed[Toilet], title: str, stock: Stock | None) -> None:
        self.name = placed.name
        self.building = placed.building
        self.part = placed.part
        self.title = title
        self.stock = stock  # room left; none in toilets that only drain
        self.marks: tuple[float, ...] = ()  # levels at which a truck is ordered
        self.sewer: SewerUnit | None = None
        self.tank: WaterTankUnit | None = None
        self.buckets: list[WaterTankUnit] = []  # tanks that they are flushed from while the mains are out
        self.standing = True
        self.told_full = False
        self.condition = Condition(standing=False, drains=False, room=False, wet=False)  # at the last dispatch
        self.up = False
        self.used = 0.0
        self.filled_lph = 0.0

    @property
    def drains(self) -> bool:
        """Whether what is left in them flows off."""
        return self.part.kind != "pit" and (self.sewer is None or self.sewer.ready)

    @property
    def wet(self) -> bool:
        """Whether there is water to flush with."""
        tank = self.tank
        return tank is None or tank.mains_limit_m3ph > 0.0 or any(one.gives(FLUSHING) for one in self.buckets)

    def look(self) -> bool:
        """Take in the condition that they are in; whether it is another than at the last dispatch."""
        room = self.stock is not None and self.stock.level > 0.0
        condition = Condition(self.standing, self.drains, room, self.wet)
        if condition == self.condition:
            return False
        self.condition = condition
        self.up = condition.works
        return True

    def missing(self) -> list[str]:
        """Keys of the events for want of which they are out; empty while they work."""
        standing, drains, room, wet = self.condition
        if not standing:
            return [SHOCK]
        keys: list[str] = []
        if not wet and self.tank is not None:
            keys.append(f"{self.tank.name} mains")
            for one in self.buckets:
                keys += [one.name, f"{one.name}.{WATER_USES[FLUSHING]}"]
        if not drains and not room:
            if self.stock is not None:
                keys.append(self.name)
            elif self.sewer is not None:
                keys.append(self.sewer.key)
        return keys

    def use(self, people: float) -> None:
        """Let so many use them from now on."""
        self.used = people
        self.filled_lph = 0.0 if self.condition.drains else fill_lph(people, self.part.fill_l_per_person_day)

    def fill(self) -> float:
        """Let them fill; hours until they are full or a truck is to be ordered [h]."""
        return inf if self.stock is None else self.stock.set_rate(-self.filled_lph, self.marks)


class Toilets:
    """The toilets of one shelter, the standard that holds now, and people without one [people]."""

    __slots__ = (
        "cause",
        "name",
        "people_per_toilet",
        "shared",
        "shelter",
        "short",
        "title",
        "told",
        "units",
        "without",
    )

    def __init__(self, shelter: ShelterUnit, title: str, units: list[ToiletUnit]) -> None:
        self.shelter = shelter
        self.name = shelter.name
        self.title = title
        self.units = units
        self.people_per_toilet = min(shelter.part.toilet_step, key=lambda step: step.from_day).people_per_toilet
        self.without = 0.0
        self.short = False
        self.cause = NO_CAUSE
        self.shared = (-1.0, 0.0)  # people, and how many to a toilet, when they were shared out last
        self.told = -1  # version of the causes at which it was last told whether there are too few

    def commit(self) -> float:
        """Share the people present where that or a toilet has changed; hours until one of them is full [h]."""
        changed = False
        for unit in self.units:
            changed = unit.look() or changed
        shared = (self.shelter.present, self.people_per_toilet)
        if changed or shared != self.shared:
            self.shared = shared
            self._share_out(*shared)
            self.told = -1
        horizon_h = inf
        for unit in self.units:
            horizon_h = min(horizon_h, unit.fill())
        return horizon_h

    def _share_out(self, people: float, per: float) -> None:
        """Share people among the toilets that work, those that drain first."""
        number = {True: 0, False: 0}  # that work: those that drain, and pits
        for unit in self.units:
            if unit.up:
                number[unit.condition.drains] += unit.part.number
        by = dict(zip((True, False), users(people, number[True] * per, number[False] * per), strict=True))
        self.without = without_toilet_people(people, number[True] + number[False], per)
        for unit in self.units:
            drains = unit.condition.drains
            unit.use(by[drains] * unit.part.number / number[drains] if unit.up else 0.0)


def toilets_of(spec: Spec) -> list[ToiletUnit]:
    """Toilets of every building, each with the room that it has."""
    return [
        ToiletUnit(
            placed,
            placed.name.rpartition(".")[2].replace("_", " "),
            Stock(placed.part.holds_l, placed.part.holds_l) if placed.part.holds_l > 0.0 else None,
        )
        for placed in spec.toilets
    ]


def _build(world: World, draws: Draws, s: int) -> list[Toilets]:
    spec = world.spec
    tanks = {tank.name: tank for tank in world.water_tanks}
    sewers = {unit.name: unit for unit in world.parts["sewer"]}
    of_shelter: dict[str, list[ToiletUnit]] = {}
    for unit in world.toilets:
        here = spec.building_names[unit.building]
        unit.tank = tanks.get(f"{here}.water_tank.{unit.part.water_tank}")
        unit.sewer = sewers.get(str(unit.part.sewer))
        unit.standing = unit.part.ready_after_h == 0.0
        shelter = served_shelter(spec.building[here], unit.part)
        of_shelter.setdefault(f"{here}.shelter.{shelter}", []).append(unit)
    for shelter in world.shelters:
        for unit in of_shelter.get(shelter.name, ()):
            if unit.tank is not None and unit.part.flushed_from_tank:
                own = [world.water_tanks[shelter.flushing_tank]] if shelter.flushing_tank >= 0 else []
                unit.buckets = [*own, unit.tank]
    world.stocks += [unit.stock for unit in world.toilets if unit.stock is not None]
    return [
        Toilets(shelter, world.title(shelter.building), of_shelter[shelter.name])
        for shelter in world.shelters
        if shelter.name in of_shelter
    ]


def _start(world: World) -> None:
    for toilets in world.parts["toilet"]:
        world.env.process(_standards(world, toilets))
        for unit in toilets.units:
            if not unit.standing:
                world.env.process(_stand(world, unit))


def _standards(world: World, toilets: Toilets) -> Generator[Event, object, None]:
    """Fewer people share a toilet by the standard as the days go by."""
    for step in sorted(toilets.shelter.part.toilet_step, key=lambda step: step.from_day):
        hour = world.struck_h + step.from_day * HOURS_PER_DAY
        if hour >= world.hours[-1]:
            return
        if hour > world.env.now:
            yield world.until(hour)
        world.settle(max(hour, world.now_h))
        toilets.people_per_toilet = step.people_per_toilet
        world.ring()


def _stand(world: World, unit: ToiletUnit) -> Generator[Event, object, None]:
    hour = world.struck_h + unit.part.ready_after_h
    if hour >= world.hours[-1]:
        return
    yield world.until(hour)
    world.settle(max(hour, world.now_h))
    unit.standing = True
    words = f"{unit.part.number} toilets ({unit.title}) stand at {world.title(unit.building)}"
    world.log.say("toilets_stand", unit.name, words, unit.part.number, cause=world.causes.at(SHOCK))
    world.ring()


def _act(world: World) -> float:
    horizon_h = inf
    for toilets in world.parts["toilet"]:
        for unit in toilets.units:
            if unit.stock is not None:
                _tell_full(world, unit, unit.stock)
        horizon_h = min(horizon_h, toilets.commit())
        if toilets.told != world.causes.version:
            _tell_short(world, toilets)
            toilets.told = world.causes.version
    return horizon_h


def _tell_full(world: World, unit: ToiletUnit, stock: Stock) -> None:
    """Say when they are full and when there is room again; what a mended sewer lets run off leaves all of it."""
    if stock.level < stock.capacity and unit.drains:
        stock.add(stock.capacity)
    full = stock.level <= 0.0
    if full == unit.told_full:
        return
    unit.told_full = full
    where = f"toilets ({unit.title}) at {world.title(unit.building)}"
    if full:
        lots = [lot.name for lot in world.deliveries if lot.stock is stock]
        sewer = [unit.sewer.key] if unit.sewer is not None else []
        why = world.causes.latest([*lots, *sewer])
        why = world.causes.at(SHOCK) if why == NO_CAUSE else why
        world.causes.begin(unit.name, world.log.say("stock_empty", unit.name, f"{where} are full", cause=why))
        return
    world.log.say(
        "stock_refilled", unit.name, f"{where} have room again", stock.level, cause=world.causes.at(unit.name)
    )
    world.causes.end(unit.name)


def _tell_short(world: World, toilets: Toilets) -> None:
    """Say when there are too few, again when that is for another reason, and when there are enough."""
    name = toilets.name
    if toilets.without <= 0.0:
        if toilets.short:
            toilets.short = False
            world.log.say(
                "toilets_enough", name, f"toilets enough at {toilets.title}", cause=world.causes.at(f"{name} toilets")
            )
            world.causes.end(f"{name} toilets")
        return
    cause = world.causes.latest([key for unit in toilets.units for key in unit.missing()])
    cause = world.causes.at(SHOCK) if cause == NO_CAUSE else cause
    if toilets.short and cause == toilets.cause:
        return
    kind, words = ("toilets_still_short", "still too few") if toilets.short else ("toilets_short", "too few")
    toilets.short, toilets.cause = True, cause
    record = world.log.say(kind, name, f"{words} toilets at {toilets.title}", toilets.without, cause=cause)
    world.causes.begin(f"{name} toilets", record)


def _units(world: World) -> list[ToiletUnit]:
    return [unit for toilets in world.parts["toilet"] for unit in toilets.units]


PART = Part(
    name="toilet",
    build=_build,
    start=_start,
    act=_act,
    flows=(
        attribute_of(
            lambda w: w.parts["toilet"],
            "without",
            name="without_toilet",
            unit="people",
            meaning="people beyond those whom the toilets that work serve by the standard",
        ),
        attribute_of(_units, "used", name="toilet_people", unit="people", meaning="people who use the toilets"),
        attribute_of(
            _units,
            "up",
            name="toilet_up_frac",
            unit="-",
            meaning="share of the step in which the toilets may be used",
        ),
    ),
    levels=(
        attribute_of(
            lambda w: [unit for unit in _units(w) if unit.stock is not None],
            "stock.level",
            name="toilet_room_l",
            unit="L",
            meaning="room left in pits, and in manholes for while their sewer is broken",
        ),
    ),
)
