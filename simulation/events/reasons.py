"""Why something is short or empty: which of the events that stand brought it about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.events.causes import NO_CAUSE, SHOCK, feeder_key
from simulation.events.island import connected
from simulation.events.shelter import ShelterUnit
from simulation.events.stockpile import ItemUnit

if TYPE_CHECKING:
    from simulation.events.building import Bus
    from simulation.events.fuel_tank import FuelTankUnit
    from simulation.events.genset import EngineUnit
    from simulation.events.water import WaterTankUnit
    from simulation.events.world import World

__all__ = ["why_dark", "why_dry", "why_resting", "why_short", "why_thirsty"]


def why_short(world: World, bus: Bus, *, but_for_batteries: bool = False) -> int:
    """What a building's shortage comes from: its feeder, or what failed there or at a neighbour that feeds it.

    Beside a live grid there is no event: the contract is too small.  ``but_for_batteries`` asks what emptied them.
    """
    causes = world.causes
    if bus.grid_up:
        return NO_CAUSE
    keys = [feeder_key(world, bus)]
    for helper in connected(world.buses, bus):
        keys += [engine.name for engine in helper.engines]
        keys += [engine.tank.name for engine in helper.engines if engine.tank is not None]
        keys += [lane.name for lane in helper.lanes_in]
        if not but_for_batteries:
            keys += [battery.name for battery in helper.batteries]
    return causes.latest(keys)


def why_dark(world: World, bus: Bus) -> int:
    """What a dark building cannot do comes from its darkness or, until that is told, from what is behind it."""
    dark = world.causes.at(f"{bus.name} dark")
    return dark if dark != NO_CAUSE else why_short(world, bus)


def why_dry(world: World, holder: FuelTankUnit | ShelterUnit | ItemUnit) -> int:
    """What emptied a stock: a lot that did not come, else the outage that burnt its fuel, else the strike."""
    stock = holder.food if isinstance(holder, ShelterUnit) else holder.stock
    causes = world.causes
    lot = causes.latest(unit.name for unit in world.deliveries if unit.stock is stock)
    if lot != NO_CAUSE:
        return lot
    burnt = any(engine.tank is not None and engine.tank.stock is stock for engine in world.engines)
    outage = causes.at(feeder_key(world, world.buses[holder.building])) if burnt else NO_CAUSE
    return outage if outage != NO_CAUSE else causes.at(SHOCK)


def why_resting(world: World, engine: EngineUnit) -> int:
    """Why an engine with a tank rests in an island that follows a plan: fuel is saved: a lot is late or the grid lost.

    Elsewhere it rests because nobody needs it, which no event brought about.
    """
    bus = world.buses[engine.building]
    if engine.tank is None or not bus.sparing:
        return NO_CAUSE
    lots = [unit.name for unit in world.deliveries if unit.stock is engine.tank.stock]
    return world.causes.latest([*lots, feeder_key(world, bus)])


def why_thirsty(world: World, tank: WaterTankUnit) -> int:
    """What emptied a water tank: the latest of mains lost, pump dark or broken, leak, raw water gone, lot not come."""
    keys = [f"{tank.name} mains", f"{tank.name} leak", *(pump.name for pump in tank.pumps)]
    keys += [pump.raw.name for pump in tank.pumps if pump.raw is not None]
    keys += [unit.name for unit in world.deliveries if unit.stock is tank.stock]
    found = world.causes.latest(keys)
    return found if found != NO_CAUSE else world.causes.at(SHOCK)
