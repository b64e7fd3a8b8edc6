"""The units of a world, built from its Spec and given their rows of the draws."""

from __future__ import annotations

from math import inf

import numpy as np

from simulation.draws.draws import Draws
from simulation.draws.fate import Fate, common_fates
from simulation.draws.road import Roads
from simulation.events.backlog import Backlog
from simulation.events.battery import BatteryUnit
from simulation.events.building import Bus
from simulation.events.communications import StationUnit
from simulation.events.delivery import DeliveryUnit
from simulation.events.fuel_tank import FuelTankUnit
from simulation.events.genset import EngineUnit
from simulation.events.meter import Meter
from simulation.events.pv import ArrayUnit
from simulation.events.shelter import ShelterUnit
from simulation.events.stock import Stock
from simulation.events.tieline import lanes_of
from simulation.events.toilet import toilets_of
from simulation.events.water import PumpUnit, WaterTankUnit
from simulation.interchange.demand import deadline_h
from simulation.scenario.building import Building
from simulation.scenario.spec import Spec
from simulation.scenario.water import Treatment
from simulation.units import MINUTES_PER_HOUR

__all__ = ["Area"]


class Area:
    """Everything that stands in the area, in the order of the Spec."""

    def __init__(self, spec: Spec) -> None:
        feeders = list(spec.feeder)
        self.feeder_names = tuple(feeders)
        self.road_opens_h: dict[str, float] = {}
        self.roads: Roads | None = None
        self.buses = [_bus(i, name, building, feeders) for i, (name, building) in enumerate(spec.building.items())]
        self.lanes = lanes_of(spec.tieline, spec.building_names)
        self.arrays = [ArrayUnit(placed) for placed in spec.pvs]
        self.batteries = [BatteryUnit(placed) for placed in spec.batteries]
        self.fuel_tanks = [FuelTankUnit(placed) for placed in spec.fuel_tanks]
        self.water_tanks = [WaterTankUnit(placed) for placed in spec.water_tanks]
        tanks = {tank.name: tank for tank in self.fuel_tanks}
        waters = {tank.name: tank for tank in self.water_tanks}
        names = spec.building_names
        self.engines = [
            EngineUnit(placed, tanks.get(f"{names[placed.building]}.fuel_tank.{placed.part.fuel_tank}"))
            for placed in spec.gensets
        ]
        for tank in self.fuel_tanks:
            tank.engines = [engine for engine in self.engines if engine.tank is tank]
        self.drawn_tanks = [tank for tank in self.fuel_tanks if tank.engines or tank.promised_lph > 0.0]
        self.pumps = []
        for placed in spec.pumps:
            tank = waters[f"{names[placed.building]}.water_tank.{placed.part.tank}"]
            pump = PumpUnit(placed, tank.stock.capacity)
            tank.pumps.append(pump)
            if isinstance(placed.part, Treatment) and placed.part.raw_tank is not None:
                pump.raw = waters[f"{names[placed.building]}.water_tank.{placed.part.raw_tank}"]
                pump.raw.drains.append(pump)
            self.pumps.append(pump)
        self.raw_tanks = [tank for tank in self.water_tanks if not tank.potable]
        self.potable_tanks = [tank for tank in self.water_tanks if tank.potable]
        water_names = list(waters)
        self.shelters = [
            ShelterUnit(
                placed,
                _find(water_names, f"{names[placed.building]}.water_tank.{placed.part.water_tank}"),
                _find(water_names, f"{names[placed.building]}.water_tank.{placed.part.flushing_tank}"),
            )
            for placed in spec.shelters
        ]
        self.toilets = toilets_of(spec)
        self.stations = [StationUnit(placed, _find(feeders, placed.part.feeder)) for placed in spec.communications]
        self.meters = _meters(spec)
        self.meter_of = [_find(list(spec.meters), spec.meter_of(name)) for name in names]
        self.stocks: list[Stock] = [
            *(unit.stock for unit in (*self.batteries, *self.water_tanks, *self.fuel_tanks, *self.stations)),
            *(shelter.food for shelter in self.shelters),
            *(item.stock for shelter in self.shelters for item in shelter.items),
        ]
        self._connect()
        self.deliveries = self._deliveries(spec)
        self.by_order = [unit for unit in self.deliveries if unit.part.order == "reorder"]  # and not on schedule
        self._mark()

    def _connect(self) -> None:
        for bus in self.buses:
            bus.arrays = [unit for unit in self.arrays if unit.building == bus.index]
            bus.batteries = [unit for unit in self.batteries if unit.building == bus.index]
            bus.engines = [unit for unit in self.engines if unit.building == bus.index]
            bus.pumps = [unit for unit in self.pumps if unit.building == bus.index]
            bus.lanes_out = [lane for lane in self.lanes if lane.start == bus.index]
            bus.bound_lanes = [lane for lane in bus.lanes_out if lane.own_only]
            bus.lanes_in = [lane for lane in self.lanes if lane.stop == bus.index]

    def _deliveries(self, spec: Spec) -> list[DeliveryUnit]:
        stocks: dict[str, Stock] = {tank.name: tank.stock for tank in (*self.fuel_tanks, *self.water_tanks)}
        stocks |= {shelter.name: shelter.food for shelter in self.shelters}
        items = {item.name: item for shelter in self.shelters for item in shelter.items}
        stocks |= {name: item.stock for name, item in items.items()}
        stocks |= {toilet.name: toilet.stock for toilet in self.toilets if toilet.stock is not None}
        units: list[DeliveryUnit] = []
        for index, (name, part) in enumerate(spec.delivery.items()):
            stock = stocks[part.to]
            full = stock.capacity if stock.capacity < inf else stock.level
            units.append(DeliveryUnit(index, name, part, stock, full))
            if part.to in items:
                units[-1].unit = items[part.to].unit
            units[-1].source = next((tank for tank in self.fuel_tanks if tank.name == part.takes_from), None)
        return units

    def _mark(self) -> None:
        """Levels at which something is to be done: order a lot, start a pump."""
        orders: dict[int, list[float]] = {}
        for delivery in self.deliveries:
            if delivery.reorder_level >= 0.0:
                orders.setdefault(id(delivery.stock), []).append(delivery.reorder_level)
        for tank in self.fuel_tanks:
            tank.marks_l = tuple(orders.get(id(tank.stock), ()))
        for shelter in self.shelters:
            shelter.food_marks = tuple(orders.get(id(shelter.food), ()))
            for item in shelter.items:
                item.marks = tuple(orders.get(id(item.stock), ()))
        for toilet in self.toilets:
            toilet.marks = tuple(orders.get(id(toilet.stock), ()))
        for tank in self.water_tanks:
            starts = [pump.refill_below_m3 for pump in tank.pumps]
            tank.marks_m3 = (*orders.get(id(tank.stock), []), *starts, *tank.ration_marks_m3)

    def draw(self, spec: Spec, draws: Draws, s: int) -> None:
        """Give engines, base stations, deliveries and shelters their rows of the draws."""
        wanting, stranded = draws.arrival.wanting_people, draws.arrival.stranded_people
        for h, shelter in enumerate(self.shelters):
            shelter.expect(wanting[s, :, h], np.zeros(wanting.shape[1]) if stranded is None else stranded[s, :, h])
        failure, delivery = draws.failure, draws.delivery
        parts = [placed.part for placed in spec.gensets]
        for g, (engine, common) in enumerate(zip(self.engines, common_fates(failure, s, parts), strict=True)):
            engine.meet_fate(Fate(failure, s, g, parts[g], common))
            if draws.start_delay_h is not None:
                engine.delay_h = float(draws.start_delay_h[s, g])
        if draws.station_battery_h is not None:
            for station, battery_h in zip(self.stations, draws.station_battery_h[s].tolist(), strict=True):
                station.hold(battery_h)
        roads = list(spec.road)
        self.road_opens_h = {road: float(delivery.road_opens_h[s, r]) for r, road in enumerate(roads)}
        self.roads = None if delivery.links is None else Roads(spec, delivery.links, s)
        for d, unit in enumerate(self.deliveries):
            unit.roads = self.roads
            unit.travel_h = delivery.travel_h[s, d].tolist()
            unit.cancelled = delivery.cancelled[s, d].tolist()
            if unit.part.road is not None:
                unit.road_opens_h = float(delivery.road_opens_h[s, roads.index(unit.part.road)])
                unit.slow_factor = spec.road[unit.part.road].slow_factor


def _bus(index: int, name: str, building: Building, feeders: list[str]) -> Bus:
    bus = Bus(index, name, building.title or name, Backlog(deadline_h(building)))
    if building.grid is None:
        bus.grid_up = False
    else:
        bus.feeder = feeders.index(building.grid.feeder)
        bus.contract_kw = building.grid.contract_kw
        bus.export_limit_kw = building.grid.export_limit_kw
    return bus


def _find(names: list[str], name: str | None) -> int:
    return names.index(name) if name in names else -1


def _meters(spec: Spec) -> list[Meter]:
    step_h = spec.period.metering_step_min / MINUTES_PER_HOUR
    clock = spec.clock
    changes = np.flatnonzero(np.diff(clock.local_month)) + 1
    month_ends_h = clock.hours[changes].tolist()
    meters: list[Meter] = []
    for name in spec.meters:
        grids = [b.grid for key, b in spec.building.items() if b.grid is not None and spec.meter_of(key) == name]
        meters.append(
            Meter(
                name,
                step_h,
                month_ends_h,
                so_far_kw=max(grid.peak_so_far_kw for grid in grids),
                ratchet_months=spec.tariff[grids[0].tariff].ratchet_months,
            )
        )
    return meters
