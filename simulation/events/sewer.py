"""Sewers at run time: they stop or break, and hold again."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from simpy.events import Event

from simulation.events.causes import NO_CAUSE, SHOCK
from simulation.events.part import Part
from simulation.events.quantity import Attributes, Quantity

if TYPE_CHECKING:
    from simulation.draws.draws import Draws
    from simulation.events.world import World

__all__ = ["PART", "SewerUnit"]


class SewerUnit:
    """Whether a sewer holds: neither stopped, as drawn [h], nor broken by shaking."""

    __slots__ = ("broken", "key", "name", "ready", "spans_h", "stop_record", "stopped")

    def __init__(self, name: str, spans_h: list[tuple[float, float]]) -> None:
        self.name = name
        self.key = f"sewer.{name}"
        self.spans_h = spans_h
        self.stop_record = NO_CAUSE  # of the latest stop
        self.stopped = False
        self.broken = False
        self.ready = True  # takes what comes; toilets ask at every dispatch, and it seldom changes

    def stop(self, stopped: bool) -> None:
        """Let nothing through, or let it through again as far as it is whole."""
        self.stopped = stopped
        self.ready = not (stopped or self.broken)

    def shake(self, broken: bool) -> None:
        """Be broken, or be mended."""
        self.broken = broken
        self.ready = not (broken or self.stopped)


def _build(world: World, draws: Draws, s: int) -> list[SewerUnit]:
    units = []
    for n, name in enumerate(world.spec.sewer):
        spans: list[tuple[float, float]] = []
        if draws.sewer is not None:
            spans = list(zip(draws.sewer.start_h[s, n].tolist(), draws.sewer.end_h[s, n].tolist(), strict=True))
        units.append(SewerUnit(name, spans))
    return units


def _start(world: World) -> None:
    for unit in world.parts["sewer"]:
        world.env.process(_stops(world, unit))


def _stops(world: World, unit: SewerUnit) -> Generator[Event, object, None]:
    for start_h, end_h in unit.spans_h:
        if start_h >= world.hours[-1]:
            return
        yield world.until(start_h)
        world.settle(max(start_h, world.now_h))
        unit.stop(True)
        record = world.log.say("sewer_lost", unit.key, f"sewer {unit.name} has stopped", cause=world.causes.at(SHOCK))
        unit.stop_record = world.causes.begin(unit.key, record)
        world.ring()
        if end_h >= world.hours[-1]:
            return
        yield world.until(end_h)
        world.settle(max(end_h, world.now_h))
        unit.stop(False)
        if unit.ready:  # else it is broken, too
            words = f"sewer {unit.name} holds again"
            world.log.say("sewer_returned", unit.key, words, end_h - start_h, cause=record)
            world.causes.end(unit.key)
        world.ring()


PART = Part(
    name="sewer",
    build=_build,
    start=_start,
    flows=(
        Quantity(
            name="sewer_up_frac",
            unit="-",
            meaning="share of the step that the sewer holds",
            elements=lambda w: [unit.key for unit in w.parts["sewer"]],
            read=Attributes(places=lambda w: [(unit, "1.0 if it.ready else 0.0") for unit in w.parts["sewer"]]),
        ),
    ),
)
