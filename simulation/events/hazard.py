"""The strike of the disaster: mains fail, usual water use stops, vehicles come for fuel."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from simpy.events import Event

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
    world.log.say("strike", world.spec.name, "the disaster strikes")
    for tank in world.water_tanks:
        tank.strike()
    for tank in world.fuel_tanks:
        tank.vehicle_demand_lph = tank.promised_lph
    world.ring()
