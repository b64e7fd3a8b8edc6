"""A fuel tank at run time: what engines and vehicles draw from it."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from simulation.events.stock import Stock
from simulation.scenario.fuel_tank import FuelTank
from simulation.scenario.spec import Placed
from simulation.units import HOURS_PER_DAY

if TYPE_CHECKING:
    from simulation.events.genset import EngineUnit

__all__ = ["FuelTankUnit"]


class FuelTankUnit:
    """Stock of fuel [L].  Engines come first; vehicles get theirs while the building has power for the pump."""

    __slots__ = (
        "building",
        "engines",
        "marks_l",
        "name",
        "promised_lph",
        "stock",
        "vehicle_demand_lph",
        "vehicle_served_lph",
    )

    def __init__(self, placed: Placed[FuelTank]) -> None:
        part = placed.part
        self.name = placed.name
        self.building = placed.building
        self.stock = Stock(part.initial_frac * part.capacity_l, part.capacity_l)
        self.promised_lph = part.vehicle_demand_l_per_day / HOURS_PER_DAY
        self.vehicle_demand_lph = 0.0  # nothing before the strike
        self.vehicle_served_lph = 0.0
        self.marks_l: tuple[float, ...] = ()  # levels at which a lot is ordered
        self.engines: list[EngineUnit] = []  # those that draw from it

    def commit(self, *, pump_has_power: bool) -> float:
        """Set what is drawn; hours until it is empty or a lot is to be ordered [h]."""
        drawn_lph = 0.0
        for engine in self.engines:
            drawn_lph += engine.drawn_lph
        open_now = pump_has_power and self.stock.level > 0.0
        self.vehicle_served_lph = self.vehicle_demand_lph if open_now else 0.0
        drawn_lph += self.vehicle_served_lph
        if drawn_lph == self.stock.rate == 0.0:
            return inf
        return self.stock.set_rate(-drawn_lph, self.marks_l)
