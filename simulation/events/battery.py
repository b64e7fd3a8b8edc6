"""A battery at run time."""

from __future__ import annotations

from math import inf

from simulation.events.stock import Stock
from simulation.physics.battery import store_rate_kw
from simulation.scenario.battery import Battery
from simulation.scenario.spec import Placed

__all__ = ["BatteryUnit"]


class BatteryUnit:
    """Store, terminals and usable band of a battery [kW, kWh]."""

    __slots__ = (
        "building",
        "charge_kw",
        "charge_limit_kw",
        "discharge_kw",
        "discharge_limit_kw",
        "efficiency_in",
        "efficiency_out",
        "forms_grid",
        "high_kwh",
        "low_kwh",
        "name",
        "reserve_kwh",
        "stock",
        "target_charge_kw",
        "target_discharge_kw",
    )

    def __init__(self, placed: Placed[Battery]) -> None:
        part = placed.part
        self.name = placed.name
        self.building = placed.building
        self.charge_limit_kw = part.charge_kw
        self.discharge_limit_kw = part.discharge_kw
        self.efficiency_in = part.charge_efficiency_frac
        self.efficiency_out = part.discharge_efficiency_frac
        self.forms_grid = part.forms_grid
        self.low_kwh = part.min_level_frac * part.capacity_kwh
        self.high_kwh = part.max_level_frac * part.capacity_kwh
        self.reserve_kwh = max(self.low_kwh, part.emergency_reserve_frac * part.capacity_kwh)
        self.stock = Stock(
            part.initial_level_frac * part.capacity_kwh, part.capacity_kwh, part.standing_loss_frac_per_h
        )
        self.target_charge_kw = 0.0
        self.target_discharge_kw = 0.0
        self.charge_kw = 0.0
        self.discharge_kw = 0.0

    @property
    def middle_kwh(self) -> float:
        """Middle of the usable band [kWh]."""
        return 0.5 * (self.low_kwh + self.high_kwh)

    def charge_room_kw(self) -> float:
        """Most that it takes now; when full just what its standing loss makes room for [kW]."""
        stock = self.stock
        if stock.level < self.high_kwh:
            return self.charge_limit_kw
        if stock.level > self.high_kwh:
            return 0.0
        return min(self.charge_limit_kw, stock.loss_frac_per_h * stock.level / self.efficiency_in)

    def discharge_room_kw(self, floor_kwh: float) -> float:
        """Most that it gives now without going below a level [kW]."""
        return self.discharge_limit_kw if self.stock.level > floor_kwh else 0.0

    def follow_targets(self, floor_kwh: float) -> None:
        """Do what was told, as far as the store allows: never below a level [kWh]."""
        self.charge_kw = min(self.target_charge_kw, self.charge_room_kw()) if self.target_charge_kw > 0.0 else 0.0
        self.discharge_kw = (
            min(self.target_discharge_kw, self.discharge_room_kw(floor_kwh)) if self.target_discharge_kw > 0.0 else 0.0
        )

    def commit(self) -> float:
        """Let the flows act on the store; hours until it meets an edge of its band or its reserve [h]."""
        stock = self.stock
        if self.charge_kw == self.discharge_kw == 0.0:
            rate = 0.0
            if stock.loss_frac_per_h == 0.0:
                stock.rate = 0.0
                return inf
        else:
            rate = store_rate_kw(self.charge_kw, self.discharge_kw, self.efficiency_in, self.efficiency_out)
        return stock.set_rate(rate, (self.low_kwh, self.reserve_kwh, self.high_kwh))
