"""Hot showers at run time: heat of running engines in, people out, until the store is cold; who goes without."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from simulation.events.causes import NO_CAUSE
from simulation.events.genset import EngineUnit
from simulation.events.part import Part
from simulation.events.quantity import Quantity
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


class ShowerUnit:
    """Heat in store [kWh], and showers wanted and taken [1/h]."""

    __slots__ = (
        "building",
        "cause",
        "kwh_each",
        "lacking",
        "m3_each",
        "name",
        "part",
        "shelter",
        "short",
        "sources",
        "stock",
        "taken_ph",
        "tank",
        "wanted_ph",
    )

    def __init__(
        self,
        placed: Placed[Shower],
        sources: list[tuple[EngineUnit, float]],
        tank: WaterTankUnit | None,
        shelter: ShelterUnit | None,
    ) -> None:
        part = placed.part
        self.part = part
        self.name = placed.name
        self.building = placed.building
        self.sources = sources  # engines, and the heat that each leaves per kWh of power
        self.tank = tank
        self.shelter = shelter  # whose people want one beside the neighbours
        self.kwh_each = shower_kwh(part.litres, part.warmer_c)
        self.m3_each = part.litres / LITRES_PER_M3
        self.stock = Stock(part.initial_frac * part.store_kwh, part.store_kwh, part.store_loss_frac_per_h)
        self.wanted_ph = 0.0
        self.taken_ph = 0.0
        self.lacking = ""  # power, water or heat, for want of which somebody goes without
        self.short = False
        self.cause = NO_CAUSE

    def commit(self, *, hour: float, struck: bool, power: bool) -> float:
        """Take showers while there is heat, water and power; hours until the store is cold or full [h]."""
        part = self.part
        open_now = struck and part.open_from_hour <= hour < part.open_until_hour
        people = 0.0 if self.shelter is None else self.shelter.present
        per_day = part.wanted_per_day + people / part.every_days
        self.wanted_ph = per_day / (part.open_until_hour - part.open_from_hour) if open_now else 0.0
        heat_kw = sum(engine.output_kw * ratio for engine, ratio in self.sources)
        possible_ph = self.wanted_ph if self.stock.level > 0.0 else heat_kw / self.kwh_each
        wet = self.tank is None or self.tank.gives(BATH)
        self.taken_ph = min(self.wanted_ph, possible_ph) if power and wet else 0.0
        self.lacking = "power" if not power else "heat" if wet else "water"
        rate_kw = heat_kw - self.taken_ph * self.kwh_each
        if self.stock.level >= self.stock.capacity:
            rate_kw = min(rate_kw, self.stock.loss_frac_per_h * self.stock.level)
        if self.tank is not None:
            self.tank.ask(BATH, self.taken_ph * self.m3_each)
        return self.stock.set_rate(rate_kw)


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
        units.append(ShowerUnit(placed, sources, tank, shelters.get(f"{here}.shelter.{placed.part.shelter}")))
    world.stocks += [unit.stock for unit in units]
    return units


def _act(world: World) -> float:
    horizon = inf
    if world.parts["shower"]:
        hour = float(world.clock.local_hour[world.tick])
        struck = world.now_h >= world.struck_h
        for unit in world.parts["shower"]:
            power = world.buses[unit.building].lit
            horizon = min(horizon, unit.commit(hour=hour, struck=struck, power=power))
            _tell(world, unit)
    return horizon


def _tell(world: World, unit: ShowerUnit) -> None:
    """Say when people go without, again when that is for another reason; as before while nobody wants one."""
    if unit.wanted_ph <= 0.0:
        return
    where = world.title(unit.building)
    if unit.taken_ph >= unit.wanted_ph - _NOTICED_PH:
        if unit.short:
            unit.short = False
            words = f"showers for everybody at {where} again"
            world.log.say("showers_enough", unit.name, words, cause=world.causes.at(unit.name))
            world.causes.end(unit.name)
        return
    cause = world.causes.latest(_behind(world, unit))
    if unit.short and cause == unit.cause:
        return
    kind, still = ("showers_still_short", "still ") if unit.short else ("showers_short", "")
    unit.short, unit.cause = True, cause
    words = f"{still}too few showers at {where}: no {unit.lacking}"
    record = world.log.say(kind, unit.name, words, unit.wanted_ph - unit.taken_ph, cause=cause)
    world.causes.begin(unit.name, record)


def _behind(world: World, unit: ShowerUnit) -> list[str]:
    """Keys of the events for want of which the showers are short."""
    if unit.lacking == "power":
        return [f"{world.buses[unit.building].name} dark"]
    if unit.lacking == "water" and unit.tank is not None:
        return [unit.tank.name, f"{unit.tank.name}.{WATER_USES[BATH]}", f"{unit.tank.name} mains"]
    return [engine.name for engine, _ in unit.sources]


PART = Part(
    name="shower",
    build=_build,
    act=_act,
    flows=(
        Quantity(
            name="showers_wanted_ph",
            unit="1/h",
            meaning="hot showers wanted",
            elements=lambda w: [unit.name for unit in w.parts["shower"]],
            read=lambda w: [unit.wanted_ph for unit in w.parts["shower"]],
        ),
        Quantity(
            name="showers_taken_ph",
            unit="1/h",
            meaning="hot showers taken",
            elements=lambda w: [unit.name for unit in w.parts["shower"]],
            read=lambda w: [unit.taken_ph for unit in w.parts["shower"]],
        ),
    ),
    levels=(
        Quantity(
            name="heat_kwh",
            unit="kWh",
            meaning="heat in the hot-water store",
            elements=lambda w: [unit.name for unit in w.parts["shower"]],
            read=lambda w: [unit.stock.level for unit in w.parts["shower"]],
        ),
    ),
)
