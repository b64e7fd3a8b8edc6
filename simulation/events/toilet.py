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
from simulation.events.quantity import attribute_of, share_of_step
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
        "has_outlet",
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
        self.has_outlet = placed.part.kind != "pit"
        self.sewer: SewerUnit | None = None
        self.tank: WaterTankUnit | None = None
        self.buckets: list[WaterTankUnit] = []  # tanks that they are flushed from while the mains are out
        self.standing = True
        self.told_full = False
        self.condition = Condition(standing=False, drains=False, room=False, wet=False)  # at the last dispatch
        self.up = False
        self.used = 0.0
        self.filled_lph = 0.0

    def look(self) -> bool:
        """Take in the condition that they are in; whether it is another than at the last dispatch.

        What a mended sewer lets run off leaves all of the room.
        """
        sewer, stock, tank = self.sewer, self.stock, self.tank
        drains = self.has_outlet and (sewer is None or sewer.ready)
        room = stock is not None and (drains or stock.level > 0.0)
        wet = tank is None or tank.mains_limit_m3ph > 0.0
        if not wet:
            for bucket in self.buckets:
                wet = wet or bucket.gives(FLUSHING)
        now = (self.standing, drains, room, wet)
        if now == self.condition:  # as at nearly every dispatch: the names of a Condition are made for a new one alone
            return False
        self.condition = Condition(*now)
        self.up = self.condition.works
        if drains and stock is not None:
            stock.add(stock.capacity)
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


class Toilets:
    """The toilets of one shelter, the standard that holds now, and people without one [people]."""

    __slots__ = (
        "cause",
        "drained",
        "filling",
        "n_drained",
        "n_pits",
        "name",
        "people_per_toilet",
        "pits",
        "shared_people",
        "shelter",
        "short",
        "stale",
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
        self.filling = [(unit, unit.stock) for unit in units if unit.stock is not None]
        self.people_per_toilet = min(shelter.part.toilet_step, key=lambda step: step.from_day).people_per_toilet
        self.drained: list[ToiletUnit] = []  # those that work and drain
        self.pits: list[ToiletUnit] = []  # those that work and fill
        self.n_drained = self.n_pits = 0
        self.stale = True  # a toilet or the standard has changed since people were shared out last
        self.shared_people = 0.0  # how many those were
        self.without = 0.0
        self.short = False
        self.cause = NO_CAUSE
        self.told = -1  # version of the causes at which it was last told whether there are too few

    def commit(self) -> float:
        """Share the people present where they or a toilet has changed; hours until one of them is full [h]."""
        people = self.shelter.present
        if self.stale:
            self._sort()
        if self.stale or people != self.shared_people:
            self.stale = False
            self.shared_people = people
            self._share_out(people)
            self.told = -1
        horizon_h = inf
        for unit, stock in self.filling:
            if unit.filled_lph > 0.0 or stock.rate != 0.0:
                horizon_h = min(horizon_h, stock.set_rate(-unit.filled_lph, unit.marks))
        return horizon_h

    def _sort(self) -> None:
        """See which of them work: those that drain, and pits.  That is seldom new; how many are present often is."""
        up = [unit for unit in self.units if unit.up]
        self.drained = [unit for unit in up if unit.condition.drains]
        self.pits = [unit for unit in up if not unit.condition.drains]
        self.n_drained = sum(unit.part.number for unit in self.drained)
        self.n_pits = sum(unit.part.number for unit in self.pits)
        for unit in self.units:
            unit.used = unit.filled_lph = 0.0

    def _share_out(self, people: float) -> None:
        """Share people among the toilets that work, those that drain first."""
        per, n_drained, n_pits = self.people_per_toilet, self.n_drained, self.n_pits
        on_drains, on_pits = users(people, n_drained * per, n_pits * per)
        self.without = without_toilet_people(people, n_drained + n_pits, per)
        for unit in self.drained:
            unit.used = on_drains * unit.part.number / n_drained
        for unit in self.pits:
            unit.used = on_pits * unit.part.number / n_pits
            unit.filled_lph = fill_lph(unit.used, unit.part.fill_l_per_person_day)


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
        toilets.stale = True
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
            if unit.look():
                toilets.stale = True
                if unit.stock is not None:
                    _tell_full(world, unit, unit.stock)
        horizon_h = min(horizon_h, toilets.commit())
        if (toilets.without > 0.0 or toilets.short) and toilets.told != world.causes.version:
            _tell_short(world, toilets)
            toilets.told = world.causes.version
    return horizon_h


def _tell_full(world: World, unit: ToiletUnit, stock: Stock) -> None:
    """Say when they are full and when there is room again."""
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
        share_of_step(
            _units,
            "up",
            name="toilet_up_frac",
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
