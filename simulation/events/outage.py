"""The public grid: a feeder is lost, and comes back."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from simpy.events import Event

from simulation.events.causes import SHOCK
from simulation.events.genset import order, stop

if TYPE_CHECKING:
    from simulation.events.world import World

__all__ = ["outage"]


def outage(world: World, feeder: int, spans_h: list[tuple[float, float]]) -> Generator[Event, object, None]:
    """Play the outages of one feeder, as (start, end) in hours."""
    for start_h, end_h in spans_h:
        if start_h >= world.hours[-1]:
            return
        yield world.until(start_h)
        world.settle(max(start_h, world.now_h))
        _lose(world, feeder)
        if end_h >= world.hours[-1]:
            return
        yield world.until(end_h)
        world.settle(max(end_h, world.now_h))
        _return(world, feeder)


def _lose(world: World, feeder: int) -> None:
    """Engines that cannot ride through trip; unless the plan foresaw this, all are ordered to start."""
    world.feeder_up[feeder] = world.whole = False
    world.feeder_down_since_h[feeder] = world.now_h
    name = world.feeder_names[feeder]
    lost = world.log.say("grid_lost", name, f"grid lost on {name}", cause=world.causes.at(SHOCK))
    world.causes.begin(f"feeder {name}", lost, public=True)
    world.news.append((feeder, lost))
    foreseen = world.plan is not None and world.plan.foreseen
    for bus in world.buses:
        if bus.feeder != feeder:
            continue
        bus.grid_up = False
        for engine in bus.engines:
            engine.warm = False
            if engine.running and not engine.rides_through:
                stop(world, engine, "tripped with the grid", cause=lost)
            elif engine.startable:
                world.causes.end(engine.name)  # what stopped it in an earlier outage has nothing to do with this one
            if engine.startable and not foreseen:
                order(world, engine, world.now_h + engine.delay_h)
    world.ring()


def _return(world: World, feeder: int) -> None:
    world.feeder_up[feeder] = True
    world.whole = False  # the lines are still to be switched
    world.feeder_down_since_h[feeder] = float("nan")
    name = world.feeder_names[feeder]
    there = ", ".join(bus.title for bus in world.buses if bus.feeder == feeder)
    world.log.say("grid_returned", name, f"grid returned on {name}: {there}", cause=world.causes.at(f"feeder {name}"))
    world.causes.end(f"feeder {name}")
    for bus in world.buses:
        if bus.feeder != feeder:
            continue
        bus.grid_up = True
        for engine in bus.engines:
            engine.warm = False
            if engine.emergency and (engine.running or engine.state.value == "starting"):
                stop(world, engine, "the grid is back")
    world.ring()
