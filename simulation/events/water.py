"""Water tanks and their pumps at run time."""

from __future__ import annotations

from simulation.events.stock import Stock
from simulation.physics.pump import lifted_m3ph, pumping_kw
from simulation.scenario.spec import Placed
from simulation.scenario.water import Pump, WaterTank
from simulation.units import HOURS_PER_DAY

__all__ = ["PumpUnit", "WaterTankUnit"]


class PumpUnit:
    """A pump: what it is told, what power it gets, what it lifts [kW, m3/h]."""

    __slots__ = (
        "building",
        "fails_with_hazard",
        "kwh_per_m3",
        "lifted_m3ph",
        "name",
        "power_kw",
        "rated_m3ph",
        "refill_below_m3",
        "refilling",
        "target_kw",
        "wanted_kw",
        "works",
    )

    def __init__(self, placed: Placed[Pump], tank_capacity_m3: float) -> None:
        part = placed.part
        self.name = placed.name
        self.building = placed.building
        self.rated_m3ph = part.rated_m3ph
        self.kwh_per_m3 = part.kwh_per_m3
        self.fails_with_hazard = part.fails_with_hazard
        self.refill_below_m3 = part.refill_below_frac * tank_capacity_m3
        self.refilling = False
        self.works = True
        self.target_kw: float | None = None
        self.wanted_kw = 0.0
        self.power_kw = 0.0
        self.lifted_m3ph = 0.0


class WaterTankUnit:
    """A tank: mains first, then pumps, against what is drawn [m3, m3/h]."""

    __slots__ = (
        "building",
        "daily_use_stops",
        "demand_m3ph",
        "leak_m3ph",
        "leaked_m3ph",
        "mains_back",
        "mains_fail",
        "mains_limit_m3ph",
        "mains_m3ph",
        "marks_m3",
        "name",
        "people_m3ph",
        "pumps",
        "served_m3ph",
        "stock",
        "usual_m3ph",
    )

    def __init__(self, placed: Placed[WaterTank]) -> None:
        part = placed.part
        self.name = placed.name
        self.building = placed.building
        self.stock = Stock(part.initial_frac * part.capacity_m3, part.capacity_m3)
        self.mains_limit_m3ph = part.mains_m3ph
        self.mains_back = False  # once they have failed and returned
        self.mains_fail = part.mains_fail_with_hazard
        self.usual_m3ph = part.daily_use_m3 / HOURS_PER_DAY
        self.daily_use_stops = part.daily_use_stops
        self.people_m3ph = 0.0
        self.demand_m3ph = 0.0
        self.served_m3ph = 0.0
        self.mains_m3ph = 0.0
        self.leak_m3ph = 0.0  # while there is water in it, or more flows in than is drawn
        self.leaked_m3ph = 0.0
        self.pumps: list[PumpUnit] = []
        self.marks_m3: tuple[float, ...] = ()  # levels at which a lot is ordered or a pump starts

    def strike(self) -> None:
        """What the disaster does to mains, pumps and normal use."""
        if self.mains_fail:
            self.mains_limit_m3ph = 0.0
        if self.daily_use_stops:
            self.usual_m3ph = 0.0
        for pump in self.pumps:
            pump.works = pump.works and not pump.fails_with_hazard

    def ask_power(self) -> None:
        """Set what every pump wants: its set-point, or its float switch; all it has where water is short [kW]."""
        self.demand_m3ph = self.usual_m3ph + self.people_m3ph
        level = self.stock.level
        missing = max(0.0, self.demand_m3ph - self.mains_limit_m3ph)
        room_m3ph = missing if level >= self.stock.capacity else float("inf")
        for pump in self.pumps:
            if level <= pump.refill_below_m3:
                pump.refilling = True
            elif level >= self.stock.capacity:
                pump.refilling = False
            if not pump.works:
                flow = 0.0
            elif pump.target_kw is None or (level <= 0.0 and missing > 0.0):
                flow = pump.rated_m3ph if pump.refilling else 0.0
            else:
                flow = min(pump.rated_m3ph, lifted_m3ph(pump.target_kw, pump.kwh_per_m3))
            flow = min(flow, room_m3ph)
            room_m3ph -= flow
            pump.wanted_kw = pumping_kw(flow, pump.kwh_per_m3)

    def commit(self) -> float:
        """Let the water flow that power allows; hours until the tank meets an edge or a mark [h]."""
        lifted = 0.0
        for pump in self.pumps:
            pump.lifted_m3ph = lifted_m3ph(pump.power_kw, pump.kwh_per_m3)
            lifted += pump.lifted_m3ph
        stock = self.stock
        self.mains_m3ph = self.mains_limit_m3ph
        if stock.level >= stock.capacity:
            self.mains_m3ph = min(self.mains_limit_m3ph, max(0.0, self.demand_m3ph + self.leak_m3ph - lifted))
        inflow = self.mains_m3ph + lifted
        self.served_m3ph = min(self.demand_m3ph, inflow) if stock.level <= 0.0 else self.demand_m3ph
        surplus = inflow - self.served_m3ph
        self.leaked_m3ph = self.leak_m3ph if stock.level > 0.0 else min(self.leak_m3ph, surplus)
        return stock.set_rate(surplus - self.leaked_m3ph, self.marks_m3)
