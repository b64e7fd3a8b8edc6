"""One world: one scenario, one SimPy environment, one clock."""

from __future__ import annotations

from collections.abc import Generator
from functools import cached_property, partial
from math import inf, nextafter
from typing import Any

import numpy as np
from jaxtyping import Float
from simpy import Environment
from simpy.events import Event

from simulation.draws.draws import Draws
from simulation.draws.foreknowledge import given_warmth
from simulation.events.area import Area
from simulation.events.building import DEFERRABLE_TIER, N_TIERS
from simulation.events.causes import Causes
from simulation.events.damage import shake
from simulation.events.delivery import order_lots, schedule_lots
from simulation.events.dispatch import dispatch
from simulation.events.genset import order
from simulation.events.hazard import strike
from simulation.events.ledger import FLOWS, LEVELS
from simulation.events.log import Log
from simulation.events.outage import outage
from simulation.events.parts import PARTS
from simulation.events.plan import Plan
from simulation.events.rows import FlowRows, Reader
from simulation.events.shelter import opening, take_in, water_steps
from simulation.events.stock import SAME_H
from simulation.events.story import Story
from simulation.events.water import look_at_water
from simulation.interchange.setpoints import SetPoints
from simulation.scenario.spec import Spec

__all__ = ["World"]

_CLOSES = tuple(part.close for part in PARTS if part.closes)


class World(Area):
    """Scenario ``s`` of the draws, played out.

    Between two moments at which something changes all flows are steady; the stocks are carried forward exactly.
    A controller sleeps until the next control tick, the first crossing of a stock, or a ring of its bell by any other
    process (the grid lost, an engine failed, a lot arrived).  Within an instant the others act first, then it
    dispatches: failure comes before service.

    Set ``check_balance`` to have every bus checked after every dispatch.
    """

    def __init__(self, spec: Spec, draws: Draws, s: int) -> None:
        super().__init__(spec)
        self.draw(spec, draws, s)
        clock = draws.clock
        self.spec = spec
        self.env = Environment()
        self.hours: list[float] = clock.hours.tolist()
        self.step_min = clock.step_min
        self.step_h = clock.step_h
        self.clock = clock
        self.struck_h = inf if spec.hazard_h is None else spec.hazard_h
        self.scenario = int(draws.scenario_ids[s])
        self.now_h = 0.0
        self.tick = 0
        self.next_tick = 0
        self.row = 0
        self.plan: Plan | None = None
        self.check_balance = False
        self.source_lost = False  # since the last control tick an engine that ran gave out, or a battery that gave
        self.whole = False  # all buildings have their grid and all lines stand as they then should: no island anywhere
        self.n_events = 0
        self.feeder_up = [True] * len(spec.feeder)
        self.feeder_down_since_h = [float("nan")] * len(spec.feeder)
        self.news: list[tuple[int, int]] = []  # feeders lost in this instant, with the record that says so
        self.log = Log(clock, self.scenario)
        self.causes = Causes()
        self.story = Story(self)
        self.parts: dict[str, list[Any]] = {}
        for part in PARTS:
            self.parts[part.name] = part.build(self, draws, s)
        self.acts = [part.act for part in PARTS if part.acts and self.parts[part.name]]
        n = clock.n_steps
        # flat, as are the sun's: a list for every step is half of all that a garbage collector would have to look at
        self._demand_kw: list[float] = draws.demand.demand_kw[s].ravel().tolist()
        self._islanded_kw: list[float] = draws.demand.islanded_kw[s].ravel().tolist()
        self._find_usual_kw = partial(_usual_kw, draws, s)
        self._sun_kw: list[float] = draws.pv_kw[s].ravel().tolist()
        self._flow_reader = Reader(FLOWS, self)
        self._level_reader = Reader(LEVELS, self)
        self.columns = self._flow_reader.columns
        self._n_steps = n
        self._rows = FlowRows(n_steps=n, width=self._flow_reader.width, set_columns=self._flow_reader.read_columns)
        self._levels = bytearray(self._level_reader.packed())
        self._flows: list[float] = []
        self._metered = [
            (meter, [bus for bus, one in zip(self.buses, self.meter_of, strict=True) if one == m])
            for m, meter in enumerate(self.meters)
        ]
        self._rung = True  # nobody need ring before the controller has begun
        self._alarm: Event | None = None
        self._start_processes(draws, s)

    @property
    def tick_minute(self) -> int:
        """Start of the control step that runs, in minutes from the start of the period [min]."""
        return self.tick * self.step_min

    @cached_property
    def usual_kw(self) -> Float[np.ndarray, "T B"]:
        """Demand to expect of each building in a step whose temperature is known: only planners ask for it [kW]."""
        return self._find_usual_kw()

    @property
    def flow_rows(self) -> Float[np.ndarray, "T Q"]:
        """What flowed in every control step, in the columns of ``columns``; nothing in those to come."""
        return self._rows.means()

    @property
    def level_rows(self) -> Float[np.ndarray, "T1 Q"]:
        """Levels at the edges of the control steps that are over."""
        return np.frombuffer(bytes(self._levels)).reshape(self.row + 1, -1)

    def _start_processes(self, draws: Draws, s: int) -> None:
        process = self.env.process
        if self.spec.hazard is not None:
            process(strike(self, self.struck_h))
        for damage in self.parts["damage"]:
            for shock in range(len(damage.shock_h)):
                process(shake(self, damage, shock))
        for f in range(len(self.feeder_up)):
            spans = zip(draws.outage.start_h[s, f].tolist(), draws.outage.end_h[s, f].tolist(), strict=True)
            process(outage(self, f, list(spans)))
        for bus in self.buses:
            if bus.feeder < 0:
                for engine in bus.engines:
                    if engine.startable:
                        order(self, engine, 0.0)
        for shelter in self.shelters:
            process(opening(self, shelter))
            process(water_steps(self, shelter, self.struck_h))
        for delivery in self.deliveries:
            if delivery.part.order == "schedule":
                process(schedule_lots(self, delivery, self.struck_h))
        for part in PARTS:
            part.start(self)
        process(self._begin())

    def until(self, hour: float) -> Event:
        """An event at an absolute hour (now, where that is past)."""
        delay_h = hour - self.env.now
        return self.env.timeout(delay_h if delay_h > 0.0 else 0.0)

    def ring(self) -> None:
        """Have the controller look again, once everything else of this instant has happened."""
        if not self._rung:
            self._rung = True
            self.env.timeout(0.0).callbacks.append(self._control)  # type: ignore[union-attr]

    def demand_kw(self, step: int) -> list[float]:
        """What is asked for in a control step, building by building and tier by tier [kW]."""
        width = len(self.buses) * N_TIERS
        return self._demand_kw[step * width : (step + 1) * width]

    def title(self, building: int) -> str:
        """Name of a building for people."""
        return self.buses[building].title

    def follow(self, set_points: SetPoints, row: int, *, foreseen: bool = False) -> None:
        """Take a new plan from now on; ``foreseen`` says that it was made in full knowledge of the outages."""
        self.plan = Plan(set_points, row, self.clock, list(self.feeder_up), foreseen)
        if self.next_tick > self.tick and abs(self.hours[self.tick] - self.now_h) < SAME_H:
            self.next_tick = self.tick
            self.ring()

    def advance(self, until_h: float) -> None:
        """Let time pass; what happens at ``until_h`` itself waits for the next call."""
        if until_h > self.env.now:
            self.env.run(until=until_h)
        self.settle(until_h)

    def settle(self, now_h: float) -> None:
        """Carry everything forward to now at the flows that were set."""
        dt_h = now_h - self.now_h
        if dt_h > 0.0:
            self._accrue(dt_h, now_h)
            self.now_h = self.log.now_h = now_h
        if self.row < self._n_steps and now_h >= self.hours[self.row + 1] - SAME_H:
            self._close_row()

    def _accrue(self, dt_h: float, now_h: float) -> None:
        if self.row < self._n_steps:
            self._rows.stand(self.row, dt_h / self.step_h)
        for stock in self.stocks:
            if stock.rate != 0.0 or stock.loss_frac_per_h != 0.0:
                stock.advance(dt_h)
        for bus in self.buses:
            bus.backlog.advance(dt_h)
        for meter, behind in self._metered:
            drawn_kw = 0.0
            for bus in behind:
                drawn_kw += bus.import_kw
            meter.count(self.now_h, now_h, drawn_kw)
        self.story.accrue(dt_h)

    def _close_row(self) -> None:
        """End a control step: overdue energy expires, levels are written at its edge."""
        edge_h = self.hours[self.row + 1]
        for bus in self.buses:
            bus.backlog.close_step(edge_h)
            expired = bus.backlog.expire(edge_h)
            if expired > 0.0:
                column = self.columns["unserved_kw"].start + N_TIERS * bus.index + DEFERRABLE_TIER
                self._rows.add(self.row, column, expired / self.step_h)
            self.story.tell_expired(bus, expired)
        for close in _CLOSES:
            close(self)
        self.row += 1
        self._levels += self._level_reader.packed()

    def add(self, quantity: str, index: int, amount: float) -> None:
        """Write down an amount that moves in one moment, in the step that runs now: a lot, a vehicle's fill."""
        row = self.row if self.row < self._n_steps else self._n_steps - 1
        self._rows.add(row, self.columns[quantity].start + index, amount / self.step_h)

    def add_all(self, quantity: str, index: int, amounts: list[float]) -> None:
        """Write down amounts that moved one after another, in the step that runs now."""
        row = self.row if self.row < self._n_steps else self._n_steps - 1
        self._rows.add_all(row, self.columns[quantity].start + index, [amount / self.step_h for amount in amounts])

    def add_over(self, quantity: str, index: int, value: float, span_h: tuple[float, float]) -> None:
        """Write down a value that stood from one hour to another, in all the steps that it touches [h]."""
        from_h, to_h = span_h
        column = self.columns[quantity].start + index
        row = int(from_h / self.step_h + SAME_H)
        while from_h < to_h - SAME_H and row < self._n_steps:
            edge_h = min(to_h, self.hours[row + 1])
            self._rows.add(row, column, value * max(0.0, edge_h - from_h) / self.step_h)
            from_h, row = edge_h, row + 1

    def _begin(self) -> Generator[Event, object, None]:
        """The controller begins when all processes that were made before it have begun."""
        self._sleep(0.0)
        yield from ()

    def _sleep(self, until_h: float) -> None:
        """Wait for the bell, and ring it at an hour if nobody has until then; not a process: that takes longer [h]."""
        self._rung = False
        self._alarm = self.until(until_h)
        self._alarm.callbacks.append(self._wake)  # type: ignore[union-attr]

    def _wake(self, alarm: Event) -> None:
        """Ring the bell, or dispatch at once where nothing else happens in this instant, as at most control ticks."""
        if alarm is self._alarm:
            if self.env.peek() > self.env.now:
                self._rung = True
                self._control(alarm)
            else:
                self.ring()

    def _control(self, _bell: Event) -> None:
        self._sleep(self._redispatch())

    def _redispatch(self) -> float:
        """Settle, look at the world, dispatch; the hour at which to look again [h]."""
        now_h = max(self.env.now, self.now_h)
        at_tick = now_h >= self.hours[self.next_tick] - SAME_H
        if at_tick:
            now_h = self.hours[self.next_tick]
        self.settle(now_h)
        if at_tick:
            if self.next_tick == len(self.hours) - 1:
                return inf
            self.tick = self.next_tick
            self.next_tick += 1
            for shelter in self.shelters:
                take_in(self, shelter, self.tick)
        self._look()
        before = len(self.log.records)
        self.story.tell_stocks()
        horizon_h = dispatch(self, at_tick=at_tick)
        if self.check_balance:
            self._check()
        order_lots(self, self.struck_h)
        self.story.tell()
        flows = self._flow_reader.row()
        changed = flows != self._flows
        if changed:
            self._flows = flows
            self._rows.set(flows)
        if changed or len(self.log.records) > before:
            self.n_events += 1
        # a stock can be nearer to its edge than the clock can tell: time moves on all the same
        return min(self.hours[self.next_tick], max(now_h + horizon_h, nextafter(now_h, inf)))

    def _look(self) -> None:
        """Take in what is asked for and what the sun gives now."""
        first = self.tick * len(self.buses) * N_TIERS
        for bus in self.buses:
            lost = bus.feeder >= 0 and not bus.grid_up
            bus.demand_kw = (self._islanded_kw if lost else self._demand_kw)[first : first + N_TIERS]
            first += N_TIERS
        look_at_water(self)
        for shelter in self.shelters:
            demand_kw = self.buses[shelter.building].demand_kw
            demand_kw[shelter.tier] += shelter.power_kw
            for tier, power in shelter.group_kw:
                demand_kw[tier] += power
        first = self.tick * len(self.arrays)
        for unit, sun_kw in zip(self.arrays, self._sun_kw[first : first + len(self.arrays)], strict=True):
            unit.sun_kw = sun_kw

    def _check(self) -> None:
        for bus in self.buses:
            if abs(bus.imbalance_kw()) > 1e-6:
                raise AssertionError(f"{bus.name} at {self.now_h} h: {bus.imbalance_kw()} kW out of balance")
        for lane in self.lanes:
            if not -1e-9 <= lane.sent_kw <= lane.capacity_kw + 1e-9:
                raise AssertionError(f"{lane.name} at {self.now_h} h: {lane.sent_kw} kW")


def _usual_kw(draws: Draws, s: int) -> Float[np.ndarray, "T B"]:
    """Demand to expect of each building in a step whose temperature is known [kW]."""
    series = draws.demand.expected_kw.sum(axis=3)
    warmth = draws.weather.warmth(slice(None))[s : s + 1]
    return given_warmth(series, warmth, np.ones(series.shape[1]))[0]
