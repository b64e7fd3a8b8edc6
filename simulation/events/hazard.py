"""The strike of the disaster: mains fail, roads close, usual water use stops, vehicles come for fuel."""

from __future__ import annotations

from collections.abc import Generator
from math import inf
from typing import TYPE_CHECKING

from simpy.events import Event

from simulation.events.causes import SHOCK

if TYPE_CHECKING:
    from simulation.events.world import World

__all__ = ["strike"]


def strike(world: World, struck_h: float) -> Generator[Event, object, None]:
    """What changes for good at the hour of the strike."""
    if struck_h >= world.hours[-1]:
        return
    if struck_h > world.env.now:
        yield world.until(struck_h)
    world.settle(max(struck_h, world.now_h))
    shock = world.causes.begin(SHOCK, world.log.say("strike", world.spec.name, "the disaster strikes"))
    _hit_water(world, shock)
    for name, opens_h in world.road_opens_h.items():
        if opens_h > struck_h:
            world.env.process(_close_road(world, name, opens_h, shock))
    for tank in world.fuel_tanks:
        tank.vehicle_demand_lph = tank.promised_lph
    world.ring()


def _hit_water(world: World, shock: int) -> None:
    for tank in world.water_tanks:
        had_mains = tank.mains_limit_m3ph > 0.0
        worked = [pump for pump in tank.pumps if pump.works]
        tank.strike()
        where = world.title(tank.building)
        if had_mains and tank.mains_limit_m3ph == 0.0:
            lost = world.log.say("mains_lost", tank.name, f"mains water lost at {where}", cause=shock)
            world.causes.begin(f"{tank.name} mains", lost, public=True)
        for pump in worked:
            if not pump.works:
                lost = world.log.say("pump_failed", pump.name, f"pump at {where} has lost its source", cause=shock)
                world.causes.begin(pump.name, lost)


def _close_road(world: World, road: str, opens_h: float, shock: int) -> Generator[Event, object, None]:
    """Tell of a road that it closes, and later that it is open; how long a lot waits is its own affair."""
    closed_h = opens_h - world.now_h
    record = world.log.say(
        "road_closed", road, f"road {road} closed", closed_h if closed_h < inf else -1.0, cause=shock
    )
    world.causes.begin(f"road {road}", record)
    if opens_h >= world.hours[-1]:
        return
    yield world.until(opens_h)
    world.log.say("road_opened", road, f"road {road} open again", closed_h, cause=record, hour=opens_h)
    world.causes.end(f"road {road}")
