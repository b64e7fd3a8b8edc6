"""A fuel tank at run time: what engines and vehicles draw from it."""

from __future__ import annotations

from simulation.events.stock import Stock
from simulation.scenario.fuel_tank import FuelTank
from simulation.scenario.spec import Placed
from simulation.units import HOURS_PER_DAY

__all__ = ["FuelTankUnit"]


class FuelTankUnit:
    """Stock of fuel [L].  Engines come first; vehicles get theirs while the building has power for the pump."""

    __slots__ = ("building", "marks_l", "name", "promised_lph", "stock", "vehicle_demand_lph", "vehicle_served_lph")

    def __init__(self, placed: Placed[FuelTank]) -> None:
        part = placed.part
        self.name = placed.name
        self.building = placed.building
        self.stock = Stock(part.initial_frac * part.capacity_l, part.capacity_l)
        self.promised_lph = part.vehicle_demand_l_per_day / HOURS_PER_DAY
        self.vehicle_demand_lph = 0.0  # nothing before the strike
        self.vehicle_served_lph = 0.0
        self.marks_l: tuple[float, ...] = ()  # levels at which a lot is ordered

    def commit(self, engines_lph: float, pump_has_power: bool) -> float:
        """Set what is drawn; hours until it is empty or a lot is to be ordered [h]."""
        open_now = pump_has_power and self.stock.level > 0.0
        self.vehicle_served_lph = self.vehicle_demand_lph if open_now else 0.0
        return self.stock.set_rate(-(engines_lph + self.vehicle_served_lph), self.marks_l)
