"""What shaking breaks, shock by shock, until it is mended: engines, pumps, tanks, floors, private lines, sewers.

A component that is hit again before it is mended stays in the worse of its states until the later of its hours.  An
engine with a crew waits for it, behind whatever else that crew has to mend.  Where it is hit again in the meantime it
keeps its turn: there is as much to do as the longer of what was left and of what the new damage takes.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simpy.events import Event

from simulation.draws.shaking import MAIN, Component, components
from simulation.events.causes import SHOCK
from simulation.events.crew import Job, work_off
from simulation.events.genset import EngineState, EngineUnit
from simulation.events.part import Part
from simulation.events.quantity import attribute_of
from simulation.events.shelter import tell_room
from simulation.scenario.fragility import DamageState

if TYPE_CHECKING:
    from simulation.draws.draws import Draws
    from simulation.events.water import WaterTankUnit
    from simulation.events.world import World

__all__ = ["PART", "Damage", "shake"]


@dataclass(frozen=True, slots=True)
class Hit:
    """Damage of one component by one shock: its number, from 1, and the hour at which it is mended [h]."""

    component: Component
    number: int
    mended_h: float


class Damage:
    """The shocks of a world with their hits, and what stands damaged: the worst state, its record, the work at it."""

    __slots__ = ("hits", "job", "number", "record", "shock_h")

    def __init__(self, shock_h: list[float], hits: list[list[Hit]]) -> None:
        self.shock_h = shock_h
        self.hits = hits
        self.number: dict[str, int] = {}
        self.record: dict[str, int] = {}
        self.job: dict[str, Job] = {}


def shake(world: World, damage: Damage, shock: int) -> Generator[Event, object, None]:
    """Play one shock: the main one after the strike has been told, an aftershock with its own record."""
    hour = damage.shock_h[shock]
    if hour >= world.hours[-1]:
        return
    yield world.until(hour)
    world.settle(max(hour, world.now_h))
    if shock != MAIN:
        names = list(world.spec.shaking.aftershock) if world.spec.shaking is not None else []
        first = world.causes.at(SHOCK)
        record = world.log.say("aftershock", names[shock - 1], f"aftershock {names[shock - 1]}", cause=first)
        world.causes.begin(SHOCK, record)
    for hit in damage.hits[shock]:
        world.env.process(_suffer(world, damage, hit))


def _suffer(world: World, damage: Damage, hit: Hit) -> Generator[Event, object, None]:
    component = hit.component
    name = component.name
    worst = max(hit.number, damage.number.get(name, 0))
    damage.number[name] = worst
    state = component.state(worst)
    key, apply = _EFFECTS[component.kind]
    words = f"{name}: {state.name} damage" + ("" if _effective(state) else ", it works on")
    record = damage.record[name] = world.log.say("damaged", name, words, worst, cause=world.causes.at(SHOCK))
    if _effective(state):
        for one in key(world, name):
            world.causes.begin(one, record)
        apply(world, name, state)
        world.ring()
    hours = hit.mended_h - world.now_h
    if name in damage.job:
        damage.job[name].grow(world.now_h, hours)
        return
    job = damage.job[name] = Job(hours)
    yield from work_off(world, _crew(world, component), job)
    world.settle(max(world.env.now, world.now_h))
    state = component.state(damage.number.pop(name))
    del damage.job[name]
    world.log.say("mended", name, f"{name} mended", cause=damage.record.pop(name))
    if _effective(state):
        for one in key(world, name):
            world.causes.end(one)
        apply(world, name, None)
        world.ring()


def _effective(state: DamageState) -> bool:
    """Whether it stops anything, leaks or takes floor."""
    return not state.works or state.leak_frac_per_h > 0.0 or state.floor_frac < 1.0


def _crew(world: World, component: Component) -> str | None:
    """Whose work its mending is; nobody's but an engine's has a name."""
    if component.kind != "genset":
        return None
    return next(unit.crew for unit in world.engines if unit.name == component.name)


Apply = Callable[["World", str, DamageState | None], None]
Keys = Callable[["World", str], list[str]]


def _engine(world: World, name: str, state: DamageState | None) -> None:
    engine = next(unit for unit in world.engines if unit.name == name)
    if state is None or not state.works:
        _put_out(world, engine, EngineState.OFF if state is None else EngineState.FAILED)


def _put_out(world: World, engine: EngineUnit, state: EngineState) -> None:
    """Stop an engine where it stands: out of service, or ready again; a repair under way comes to nothing."""
    if engine.state is EngineState.RUNNING:
        engine.life_left_h -= world.now_h - engine.started_h
        world.source_lost = True
    engine.version += 1
    engine.state = state
    engine.output_kw = 0.0


def _pump(world: World, name: str, state: DamageState | None) -> None:
    pump = next(unit for unit in world.pumps if unit.name == name)
    sourceless = pump.fails_with_hazard and world.now_h >= world.struck_h
    pump.works = state.works and pump.works if state is not None else not sourceless


def _tank(world: World, name: str, state: DamageState | None) -> None:
    tank = next(unit for unit in world.water_tanks if unit.name == name)
    tank.leak_m3ph = 0.0 if state is None else state.leak_frac_per_h * tank.stock.capacity


def _floor(world: World, name: str, state: DamageState | None) -> None:
    building = world.spec.building_names.index(name)
    for shelter in world.shelters:
        if shelter.building == building:
            shelter.lose_floor(1.0 if state is None else state.floor_frac)
            tell_room(world, shelter)


def _line(world: World, name: str, state: DamageState | None) -> None:
    for lane in world.lanes:
        if lane.line == name:
            lane.broken = state is not None and not state.works
    world.whole = False


def _sewer(world: World, name: str, state: DamageState | None) -> None:
    sewer = next(unit for unit in world.parts["sewer"] if unit.key == name)
    sewer.shake(state is not None and not state.works)
    if state is None and sewer.stopped:  # mended, it takes nothing all the same
        world.causes.begin(name, sewer.stop_record)


def _itself(world: World, name: str) -> list[str]:
    return [name]


_EFFECTS: dict[str, tuple[Keys, Apply]] = {
    "genset": (_itself, _engine),
    "pump": (_itself, _pump),
    "water_tank": (lambda world, name: [f"{name} leak"], _tank),
    "building": (lambda world, name: [f"{name} floor"], _floor),
    "sewer": (_itself, _sewer),
    "tieline": (lambda world, name: [lane.name for lane in world.lanes if lane.line == name], _line),
}
"""By kind of component: the keys under which its damage stands, and what the damage (None: its mending) does.

Road links, feeders and mains are damaged in the draws, as closures and outages.
"""


def _build(world: World, draws: Draws, s: int) -> list[Damage]:
    shaking = draws.shaking
    if shaking is None:
        return []
    known = [(c, one) for c, one in enumerate(components(world.spec)) if one.kind in _EFFECTS]
    state, mended_h = shaking.state[s].tolist(), shaking.mended_h[s].tolist()
    hits = [
        [Hit(one, state[a][c], mended_h[a][c]) for c, one in known if state[a][c] > 0]
        for a in range(shaking.shock_h.shape[1])
    ]
    return [Damage(shaking.shock_h[s].tolist(), hits)]


def _leaking(world: World) -> list[WaterTankUnit]:
    return world.water_tanks if world.parts["damage"] else []


PART = Part(
    name="damage",
    build=_build,
    flows=(
        attribute_of(
            _leaking,
            "leaked_m3ph",
            name="water_leaked_m3ph",
            unit="m3/h",
            meaning="water that leaks from a damaged tank",
        ),
    ),
)
