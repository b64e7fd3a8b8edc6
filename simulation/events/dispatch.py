"""Dispatch of the area: at once and alone when something surprises it, together at every control tick."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.events.balance import balance
from simulation.events.building import DEFERRABLE, DEFERRABLE_TIER, PUMPS, Bus
from simulation.events.causes import NO_CAUSE
from simulation.events.commitment import rest_engines, start_as_planned, start_where_short, stop_useless_engines
from simulation.events.genset import EngineUnit, stop
from simulation.events.holding import hold_engines, start_in_time
from simulation.events.island import energise, switch_lines
from simulation.events.mutual_aid import help_neighbours
from simulation.events.peak import hold_peaks
from simulation.events.plan import aim
from simulation.events.water import commit_water

if TYPE_CHECKING:
    from simulation.events.world import World

__all__ = ["dispatch"]

_ROUNDS_PER_BUILDING = 4


def dispatch(world: World, *, at_tick: bool) -> float:
    """Set all flows of the area from now on; hours until the first stock meets an edge [h].

    While the area is ``whole`` neither lines nor voltage change, and nothing that is for islands is looked at.
    Neighbours help at control ticks, and within a step from when a source that others may have lived on gives out.
    """
    buses, whole = world.buses, world.whole
    engines_run = False
    for engine in world.engines:
        if engine.running:
            engines_run = True
            _stop_for_want(world, engine)
    helps = at_tick or _source_lost(world)
    world.source_lost = helps and not at_tick
    if not whole:
        switch_lines(buses, world.lanes, may_close=at_tick)
    aim(world, at_tick=at_tick)
    if not whole:
        energise(buses, at_tick=helps)
        world.whole = at_tick and all(bus.grid_up for bus in buses)
        _send_nothing_dark(world)
    _balance_all(world)
    if engines_run:
        if stop_useless_engines(world):
            _balance_all(world)
        if hold_engines(world):
            _balance_all(world)
    if helps and world.lanes:
        help_neighbours(buses)
    if at_tick and engines_run:
        rest_engines(world)
    if not whole:
        start_in_time(world)
    if at_tick:
        start_as_planned(world)
    if not whole:
        start_where_short(world, at_tick=at_tick)
    hold_peaks(world)
    return _commit(world)


def _stop_for_want(world: World, engine: EngineUnit) -> None:
    """Stop a running engine that has no fuel or lacks anything else."""
    if not engine.has_fuel:
        dry = NO_CAUSE if engine.tank is None else world.causes.at(engine.tank.name)
        stop(world, engine, "out of fuel", "genset_out_of_fuel", cause=dry)
        world.source_lost = True
        return
    lack = engine.lack
    if lack is not None:
        stop(world, engine, lack.words, lack.kind, cause=world.causes.at(lack.key))
        world.source_lost = True


def _source_lost(world: World) -> bool:
    """Whether, since the last control tick, an engine that ran has stopped or a battery that gave is at its floor."""
    if world.source_lost:
        return True
    for bus in world.buses:
        for battery in bus.batteries:
            if battery.discharge_kw > 0.0 and battery.stock.level <= bus.floor_kwh(battery):
                return True
    return False


def _send_nothing_dark(world: World) -> None:
    """Nothing is sent from or to a building without voltage."""
    buses = world.buses
    for lane in world.lanes:
        if lane.sent_kw > 0.0 and not (buses[lane.start].live and buses[lane.stop].live):
            lane.sent_kw = 0.0


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
    met_h = [battery.commit() for battery in world.batteries]
    for bus in world.buses:
        bus.lit = bus.live and (sum(bus.served) > 0.0 or sum(bus.wanted) == 0.0)
        met_h.append(bus.backlog.flow(bus.demand_kw[DEFERRABLE_TIER], bus.served[DEFERRABLE]))
        if bus.pumps:
            _share_pump_power(bus)
    met_h += [act(world) for act in world.acts]
    met_h.append(commit_water(world))
    for tank in world.drawn_tanks:
        met_h.append(tank.commit(pump_has_power=world.buses[tank.building].lit))
    met_h += [shelter.commit() for shelter in world.shelters]
    for station in world.stations:
        fed = world.feeder_up[station.feeder] if station.feeder >= 0 else world.buses[station.building].lit
        met_h.append(station.commit(fed))
    return min(met_h)


def _share_pump_power(bus: Bus) -> None:
    wanted = bus.wanted[PUMPS]
    share = bus.served[PUMPS] / wanted if wanted > 0.0 else 0.0
    for pump in bus.pumps:
        pump.power_kw = pump.wanted_kw * share
