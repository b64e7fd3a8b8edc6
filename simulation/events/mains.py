"""Mains water at run time: lost at the strike, back at the hour that was drawn, lost again by aftershocks."""

from __future__ import annotations

from collections.abc import Generator
from math import inf
from typing import TYPE_CHECKING

from simpy.events import Event

from simulation.events.causes import SHOCK
from simulation.events.part import Part
from simulation.events.water import WaterTankUnit

if TYPE_CHECKING:
    from simulation.draws.draws import Draws
    from simulation.events.world import World

__all__ = ["PART", "MainsUnit"]


class MainsUnit:
    """The mains of one tank, and from when to when they are lost, the strike's own loss first [h, m3/h].

    Use of the tank that stops with the strike begins again with them, and stops when they are lost again.
    """

    __slots__ = ("lost_h", "rated_m3ph", "tank", "usual_m3ph")

    def __init__(self, tank: WaterTankUnit, lost_h: list[tuple[float, float]]) -> None:
        self.tank = tank
        self.lost_h = lost_h
        self.rated_m3ph = tank.mains_limit_m3ph
        self.usual_m3ph = tank.usual_m3ph


def _build(world: World, draws: Draws, s: int) -> list[MainsUnit]:
    drawn = draws.mains
    if drawn is None:
        return []
    units = []
    for w, tank in enumerate(world.water_tanks):
        if drawn.return_h[s, w] < inf:
            lost_h = [(world.struck_h, float(drawn.return_h[s, w]))]
            if drawn.again is not None:
                lost_h += zip(drawn.again.start_h[s, w].tolist(), drawn.again.end_h[s, w].tolist(), strict=True)
            units.append(MainsUnit(tank, lost_h))
    return units


def _start(world: World) -> None:
    for unit in world.parts["mains"]:
        world.env.process(_come_and_go(world, unit))


def _come_and_go(world: World, unit: MainsUnit) -> Generator[Event, object, None]:
    """The strike itself has taken them the first time."""
    for number, (lost_h, back_h) in enumerate(unit.lost_h):
        if number > 0:
            if lost_h >= world.hours[-1]:
                return
            yield world.until(lost_h)
            world.settle(max(lost_h, world.now_h))
            _lose(world, unit)
        if back_h >= world.hours[-1]:
            return
        yield world.until(back_h)
        world.settle(max(back_h, world.now_h))
        _return(world, unit, back_h - lost_h)


def _lose(world: World, unit: MainsUnit) -> None:
    tank = unit.tank
    tank.mains_limit_m3ph = 0.0
    tank.mains_back = False
    if tank.daily_use_stops:
        tank.usual_m3ph = 0.0
    words = f"mains water lost again at {world.title(tank.building)}"
    record = world.log.say("mains_lost", tank.name, words, cause=world.causes.at(SHOCK))
    world.causes.begin(f"{tank.name} mains", record, public=True)
    world.ring()


def _return(world: World, unit: MainsUnit, out_h: float) -> None:
    tank, key = unit.tank, f"{unit.tank.name} mains"
    tank.mains_limit_m3ph = unit.rated_m3ph
    tank.mains_back = True
    tank.usual_m3ph = unit.usual_m3ph
    words = f"mains water back at {world.title(tank.building)}"
    world.log.say("mains_returned", tank.name, words, out_h, cause=world.causes.at(key))
    world.causes.end(key)
    world.ring()


PART = Part(name="mains", build=_build, start=_start)
