"""The story of a world: from flows that changed to events in words, each with what brought it about."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from simulation.events.battery import BatteryUnit
from simulation.events.building import TIER_USE, Bus
from simulation.events.causes import NO_CAUSE, SHOCK
from simulation.events.reasons import why_dry, why_short, why_thirsty
from simulation.units import TIERS

if TYPE_CHECKING:
    from simulation.events.world import World

__all__ = ["Story"]

_NOTICED_KW = 1e-6
_DEFERRABLE = TIERS.index("deferrable")


class Story:
    """Remembers what was the case at the last dispatch, and tells what has become different.

    Shedding and darkness that go on for another reason than before are told again, so that every moment of them has
    the cause that stood then.
    """

    __slots__ = ("_asked", "_deferred", "_reason", "_shed_cause", "_shed_kw", "_shed_kwh", "_there", "_world")

    def __init__(self, world: World) -> None:
        self._world = world
        self._there: set[str] = set()  # keys of troubles that are told and not yet over
        self._shed_kw = [[0.0] * len(TIERS) for _ in world.buses]
        self._shed_kwh = [[0.0] * len(TIERS) for _ in world.buses]
        self._shed_cause = [[NO_CAUSE] * len(TIERS) for _ in world.buses]
        self._deferred = [NO_CAUSE] * len(world.buses)  # why deferrable load went short when it last did
        self._reason = [NO_CAUSE] * len(world.buses)
        self._asked = [-1] * len(world.buses)  # version of the causes at which the reason was found

    def accrue(self, dt_h: float) -> None:
        """Count the energy that is shed [h]."""
        for shed_kw, shed_kwh in zip(self._shed_kw, self._shed_kwh, strict=True):
            for tier, power in enumerate(shed_kw):
                if power > 0.0 and tier != _DEFERRABLE:
                    shed_kwh[tier] += power * dt_h

    def tell_stocks(self) -> None:
        """Which stocks stand at their end now, before anything else becomes of it."""
        world = self._world
        for tank in world.fuel_tanks:
            why = partial(why_dry, world, tank.building, tank.stock)
            self._tell_dry(tank.name, f"fuel at {world.title(tank.building)}", tank.stock.level, why)
        for tank in world.water_tanks:
            why = partial(why_thirsty, world, tank)
            self._tell_dry(tank.name, f"water at {world.title(tank.building)}", tank.stock.level, why)
        for shelter in world.shelters:
            if shelter.food.level > 0.0 or shelter.part.food_person_days > 0.0:
                why = partial(why_dry, world, shelter.building, shelter.food)
                words = f"food at {world.title(shelter.building)}"
                self._tell_dry(f"{shelter.name} food", words, shelter.food.level, why)
        for battery in world.batteries:
            self._tell_battery(battery, not world.buses[battery.building].grid_up)

    def tell(self) -> None:
        """Compare with what was, and write down what changed."""
        world = self._world
        if world.news:
            self._tell_grid()
        for bus in world.buses:
            self._tell_dark(bus)
            for tier, use in enumerate(TIER_USE):
                short_kw = bus.wanted[use] - bus.served[use]
                if tier != _DEFERRABLE:
                    self._tell_shedding(bus, tier, short_kw)
                elif short_kw > _NOTICED_KW:
                    self._deferred[bus.index] = self._why(bus)
        self._tell_services()

    def tell_expired(self, bus: Bus, expired_kwh: float) -> None:
        """Deferrable energy whose deadline passed in the step that ends [kWh]."""
        if expired_kwh > 0.0:
            self._shed_kwh[bus.index][_DEFERRABLE] += expired_kwh
        self._tell_shedding(bus, _DEFERRABLE, expired_kwh)

    def _tell_grid(self) -> None:
        """Once it is known who went dark with a feeder and who did not, say so."""
        world = self._world
        for feeder, record in world.news:
            there = [bus for bus in world.buses if bus.feeder == feeder]
            dark = ", ".join(bus.title for bus in there if not bus.lit and f"{bus.name} dark" not in self._there)
            alive = ", ".join(bus.title for bus in there if bus.lit)
            parts = [f"{dark} dark" if dark else "", f"{alive} carries on alone" if alive else ""]
            told = "; ".join(part for part in parts if part)
            world.log.reword(record, f"grid lost on {world.feeder_names[feeder]}: {told}")
        world.news.clear()

    def _why(self, bus: Bus) -> int:
        """What a building's shortage comes from now: its darkness, or what stands behind a cut."""
        world = self._world
        dark = world.causes.at(f"{bus.name} dark")
        return dark if dark != NO_CAUSE else self._why_short(bus)

    def _why_short(self, bus: Bus) -> int:
        version = self._world.causes.version
        if self._asked[bus.index] != version:
            self._asked[bus.index] = version
            self._reason[bus.index] = why_short(self._world, bus)
        return self._reason[bus.index]

    def _tell_dark(self, bus: Bus) -> None:
        world = self._world
        key = f"{bus.name} dark"
        if bus.lit:
            if key in self._there:
                self._there.discard(key)
                world.log.say("lit", bus.name, f"{bus.title} lit again", cause=world.causes.at(key))
                world.causes.end(key)
            return
        cause = self._why_short(bus)
        known = key in self._there
        if known and world.log.records[world.causes.at(key)].cause == cause:
            return
        self._there.add(key)
        kind, words = ("still_dark", "still dark") if known else ("dark", "dark")
        world.causes.begin(key, world.log.say(kind, bus.name, f"{bus.title} {words}", cause=cause))

    def _tell_shedding(self, bus: Bus, tier: int, shed_kw: float) -> None:
        shed_kw = shed_kw if shed_kw > _NOTICED_KW else 0.0
        before = self._shed_kw[bus.index][tier]
        self._shed_kw[bus.index][tier] = shed_kw
        element = f"{bus.name}.{TIERS[tier]}"
        if shed_kw > 0.0:
            cause = self._deferred[bus.index] if tier == _DEFERRABLE else self._why(bus)
            if before > 0.0 and cause == self._shed_cause[bus.index][tier]:
                return
            self._shed_cause[bus.index][tier] = cause
            kind, words = ("shedding_began", "load cut") if before == 0.0 else ("shedding_goes_on", "load still cut")
            self._world.log.say(kind, element, f"{bus.title}: {TIERS[tier]} {words}", shed_kw, cause=cause)
        elif before > 0.0:
            total = self._shed_kwh[bus.index][tier]
            self._shed_kwh[bus.index][tier] = 0.0
            words = f"{bus.title}: {TIERS[tier]} load served again, {total:.4g} kWh went unserved"
            self._world.log.say("shedding_ended", element, words, total)

    def _tell_services(self) -> None:
        """Pumps, base stations, vehicles at the pump, toilets."""
        world, at = self._world, self._world.causes.at
        for pump in world.pumps:
            if pump.works and pump.wanted_kw > _NOTICED_KW:
                here = f"pump at {world.title(pump.building)}"
                dark, why = pump.power_kw <= _NOTICED_KW, partial(self._why, world.buses[pump.building])
                self._turn(pump.name, dark, ("pump_dark", f"{here} dark"), ("pump_runs", f"{here} runs again"), why)
        for station in world.stations:
            here, bus = f"phones at {world.title(station.building)}", world.buses[station.building]
            fed_by = f"{bus.name} dark" if station.feeder < 0 else f"feeder {world.feeder_names[station.feeder]}"
            began, over = ("phones_dead", f"{here} dead"), ("phones_alive", f"{here} alive again")
            self._turn(station.name, not station.up, began, over, partial(at, fed_by))
        for tank in world.fuel_tanks:
            here, bus = f"at {world.title(tank.building)}", world.buses[tank.building]
            wait = tank.vehicle_served_lph < tank.vehicle_demand_lph
            began, over = (
                ("vehicles_wait", f"no fuel for vehicles {here}"),
                ("vehicles_served", f"vehicles served {here}"),
            )
            why = partial(world.causes.latest, (tank.name, f"{bus.name} dark"))
            self._turn(f"{tank.name} vehicles", wait, began, over, why)
        for shelter in world.shelters:
            here = world.title(shelter.building)
            began, over = (
                ("toilets_short", f"too few toilets at {here}"),
                ("toilets_enough", f"toilets enough at {here}"),
            )
            mains = f"{world.water_tanks[shelter.tank].name} mains" if shelter.tank >= 0 else SHOCK
            self._turn(f"{shelter.name} toilets", shelter.without_toilet > 0.0, began, over, partial(at, mains))

    def _turn(
        self, key: str, lacks: bool, began: tuple[str, str], over: tuple[str, str], why: Callable[[], int]
    ) -> None:
        """Tell, by kind and words, that a trouble has begun or is over; its key begins with the element."""
        if lacks == (key in self._there):
            return
        world = self._world
        element = key.partition(" ")[0]
        if lacks:
            self._there.add(key)
            world.causes.begin(key, world.log.say(began[0], element, began[1], cause=why()))
        else:
            self._there.discard(key)
            world.log.say(over[0], element, over[1], cause=world.causes.at(key))
            world.causes.end(key)

    def _tell_battery(self, battery: BatteryUnit, islanded: bool) -> None:
        """Empty in an island; back once it holds its reserve again, or half its band where it keeps none."""
        enough = battery.reserve_kwh if battery.reserve_kwh > battery.low_kwh else battery.middle_kwh
        level = battery.stock.level
        why = partial(why_short, self._world, self._world.buses[battery.building], but_for_batteries=True)
        words = f"battery {battery.name}"
        if battery.name in self._there:
            self._tell_dry(battery.name, words, level if level >= enough else 0.0, why)
        elif islanded:
            self._tell_dry(battery.name, words, max(0.0, level - battery.low_kwh), why)

    def _tell_dry(self, key: str, words: str, level: float, why: Callable[[], int]) -> None:
        """A stock is at its end, or back; its key begins with the element."""
        if (level <= 0.0) == (key in self._there):
            return
        world = self._world
        element = key.partition(" ")[0]
        if level <= 0.0:
            self._there.add(key)
            record = world.log.say("stock_empty", element, f"{words} is at an end", cause=why())
            world.causes.begin(key, record)
        else:
            self._there.discard(key)
            world.log.say("stock_refilled", element, f"{words} is back", level, cause=world.causes.at(key))
            world.causes.end(key)
