"""Shocks that fell all running engines of a group at once: what the beta factor of like engines stands for."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from simpy.events import Event

from simulation.draws.fate import CommonFate
from simulation.events.genset import fail
from simulation.events.part import Part

if TYPE_CHECKING:
    from simulation.draws.draws import Draws
    from simulation.events.world import World

__all__ = ["PART"]


def _build(world: World, draws: Draws, s: int) -> list[CommonFate]:
    fates = [engine.fate.common for engine in world.engines if engine.fate is not None]
    return list(dict.fromkeys(fate for fate in fates if fate is not None))


def _start(world: World) -> None:
    for fate in world.parts["common_cause"]:
        world.env.process(_shocks(world, fate))


def _shocks(world: World, common: CommonFate) -> Generator[Event, object, None]:
    for hour in common.shocks_h:
        yield world.until(hour)
        world.settle(max(hour, world.now_h))
        struck = [
            engine
            for engine in world.engines
            if engine.running and engine.fate is not None and engine.fate.common is common
        ]
        for engine in struck:
            fail(world, engine, f"failed with all of its kind that ran ({len(struck)})")


PART = Part(name="common_cause", build=_build, start=_start)
