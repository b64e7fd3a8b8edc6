"""The story of a world: from flows that changed to events in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.events.battery import BatteryUnit
from simulation.events.building import TIER_USE, Bus
from simulation.units import TIERS

if TYPE_CHECKING:
    from simulation.events.world import World

__all__ = ["Story"]

_NOTICED_KW = 1e-6
_DEFERRABLE = TIERS.index("deferrable")


class Story:
    """Remembers what was the case at the last dispatch, and tells what has become different."""

    __slots__ = ("_dark", "_dry", "_shed_kw", "_shed_kwh", "_silent", "_world")

    def __init__(self, world: World) -> None:
        self._world = world
        self._dark = [False] * len(world.buses)
        self._shed_kw = [[0.0] * len(TIERS) for _ in world.buses]
        self._shed_kwh = [[0.0] * len(TIERS) for _ in world.buses]
        self._dry: set[str] = set()
        self._silent: set[str] = set()

    def accrue(self, dt_h: float) -> None:
        """Count the energy that is shed [h]."""
        for shed_kw, shed_kwh in zip(self._shed_kw, self._shed_kwh, strict=True):
            for tier, power in enumerate(shed_kw):
                if power > 0.0 and tier != _DEFERRABLE:
                    shed_kwh[tier] += power * dt_h

    def tell(self) -> None:
        """Compare with what was, and write down what changed."""
        world = self._world
        if world.news:
            self._tell_grid([bus for bus in world.buses if not bus.lit and not self._dark[bus.index]])
        for bus in world.buses:
            if bus.lit == self._dark[bus.index]:
                self._dark[bus.index] = not bus.lit
                world.log.say(
                    "lit" if bus.lit else "dark", bus.name, f"{bus.title} {'lit again' if bus.lit else 'dark'}"
                )
            for tier, use in enumerate(TIER_USE):
                if tier != _DEFERRABLE:
                    self._tell_shedding(bus, tier, bus.wanted[use] - bus.served[use])
        self._tell_stocks()
        for station in world.stations:
            if station.up == (station.name in self._silent):
                (self._silent.discard if station.up else self._silent.add)(station.name)
                words = f"phones at {world.title(station.building)} {'alive again' if station.up else 'dead'}"
                world.log.say("phones_alive" if station.up else "phones_dead", station.name, words)

    def tell_expired(self, bus: Bus, expired_kwh: float) -> None:
        """Deferrable energy whose deadline passed in the step that ends [kWh]."""
        if expired_kwh > 0.0:
            self._shed_kwh[bus.index][_DEFERRABLE] += expired_kwh
        self._tell_shedding(bus, _DEFERRABLE, expired_kwh)

    def _tell_grid(self, dark_now: list[Bus]) -> None:
        world = self._world
        feeders = list(world.spec.feeder)
        for kind, feeder in world.news:
            there = [bus for bus in world.buses if bus.feeder == feeder]
            if kind == "grid_lost":
                dark = ", ".join(bus.title for bus in there if bus in dark_now)
                alive = ", ".join(bus.title for bus in there if bus.lit)
                parts = [f"{dark} dark" if dark else "", f"{alive} carries on alone" if alive else ""]
                words = f"grid lost on {feeders[feeder]}: " + "; ".join(part for part in parts if part)
            else:
                words = f"grid returned on {feeders[feeder]}: " + ", ".join(bus.title for bus in there)
            world.log.say(kind, feeders[feeder], words)
        world.news.clear()

    def _tell_shedding(self, bus: Bus, tier: int, shed_kw: float) -> None:
        shed_kw = shed_kw if shed_kw > _NOTICED_KW else 0.0
        before = self._shed_kw[bus.index][tier]
        self._shed_kw[bus.index][tier] = shed_kw
        element = f"{bus.name}.{TIERS[tier]}"
        if shed_kw > 0.0 and before == 0.0:
            self._world.log.say("shedding_began", element, f"{bus.title}: {TIERS[tier]} load cut", shed_kw)
        elif shed_kw == 0.0 and before > 0.0:
            total = self._shed_kwh[bus.index][tier]
            self._shed_kwh[bus.index][tier] = 0.0
            words = f"{bus.title}: {TIERS[tier]} load served again, {total:.4g} kWh went unserved"
            self._world.log.say("shedding_ended", element, words, total)

    def _tell_stocks(self) -> None:
        world = self._world
        for tank in world.fuel_tanks:
            self._tell_dry(tank.name, f"fuel at {world.title(tank.building)}", tank.stock.level)
        for tank in world.water_tanks:
            self._tell_dry(tank.name, f"water at {world.title(tank.building)}", tank.stock.level)
        for shelter in world.shelters:
            if shelter.food.level > 0.0 or shelter.part.food_person_days > 0.0:
                self._tell_dry(shelter.name, f"food at {world.title(shelter.building)}", shelter.food.level)
        for battery in world.batteries:
            self._tell_battery(battery, not world.buses[battery.building].grid_up)

    def _tell_battery(self, battery: BatteryUnit, islanded: bool) -> None:
        """Empty in an island; back once it holds its reserve again, or half its band where it keeps none."""
        enough = battery.reserve_kwh if battery.reserve_kwh > battery.low_kwh else battery.middle_kwh
        level = battery.stock.level
        if battery.name in self._dry:
            self._tell_dry(battery.name, f"battery {battery.name}", level if level >= enough else 0.0)
        elif islanded:
            self._tell_dry(battery.name, f"battery {battery.name}", max(0.0, level - battery.low_kwh))

    def _tell_dry(self, name: str, words: str, level: float) -> None:
        if level <= 0.0 and name not in self._dry:
            self._dry.add(name)
            self._world.log.say("stock_empty", name, f"{words} is at an end")
        elif level > 0.0 and name in self._dry:
            self._dry.discard(name)
            self._world.log.say("stock_refilled", name, f"{words} is back", level)
