"""Vehicles at run time: they come, give power, drive home empty and come again."""

from __future__ import annotations

from collections.abc import Generator
from math import inf
from typing import TYPE_CHECKING

import numpy as np
from simpy.events import Event

from simulation.events.battery import BatteryUnit
from simulation.events.part import Part
from simulation.events.quantity import attribute_of, share_of_step
from simulation.interchange.presence import first_level_kwh, there_daily
from simulation.physics.vehicle import arrival_kwh, home_kwh
from simulation.scenario.battery import Battery
from simulation.scenario.spec import Placed
from simulation.scenario.vehicle import Vehicle

if TYPE_CHECKING:
    from simulation.draws.draws import Draws
    from simulation.events.world import World

__all__ = ["PART", "VehicleUnit"]


class VehicleUnit:
    """A battery at the building's bus that counts while the vehicle is there; beside a live grid it only waits."""

    __slots__ = ("battery", "building", "empty", "full_kwh", "home_kwh", "name", "part", "spans_h", "there")

    def __init__(self, placed: Placed[Vehicle], spans_h: list[tuple[float, float]]) -> None:
        part = placed.part
        self.part = part
        self.name = placed.name
        self.building = placed.building
        self.home_kwh = home_kwh(part.distance_km, part.use_kwh_per_km)
        self.full_kwh = arrival_kwh(part.capacity_kwh, part.distance_km, part.use_kwh_per_km)
        store = Battery(
            charge_kw=part.discharge_kw,
            discharge_kw=part.discharge_kw,
            capacity_kwh=part.capacity_kwh,
            charge_efficiency_frac=1.0,
            discharge_efficiency_frac=1.0,
            initial_level_frac=first_level_kwh(part) / part.capacity_kwh,
            emergency_reserve_frac=1.0,
        )
        self.battery = BatteryUnit(Placed(name=placed.name, building=placed.building, part=store))
        self.battery.low_kwh = min(self.home_kwh, self.battery.stock.level)
        self.spans_h = spans_h  # when it is there at the most [h]
        self.empty: Event | None = None  # what one sent for waits for to drive home
        self.there = False
        self.leave()

    def come(self, level_kwh: float | None = None) -> None:
        """Stand there and be plugged in, with the given energy or with what it left with [kWh]."""
        if level_kwh is not None:
            self.battery.stock.level = level_kwh
        self.there = True
        self.battery.low_kwh = self.home_kwh
        self.battery.charge_limit_kw = self.part.charge_kw
        self.battery.discharge_limit_kw = self.part.discharge_kw
        self.battery.forms_grid = self.part.forms_grid

    def leave(self) -> None:
        """Be gone."""
        self.there = False
        self.battery.charge_limit_kw = self.battery.discharge_limit_kw = 0.0
        self.battery.charge_kw = self.battery.discharge_kw = 0.0
        self.battery.commit()  # nothing more flows until it is there again
        self.battery.forms_grid = False


def _build(world: World, draws: Draws, s: int) -> list[VehicleUnit]:
    units = []
    for e, placed in enumerate(world.spec.vehicles):
        spans_h = _daily_h(world, placed.part) if placed.part.presence == "timetable" else []
        if placed.part.presence == "on_call" and draws.vehicle is not None and draws.vehicle.comes[s, e]:
            spans_h = _called_h(world, draws, s, placed.building, float(draws.vehicle.travel_h[s, e]))
        unit = VehicleUnit(placed, spans_h)
        world.buses[placed.building].batteries.append(unit.battery)
        world.stocks.append(unit.battery.stock)
        units.append(unit)
    return units


def _daily_h(world: World, part: Vehicle) -> list[tuple[float, float]]:
    there = np.concatenate([[False], there_daily(part, world.clock), [False]])
    edges = np.flatnonzero(there[1:] != there[:-1])
    hours = [*world.hours, inf]
    spans = [(hours[start], hours[stop]) for start, stop in zip(edges[::2], edges[1::2], strict=True)]
    return [(start_h, inf if stop_h >= world.hours[-1] else stop_h) for start_h, stop_h in spans]


def _called_h(world: World, draws: Draws, s: int, building: int, travel_h: float) -> list[tuple[float, float]]:
    """From the arrival after each loss of the grid to its return."""
    f = world.buses[building].feeder
    if f < 0:
        return []
    outages = zip(draws.outage.start_h[s, f].tolist(), draws.outage.end_h[s, f].tolist(), strict=True)
    return [(start_h + travel_h, end_h) for start_h, end_h in outages if start_h + travel_h < end_h]


def _start(world: World) -> None:
    for unit in world.parts["vehicle"]:
        world.env.process(_come_and_go(world, unit))


def _come_and_go(world: World, unit: VehicleUnit) -> Generator[Event, object, None]:
    """On the timetable or after each loss of the grid; one sent for is full again when it comes the next time."""
    called = unit.part.presence == "on_call"
    came = False
    for start_h, end_h in [*unit.spans_h, (inf, inf)]:
        if start_h >= world.hours[-1]:
            return
        yield world.until(start_h)
        _change(world, unit, come=True, level_kwh=unit.full_kwh if called and came else None)
        came = True
        if called:
            yield from _shuttle(world, unit, end_h)
        elif end_h < inf:
            yield world.until(end_h)
        else:
            return
        if unit.there:
            _change(world, unit, come=False)


def _shuttle(world: World, unit: VehicleUnit, end_h: float) -> Generator[Event, object, None]:
    """Give, drive home when spent, come again full, until the grid is back."""
    while True:
        unit.empty = world.env.event()
        yield unit.empty | world.until(min(end_h, world.hours[-1]))
        if not unit.empty.triggered:
            return
        _change(world, unit, come=False)
        again_h = world.now_h + unit.part.refill_h
        if again_h >= end_h:
            yield world.until(min(end_h, world.hours[-1]))
            return
        yield world.until(again_h)
        _change(world, unit, come=True, level_kwh=unit.full_kwh)


def _change(world: World, unit: VehicleUnit, *, come: bool, level_kwh: float | None = None) -> None:
    world.settle(max(world.env.now, world.now_h))
    if come:
        unit.come(level_kwh)
    else:
        unit.leave()
    level = unit.battery.stock.level
    kind, word = ("vehicle_came", "came") if come else ("vehicle_left", "left")
    world.log.say(kind, unit.name, f"{unit.name} {word} with {level:.0f} kWh", level)
    world.ring()


def _act(world: World) -> float:
    horizon = inf
    for unit in world.parts["vehicle"]:
        if unit.there:
            horizon = min(horizon, unit.battery.commit())
            if unit.empty is not None and unit.battery.stock.level <= unit.home_kwh and not unit.empty.triggered:
                unit.empty.succeed()
    return horizon


def _units(world: World) -> list[VehicleUnit]:
    return world.parts["vehicle"]


PART = Part(
    name="vehicle",
    build=_build,
    start=_start,
    act=_act,
    flows=(
        attribute_of(
            _units, "battery.discharge_kw", name="vehicle_discharge_kw", unit="kW", meaning="given by the vehicle"
        ),
        attribute_of(_units, "battery.charge_kw", name="vehicle_charge_kw", unit="kW", meaning="taken by the vehicle"),
        share_of_step(
            _units, "there", name="vehicle_there_frac", meaning="share of the step that the vehicle is there"
        ),
    ),
    levels=(
        attribute_of(_units, "battery.stock.level", name="vehicle_kwh", unit="kWh", meaning="energy in the vehicle"),
    ),
)
