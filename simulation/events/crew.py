"""Repair crews at run time: a pool that works off what has failed, first come first served."""

from __future__ import annotations

from collections.abc import Generator
from math import inf
from typing import TYPE_CHECKING

from simpy import Resource
from simpy.events import Event

from simulation.events.part import Part

if TYPE_CHECKING:
    from simulation.draws.draws import Draws
    from simulation.events.world import World

__all__ = ["PART", "CrewUnit", "work_off"]


class CrewUnit:
    """A number of like crews; what waits for one stands in the order of its failure."""

    __slots__ = ("name", "pool", "ready_h")

    def __init__(self, name: str, pool: Resource, ready_h: float) -> None:
        self.name = name
        self.pool = pool
        self.ready_h = ready_h


def work_off(world: World, name: str | None, hours: float) -> Generator[Event, object, None]:
    """Wait for a crew, then for its work [h]; without the name of a crew somebody works at once."""
    crew = next((unit for unit in world.parts["crew"] if unit.name == name), None)
    if crew is None:
        yield world.until(world.now_h + hours)
        return
    with crew.pool.request() as turn:
        yield turn
        yield world.until(max(world.env.now, crew.ready_h) + hours)


def _build(world: World, draws: Draws, s: int) -> list[CrewUnit]:
    struck_h = 0.0 if world.struck_h == inf else world.struck_h
    return [
        CrewUnit(name, Resource(world.env, part.number), struck_h + part.ready_after_h if part.ready_after_h else 0.0)
        for name, part in world.spec.crew.items()
    ]


PART = Part(name="crew", build=_build)
