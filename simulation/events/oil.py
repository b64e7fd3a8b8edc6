"""Lubricating oil at run time: sumps that running hours empty, refilled from what is in store."""

from __future__ import annotations

from collections.abc import Generator
from math import inf
from typing import TYPE_CHECKING

from simpy.events import Event

from simulation.events.fuel_tank import FuelTankUnit
from simulation.events.genset import EngineUnit
from simulation.events.part import Part
from simulation.events.quantity import Attributes, Quantity
from simulation.events.stock import Stock
from simulation.scenario.oil import Oil
from simulation.units import MINUTES_PER_HOUR

if TYPE_CHECKING:
    from simulation.draws.draws import Draws
    from simulation.events.world import World

__all__ = ["PART", "Sump"]


class Sump:
    """Oil of one engine [L]; a need of that engine."""

    kind = "genset_out_of_oil"
    words = "out of lubricating oil"
    __slots__ = ("engine", "key", "refill_h", "refilling", "spare", "stock", "use_lph")

    def __init__(self, engine: EngineUnit, oil: Oil, spare: FuelTankUnit | None) -> None:
        self.engine = engine
        self.key = f"{engine.name} oil"
        self.stock = Stock(oil.initial_frac * oil.sump_l, oil.sump_l)
        self.use_lph = oil.use_lph
        self.refill_h = oil.refill_min / MINUTES_PER_HOUR
        self.spare = spare
        self.refilling = False

    @property
    def ready(self) -> bool:
        """Whether the engine may run."""
        return self.stock.level > 0.0 and not self.refilling

    def commit(self) -> float:
        """Let the running engine use oil; hours until it is out [h]."""
        return self.stock.set_rate(-self.use_lph if self.engine.running else 0.0)


def _build(world: World, draws: Draws, s: int) -> list[Sump]:
    tanks = {tank.name: tank for tank in world.fuel_tanks}
    sumps = []
    for engine, placed in zip(world.engines, world.spec.gensets, strict=True):
        oil = placed.part.oil
        if oil is not None:
            here = world.spec.building_names[placed.building]
            sump = Sump(engine, oil, tanks.get(f"{here}.fuel_tank.{oil.spare}"))
            engine.needs.append(sump)
            sumps.append(sump)
    world.stocks += [sump.stock for sump in sumps]
    return sumps


def _act(world: World) -> float:
    horizon = inf
    for sump in world.parts["oil"]:
        running, stock = sump.engine.running, sump.stock
        if running or stock.rate != 0.0:  # else it stands still, as at most moments
            horizon = min(horizon, sump.commit())
        empty = stock.level <= 0.0 and not running and not sump.refilling
        if empty and sump.spare is not None and sump.spare.stock.level > 0.0:
            sump.refilling = True
            world.env.process(_refill(world, sump, sump.spare))
    return horizon


def _refill(world: World, sump: Sump, spare: FuelTankUnit) -> Generator[Event, object, None]:
    done_h = world.now_h + sump.refill_h
    yield world.until(done_h)
    world.settle(max(done_h, world.now_h))
    poured_l = sump.stock.add(spare.stock.take(sump.stock.capacity - sump.stock.level))
    sump.refilling = False
    name = sump.engine.name
    world.log.say("genset_oil_refilled", name, f"{name}: {poured_l:.3g} L of oil poured in", poured_l)
    world.ring()


PART = Part(
    name="oil",
    build=_build,
    act=_act,
    levels=(
        Quantity(
            name="oil_l",
            unit="L",
            meaning="lubricating oil above the level at which the engine stops itself",
            elements=lambda w: [sump.engine.name for sump in w.parts["oil"]],
            read=Attributes(places=lambda w: [(sump, "it.stock.level") for sump in w.parts["oil"]]),
        ),
    ),
)
