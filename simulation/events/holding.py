"""Engines that hold an island up: started before its batteries run dry, kept on while these are low, not hunted.

A plan knows the energy of an island from one planning step to the next, for a load as it was foreseen.  How long the
batteries really last decides here.  A plan that foresaw everything is left alone: it meets no surprises.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from simulation.events.building import DUST_KW, PROTECTED, Bus
from simulation.events.commitment import first_call_h, foresaw_all
from simulation.events.genset import EngineState, EngineUnit, order
from simulation.events.island import connected
from simulation.events.stock import SAME_H

if TYPE_CHECKING:
    from simulation.events.world import World

__all__ = ["hold_engines", "start_in_time"]

_SLACK = 2.0
"""An engine is let go where batteries last this many times as long as where one is called: between them it stays."""


def start_in_time(world: World) -> None:
    """Start engines of islands whose batteries would be at their low edge before help could come.

    An engine is called once what is stored lasts no longer than its start delay and one control step, at the power
    that the batteries give now; as many are called as carry what the batteries would leave.  Those that the plan
    calls before that come by themselves.  Where a plan rations, only protected load counts.
    """
    alone = [bus for bus in world.buses if bus.live and not bus.grid_up]
    if not alone or not any(engine.startable or engine.state is EngineState.STARTING for engine in world.engines):
        return
    for bus in alone:
        if foresaw_all(world, bus):
            continue
        island = connected(world.buses, bus)
        lasting_h = _lasting_h(island)
        if lasting_h < inf:
            _call(world, [one for one in island if not one.grid_up], lasting_h, _missing_kw(island))


def hold_engines(world: World) -> bool:
    """Keep those engines of planned islands running that the plan does not call, and that may not stop yet.

    Where batteries are low an engine takes over what they give; for the rest of its least run, and in a pause shorter
    than its least rest, it gives its least load, if that has somewhere to go.  Whether any flow has to change.
    """
    found = False
    if world.plan is None:
        return found
    for bus in world.buses:
        if bus.grid_up or not bus.planned or foresaw_all(world, bus):
            continue
        for engine in bus.engines:
            if not (engine.running and engine.standby):
                continue
            low = _batteries_low(world, bus, engine)
            engine.held = low or _stop_too_early(world, engine)
            if not engine.held:
                continue
            given_kw = sum(battery.discharge_kw for battery in bus.batteries)
            room_kw = sum(battery.charge_room_kw() - battery.charge_kw for battery in bus.batteries)
            if given_kw + room_kw < engine.min_kw:
                engine.held = low
                continue
            engine.standby = False
            engine.target_kw = given_kw if low else 0.0
            _relieve(bus, min(engine.rated_kw, max(engine.min_kw, engine.target_kw)), given_kw)
            found = True
    return found


def _call(world: World, island: list[Bus], lasting_h: float, missing_kw: float) -> None:
    """Order as many engines as it takes, of those that the batteries cannot wait for any longer."""
    for bus in island:
        delay_h = [engine.restart_delay_h(grid_up=False) for engine in bus.engines]
        for engine, wait_h in zip(bus.engines, delay_h, strict=True):
            if missing_kw <= DUST_KW:
                return
            if _comes_by(world, engine, wait_h, world.now_h + lasting_h):
                missing_kw -= engine.rated_kw
            elif lasting_h <= wait_h + world.step_h and engine.may_come_by(world.now_h + wait_h):
                order(world, engine, world.now_h + wait_h)
                missing_kw -= engine.rated_kw


def _comes_by(world: World, engine: EngineUnit, delay_h: float, by_h: float) -> bool:
    """Whether an engine that does not run will by an hour, since it is starting or the plan will have it started."""
    by_h += SAME_H
    if engine.state is EngineState.STARTING and engine.ready_h <= by_h:
        return True
    at_tick = world.now_h <= world.hours[world.tick] + SAME_H
    looked_at_h = world.now_h if at_tick else world.hours[world.tick + 1]
    if not engine.startable or max(looked_at_h + delay_h, engine.rests_until_h) > by_h:
        return False
    return world.buses[engine.building].planned and first_call_h(world, engine, by_h) < by_h


def _batteries_low(world: World, bus: Bus, engine: EngineUnit) -> bool:
    """Whether batteries that the engine could relieve would be at their low edge soon without it, and it is missed."""
    enough_h = _SLACK * (engine.restart_delay_h(grid_up=False) + world.step_h)
    for other in world.buses:
        if other.grid_up or not other.live:
            continue
        island = connected(world.buses, other)
        if bus not in island:
            continue
        lasting_h = _lasting_h(island, engine.output_kw)
        if lasting_h >= enough_h or _missing_kw(island, engine) <= DUST_KW:
            continue
        by_h = world.now_h + lasting_h + SAME_H
        if first_call_h(world, engine, by_h) >= by_h:
            return True
    return False


def _stop_too_early(world: World, engine: EngineUnit) -> bool:
    """Whether an engine has not run for its least run yet, or is called again before its least rest would be over."""
    if world.now_h < engine.started_h + engine.least_run_h - SAME_H:
        return True
    by_h = world.now_h + engine.least_rest_h
    return first_call_h(world, engine, by_h) < by_h


def _lasting_h(island: list[Bus], more_kw: float = 0.0) -> float:
    """How long the batteries of an island last if they give what they give now and some more [h]."""
    given_kw, energy_kwh = more_kw, 0.0
    for bus in island:
        if bus.grid_up:
            continue
        for battery in bus.batteries:
            given_kw += battery.discharge_kw - battery.charge_kw
            energy_kwh += max(0.0, battery.stock.level - battery.low_kwh) * battery.efficiency_out
    return energy_kwh / given_kw if given_kw > DUST_KW else inf


def _missing_kw(island: list[Bus], resting: EngineUnit | None = None) -> float:
    """What an island would go short of without its batteries, and without one engine that may rest [kW].

    Where a plan rations, of what it promises to protected uses; other engines on standby count unless one may rest.
    """
    missing_kw = 0.0
    for bus in island:
        if bus.grid_up:
            missing_kw -= bus.contract_kw - bus.import_kw
            continue
        missing_kw += sum([bus.promised_kw(use) for use in range(PROTECTED)]) if bus.sparing else sum(bus.wanted)
        missing_kw -= sum([array.sun_kw for array in bus.arrays if array.runs_islanded])
        for engine in bus.engines:
            if engine.running and engine is not resting and (resting is None or not engine.standby or engine.held):
                missing_kw -= engine.rated_kw
    return missing_kw


def _relieve(bus: Bus, power_kw: float, given_kw: float) -> None:
    """Tell batteries to give less by what an engine gives in their place, and to store what it gives beyond that.

    Told nothing, they would go on as planned, and the engine's power would go to the least precious load.
    """
    more_kw = max(0.0, power_kw - given_kw)
    for battery in bus.batteries:
        cut_kw = min(power_kw, battery.target_discharge_kw)
        battery.target_discharge_kw -= cut_kw
        power_kw -= cut_kw
        if battery.target_discharge_kw <= 0.0:
            stored_kw = min(more_kw, max(0.0, battery.charge_room_kw() - battery.target_charge_kw))
            battery.target_charge_kw += stored_kw
            more_kw -= stored_kw
