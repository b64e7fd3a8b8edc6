"""Mains water at run time: lost at the strike, back at the hour that was drawn."""

from __future__ import annotations

from collections.abc import Generator
from math import inf
from typing import TYPE_CHECKING

from simpy.events import Event

from simulation.events.part import Part
from simulation.events.water import WaterTankUnit

if TYPE_CHECKING:
    from simulation.draws.draws import Draws
    from simulation.events.world import World

__all__ = ["PART", "MainsUnit"]


class MainsUnit:
    """The mains of one tank and the hour of their return [h, m3/h]."""

    __slots__ = ("rated_m3ph", "return_h", "tank")

    def __init__(self, tank: WaterTankUnit, return_h: float) -> None:
        self.tank = tank
        self.return_h = return_h
        self.rated_m3ph = tank.mains_limit_m3ph


def _build(world: World, draws: Draws, s: int) -> list[MainsUnit]:
    if draws.mains_return_h is None:
        return []
    hours = draws.mains_return_h[s].tolist()
    return [MainsUnit(tank, hour) for tank, hour in zip(world.water_tanks, hours, strict=True) if hour < inf]


def _start(world: World) -> None:
    for unit in world.parts["mains"]:
        world.env.process(_return(world, unit))


def _return(world: World, unit: MainsUnit) -> Generator[Event, object, None]:
    if unit.return_h >= world.hours[-1]:
        return
    yield world.until(unit.return_h)
    world.settle(max(unit.return_h, world.now_h))
    tank, key = unit.tank, f"{unit.tank.name} mains"
    tank.mains_limit_m3ph = unit.rated_m3ph
    tank.mains_back = True
    words = f"mains water back at {world.title(tank.building)}"
    out_h = unit.return_h - world.struck_h
    world.log.say("mains_returned", tank.name, words, out_h, cause=world.causes.at(key))
    world.causes.end(key)
    world.ring()


PART = Part(name="mains", build=_build, start=_start)
