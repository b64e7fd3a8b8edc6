"""Base stations at run time: they live on after the power for as long as their own batteries last."""

from __future__ import annotations

from math import inf

from simulation.events.stock import Stock
from simulation.scenario.shelter import Communications
from simulation.scenario.spec import Placed

__all__ = ["StationUnit"]


class StationUnit:
    """A base station; its stock is counted in hours of its own battery [h]."""

    __slots__ = ("building", "feeder", "name", "part", "powered", "recharge_rate", "stock", "up")

    def __init__(self, placed: Placed[Communications], feeder: int) -> None:
        part = placed.part
        self.name = placed.name
        self.building = placed.building
        self.feeder = feeder  # -1: fed by the building
        self.part = part
        self.stock = Stock(part.reserve_frac * part.battery_h, part.battery_h)
        self.recharge_rate = part.battery_h / part.recharge_h
        self.powered = True
        self.up = True

    def hold(self, battery_h: float) -> None:
        """Give it a battery for so long, charged as its reserve says [h]."""
        self.stock.capacity = battery_h
        self.stock.level = self.part.reserve_frac * battery_h
        self.recharge_rate = battery_h / self.part.recharge_h

    def commit(self, powered: bool) -> float:
        """Charge or draw the battery; hours until it is full or dead [h]."""
        self.powered = powered
        self.up = powered or self.stock.level > 0.0
        if powered:
            rate = self.recharge_rate if self.stock.level < self.stock.capacity else 0.0
        else:
            rate = -1.0 if self.stock.level > 0.0 else 0.0
        return self.stock.set_rate(rate) if rate else self._rest()

    def _rest(self) -> float:
        self.stock.rate = 0.0
        return inf
