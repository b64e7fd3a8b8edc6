"""Tanks on the engines' own frames at run time: burnt empty from below, filled from the reserve."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from simulation.events.building import Bus
from simulation.events.genset import EngineUnit
from simulation.events.part import Part
from simulation.events.quantity import attribute_of
from simulation.events.stock import Stock
from simulation.scenario.day_tank import DayTank

if TYPE_CHECKING:
    from simulation.draws.draws import Draws
    from simulation.events.world import World

__all__ = ["PART", "DayTankUnit"]


class DayTankUnit:
    """Fuel of one engine [L] and the transfer that fills it [L/h], from a low mark up to full."""

    __slots__ = ("bus", "by_hand", "engine", "filling", "low_l", "name", "stock", "transfer_lph", "transfer_limit_lph")

    def __init__(self, engine: EngineUnit, part: DayTank, bus: Bus) -> None:
        self.name = f"{engine.name}.day_tank"
        self.bus = bus  # whose power pumps
        self.engine = engine
        self.stock = Stock(part.initial_frac * part.capacity_l, part.capacity_l)
        self.low_l = part.refill_below_frac * part.capacity_l
        self.transfer_limit_lph = part.transfer_lph
        self.by_hand = part.pump == "hand"
        self.filling = False
        self.transfer_lph = 0.0

    def commit(self) -> float:
        """Set the transfer and let the engine burn; hours until it is empty, low or full [h]."""
        stock = self.stock
        if stock.level <= self.low_l:
            self.filling = True
        if stock.level >= stock.capacity:
            self.filling = False
        if self.filling:
            reserve = self.engine.tank
            flows = (self.bus.lit or self.by_hand) and reserve is not None and reserve.stock.level > 0.0
            self.transfer_lph = self.transfer_limit_lph if flows else 0.0
        else:
            self.transfer_lph = 0.0
            if not self.engine.running:  # as at most moments
                return stock.set_rate(0.0)
        return stock.set_rate(self.transfer_lph - self.engine.fuel_lph, (self.low_l,))


def _build(world: World, draws: Draws, s: int) -> list[DayTankUnit]:
    units = []
    for engine, placed in zip(world.engines, world.spec.gensets, strict=True):
        if placed.part.day_tank is not None:
            engine.day_tank = DayTankUnit(engine, placed.part.day_tank, world.buses[placed.building])
            units.append(engine.day_tank)
    world.stocks += [unit.stock for unit in units]
    return units


def _act(world: World) -> float:
    horizon = inf
    for unit in world.parts["day_tank"]:
        horizon = min(horizon, unit.commit())
    return horizon


def _units(world: World) -> list[DayTankUnit]:
    return world.parts["day_tank"]


PART = Part(
    name="day_tank",
    build=_build,
    act=_act,
    flows=(
        attribute_of(
            _units,
            "transfer_lph",
            name="transfer_lph",
            unit="L/h",
            meaning="fuel moved from the reserve to the engine's own tank",
        ),
    ),
    levels=(attribute_of(_units, "stock.level", name="day_tank_l", unit="L", meaning="fuel in the engine's own tank"),),
)
