"""Which engines run: started in time for a plan or where power is short, rested and stopped where they do no good.

A plan knows neither least loads nor starts; what it says of engines is read in that light here.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from simulation.events.building import DUST_KW, Bus
from simulation.events.genset import EngineUnit, order, stop
from simulation.events.island import connected
from simulation.events.reasons import why_resting
from simulation.events.stock import SAME_H

if TYPE_CHECKING:
    from simulation.events.world import World

__all__ = [
    "called_kw",
    "commit_engines",
    "first_call_h",
    "foresaw_all",
    "rest_engines",
    "start_as_planned",
    "start_where_short",
    "stop_useless_engines",
]


def commit_engines(world: World, bus: Bus) -> None:
    """Decide which running engines of a building may rest, and share the load of an island without a plan."""
    running = [engine for engine in bus.engines if engine.running]
    if not running:
        return
    if bus.planned:
        _commit_as_planned(world, bus, running)
    elif bus.grid_up:
        for engine in running:
            engine.standby = True
    else:
        _share_island(bus, running)


def _commit_as_planned(world: World, bus: Bus, running: list[EngineUnit]) -> None:
    """Engines that the plan calls give what it says; one engine always holds an island.

    An engine that the plan calls again before its least rest is over runs on, as far as least loads fit.
    """
    called = [engine for engine in running if engine.target_kw > 0.0]
    if not called and not bus.grid_up and not any(battery.forms_grid for battery in bus.batteries):
        called = running[:1]
    wanted_kw = sum(engine.target_kw for engine in called)
    least_kw = _least_kw(called)
    for engine in running:
        engine.standby = engine not in called
        if engine.standby and called and least_kw + engine.min_kw <= wanted_kw and _called_soon(world, engine):
            engine.standby = False
            least_kw += engine.min_kw


def called_kw(bus: Bus, planned_kw: list[float]) -> list[float]:
    """What each engine of a building is to give, from what a plan wants of each in one step [kW].

    Where least loads exceed what is wanted of all, the last ones hand over to the first as far as these can carry it.
    Engines that are out of service are told nothing.

    Args:
        bus: the building.
        planned_kw: set-points in the order of its engines [kW].
    """
    engines = bus.engines
    targets_kw = [
        power if power > 0.0 and engine.usable and engine.worth_running(power, grid_up=bus.grid_up) else 0.0
        for engine, power in zip(engines, planned_kw, strict=True)
    ]
    called = [i for i, power in enumerate(targets_kw) if power > 0.0]
    if len(called) < 2:
        return targets_kw
    wanted_kw = sum(targets_kw)
    while len(called) > 1 and sum(engines[i].min_kw for i in called) > wanted_kw:
        if sum(engines[i].rated_kw for i in called[:-1]) < wanted_kw:
            break
        last = called.pop()
        left_kw, targets_kw[last] = targets_kw[last], 0.0
        for i in called:
            taken_kw = min(left_kw, engines[i].rated_kw - targets_kw[i])
            targets_kw[i] += taken_kw
            left_kw -= taken_kw
    return targets_kw


def _share_island(bus: Bus, running: list[EngineUnit]) -> None:
    """All engines share the load of an island as far as their least loads allow."""
    net = sum(bus.wanted) + sum([lane.sent_kw for lane in bus.lanes_out])
    net -= sum([lane.sent_kw * lane.keep_frac for lane in bus.lanes_in])
    net -= sum([array.sun_kw for array in bus.arrays if array.runs_islanded])
    net = max(0.0, net)
    while len(running) > 1 and _least_kw(running) > net:
        running.pop().standby = True
    rated = sum([engine.rated_kw for engine in running])
    for engine in running:
        engine.standby = False
        engine.target_kw = net * engine.rated_kw / rated


def stop_useless_engines(world: World) -> bool:
    """Stop engines whose least load only goes into a load bank; whether there were any.

    Beside a live grid as many as it takes, for their least rest at least; in an island those without which the others
    can carry on.
    """
    found = False
    for bus in world.buses:
        idle_kw = bus.dumped_kw
        if idle_kw <= DUST_KW:
            continue
        running = [engine for engine in bus.engines if engine.running and engine.output_kw > 0.0]
        used_kw = sum(engine.output_kw for engine in running) - idle_kw
        while running and idle_kw > DUST_KW:
            engine = running.pop()
            if not bus.grid_up and sum(other.rated_kw for other in running) < used_kw + DUST_KW:
                break
            idle_kw -= engine.output_kw
            stop(world, engine, "nowhere to send its minimum load")
            engine.rests_until_h = world.now_h + engine.least_rest_h
            found = True
    return found


def rest_engines(world: World) -> None:
    """Stop engines on standby that nobody called on and nothing holds; in an island for their least rest."""
    for engine in world.engines:
        if not (engine.running and engine.standby and engine.output_kw == 0.0):
            continue
        bus = world.buses[engine.building]
        if bus.grid_up or foresaw_all(world, bus):
            stop(world, engine, "not needed", cause=why_resting(world, engine))
        elif not engine.held:
            stop(world, engine, "not needed", cause=why_resting(world, engine))
            engine.rests_until_h = world.now_h + engine.least_rest_h


def start_as_planned(world: World) -> None:
    """Start engines in time for their set-points; one that was stopped for want of work has its least rest first."""
    if world.plan is None:
        return
    next_tick_h = world.hours[world.tick + 1]
    for bus in world.buses:
        if not bus.planned:
            continue
        for engine in bus.engines:
            resting = engine.rests_until_h > world.now_h and (bus.grid_up or not foresaw_all(world, bus))
            if resting or not engine.startable or (engine.emergency and bus.grid_up):
                continue
            delay_h = engine.restart_delay_h(grid_up=bus.grid_up)
            wanted_h = first_call_h(world, engine, next_tick_h + delay_h)
            if wanted_h < next_tick_h + delay_h:
                order(world, engine, max(wanted_h, world.now_h + delay_h))


def start_where_short(world: World, *, at_tick: bool) -> None:
    """Where the grid is lost and a building goes short, start what can be started there and at its neighbours'.

    Where a plan rations stored energy, unprotected loads start only engines whose fuel comes by pipe.  A neighbour's
    engine that was stopped since the last control step, as nothing took its least load, is left until the next one,
    when lines may close: a warm one would else start and stop for ever within one instant.
    """
    if not world.engines:
        return
    for bus in world.buses:
        if bus.grid_up or not bus.short:
            continue
        rationed = bus.sparing and not bus.protected_short
        for helper in connected(world.buses, bus):
            if helper.grid_up:
                continue
            for engine in helper.engines:
                if helper is not bus and not at_tick and engine.idle_since_h >= world.hours[world.tick] - SAME_H:
                    continue
                ready_h = world.now_h + engine.restart_delay_h(grid_up=False)
                if engine.may_come_by(ready_h) and (engine.tank is None or not rationed):
                    order(world, engine, ready_h)


def first_call_h(world: World, engine: EngineUnit, by_h: float) -> float:
    """First hour before ``by_h`` at which the plan wants power of an engine; infinity where it does not [h]."""
    plan = world.plan
    bus = world.buses[engine.building]
    place = bus.engines.index(engine)
    first = world.engines.index(bus.engines[0])
    for tick in range(world.tick, len(world.hours) - 1):
        hour = world.hours[tick]
        if plan is None or hour >= by_h:
            break
        step = plan.step_at(tick * world.step_min)
        if step < 0 or plan.genset_kw[step][first + place] <= 0.0:
            continue
        if called_kw(bus, plan.genset_kw[step][first : first + len(bus.engines)])[place] > 0.0:
            return hour
    return inf


def foresaw_all(world: World, bus: Bus) -> bool:
    """Whether a building follows a plan that was made in full knowledge of what happens."""
    return bus.planned and world.plan is not None and world.plan.foreseen


def _called_soon(world: World, engine: EngineUnit) -> bool:
    """Whether the plan wants power of an engine before its least rest would be over."""
    by_h = world.now_h + engine.least_rest_h
    return by_h > world.now_h and first_call_h(world, engine, by_h) < by_h


def _least_kw(engines: list[EngineUnit]) -> float:
    return sum([engine.min_kw for engine in engines])
