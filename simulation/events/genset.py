"""An engine at run time: started, running, failed, repaired."""

from __future__ import annotations

from collections.abc import Generator
from enum import Enum
from math import inf
from typing import TYPE_CHECKING, Protocol

from simpy.events import Event

from simulation.draws.fate import Fate
from simulation.events.causes import NO_CAUSE, feeder_key
from simulation.events.crew import Job, work_off
from simulation.events.fuel_tank import FuelTankUnit
from simulation.events.stock import SAME_H
from simulation.physics.genset import fuel_lph
from simulation.scenario.genset import Genset
from simulation.scenario.spec import Placed
from simulation.units import MINUTES_PER_HOUR

if TYPE_CHECKING:
    from simulation.events.day_tank import DayTankUnit
    from simulation.events.world import World

__all__ = ["EngineState", "EngineUnit", "Need", "fail", "order", "stop"]


class Need(Protocol):
    """Something that an engine cannot run without, beside its fuel."""

    kind: str
    """Kind of the event that its engine stops for want of it."""

    words: str
    """Why the engine stops, for people."""

    key: str
    """Under which key a record stands of its failing."""

    @property
    def ready(self) -> bool:
        """Whether it is there."""
        ...


class EngineState(Enum):
    """What an engine is doing."""

    OFF = "off"
    STARTING = "starting"
    RUNNING = "running"
    FAILED = "failed"


class EngineUnit:
    """Output, fuel and fate of one engine [kW, L/h, h].

    ``fate`` decides which starts fail, how many running hours lie between failures, and how long each repair takes.
    An engine that is unfit from the start looks like any other until somebody tries to start it.
    """

    __slots__ = (
        "building",
        "crew",
        "day_tank",
        "delay_h",
        "emergency",
        "fate",
        "held",
        "intercept_lph_per_kw",
        "least_rest_h",
        "least_run_h",
        "life_left_h",
        "manual",
        "rests_until_h",
        "rides_through",
        "_state",
        "min_kw",
        "name",
        "needs",
        "output_kw",
        "rated_kw",
        "ready_h",
        "running",
        "slope_l_per_kwh",
        "standby",
        "started_h",
        "tank",
        "target_kw",
        "version",
        "warm",
    )

    def __init__(self, placed: Placed[Genset], tank: FuelTankUnit | None) -> None:
        part = placed.part
        self.name = placed.name
        self.building = placed.building
        self.rated_kw = part.rated_kw
        self.min_kw = part.min_load_frac * part.rated_kw
        self.slope_l_per_kwh = part.fuel_slope_l_per_kwh
        self.intercept_lph_per_kw = part.fuel_intercept_lph_per_kw
        self.tank = tank
        self.day_tank: DayTankUnit | None = None
        self.needs: list[Need] = []
        self.emergency = part.operation == "emergency"
        self.manual = part.start == "manual"
        self.rides_through = part.rides_through
        self.delay_h = part.start_delay_min / MINUTES_PER_HOUR
        self.crew = part.crew
        self.least_rest_h = part.least_rest_min / MINUTES_PER_HOUR
        self.least_run_h = part.least_run_min / MINUTES_PER_HOUR
        self.rests_until_h = -inf
        self.ready_h = inf  # hour for which its latest start was ordered
        self.state = EngineState.OFF
        self.warm = False  # an engine of its building has run in this outage already
        self.held = False  # on standby, but not to be stopped yet
        self.standby = False  # told to give nothing, and something else carries the island
        self.target_kw = 0.0
        self.output_kw = 0.0
        self.version = 0  # a waiting process whose number is old has been overtaken
        self.started_h = 0.0
        self.life_left_h = inf
        self.fate: Fate | None = None

    @property
    def state(self) -> EngineState:
        """What it is doing; ``running`` says at every dispatch, many times, whether it runs."""
        return self._state

    @state.setter
    def state(self, state: EngineState) -> None:
        self._state = state
        self.running = state is EngineState.RUNNING

    @property
    def fuel_lph(self) -> float:
        """Fuel that it burns now [L/h]."""
        if not self.running:
            return 0.0
        return fuel_lph(self.output_kw, self.rated_kw, self.slope_l_per_kwh, self.intercept_lph_per_kw)

    @property
    def drawn_lph(self) -> float:
        """Fuel that it takes from its tank now, be it to burn it or to fill its own tank [L/h]."""
        return self.fuel_lph if self.day_tank is None else self.day_tank.transfer_lph

    @property
    def has_fuel(self) -> bool:
        """Whether there is anything to burn."""
        holder = self.tank if self.day_tank is None else self.day_tank
        return holder is None or holder.stock.level > 0.0

    @property
    def lack(self) -> Need | None:
        """The first thing beside fuel that it needs and has not."""
        for need in self.needs:
            if not need.ready:
                return need
        return None

    @property
    def supplied(self) -> bool:
        """Whether it has all that it needs to run."""
        return self.has_fuel and self.lack is None

    @property
    def usable(self) -> bool:
        """Whether it may be reckoned with, as far as anybody knows."""
        return self.state is not EngineState.FAILED and self.supplied

    @property
    def startable(self) -> bool:
        """Whether an order to start makes sense now."""
        return self.state is EngineState.OFF and self.supplied

    @property
    def idle_since_h(self) -> float:
        """When it was last stopped for want of work [h]."""
        return self.rests_until_h - self.least_rest_h

    def may_come_by(self, ready_h: float) -> bool:
        """Whether an order would have it run at an hour, and earlier than it would anyhow."""
        return self.startable or (self.state is EngineState.STARTING and self.ready_h > ready_h + SAME_H)

    def restart_delay_h(self, *, grid_up: bool) -> float:
        """From the order to power [h].

        That of a black start; none beside a live grid, nor by hand once the building's island has been established.
        """
        return 0.0 if grid_up or (self.warm and self.manual) else self.delay_h

    def worth_running(self, planned_kw: float, *, grid_up: bool) -> bool:
        """Whether a set-point calls it, though the plan knows no minimum load.

        Beside a live grid less than that load means rest; in an island, where nothing else may hold voltage, less
        than half of it does.
        """
        least_kw = self.min_kw if grid_up else 0.5 * self.min_kw
        return planned_kw > 0.0 and planned_kw >= least_kw

    def follow_target(self) -> None:
        """Do what was told, between minimum load and rated power; nothing on standby."""
        if not self.running or self.standby:
            self.output_kw = 0.0
        else:
            self.output_kw = min(self.rated_kw, max(self.min_kw, self.target_kw))

    def meet_fate(self, fate: Fate) -> None:
        """Take its part of the draws."""
        self.fate = fate
        self.life_left_h = fate.life_h()


def order(world: World, engine: EngineUnit, ready_h: float) -> None:
    """Have an engine started so that it gives power at an hour."""
    engine.version += 1
    engine.state = EngineState.STARTING
    engine.ready_h = ready_h
    bus = world.buses[engine.building]
    if ready_h > world.now_h and not bus.grid_up:
        cause = world.causes.latest([engine.name, feeder_key(world, bus)])
        wait_h = ready_h - world.now_h
        words = f"{engine.name} is being started, ready in {MINUTES_PER_HOUR * wait_h:.0f} min"
        record = world.log.say("genset_starting", engine.name, words, wait_h, cause=cause)
        world.causes.begin(engine.name, record)
    world.env.process(_start_and_run(world, engine, engine.version, ready_h))


def stop(world: World, engine: EngineUnit, why: str, kind: str = "genset_stopped", *, cause: int = NO_CAUSE) -> None:
    """Stop an engine, or call off its start; one that stops for a cause is missed until it runs again."""
    world.causes.end(engine.name)
    if engine.state is EngineState.RUNNING:
        engine.life_left_h -= world.now_h - engine.started_h
        record = world.log.say(kind, engine.name, f"{engine.name} stopped: {why}", engine.output_kw, cause=cause)
        if cause != NO_CAUSE:
            world.causes.begin(engine.name, record)
    engine.version += 1
    engine.state = EngineState.OFF
    engine.output_kw = 0.0


def _start_and_run(world: World, engine: EngineUnit, version: int, ready_h: float) -> Generator[Event, object, None]:
    yield world.until(ready_h)
    if engine.version != version:
        return
    world.settle(max(ready_h, world.now_h))
    if not engine.supplied:
        engine.state = EngineState.OFF
        world.causes.end(engine.name)
        return
    fate = engine.fate
    if fate is not None and not fate.fit:
        yield from _repair(world, engine, inf, "genset_start_failed", "failed to start: out of order")
        return
    if fate is not None and fate.start_fails(ready_h):
        yield from _repair(world, engine, fate.repair_h(), "genset_start_failed", "failed to start")
        return
    engine.state = EngineState.RUNNING
    engine.started_h = world.now_h
    for other in world.buses[engine.building].engines:
        other.warm = True
    cause = world.causes.at(engine.name)
    world.log.say("genset_started", engine.name, f"{engine.name} started", engine.rated_kw, cause=cause)
    world.causes.end(engine.name)
    world.ring()
    if engine.life_left_h == inf:
        return
    yield world.until(engine.started_h + engine.life_left_h)
    if engine.version != version:
        return
    world.settle(max(engine.started_h + engine.life_left_h, world.now_h))
    engine.life_left_h = fate.life_h() if fate is not None else inf
    yield from _repair(world, engine, fate.repair_h() if fate is not None else inf, "genset_failed", "failed")


def fail(world: World, engine: EngineUnit, words: str) -> None:
    """Have a running engine fail from without, with its own life not yet over; the world stands at this moment."""
    engine.life_left_h -= world.now_h - engine.started_h
    repair_h = engine.fate.repair_h() if engine.fate is not None else inf
    world.env.process(_repair(world, engine, repair_h, "genset_failed", words))


def _repair(world: World, engine: EngineUnit, repair_h: float, kind: str, words: str) -> Generator[Event, object, None]:
    """Out of service until it is mended, if ever, by its crew in turn."""
    world.source_lost = world.source_lost or engine.running
    engine.version += 1
    engine.state = EngineState.FAILED
    engine.output_kw = 0.0
    version = engine.version
    failed_h = world.now_h
    record = world.log.say(kind, engine.name, f"{engine.name} {words}", repair_h if repair_h < inf else -1.0)
    world.causes.begin(engine.name, record)
    world.ring()
    if repair_h == inf:
        return
    yield from work_off(world, engine.crew, Job(repair_h))
    if engine.version != version:
        return
    world.settle(max(world.env.now, world.now_h))
    engine.state = EngineState.OFF
    words = f"{engine.name} repaired"
    world.log.say("genset_repaired", engine.name, words, world.now_h - failed_h, cause=record)
    world.causes.end(engine.name)
    world.ring()
