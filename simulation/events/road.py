"""The road graph at run time: what is told when a link closes, opens for light vehicles, and opens for all."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from simpy.events import Event

from simulation.draws.road import Roads
from simulation.events.causes import NO_CAUSE, SHOCK
from simulation.events.part import Part
from simulation.events.quantity import share_of_step

if TYPE_CHECKING:
    from simulation.draws.draws import Draws
    from simulation.events.world import World

__all__ = ["PART", "LinkUnit"]


class LinkUnit:
    """A road link: whether it is open now, if only to light vehicles."""

    __slots__ = ("index", "name", "open", "roads")

    def __init__(self, roads: Roads, index: int) -> None:
        self.roads = roads
        self.index = index
        self.name = roads.names[index]
        self.open = True

    def look(self, hour: float) -> None:
        """See whether it is open from an hour on, at which one of its closures begins or ends [h]."""
        self.open = self.passable(0.0, hour)

    def passable(self, vehicle_t: float, hour: float) -> bool:
        """Whether a vehicle of so many tonnes may pass at an hour."""
        return self.roads.passable(self.index, vehicle_t, hour)


def _build(world: World, draws: Draws, s: int) -> list[LinkUnit]:
    roads = world.roads
    return [] if roads is None else [LinkUnit(roads, index) for index in range(len(roads.names))]


def _start(world: World) -> None:
    for link in world.parts["road"]:
        for span in link.roads.spans(link.index):
            world.env.process(_tell(world, link, span))


def _tell(world: World, link: LinkUnit, span_h: tuple[float, float, float]) -> Generator[Event, object, None]:
    """One closure of a link: closed, then limited, then open; the hours at which each begins or ends [h]."""
    closes_h, opens_h, limited_until_h = span_h
    name, limit_t = link.name, link.roads.limit_t(link.index)
    key = f"road {name}"
    if closes_h >= world.hours[-1]:
        return
    yield world.until(closes_h)
    link.look(closes_h)
    record = world.causes.at(SHOCK)
    if opens_h > closes_h:
        words = f"road {name} closed"
        record = world.log.say("road_closed", name, words, opens_h - closes_h, cause=record, hour=closes_h)
        world.causes.begin(key, record)
        world.ring()
    if opens_h >= world.hours[-1]:
        return
    yield world.until(opens_h)
    link.look(opens_h)
    if limited_until_h > opens_h and limit_t < float("inf"):
        if link.passable(0.0, opens_h):  # else a later shock keeps it closed
            reopens = opens_h > closes_h
            words = f"road {name} {'open up' if reopens else 'limited'} to {limit_t:g} t"
            record = world.log.say("road_limited", name, words, limit_t, cause=record, hour=opens_h)
            world.causes.begin(key, record)
            world.ring()
        if limited_until_h >= world.hours[-1]:
            return
        yield world.until(limited_until_h)
    hour, stands = world.env.now, world.causes.at(key)
    if stands != NO_CAUSE and link.passable(float("inf"), hour):
        world.log.say("road_opened", name, f"road {name} open again", hour - closes_h, cause=stands, hour=hour)
        world.causes.end(key)
        world.ring()


PART = Part(
    name="road",
    build=_build,
    start=_start,
    flows=(
        share_of_step(
            lambda w: w.parts["road"],
            "open",
            name="road_open_frac",
            meaning="share of the step that a road link is open, if only to light vehicles",
        ),
    ),
)
