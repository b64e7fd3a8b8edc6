"""Rules of thumb that planners compare an optimum with: no exchange, and greedy merit order.

Both walk through time once, for all scenarios at a time, and look neither ahead nor at prices to come.  In every step:

1. each building uses its own PV, then its batteries (down to their floor), then engines and grid, cheapest first;
2. what is then missing is shed: comfort, deferrable (which waits), pumps, essential, critical load;
3. PV that is left charges the batteries of the building, and then is sold.

``MeritOrder`` besides sends over the lines: surplus PV before anybody uses more than PV, and what neighbours have left
before anybody sheds, over one line at a time.  Pumps refill their tanks; deferrable load is served as it comes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from simulation.interchange.names import ROOM_BELOW_PEAK
from simulation.interchange.plant_view import LaneView, PlantView, SourceView, TankView, read_plant
from simulation.interchange.problem import Problem
from simulation.interchange.schedule import Solution, Status

__all__ = ["MeritOrder", "NoExchange"]

COMFORT, ESSENTIAL, CRITICAL = 3, 1, 0


@dataclass(frozen=True, kw_only=True)
class NoExchange:
    """Every building for itself: the lines stay empty."""

    @property
    def name(self) -> str:
        """Name for tables and files."""
        return "NoExchange"

    def solve(self, problem: Problem) -> Solution:
        """Walk through time by the rule; the status is ``RULE``, and all prices are 0."""
        return _walk(problem, exchange=False)


@dataclass(frozen=True, kw_only=True)
class MeritOrder:
    """Greedy merit order over the whole area, lines included."""

    @property
    def name(self) -> str:
        """Name for tables and files."""
        return "MeritOrder"

    def solve(self, problem: Problem) -> Solution:
        """Walk through time by the rule; the status is ``RULE``, and all prices are 0."""
        return _walk(problem, exchange=True)


def _walk(problem: Problem, *, exchange: bool) -> Solution:
    plant = read_plant(problem)
    sound = problem.sound()
    S, T, N = problem.cost.shape
    flows, levels = np.zeros((S, T, N)), np.zeros((S, T, len(problem.stores)))
    level = problem.initial_level
    for t in range(T):
        step = _Step(problem, plant, t, level)
        step.local_sources(plant.pvs)
        if exchange:
            step.remote_sources(plant.pvs)
        step.local_batteries()
        priced = sorted(plant.priced, key=lambda source: float(problem.cost[:, t, source.column].mean()))
        step.local_sources(priced)
        if exchange:
            step.remote_batteries()
            step.remote_sources(priced)
        step.keep_surplus()
        step.shed()
        level = step.close()
        flows[:, t], levels[:, t] = step.flows, level
    for row, column in plant.own_left:
        flows[:, :, column] = flows @ problem.matrix[row]
    peaks = _peaks(problem, flows, levels)
    for array in (flows, levels, peaks):
        array[~sound] = np.nan
    return Solution(
        flows=flows,
        levels=levels,
        peaks=peaks,
        row_price=np.zeros((S, T, len(problem.rows))),
        peak_row_price=np.zeros((S, len(problem.peak_rows))),
        status=np.where(sound, int(Status.RULE), int(Status.NOT_A_NUMBER)),
        iterations=np.zeros(S, dtype=np.int64),
    )


class _Step:
    """One step of all scenarios: what is still missing at each bus, what each source has left, what flows [S, ...]."""

    def __init__(self, problem: Problem, plant: PlantView, t: int, level: Float[np.ndarray, "S K"]) -> None:
        self.problem, self.plant, self.t = problem, plant, t
        self.step_h = problem.clock.step_h
        self.level = problem.retention[t] * level
        self.lowest, self.highest = problem.level_min[:, t], problem.level_max[:, t]
        self.rhs = problem.rhs[:, t]
        self.left = problem.upper[:, t].copy()
        self.flows = np.zeros_like(self.left)
        self.missing = self.rhs[:, list(plant.buses)].copy()
        for battery in plant.batteries:
            self._forced_charge(battery.store, battery.charge, battery.discharge)
        for backlog in plant.backlogs:
            waiting_kwh = self.level[:, backlog.store] - self._store_rhs(backlog.store)
            self._want(backlog.bus, backlog.served, np.minimum(waiting_kwh / self.step_h, self.left[:, backlog.served]))
        self.taken = np.zeros_like(self.level)
        for gate in plant.gates:
            self._take_in(gate.column, gate.store, gate.filled)
        for tank in plant.tanks:
            self._refill(tank)
        self.fuel_l = {
            fuel.store: self.level[:, fuel.store]
            - self._store_rhs(fuel.store)
            + self.taken[:, fuel.store]
            + sum(self.step_h * self.left[:, column] for column in fuel.unserved)
            for fuel in plant.fuels
        }

    def local_sources(self, sources: tuple[SourceView, ...] | list[SourceView]) -> None:
        """Let sources serve their own building."""
        for source in sources:
            missing = np.maximum(self.missing[:, source.bus], 0.0)
            self._give(source, np.minimum(self._has(source), missing), source.bus, 1.0)

    def remote_sources(self, sources: tuple[SourceView, ...] | list[SourceView]) -> None:
        """Let sources serve the buildings at the other end of a line."""
        for source in sources:
            for lane in self.plant.lanes:
                if lane.start == source.bus and not (lane.own_only and source.is_grid):
                    sent = self._through(lane, self._has(source))
                    self._give(source, sent, lane.stop, lane.arrives_frac)

    def local_batteries(self) -> None:
        """Let batteries serve their own building."""
        for battery in self.plant.batteries:
            power = np.minimum(self.left[:, battery.discharge], np.maximum(self.missing[:, battery.bus], 0.0))
            self._flow(battery.discharge, power)
            self.missing[:, battery.bus] -= power

    def remote_batteries(self) -> None:
        """Let batteries serve the buildings at the other end of a line."""
        for battery in self.plant.batteries:
            for lane in self.plant.lanes:
                if lane.start == battery.bus:
                    sent = self._through(lane, self.left[:, battery.discharge])
                    self._flow(battery.discharge, sent)
                    self.missing[:, lane.stop] -= sent * lane.arrives_frac

    def keep_surplus(self) -> None:
        """PV that nobody needs charges the building's batteries, and then is sold."""
        for pv in self.plant.pvs:
            for battery in self.plant.batteries:
                if battery.bus == pv.bus:
                    idle = self.flows[:, battery.discharge] == 0
                    power = np.minimum(self.left[:, pv.column], self.left[:, battery.charge]) * idle
                    self._flow(battery.charge, power)
                    self._flow(pv.column, power)
            buying = {source.bus: source.column for source in self.plant.priced if source.is_grid}
            for bus, column in self.plant.exports:
                if bus == pv.bus:
                    idle = self.flows[:, buying[bus]] == 0
                    power = np.minimum(self.left[:, pv.column], self.left[:, column]) * idle
                    self._flow(column, power)
                    self._flow(pv.column, power)

    def shed(self) -> None:
        """Do without what is still missing: comfort, deferrable load, pumps, essential, critical."""
        self._shed_tier(COMFORT)
        for backlog in self.plant.backlogs:
            self._less(backlog.bus, backlog.served, 1.0)
        for tank in self.plant.tanks:
            for pump in tank.pumps:
                self._less(pump.bus, pump.column, pump.kwh_per_m3)
        self._shed_tier(ESSENTIAL)
        self._shed_tier(CRITICAL)

    def close(self) -> Float[np.ndarray, "S K"]:
        """Levels at the end of the step; what stocks cannot give is unserved, what they cannot hold is spilled."""
        matrix, rows = self.problem.matrix, self.problem.store_row
        level = self.level - self.rhs[:, rows] + self.flows @ matrix[rows].T
        for backlog in self.plant.backlogs:
            self._spill(level, backlog.store, backlog.lost)
        for stock in (*self.plant.tanks, *self.plant.fuels):
            self._spill(level, stock.store, stock.spill)
            for column in reversed(stock.unserved):
                asked = self.problem.upper[:, self.t, column] * self.step_h
                last = column == stock.unserved[0]
                short = np.maximum(-level[:, stock.store], 0.0)
                short = short if last else np.minimum(short, asked)
                self.flows[:, column] = short / self.step_h
                level[:, stock.store] += short
        return level

    def _spill(self, level: Float[np.ndarray, "S K"], store: int, column: int | None) -> None:
        if column is not None:
            over = np.maximum(level[:, store] - self.highest[:, store], 0.0)
            self.flows[:, column] = over / self.step_h
            level[:, store] -= over

    def _store_rhs(self, store: int) -> Float[np.ndarray, " S"]:
        return self.rhs[:, self.problem.store_row[store]]

    def _flow(self, column: int, amount: Float[np.ndarray, " S"]) -> None:
        self.flows[:, column] += amount
        self.left[:, column] -= amount

    def _want(self, bus: int, column: int, power: Float[np.ndarray, " S"], kw_per_unit: float = 1.0) -> None:
        """A load that is to be served, as far as power goes."""
        self._flow(column, power)
        self.missing[:, bus] += kw_per_unit * power

    def _forced_charge(self, store: int, charge: int, discharge: int) -> None:
        """Charge that the floor of the level asks for, and the room that the band leaves."""
        battery = next(battery for battery in self.plant.batteries if battery.store == store)
        level = self.level[:, store]
        forced = np.maximum(self.lowest[:, store] - level, 0.0) / battery.into_kwh
        room = np.maximum(self.highest[:, store] - level, 0.0) / battery.into_kwh
        spare = np.maximum(level - self.lowest[:, store], 0.0) / battery.out_kwh
        self.left[:, charge] = np.minimum(self.left[:, charge], room)
        self.left[:, discharge] = np.minimum(self.left[:, discharge], spare)
        self._want(battery.bus, charge, forced)

    def _room(self, store: int) -> Float[np.ndarray, " S"]:
        """Room that a stock has for what comes besides its demand and its deliveries."""
        level = self.level[:, store] - self._store_rhs(store) + self.taken[:, store]
        return np.maximum(self.highest[:, store] - level, 0.0)

    def _take_in(self, column: int, gate: int, filled: int) -> None:
        """Take in what waits at the gate, as far as there is room."""
        waiting = self.level[:, gate] - self._store_rhs(gate)
        amount = np.minimum(np.minimum(waiting, self._room(filled)), self.left[:, column] * self.step_h)
        self._flow(column, amount / self.step_h)
        self.taken[:, filled] += amount

    def _refill(self, tank: TankView) -> None:
        """Water to fill a tank: from the mains, then from its pumps, of which some draw on a tank of raw water."""
        room = self._room(tank.store) / self.step_h
        if tank.mains is not None:
            flow = np.minimum(room, self.left[:, tank.mains])
            self._flow(tank.mains, flow)
            room -= flow
        for pump in tank.pumps:
            flow = np.minimum(room, self.left[:, pump.column])
            if pump.raw is not None:
                raw = self.level[:, pump.raw] - self._store_rhs(pump.raw) + self.taken[:, pump.raw]
                flow = np.minimum(flow, np.maximum(raw, 0.0) / pump.raw_m3)
                self.taken[:, pump.raw] -= flow * pump.raw_m3
            self._want(pump.bus, pump.column, flow, pump.kwh_per_m3)
            room -= flow

    def _has(self, source: SourceView) -> Float[np.ndarray, " S"]:
        """Power that a source has left, as far as its fuel goes [kW]."""
        if source.tank is None:
            return self.left[:, source.column]
        return np.minimum(self.left[:, source.column], np.maximum(self.fuel_l[source.tank], 0.0) / source.fuel_l)

    def _give(self, source: SourceView, power: Float[np.ndarray, " S"], bus: int, arrives_frac: float) -> None:
        self._flow(source.column, power)
        if source.tank is not None:
            self.fuel_l[source.tank] = self.fuel_l[source.tank] - power * source.fuel_l
        self.missing[:, bus] -= power * arrives_frac

    def _through(self, lane: LaneView, has: Float[np.ndarray, " S"]) -> Float[np.ndarray, " S"]:
        """Send what is missing at the far end, as far as line and source allow [kW at the sending end]."""
        missing = np.maximum(self.missing[:, lane.stop], 0.0)
        sent = np.minimum(np.minimum(has, self.left[:, lane.column]), missing / lane.arrives_frac)
        self._flow(lane.column, sent)
        return sent

    def _shed_tier(self, tier: int) -> None:
        for its_tier, bus, column in self.plant.unserved:
            if its_tier == tier:
                cut = np.minimum(np.maximum(self.missing[:, bus], 0.0), self.left[:, column])
                self._flow(column, cut)
                self.missing[:, bus] -= cut

    def _less(self, bus: int, column: int, kw_per_unit: float) -> None:
        cut = np.minimum(np.maximum(self.missing[:, bus], 0.0) / kw_per_unit, self.flows[:, column])
        self._flow(column, -cut)
        self.missing[:, bus] -= cut * kw_per_unit


def _peaks(
    problem: Problem, flows: Float[np.ndarray, "S T N"], levels: Float[np.ndarray, "S T K"]
) -> Float[np.ndarray, "S P"]:
    """The least global columns for these flows; fills the room below each peak, and the metering stores."""
    peaks = problem.peak_min.copy()
    stores = {int(row): k for k, row in enumerate(problem.store_row)}
    metered = {}
    for row in np.flatnonzero(problem.peak_matrix.any(axis=1)):
        counted = flows @ problem.matrix[row] - problem.rhs[:, :, row]
        if int(row) in stores:
            kept = problem.retention[:, stores[int(row)]]
            for t in range(1, counted.shape[1]):
                counted[:, t] += kept[t] * counted[:, t - 1]
        metered[int(row)] = counted
        for p in np.flatnonzero(problem.peak_matrix[row]):
            active = problem.peak_active[:, p] > 0
            need = counted[:, active] / problem.peak_active[active, p]
            peaks[:, p] = np.maximum(peaks[:, p], need.max(axis=1, initial=0.0))
    for coefficients in problem.peak_rows:
        raised = int(np.argmax(coefficients))
        short = np.maximum(-peaks @ coefficients, 0.0) / coefficients[raised]
        peaks[:, raised] += short
    for row, counted in metered.items():
        taken = peaks @ (problem.peak_matrix[row][:, None] * problem.peak_active.T)
        if row in stores:
            levels[:, :, stores[row]] = counted - taken
        else:
            room = next(
                n for n in np.flatnonzero(problem.matrix[row]) if problem.columns[n].quantity == ROOM_BELOW_PEAK
            )
            flows[:, :, room] = taken - counted
    return peaks
