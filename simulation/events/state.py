"""What the instruments of S worlds show at one moment, gathered into arrays for the planner."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from simulation.events.fuel_tank import FuelTankUnit
from simulation.events.genset import EngineState
from simulation.events.world import World
from simulation.interchange.plant_state import PlantState
from simulation.units import MONTHS_PER_YEAR

__all__ = ["gather_state"]


def gather_state(worlds: Sequence[World]) -> PlantState:
    """State of worlds that stand at the same hour; nothing in it knows the future."""
    first = worlds[0]
    return PlantState(
        now_h=first.now_h,
        battery_kwh=_rows(worlds, [[unit.stock.level for unit in world.batteries] for world in worlds]),
        fuel_l=_rows(worlds, [[_fuel_l(world, tank) for tank in world.fuel_tanks] for world in worlds]),
        water_m3=_rows(worlds, [[tank.stock.level for tank in world.water_tanks] for world in worlds]),
        backlog_kwh=_rows(worlds, [[bus.backlog.level_kwh for bus in world.buses] for world in worlds]),
        peak_kw=_rows(worlds, [[meter.peak_kw for meter in world.meters] for world in worlds]),
        earlier_kw=np.array(
            [[meter.earlier_kw(MONTHS_PER_YEAR - 1) for meter in world.meters] for world in worlds], dtype=float
        ).reshape(len(worlds), -1, MONTHS_PER_YEAR - 1),
        metered_kwh=_rows(worlds, [[meter.energy_kwh for meter in world.meters] for world in worlds]),
        feeder_up=np.array([world.feeder_up for world in worlds], dtype=bool).reshape(len(worlds), -1),
        feeder_down_since_h=_rows(worlds, [world.feeder_down_since_h for world in worlds]),
        genset_usable=np.array(
            [
                [engine.state is not EngineState.FAILED and engine.lack is None for engine in world.engines]
                for world in worlds
            ],
            dtype=bool,
        ).reshape(len(worlds), -1),
        pump_works=np.array([[pump.works for pump in world.pumps] for world in worlds], dtype=bool).reshape(
            len(worlds), -1
        ),
        line_works=np.array([[not lane.broken for lane in world.lanes[::2]] for world in worlds], dtype=bool).reshape(
            len(worlds), -1
        ),
        mains_back=np.array([[tank.mains_back for tank in world.water_tanks] for world in worlds], dtype=bool).reshape(
            len(worlds), -1
        ),
        people=_rows(worlds, [[shelter.present for shelter in world.shelters] for world in worlds]),
        demand_error=np.array([_demand_error(world) for world in worlds]),
        vehicle_kwh=_rows(worlds, [[unit.battery.stock.level for unit in world.parts["vehicle"]] for world in worlds]),
        vehicle_there=np.array(
            [[unit.there for unit in world.parts["vehicle"]] for world in worlds], dtype=bool
        ).reshape(len(worlds), -1),
    )


def _fuel_l(world: World, tank: FuelTankUnit) -> float:
    """Fuel in a tank and in the engines' own tanks that it fills, as one stock within its capacity [L]."""
    aside = (engine.day_tank for engine in world.engines if engine.tank is tank)
    return min(tank.stock.capacity, tank.stock.level + sum(one.stock.level for one in aside if one is not None))


def _rows(worlds: Sequence[World], rows: list[list[float]]) -> Float[np.ndarray, "S E"]:
    return np.array(rows, dtype=np.float64).reshape(len(worlds), -1)


def _demand_error(world: World) -> Float[np.ndarray, " B"]:
    """Demand of the last step over what is usual at its temperature, less 1; nothing is known before the first."""
    if world.row == 0:
        return np.zeros(len(world.buses))
    usual_kw = world.usual_kw[world.row - 1]
    asked_kw = np.array(world.demand_kw(world.row - 1)).reshape(len(world.buses), -1).sum(axis=1)
    return np.divide(asked_kw, usual_kw, out=np.ones_like(asked_kw), where=usual_kw > 0.0) - 1.0
