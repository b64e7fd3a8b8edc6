"""Random interchange problems as arrays: always feasible, because every shortage and every surplus has a column.

``random_problem(knobs)`` is a pure function of its knobs (a seed among them); ``knobs()`` is a hypothesis strategy.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
from hypothesis import strategies as st

from simulation.interchange.problem import Label, Problem
from simulation.scenario.clock import Clock

NETWORKS = ("isolated", "radial", "ring", "mesh", "split")


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """What a random problem contains; ``size`` stretches kW of every second building, ``money`` all prices."""

    seed: int
    network: str = "ring"
    n_buildings: int = 3
    n_steps: int = 8
    n_scenarios: int = 3
    batteries: float = 0.7
    own_source: bool = False
    metered: str = "area"
    months: int = 1
    hub: bool = False
    outage: bool = False
    negative_prices: bool = False
    quadratic: bool = False
    unbounded: bool = False
    size: float = 1.0
    money: float = 1.0


@st.composite
def knobs(draw: st.DrawFn, *, quadratic: bool = False) -> Knobs:
    """A strategy over everything that the Problem record allows, at sizes that HiGHS solves in milliseconds."""
    return Knobs(
        seed=draw(st.integers(0, 2**32 - 1)),
        network=draw(st.sampled_from(NETWORKS)),
        n_buildings=draw(st.integers(1, 5)),
        n_steps=draw(st.sampled_from([1, 2, 3, 5, 8, 13])),
        n_scenarios=draw(st.integers(1, 3)),
        batteries=draw(st.sampled_from([0.0, 0.5, 1.0])),
        own_source=draw(st.booleans()),
        metered=draw(st.sampled_from(["none", "area", "each", "window"])),
        months=draw(st.integers(1, 3)),
        hub=draw(st.booleans()),
        outage=draw(st.booleans()),
        negative_prices=draw(st.booleans()),
        quadratic=quadratic,
        unbounded=draw(st.booleans()),
        size=draw(st.sampled_from([1.0, 1e-3, 1e3])),
        money=draw(st.sampled_from([1.0, 1e-2, 1e2])),
    )


@dataclass
class _Draft:
    """A problem under construction: named rows and columns, entries added one by one."""

    n_scenarios: int
    n_steps: int
    columns: list[Label] = field(default_factory=list)
    rows: list[Label] = field(default_factory=list)
    stores: list[Label] = field(default_factory=list)
    entries: list[dict[int, float]] = field(default_factory=list)
    upper: list[np.ndarray] = field(default_factory=list)
    cost: list[np.ndarray] = field(default_factory=list)
    rhs: list[np.ndarray] = field(default_factory=list)
    store_row: list[int] = field(default_factory=list)
    retention: list[np.ndarray] = field(default_factory=list)
    initial: list[np.ndarray] = field(default_factory=list)
    level_min: list[np.ndarray] = field(default_factory=list)
    level_max: list[np.ndarray] = field(default_factory=list)
    level_cost: list[np.ndarray] = field(default_factory=list)
    peaks: list[tuple[Label, int, np.ndarray, float, float]] = field(default_factory=list)

    def row(self, element: str, quantity: str, rhs: object = 0.0) -> int:
        self.rows.append(Label(element, quantity))
        self.rhs.append(self._spread(rhs))
        return len(self.rows) - 1

    def column(self, element: str, quantity: str, into: dict[int, float], upper: object, cost: object) -> int:
        self.columns.append(Label(element, quantity))
        self.entries.append(into)
        self.upper.append(self._spread(upper))
        self.cost.append(self._spread(cost))
        return len(self.columns) - 1

    def store(self, element: str, row: int, retention: object, initial: object) -> int:
        """A store without limits but 0; sets its bounds afterwards."""
        self.stores.append(Label(element, "level"))
        self.store_row.append(row)
        self.retention.append(np.broadcast_to(np.asarray(retention, dtype=float), (self.n_steps,)))
        self.initial.append(np.broadcast_to(np.asarray(initial, dtype=float), (self.n_scenarios,)))
        self.level_min.append(np.zeros((self.n_scenarios, self.n_steps)))
        self.level_max.append(np.full((self.n_scenarios, self.n_steps), np.inf))
        self.level_cost.append(np.zeros((self.n_scenarios, self.n_steps)))
        return len(self.stores) - 1

    def idle(self, store: int) -> np.ndarray:
        """Levels [S, T] if nothing flows: bounds that contain them keep the problem feasible."""
        return self.initial[store][:, None] * np.cumprod(self.retention[store])[None, :]

    def _spread(self, values: object) -> np.ndarray:
        return np.broadcast_to(np.asarray(values, dtype=float), (self.n_scenarios, self.n_steps)).copy()

    def finish(self, step_min: int, peak_rows: np.ndarray, peak_rhs: np.ndarray, curvature: float) -> Problem:
        S, T, N, R, P = (
            self.n_scenarios,
            self.n_steps,
            len(self.columns),
            len(self.rows),
            len(self.peaks),
        )
        matrix = np.zeros((R, N))
        for column, into in enumerate(self.entries):
            for row, value in into.items():
                matrix[row, column] = value
        peak_matrix, active = np.zeros((R, P)), np.zeros((T, P))
        for p, (_, row, when, _, _) in enumerate(self.peaks):
            peak_matrix[row, p] = 1.0
            active[:, p] = when
        cost = np.stack(self.cost, axis=2)

        def stack(parts: list[np.ndarray]) -> np.ndarray:
            return np.stack(parts, axis=2) if parts else np.zeros((S, T, 0))

        return Problem(
            clock=Clock(start_utc=datetime(2026, 8, 2, 15), step_min=step_min, n_steps=T, zone="Asia/Tokyo"),
            columns=tuple(self.columns),
            rows=tuple(self.rows),
            stores=tuple(self.stores),
            peaks=tuple(label for label, *_ in self.peaks),
            matrix=matrix,
            store_row=np.array(self.store_row, dtype=np.int64),
            retention=np.stack(self.retention, axis=1) if self.retention else np.zeros((T, 0)),
            peak_matrix=peak_matrix,
            peak_active=active,
            peak_rows=peak_rows,
            peak_rhs=peak_rhs,
            cost=cost,
            curvature=curvature * np.abs(cost),
            upper=np.stack(self.upper, axis=2),
            rhs=np.stack(self.rhs, axis=2),
            initial_level=np.stack(self.initial, axis=1) if self.initial else np.zeros((S, 0)),
            level_min=stack(self.level_min),
            level_max=stack(self.level_max),
            level_cost=stack(self.level_cost),
            peak_cost=np.tile([price for *_, price, _ in self.peaks], (S, 1)).reshape(S, P),
            peak_min=np.tile([low for *_, low in self.peaks], (S, 1)).reshape(S, P),
            peak_max=np.full((S, P), np.inf),
            exclusive=np.zeros((0, 2), dtype=np.int64),
        )


STEP_MIN, STEP_H = 30, 0.5


def random_problem(knobs: Knobs) -> Problem:
    """The problem that these knobs describe."""
    chance = np.random.default_rng(knobs.seed)
    draft = _Draft(knobs.n_scenarios, knobs.n_steps)
    price = chance.uniform(10.0, 40.0, knobs.n_steps) * STEP_H
    if knobs.negative_prices:
        price[chance.random(knobs.n_steps) < 0.4] *= -0.5
    buses, imports, own = [], [], []
    for building in range(knobs.n_buildings):
        bus, imported, sources = _building(draft, knobs, chance, building, price)
        buses.append(bus)
        imports.append(imported)
        own.append(sources)
    sent = _lines(draft, knobs, chance, buses)
    if knobs.own_source:
        for building, columns in sent.items():
            row = draft.row(f"b{building}", "own_source_kw")
            for column in columns:
                draft.entries[column][row] = 1.0
            for column in own[building]:
                draft.entries[column][row] = -1.0
            draft.column(f"b{building}", "own_left_kw", {row: 1.0}, np.inf, 0.0)
    if knobs.hub:
        _hub(draft, knobs, chance, buses[0])
    _meters(draft, knobs, chance, imports)
    peak_rows, peak_rhs = _rows_among_peaks(draft, knobs, chance)
    for cost in (*draft.cost, *draft.level_cost):
        cost *= knobs.money
    draft.peaks = [(label, row, when, cost * knobs.money, low) for label, row, when, cost, low in draft.peaks]
    curvature = 0.05 if knobs.quadratic else 0.0
    return draft.finish(STEP_MIN, peak_rows, peak_rhs, curvature)


def _building(
    draft: _Draft, knobs: Knobs, chance: np.random.Generator, building: int, price: np.ndarray
) -> tuple[int, int, list[int]]:
    """Bus, grid connection, PV, tiers, and perhaps battery and genset; gives the bus, the import and own sources."""
    S, T = knobs.n_scenarios, knobs.n_steps
    name = f"b{building}"
    kw = chance.uniform(5.0, 50.0) * (knobs.size if building % 2 else 1.0)
    demand = kw * chance.uniform(0.3, 1.0, (S, T))
    bus = draft.row(name, "bus_kw", demand)
    contract = np.full((S, T), kw * chance.choice([0.0, 0.5, 0.8, 2.0]))
    if knobs.outage:
        start = int(chance.integers(0, T))
        contract[:, start : start + int(chance.integers(1, T + 1))] = 0.0
    if knobs.unbounded and not knobs.negative_prices and building == 0:
        contract[contract > 0] = np.inf
    imported = draft.column(name, "import_kw", {bus: 1.0}, contract, price)
    if chance.random() < 0.7:
        draft.column(name, "export_kw", {bus: -1.0}, kw, -chance.uniform(0.0, 9.0) * STEP_H)
    share = np.array([0.4, 0.35, 0.25])
    for tier, (part, cost) in enumerate(zip(share, (3000.0, 600.0, 150.0), strict=True)):
        draft.column(name, f"unserved{tier}_kw", {bus: 1.0}, part * demand, cost * STEP_H)
    sun = np.maximum(np.sin(np.linspace(-1.0, 4.0, T)), 0.0)
    pv = draft.column(f"{name}.pv", "used_kw", {bus: 1.0}, kw * sun * chance.uniform(0.2, 1.5, (S, T)), 0.0)
    own = [pv]
    if chance.random() < 0.5:
        limit = kw * chance.uniform(0.3, 1.0)
        own.append(draft.column(f"{name}.genset", "output_kw", {bus: 1.0}, limit, 60.0 * STEP_H))
    if chance.random() < knobs.batteries:
        own.append(_battery(draft, knobs, chance, name, bus, kw))
    return bus, imported, own


def _battery(draft: _Draft, knobs: Knobs, chance: np.random.Generator, name: str, bus: int, kw: float) -> int:
    """A battery with losses, standing loss and bounds that move in time around its idle path; gives its discharge."""
    S, T = knobs.n_scenarios, knobs.n_steps
    efficiency, power = chance.uniform(0.85, 1.0), kw * chance.uniform(0.2, 1.0)
    row = draft.row(f"{name}.battery", "balance_kwh")
    store = draft.store(f"{name}.battery", row, chance.choice([1.0, 0.99]), kw * chance.uniform(0.0, 1.0, S))
    idle = draft.idle(store)
    draft.level_min[store] = idle * chance.uniform(0.0, 1.0, (S, T)) * (chance.random((S, T)) < 0.5)
    draft.level_max[store] = idle + kw * chance.uniform(0.2, 2.0)
    held = chance.random((S, T)) < 0.1
    draft.level_min[store] = np.where(held, idle, draft.level_min[store])
    draft.level_max[store] = np.where(held, idle, draft.level_max[store])
    if knobs.unbounded and chance.random() < 0.5:
        draft.level_max[store][:, : T // 2] = np.inf
    draft.level_cost[store][:, -1] = -chance.uniform(0.0, 12.0)
    draft.column(f"{name}.battery", "charge_kw", {bus: -1.0, row: efficiency * STEP_H}, power, 0.0)
    into = {bus: 1.0, row: -STEP_H / efficiency}
    return draft.column(f"{name}.battery", "discharge_kw", into, power, chance.choice([0.0, 1.0]))


def _lines(draft: _Draft, knobs: Knobs, chance: np.random.Generator, buses: list[int]) -> dict[int, list[int]]:
    """Lines each way with losses; gives the columns that each building sends on."""
    count = len(buses)
    pairs = {
        "isolated": [],
        "radial": [(int(chance.integers(0, i)), i) for i in range(1, count)],
        "ring": [(i, (i + 1) % count) for i in range(count if count > 2 else count - 1)],
        "mesh": [(i, j) for i in range(count) for j in range(i + 1, count) if chance.random() < 0.7],
        "split": [(i, i + 2) for i in range(count - 2)],
    }[knobs.network]
    sent: dict[int, list[int]] = {}
    for one, other in pairs:
        capacity = chance.choice([0.0, 5.0, 20.0, 1000.0]) * chance.choice([1.0, knobs.size])
        loss = chance.choice([0.0, 0.02, 0.1])
        for sender, receiver in ((one, other), (other, one)):
            into = {buses[sender]: -1.0, buses[receiver]: 1.0 - loss}
            column = draft.column(f"line{one}-{other}", f"sent_from_{sender}_kw", into, capacity, 0.0)
            sent.setdefault(sender, []).append(column)
    return sent


def _hub(draft: _Draft, knobs: Knobs, chance: np.random.Generator, bus: int) -> None:
    """Power to water into a leaking tank, fuel to power out of a reserve with a delivery, and a store on its own."""
    S, T = knobs.n_scenarios, knobs.n_steps
    thirst = chance.uniform(100.0, 2000.0, (S, T))
    water = draft.row("hub.tank", "balance_l", thirst)
    tank = draft.store("hub.tank", water, np.where(chance.random(T) < 0.5, 1.0, 0.95), 500.0)
    draft.level_max[tank] = np.full((S, T), 5000.0)
    draft.column("hub.pump", "power_kw", {bus: -1.0, water: 800.0 * STEP_H}, 3.0, 0.0)
    draft.column("hub.tank", "short_l", {water: 1.0}, thirst, 2.0)
    draft.column("hub.tank", "overflow_l", {water: -1.0}, np.inf, 0.01)
    delivery = np.zeros((S, T))
    delivery[:, int(chance.integers(0, T))] = chance.uniform(0.0, 60.0, S)
    fuel = draft.row("hub.fuel", "balance_l", -delivery)
    reserve = draft.store("hub.fuel", fuel, 1.0, chance.uniform(0.0, 40.0, S))
    draft.level_max[reserve] = np.full((S, T), 100.0)
    draft.column("hub.genset", "output_kw", {bus: 1.0, fuel: -0.27 * STEP_H}, 30.0, 0.0)
    draft.column("hub.fuel", "refused_l", {fuel: -1.0}, np.inf, 0.1)
    draft.level_cost[reserve][:, -1] = -150.0
    food = draft.row("hub.food", "balance_meals", 30.0 * chance.random((S, T)))
    draft.store("hub.food", food, 1.0, 100.0)
    draft.column("hub.food", "short_meals", {food: 1.0}, np.inf, 500.0)


def _meters(draft: _Draft, knobs: Knobs, chance: np.random.Generator, imports: list[int]) -> None:
    """Global columns for peaks: of the area, of each building, or of window means through stores that are reset."""
    T = knobs.n_steps
    month = np.minimum(np.arange(T) * knobs.months // T, knobs.months - 1)
    groups = {"none": [], "area": [imports], "each": [[column] for column in imports], "window": [imports]}
    for meter, columns in enumerate(groups[knobs.metered]):
        row = draft.row(f"meter{meter}", "import_kw")
        name = f"meter{meter}"
        for column in columns:
            draft.entries[column][row] = STEP_H if knobs.metered == "window" else 1.0
        if knobs.metered == "window":
            last = (np.arange(T) % 2 == 1) | (np.arange(T) == T - 1)
            kept = np.concatenate([[0.0], np.where(last[:-1], 0.0, 1.0)])
            store = draft.store(name, row, kept, 0.0)
            draft.level_min[store][:, last] = -np.inf
            draft.level_max[store][:, last] = 0.0
            factor = 2 * STEP_H * last
        else:
            draft.column(name, "below_peak_kw", {row: 1.0}, np.inf, 0.0)
            factor = np.ones(T)
        for m in range(knobs.months):
            low = float(chance.choice([0.0, 10.0, 60.0]))
            when = factor * (month == m)
            draft.peaks.append((Label(name, f"peak_kw_{m}"), row, when, 1800.0 * STEP_H / 10.0, low))


def _rows_among_peaks(draft: _Draft, knobs: Knobs, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A contract above all peaks, each peak at least 60 % of the one before: rows that any large peaks satisfy."""
    S = knobs.n_scenarios
    if not draft.peaks or chance.random() < 0.4:
        return np.zeros((0, len(draft.peaks))), np.zeros((S, 0))
    nothing = np.zeros(knobs.n_steps)
    draft.peaks.append((Label("area", "contract_kw"), draft.peaks[0][1], nothing, 50.0, 0.0))
    count = len(draft.peaks)
    rows = []
    for p in range(count - 1):
        above = np.zeros(count)
        above[-1], above[p] = 1.0, -1.0
        rows.append(above)
        if p:
            ratchet = np.zeros(count)
            ratchet[p], ratchet[p - 1] = 1.0, -0.6
            rows.append(ratchet)
    return np.array(rows), np.zeros((S, len(rows)))


def with_nan(problem: Problem, scenario: int, name: str) -> Problem:
    """The same with a NaN in one array of one scenario."""
    values = np.array(getattr(problem, name))
    values[(scenario, *(0 for _ in values.shape[1:]))] = np.nan
    return replace(problem, **{name: values})
