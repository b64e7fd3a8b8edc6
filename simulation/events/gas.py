"""Gas networks at run time: they stop, and are restored."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from simpy.events import Event

from simulation.events.causes import SHOCK
from simulation.events.part import Part
from simulation.events.quantity import share_of_step

if TYPE_CHECKING:
    from simulation.draws.draws import Draws
    from simulation.events.world import World

__all__ = ["PART", "GasUnit"]


class GasUnit:
    """Whether gas flows, and when it will not [h]; a need of every engine on the pipe."""

    kind = "genset_out_of_gas"
    words = "the gas network has stopped"
    __slots__ = ("key", "name", "ready", "spans_h")

    def __init__(self, name: str, spans_h: list[tuple[float, float]]) -> None:
        self.name = name
        self.key = f"gas {name}"
        self.ready = True
        self.spans_h = spans_h


def _build(world: World, draws: Draws, s: int) -> list[GasUnit]:
    if draws.gas is None:
        return []
    units = []
    for n, name in enumerate(world.spec.gas):
        spans = zip(draws.gas.start_h[s, n].tolist(), draws.gas.end_h[s, n].tolist(), strict=True)
        units.append(GasUnit(name, list(spans)))
    for engine, placed in zip(world.engines, world.spec.gensets, strict=True):
        engine.needs += [unit for unit in units if unit.name == placed.part.pipe]
    return units


def _start(world: World) -> None:
    for unit in world.parts["gas"]:
        world.env.process(_stops(world, unit))


def _stops(world: World, unit: GasUnit) -> Generator[Event, object, None]:
    for start_h, end_h in unit.spans_h:
        if start_h >= world.hours[-1]:
            return
        yield world.until(start_h)
        world.settle(max(start_h, world.now_h))
        unit.ready = False
        shock = world.causes.at(SHOCK)
        record = world.log.say("gas_lost", unit.name, f"gas network {unit.name} has stopped", cause=shock)
        world.causes.begin(unit.key, record)
        world.ring()
        if end_h >= world.hours[-1]:
            return
        yield world.until(end_h)
        world.settle(max(end_h, world.now_h))
        unit.ready = True
        world.log.say("gas_returned", unit.name, f"gas network {unit.name} restored", end_h - start_h, cause=record)
        world.causes.end(unit.key)
        world.ring()


PART = Part(
    name="gas",
    build=_build,
    start=_start,
    flows=(
        share_of_step(
            lambda w: w.parts["gas"],
            "ready",
            name="gas_up_frac",
            meaning="share of the step with gas in the network",
        ),
    ),
)
