"""Hot showers at run time: heat of running engines in, people out, until the store is cold; who goes without."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from jaxtyping import Float

from simulation.events.causes import NO_CAUSE
from simulation.events.genset import EngineUnit
from simulation.events.part import Part
from simulation.events.quantity import attribute_of
from simulation.events.shelter import ShelterUnit
from simulation.events.stock import Stock
from simulation.events.water import BATH, WaterTankUnit
from simulation.physics.shower import shower_kwh
from simulation.scenario.shower import Shower
from simulation.scenario.spec import Placed
from simulation.units import LITRES_PER_M3, WATER_USES

if TYPE_CHECKING:
    from simulation.draws.draws import Draws
    from simulation.events.world import World

__all__ = ["PART", "ShowerUnit"]

_NOTICED_PH = 1e-6  # fewer missed showers an hour are rounding


class Condition(NamedTuple):
    """What decides how many showers are taken, and how the heat in store changes."""

    open: bool
    people: float  # in the shelter
    power: bool
    wet: bool
    heat_kw: float  # that the engines leave
    warm: bool  # some heat is in store
    full: bool


class ShowerUnit:
    """Heat in store [kWh], and showers wanted and taken [1/h]."""

    __slots__ = (
        "building",
        "cause",
        "condition",
        "kwh_each",
        "lacking",
        "m3_each",
        "name",
        "open_steps",
        "part",
        "rate_kw",
        "shelter",
        "short",
        "sources",
        "stock",
        "taken_ph",
        "tank",
        "told",
        "wanted_ph",
    )

    def __init__(
        self,
        placed: Placed[Shower],
        sources: list[tuple[EngineUnit, float]],
        tank: WaterTankUnit | None,
        shelter: ShelterUnit | None,
        local_hour: Float[np.ndarray, " T"],
    ) -> None:
        part = placed.part
        self.part = part
        self.name = placed.name
        self.building = placed.building
        self.sources = sources  # engines, and the heat that each leaves per kWh of power
        self.tank = tank
        self.shelter = shelter  # whose people want one beside the neighbours
        open_steps = (part.open_from_hour <= local_hour) & (local_hour < part.open_until_hour)
        self.open_steps: list[bool] = open_steps.tolist()  # by the hour of the day
        self.kwh_each = shower_kwh(part.litres, part.warmer_c)
        self.m3_each = part.litres / LITRES_PER_M3
        self.stock = Stock(part.initial_frac * part.store_kwh, part.store_kwh, part.store_loss_frac_per_h)
        self.condition: Condition | None = None  # at the last dispatch
        self.wanted_ph = 0.0
        self.taken_ph = 0.0
        self.rate_kw = 0.0
        self.lacking = ""  # power, water or heat, for want of which somebody goes without
        self.short = False
        self.cause = NO_CAUSE
        self.told = -1  # version of the causes at which it was last told whether people go without

    def commit(self, *, open_now: bool, power: bool) -> float:
        """Take showers while there is heat, water and power; hours until the store is cold or full [h]."""
        stock, tank = self.stock, self.tank
        heat_kw = 0.0
        for engine, ratio in self.sources:
            heat_kw += engine.output_kw * ratio
        people, lit, wet = 0.0, True, True  # none of which matters while they are closed
        if open_now:
            people = 0.0 if self.shelter is None else self.shelter.present
            lit = power
            wet = tank is None or tank.gives(BATH)
        level = stock.level
        now = (open_now, people, lit, wet, heat_kw, level > 0.0, level >= stock.capacity)
        if now != self.condition:  # as at few dispatches: the names of a Condition are made for a new one alone
            self.condition = Condition(*now)
            self._change(self.condition)
            self.told = -1
        if tank is not None and self.taken_ph > 0.0:
            tank.ask(BATH, self.taken_ph * self.m3_each)
        return stock.set_rate(self.rate_kw)

    def _change(self, now: Condition) -> None:
        """Set how many showers are wanted and taken, what they lack, and how the store fills [1/h, kW]."""
        part = self.part
        per_day = part.wanted_per_day + now.people / part.every_days
        self.wanted_ph = per_day / (part.open_until_hour - part.open_from_hour) if now.open else 0.0
        possible_ph = self.wanted_ph if now.warm else now.heat_kw / self.kwh_each
        self.taken_ph = min(self.wanted_ph, possible_ph) if now.power and now.wet else 0.0
        self.lacking = "power" if not now.power else "heat" if now.wet else "water"
        self.rate_kw = now.heat_kw - self.taken_ph * self.kwh_each
        if now.full:
            self.rate_kw = min(self.rate_kw, self.stock.loss_frac_per_h * self.stock.level)


def _build(world: World, draws: Draws, s: int) -> list[ShowerUnit]:
    tanks = {tank.name: tank for tank in world.water_tanks}
    shelters = {shelter.name: shelter for shelter in world.shelters}
    units = []
    for placed in world.spec.showers:
        sources = [
            (engine, one.part.heat_kwh_per_kwh)
            for engine, one in zip(world.engines, world.spec.gensets, strict=True)
            if one.building == placed.building and one.part.heat_kwh_per_kwh > 0.0
        ]
        here = world.spec.building_names[placed.building]
        tank = tanks.get(f"{here}.water_tank.{placed.part.water_tank}")
        shelter = shelters.get(f"{here}.shelter.{placed.part.shelter}")
        units.append(ShowerUnit(placed, sources, tank, shelter, draws.clock.local_hour))
    world.stocks += [unit.stock for unit in units]
    return units


def _act(world: World) -> float:
    horizon = inf
    struck = world.now_h >= world.struck_h
    for unit in world.parts["shower"]:
        open_now = struck and unit.open_steps[world.tick]
        horizon = min(horizon, unit.commit(open_now=open_now, power=world.buses[unit.building].lit))
        if unit.wanted_ph > 0.0 and unit.told != world.causes.version:
            _tell(world, unit)
            unit.told = world.causes.version
    return horizon


def _tell(world: World, unit: ShowerUnit) -> None:
    """Say when people go without, again when that is for another reason."""
    if unit.taken_ph >= unit.wanted_ph - _NOTICED_PH:
        if unit.short:
            unit.short = False
            words = f"showers for everybody at {world.title(unit.building)} again"
            world.log.say("showers_enough", unit.name, words, cause=world.causes.at(unit.name))
            world.causes.end(unit.name)
        return
    cause = world.causes.latest(_behind(world, unit))
    if unit.short and cause == unit.cause:
        return
    kind, still = ("showers_still_short", "still ") if unit.short else ("showers_short", "")
    unit.short, unit.cause = True, cause
    words = f"{still}too few showers at {world.title(unit.building)}: no {unit.lacking}"
    record = world.log.say(kind, unit.name, words, unit.wanted_ph - unit.taken_ph, cause=cause)
    world.causes.begin(unit.name, record)


def _behind(world: World, unit: ShowerUnit) -> list[str]:
    """Keys of the events for want of which the showers are short."""
    if unit.lacking == "power":
        return [f"{world.buses[unit.building].name} dark"]
    if unit.lacking == "water" and unit.tank is not None:
        return [unit.tank.name, f"{unit.tank.name}.{WATER_USES[BATH]}", f"{unit.tank.name} mains"]
    return [engine.name for engine, _ in unit.sources]


def _units(world: World) -> list[ShowerUnit]:
    return world.parts["shower"]


PART = Part(
    name="shower",
    build=_build,
    act=_act,
    flows=(
        attribute_of(_units, "wanted_ph", name="showers_wanted_ph", unit="1/h", meaning="hot showers wanted"),
        attribute_of(_units, "taken_ph", name="showers_taken_ph", unit="1/h", meaning="hot showers taken"),
    ),
    levels=(attribute_of(_units, "stock.level", name="heat_kwh", unit="kWh", meaning="heat in the hot-water store"),),
)
