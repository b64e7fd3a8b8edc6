"""Dispatch of the area: at once and alone when something surprises it, together at every control tick."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from simulation.events.balance import balance
from simulation.events.building import DEFERRABLE, DEFERRABLE_TIER, PUMPS, Bus
from simulation.events.causes import NO_CAUSE
from simulation.events.commitment import rest_engines, start_as_planned, start_where_short, stop_useless_engines
from simulation.events.genset import stop
from simulation.events.holding import hold_engines, start_in_time
from simulation.events.island import energise, switch_lines
from simulation.events.mutual_aid import help_neighbours
from simulation.events.parts import PARTS
from simulation.events.peak import hold_peaks
from simulation.events.plan import aim
from simulation.events.water import commit_water

if TYPE_CHECKING:
    from simulation.events.world import World

__all__ = ["dispatch"]

_ROUNDS_PER_BUILDING = 4
_ACTS = tuple(part.act for part in PARTS if part.acts)


def dispatch(world: World, *, at_tick: bool) -> float:
    """Set all flows of the area from now on; hours until the first stock meets an edge [h]."""
    buses = world.buses
    for engine in world.engines:
        if engine.running and not engine.has_fuel:
            dry = NO_CAUSE if engine.tank is None else world.causes.at(engine.tank.name)
            stop(world, engine, "out of fuel", "genset_out_of_fuel", cause=dry)
        lack = engine.lack if engine.running else None
        if lack is not None:
            stop(world, engine, lack.words, lack.kind, cause=world.causes.at(lack.key))
    switch_lines(buses, world.lanes, may_close=at_tick)
    aim(world, at_tick=at_tick)
    energise(buses, at_tick=at_tick)
    for lane in world.lanes:
        if lane.sent_kw > 0.0 and not (buses[lane.start].live and buses[lane.stop].live):
            lane.sent_kw = 0.0
    _balance_all(world)
    if stop_useless_engines(world):
        _balance_all(world)
    if hold_engines(world):
        _balance_all(world)
    if at_tick and world.lanes and any(bus.live and bus.short for bus in buses):
        help_neighbours(buses)
    if at_tick:
        rest_engines(world)
    start_in_time(world)
    if at_tick:
        start_as_planned(world)
    start_where_short(world)
    hold_peaks(world)
    return _commit(world)


def _balance_all(world: World) -> None:
    """Balance until nobody waits: what is sent over a line only ever falls, so this ends."""
    buses = world.buses
    for bus in buses:
        bus.stale = True
    for _ in range(_ROUNDS_PER_BUILDING * len(buses)):
        waiting = False
        for bus in buses:
            if bus.stale:
                bus.stale = False
                balance(buses, bus)
                waiting = True
        if not waiting:
            return
    for lane in world.lanes:  # round trips over three lines can halve for ever: then nobody sends
        lane.sent_kw = 0.0
    for bus in buses:
        balance(buses, bus)
        bus.stale = False


def _commit(world: World) -> float:
    """Let the flows act on the stocks; hours until the first of them meets an edge [h]."""
    met_h = [inf]
    for battery in world.batteries:
        met_h.append(battery.commit())
    for bus in world.buses:
        bus.lit = bus.live and (sum(bus.served) > 0.0 or sum(bus.wanted) == 0.0)
        met_h.append(bus.backlog.flow(bus.demand_kw[DEFERRABLE_TIER], bus.served[DEFERRABLE]))
        _share_pump_power(bus)
    for act in _ACTS:
        met_h.append(act(world))
    met_h.append(commit_water(world))
    for tank, engines in zip(world.fuel_tanks, world.engines_of, strict=True):
        burnt = 0.0
        for engine in engines:
            burnt += engine.drawn_lph
        met_h.append(tank.commit(burnt, world.buses[tank.building].lit))
    for shelter in world.shelters:
        met_h.append(shelter.commit())
    for station in world.stations:
        fed = world.feeder_up[station.feeder] if station.feeder >= 0 else world.buses[station.building].lit
        met_h.append(station.commit(fed))
    return min(met_h)


def _share_pump_power(bus: Bus) -> None:
    wanted = bus.wanted[PUMPS]
    share = bus.served[PUMPS] / wanted if wanted > 0.0 else 0.0
    for pump in bus.pumps:
        pump.power_kw = pump.wanted_kw * share
