"""Repair crews at run time: a pool that works off what has failed, first come first served."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from simpy import Resource
from simpy.events import Event

from simulation.events.part import Part

if TYPE_CHECKING:
    from simulation.draws.draws import Draws
    from simulation.events.world import World

__all__ = ["PART", "CrewUnit", "Job", "work_off"]


class CrewUnit:
    """A number of like crews; what waits for one stands in the order of its failure."""

    __slots__ = ("name", "pool", "ready_h")

    def __init__(self, name: str, pool: Resource, ready_h: float) -> None:
        self.name = name
        self.pool = pool
        self.ready_h = ready_h


@dataclass(slots=True)
class Job:
    """Work of so many hours, and once somebody is at it from when to when [h]; it may grow meanwhile."""

    hours: float
    begins_h: float = inf
    done_h: float = inf

    def grow(self, now_h: float, hours: float) -> None:
        """There is more damage now: what is left to do is the longer of what was left and of its hours [h]."""
        self.hours = max(self.hours, hours)
        if self.begins_h < inf:
            self.done_h = max(self.done_h, max(now_h, self.begins_h) + hours)


def work_off(world: World, name: str | None, job: Job) -> Generator[Event, object, None]:
    """Wait for a crew, then for its work, however it grows; without the name of a crew somebody works at once."""
    crew = next((unit for unit in world.parts["crew"] if unit.name == name), None)
    if crew is None:
        yield from _work(world, job, world.now_h)
        return
    with crew.pool.request() as turn:
        yield turn
        yield from _work(world, job, max(world.env.now, crew.ready_h))


def _work(world: World, job: Job, begins_h: float) -> Generator[Event, object, None]:
    job.begins_h, job.done_h = begins_h, begins_h + job.hours
    told_h = -inf
    while job.done_h > told_h:
        told_h = job.done_h
        yield world.until(told_h)


def _build(world: World, draws: Draws, s: int) -> list[CrewUnit]:
    struck_h = 0.0 if world.struck_h == inf else world.struck_h
    return [
        CrewUnit(name, Resource(world.env, part.number), struck_h + part.ready_after_h if part.ready_after_h else 0.0)
        for name, part in world.spec.crew.items()
    ]


PART = Part(name="crew", build=_build)
