"""An engine at run time: started, running, failed, repaired."""

from __future__ import annotations

from collections.abc import Generator
from enum import Enum
from math import inf
from typing import TYPE_CHECKING

from simpy.events import Event

from simulation.events.causes import NO_CAUSE, feeder_key
from simulation.events.fuel_tank import FuelTankUnit
from simulation.physics.genset import fuel_lph
from simulation.scenario.genset import Genset
from simulation.scenario.spec import Placed
from simulation.units import MINUTES_PER_HOUR

if TYPE_CHECKING:
    from simulation.events.world import World

__all__ = ["EngineState", "EngineUnit", "order", "stop"]


class EngineState(Enum):
    """What an engine is doing."""

    OFF = "off"
    STARTING = "starting"
    RUNNING = "running"
    FAILED = "failed"


class EngineUnit:
    """Output, fuel and fate of one engine [kW, L/h, h].

    ``lives_h`` are running hours between failures, ``repairs_h`` the repair after each failure (of a start or of a
    running engine), ``start_fails`` the fate of each attempt; past their end nothing fails and nothing is repaired.
    """

    __slots__ = (
        "attempts",
        "building",
        "delay_h",
        "emergency",
        "failures",
        "intercept_lph_per_kw",
        "life_left_h",
        "lives",
        "lives_h",
        "manual",
        "rides_through",
        "min_kw",
        "name",
        "output_kw",
        "rated_kw",
        "repairs_h",
        "slope_l_per_kwh",
        "standby",
        "start_fails",
        "started_h",
        "state",
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
        self.emergency = part.operation == "emergency"
        self.manual = part.start == "manual"
        self.rides_through = part.rides_through
        self.delay_h = part.start_delay_min / MINUTES_PER_HOUR
        self.state = EngineState.OFF
        self.warm = False  # ran in this outage already
        self.standby = False  # told to give nothing, and something else carries the island
        self.target_kw = 0.0
        self.output_kw = 0.0
        self.version = 0  # a waiting process whose number is old has been overtaken
        self.started_h = 0.0
        self.attempts = 0
        self.failures = 0
        self.lives = 0
        self.life_left_h = inf
        self.lives_h: list[float] = []
        self.repairs_h: list[float] = []
        self.start_fails: list[bool] = []

    @property
    def running(self) -> bool:
        """Whether it runs."""
        return self.state is EngineState.RUNNING

    @property
    def fuel_lph(self) -> float:
        """Fuel that it burns now [L/h]."""
        if self.state is not EngineState.RUNNING:
            return 0.0
        return fuel_lph(self.output_kw, self.rated_kw, self.slope_l_per_kwh, self.intercept_lph_per_kw)

    @property
    def has_fuel(self) -> bool:
        """Whether its tank (or pipe) holds any."""
        return self.tank is None or self.tank.stock.level > 0.0

    @property
    def startable(self) -> bool:
        """Whether an order to start makes sense now."""
        return self.state is EngineState.OFF and self.has_fuel

    def restart_delay_h(self, *, grid_up: bool) -> float:
        """From the order to power [h].

        That of a black start; none beside a live grid, nor by hand once it has run in this outage.
        """
        return 0.0 if grid_up or (self.warm and self.manual) else self.delay_h

    def worth_running(self, planned_kw: float) -> bool:
        """Whether a set-point calls it: the plan knows no minimum load, so less than half of that means rest."""
        return planned_kw > 0.0 and planned_kw >= 0.5 * self.min_kw

    def follow_target(self) -> None:
        """Do what was told, between minimum load and rated power; nothing on standby."""
        if self.state is not EngineState.RUNNING or self.standby:
            self.output_kw = 0.0
        else:
            self.output_kw = min(self.rated_kw, max(self.min_kw, self.target_kw))

    def draw_fate(self, lives_h: list[float], repairs_h: list[float], start_fails: list[bool], fit: bool) -> None:
        """Take its row of the draws; an unfit engine stays out for good."""
        self.lives_h, self.repairs_h, self.start_fails = lives_h, repairs_h, start_fails
        self.life_left_h = lives_h[0] if lives_h else inf
        if not fit:
            self.state = EngineState.FAILED


def order(world: World, engine: EngineUnit, ready_h: float) -> None:
    """Have an engine started so that it gives power at an hour."""
    engine.version += 1
    engine.state = EngineState.STARTING
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
    if not engine.has_fuel:
        engine.state = EngineState.OFF
        world.causes.end(engine.name)
        return
    attempt = engine.attempts
    engine.attempts += 1
    if attempt < len(engine.start_fails) and engine.start_fails[attempt]:
        yield from _repair(world, engine, "genset_start_failed", "failed to start")
        return
    engine.state = EngineState.RUNNING
    engine.started_h = world.now_h
    engine.warm = True
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
    engine.lives += 1
    engine.life_left_h = engine.lives_h[engine.lives] if engine.lives < len(engine.lives_h) else inf
    yield from _repair(world, engine, "genset_failed", "failed")


def _repair(world: World, engine: EngineUnit, kind: str, words: str) -> Generator[Event, object, None]:
    """Out of service until it is mended, if ever."""
    engine.version += 1
    engine.state = EngineState.FAILED
    engine.output_kw = 0.0
    repair_h = engine.repairs_h[engine.failures] if engine.failures < len(engine.repairs_h) else inf
    engine.failures += 1
    record = world.log.say(kind, engine.name, f"{engine.name} {words}", repair_h if repair_h < inf else -1.0)
    world.causes.begin(engine.name, record)
    world.ring()
    if repair_h == inf:
        return
    mended_h = world.now_h + repair_h
    yield world.until(mended_h)
    world.settle(max(mended_h, world.now_h))
    engine.state = EngineState.OFF
    world.log.say("genset_repaired", engine.name, f"{engine.name} repaired", repair_h, cause=record)
    world.causes.end(engine.name)
    world.ring()
