"""The road graph at run time: what is told when a link closes, opens for light vehicles, and opens for all."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from simpy.events import Event

from simulation.draws.road import Roads
from simulation.events.causes import NO_CAUSE, SHOCK
from simulation.events.part import Part
from simulation.events.quantity import Quantity

if TYPE_CHECKING:
    from simulation.draws.draws import Draws
    from simulation.events.world import World

__all__ = ["PART"]


def _build(world: World, draws: Draws, s: int) -> list[Roads]:
    return [] if world.roads is None else [world.roads]


def _start(world: World) -> None:
    for roads in world.parts["road"]:
        for link in range(len(roads.names)):
            for span in roads.spans(link):
                world.env.process(_tell(world, roads, link, span))


def _tell(world: World, roads: Roads, link: int, span_h: tuple[float, float, float]) -> Generator[Event, object, None]:
    """One closure of a link: closed, then limited, then open; the hours at which each begins or ends [h]."""
    closes_h, opens_h, limited_until_h = span_h
    name, limit_t = roads.names[link], roads.limit_t(link)
    key = f"road {name}"
    if closes_h >= world.hours[-1]:
        return
    yield world.until(closes_h)
    record = world.causes.at(SHOCK)
    if opens_h > closes_h:
        words = f"road {name} closed"
        record = world.log.say("road_closed", name, words, opens_h - closes_h, cause=record, hour=closes_h)
        world.causes.begin(key, record)
        world.ring()
    if opens_h >= world.hours[-1]:
        return
    yield world.until(opens_h)
    if limited_until_h > opens_h and limit_t < float("inf"):
        if roads.passable(link, 0.0, opens_h):  # else a later shock keeps it closed
            words = f"road {name} open up to {limit_t:g} t"
            record = world.log.say("road_limited", name, words, limit_t, cause=record, hour=opens_h)
            world.causes.begin(key, record)
            world.ring()
        if limited_until_h >= world.hours[-1]:
            return
        yield world.until(limited_until_h)
    hour, stands = world.env.now, world.causes.at(key)
    if stands != NO_CAUSE and roads.passable(link, float("inf"), hour):
        world.log.say("road_opened", name, f"road {name} open again", hour - closes_h, cause=stands, hour=hour)
        world.causes.end(key)
        world.ring()


PART = Part(
    name="road",
    build=_build,
    start=_start,
    flows=(
        Quantity(
            name="road_open_frac",
            unit="-",
            meaning="share of the step that a road link is open, if only to light vehicles",
            elements=lambda world: list(world.spec.road_link) if world.parts["road"] else [],
            read=lambda world: [
                1.0 if roads.passable(link, 0.0, world.now_h) else 0.0
                for roads in world.parts["road"]
                for link in range(len(roads.names))
            ],
        ),
    ),
)
