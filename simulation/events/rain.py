"""Rain on roofs at run time: a mean flow into a tank that changes with the month."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import numpy as np
from simpy.events import Event

from simulation.events.part import Part
from simulation.events.quantity import attribute_of
from simulation.events.water import WaterTankUnit
from simulation.interchange.water_use import rain_m3ph

if TYPE_CHECKING:
    from simulation.draws.draws import Draws
    from simulation.events.world import World

__all__ = ["PART", "RoofUnit"]


class RoofUnit:
    """The roof of one tank: steps at which its flow changes, and the flow from then on [m3/h]."""

    __slots__ = ("changes", "tank")

    def __init__(self, tank: WaterTankUnit, changes: list[tuple[int, float]]) -> None:
        self.tank = tank
        self.changes = changes


def _build(world: World, draws: Draws, s: int) -> list[RoofUnit]:
    units: list[RoofUnit] = []
    flows = rain_m3ph(world.spec, draws.clock)[0]
    for w, (tank, placed) in enumerate(zip(world.water_tanks, world.spec.water_tanks, strict=True)):
        if placed.part.roof is not None:
            steps = [0, *(np.flatnonzero(np.diff(draws.clock.local_month)) + 1).tolist()]
            units.append(RoofUnit(tank, [(step, float(flows[step, w])) for step in steps]))
            tank.rain_m3ph = units[-1].changes[0][1]
    return units


def _start(world: World) -> None:
    for unit in world.parts["rain"]:
        world.env.process(_months(world, unit))


def _months(world: World, unit: RoofUnit) -> Generator[Event, object, None]:
    for step, flow in unit.changes[1:]:
        yield world.until(world.hours[step])
        world.settle(world.hours[step])
        unit.tank.rain_m3ph = flow
        world.ring()


def _wet(world: World) -> list[WaterTankUnit]:
    """All tanks where there are roofs or raw water, of which some may run over."""
    return world.water_tanks if world.parts["rain"] or world.raw_tanks else []


PART = Part(
    name="rain",
    build=_build,
    start=_start,
    flows=(
        attribute_of(
            lambda w: [unit.tank for unit in w.parts["rain"]],
            "rain_m3ph",
            name="rain_m3ph",
            unit="m3/h",
            meaning="rain that runs off the roof into a tank",
        ),
        attribute_of(
            _wet,
            "spilled_m3ph",
            name="water_spilled_m3ph",
            unit="m3/h",
            meaning="water that runs over a full tank",
        ),
        attribute_of(
            lambda w: [pump for pump in w.pumps if pump.treats],
            "drawn_m3ph",
            name="raw_water_m3ph",
            unit="m3/h",
            meaning="raw water that a treatment unit takes in",
        ),
    ),
)
