"""The standard problem family that every solver is timed on, as arrays laid out by hand.

``family_spec.py`` says the same area as a Spec, which goes through ``assemble``; the tests hold the two against one
another, so that neither the family nor the assembly can drift unseen.

``n`` buildings of five mixed kinds stand on a ring of private lines with ``n // 5`` chords.  Each has a grid
connection, PV, a battery and load; hospitals and plants have gensets.  One row sums the imports of the area, and a
global column per month carries its demand charge.  The stressed twin has smaller contracts and more PV, so that lines,
gensets and export come into play; the plain one hardly uses its lines.  A battery must end at least as full as it
began; the peak so far counts in the first month.  The sizes below define a yardstick, not a model of a place: they are
assumptions, fixed so that times stay comparable.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from simulation.draws.seeds import Stream, generator
from simulation.interchange.problem import Label, Problem
from simulation.scenario.clock import Clock

__all__ = [
    "KINDS",
    "Kind",
    "battery_kw",
    "contract_kw",
    "family_clock",
    "family_draws",
    "family_kinds",
    "family_lines",
    "peak_so_far_kw",
    "standard_problem",
]

FIRST_DAY, UTC_OFFSET = datetime(2026, 4, 1), timedelta(hours=9)  # local midnight; Japan keeps no summer time
LINE_KW = 1000.0
LINE_LOSS_FRAC = 0.02
BATTERY_EFFICIENCY = 0.95
BATTERY_MIN_FRAC, BATTERY_START_FRAC = 0.1, 0.5
GENSET_JPY_PER_KWH = 60.0
UNSERVED_JPY_PER_KWH = 3000.0
EXPORT_JPY_PER_KWH = 8.0
NIGHT_JPY_PER_KWH, DAY_JPY_PER_KWH, PEAK_JPY_PER_KWH = 15.0, 22.0, 30.0
DEMAND_JPY_PER_KW_MONTH = 1800.0
PEAK_SO_FAR_FRAC = 0.55
PEAK_HOUR_FROM, DAY_HOUR_FROM = 17.0, 7.0
CONTRACT_FRAC = 1.2
BATTERY_KW_PER_KWH = 0.5
STRESS_CONTRACT, STRESS_PV = 0.4, 3.0


class Kind(NamedTuple):
    """One kind of building: its peak load [kW], day profile, and plant relative to the peak load."""

    name: str
    peak_kw: float
    night_frac: float
    centre_h: float
    width_h: float
    pv_frac: float
    battery_h: float
    genset_frac: float


KINDS = (
    Kind("office", 400.0, 0.25, 13.5, 4.0, 0.4, 1.0, 0.0),
    Kind("hospital", 600.0, 0.55, 13.0, 5.0, 0.2, 0.5, 0.6),
    Kind("mall", 1000.0, 0.15, 15.0, 4.5, 0.5, 1.0, 0.0),
    Kind("apartments", 250.0, 0.35, 20.0, 3.0, 0.6, 2.0, 0.0),
    Kind("plant", 800.0, 0.5, 12.0, 6.0, 0.8, 0.5, 0.4),
)


def standard_problem(
    n_buildings: int, n_steps: int, n_scenarios: int, *, seed: int, stressed: bool, step_min: int = 30
) -> Problem:
    """The member of the standard family with these sizes; scenario s is the same whatever ``n_scenarios``.

    >>> problem = standard_problem(2, 48, 3, seed=1, stressed=True)
    >>> problem.cost.shape, len(problem.stores), len(problem.peaks)
    ((3, 48, 16), 2, 1)
    """
    clock, kinds = family_clock(n_steps, step_min), family_kinds(n_buildings)
    demand_kw, pv_kw = family_draws(clock, kinds, n_scenarios, seed)
    columns, matrix, upper, cost = _layout(clock, kinds, demand_kw, pv_kw, stressed)
    names = [f"{kind.name}{building}" for building, kind in enumerate(kinds)]
    S, T, B = demand_kw.shape
    rhs = np.zeros((S, T, 2 * B + 1))
    rhs[:, :, :B] = demand_kw
    capacity_kwh = np.array([kind.peak_kw * kind.battery_h for kind in kinds])
    level_min = np.broadcast_to(BATTERY_MIN_FRAC * capacity_kwh, (S, T, B)).copy()
    level_min[:, -1] = BATTERY_START_FRAC * capacity_kwh
    local = clock.local
    months, month = np.unique(local.year.to_numpy() * 12 + local.month.to_numpy() - 1, return_inverse=True)
    peak_matrix = np.zeros((2 * B + 1, len(months)))
    peak_matrix[-1] = 1.0
    so_far_kw = np.where(np.arange(len(months)) == 0, peak_so_far_kw(kinds, stressed), 0.0)
    return Problem(
        clock=clock,
        columns=columns,
        rows=(
            *(Label(name, "bus_kw") for name in names),
            *(Label(f"{name}.battery", "balance_kwh") for name in names),
            Label("area", "import_kw"),
        ),
        stores=tuple(Label(f"{name}.battery", "level_kwh") for name in names),
        peaks=tuple(Label("area", f"peak_kw_{m // 12}_{m % 12 + 1:02d}") for m in months),
        matrix=matrix,
        store_row=np.arange(B, 2 * B),
        retention=np.ones((T, B)),
        peak_matrix=peak_matrix,
        peak_active=(month[:, None] == np.arange(len(months))).astype(float),
        peak_rows=np.zeros((0, len(months))),
        peak_rhs=np.zeros((S, 0)),
        cost=np.broadcast_to(cost, (S, *cost.shape)),
        curvature=np.broadcast_to(0.0, (S, *cost.shape)),
        upper=upper,
        rhs=rhs,
        initial_level=np.broadcast_to(BATTERY_START_FRAC * capacity_kwh, (S, B)),
        level_min=level_min,
        level_max=np.broadcast_to(capacity_kwh, (S, T, B)),
        level_cost=np.broadcast_to(0.0, (S, T, B)),
        peak_cost=np.full((S, len(months)), DEMAND_JPY_PER_KW_MONTH),
        peak_min=np.broadcast_to(so_far_kw, (S, len(months))),
        peak_max=np.full((S, len(months)), np.inf),
        exclusive=_exclusive(columns),
    )


def family_clock(n_steps: int, step_min: int = 30) -> Clock:
    """Steps from local midnight of the first day."""
    return Clock(start_utc=FIRST_DAY - UTC_OFFSET, step_min=step_min, n_steps=n_steps, zone="Asia/Tokyo")


def family_kinds(n_buildings: int) -> list[Kind]:
    """The kind of each building, in turn."""
    return [KINDS[building % len(KINDS)] for building in range(n_buildings)]


def peak_so_far_kw(kinds: list[Kind], stressed: bool) -> float:
    """Highest demand of the area before the first step [kW]."""
    return PEAK_SO_FAR_FRAC * sum(kind.peak_kw for kind in kinds) * (STRESS_CONTRACT if stressed else 1.0)


def contract_kw(kind: Kind, stressed: bool) -> float:
    """Most that a building may draw, and send out [kW]."""
    return CONTRACT_FRAC * kind.peak_kw * (STRESS_CONTRACT if stressed else 1.0)


def battery_kw(kind: Kind) -> float:
    """Power of a building's battery, each way [kW]."""
    return BATTERY_KW_PER_KWH * kind.peak_kw * kind.battery_h


def family_draws(
    clock: Clock, kinds: list[Kind], n_scenarios: int, seed: int
) -> tuple[Float[np.ndarray, "S T B"], Float[np.ndarray, "S T B"]]:
    """Demand and available PV [kW]: a day profile each, with noise that holds for a few hours, one sky for all."""
    T, B = clock.n_steps, len(kinds)
    hour = clock.local_hour
    peak_kw = np.array([kind.peak_kw for kind in kinds])
    profile = np.empty((T, B))
    for building, kind in enumerate(kinds):
        away_h = np.abs(hour - kind.centre_h)
        bump = np.exp(-0.5 * (np.minimum(away_h, 24.0 - away_h) / kind.width_h) ** 2)
        profile[:, building] = kind.night_frac + (1.0 - kind.night_frac) * bump
    season = 1.0 + 0.2 * np.cos(2.0 * np.pi * (clock.local_month - 8) / 6.0)
    sun = np.maximum(np.sin(np.pi * (hour - 6.0) / 12.0), 0.0) * ((hour > 6.0) & (hour < 18.0))
    pv_size_kw = np.array([kind.peak_kw * kind.pv_frac for kind in kinds])
    demand_kw, pv_kw = np.empty((n_scenarios, T, B)), np.empty((n_scenarios, T, B))
    for s in range(n_scenarios):
        chance = generator(seed, s, Stream.DEMAND)
        noise = _smooth(chance.standard_normal((T, B)))
        cloud = 1.0 / (1.0 + np.exp(-1.5 * _smooth(chance.standard_normal((T, 1))) - 0.5))
        demand_kw[s] = peak_kw * profile * season[:, None] * np.exp(0.15 * noise)
        pv_kw[s] = pv_size_kw * sun[:, None] * cloud
    return demand_kw, pv_kw


def _smooth(noise: Float[np.ndarray, "T B"]) -> Float[np.ndarray, "T B"]:
    """Noise of unit variance whose memory is about six steps."""
    out = noise.copy()
    for t in range(1, len(out)):
        out[t] = 0.85 * out[t - 1] + np.sqrt(1.0 - 0.85**2) * noise[t]
    return out


def family_lines(n_buildings: int) -> list[tuple[int, int]]:
    """The ring and its chords, without doubles."""
    ring = [(i, (i + 1) % n_buildings) for i in range(n_buildings)] if n_buildings > 1 else []
    chords = [(5 * i, (5 * i + n_buildings // 2) % n_buildings) for i in range(n_buildings // 5)]
    seen: dict[frozenset[int], tuple[int, int]] = {}
    for line in (*ring, *chords):
        seen.setdefault(frozenset(line), line)
    return [line for ends, line in seen.items() if len(ends) == 2]


def _layout(
    clock: Clock,
    kinds: list[Kind],
    demand_kw: Float[np.ndarray, "S T B"],
    pv_kw: Float[np.ndarray, "S T B"],
    stressed: bool,
) -> tuple[tuple[Label, ...], Float[np.ndarray, "R N"], Float[np.ndarray, "S T N"], Float[np.ndarray, "T N"]]:
    """Columns with their entries in the rows (buses, batteries, area), upper bounds [kW] and costs [yen/kW]."""
    S, T, B = demand_kw.shape
    hour, step_h = clock.local_hour, clock.step_h
    import_jpy = np.where(
        hour < DAY_HOUR_FROM, NIGHT_JPY_PER_KWH, np.where(hour < PEAK_HOUR_FROM, DAY_JPY_PER_KWH, PEAK_JPY_PER_KWH)
    )
    labels: list[Label] = []
    entries: list[dict[int, float]] = []
    uppers: list[Float[np.ndarray, "S T"]] = []
    costs: list[Float[np.ndarray, "T"]] = []

    def add(name: str, quantity: str, into: dict[int, float], most_kw: object, jpy_per_kwh: object) -> None:
        labels.append(Label(name, quantity))
        entries.append(into)
        uppers.append(np.broadcast_to(np.asarray(most_kw, dtype=float), (S, T)))
        costs.append(np.broadcast_to(np.asarray(jpy_per_kwh, dtype=float) * step_h, (T,)))

    area = 2 * B
    for bus, kind in enumerate(kinds):
        name = f"{kind.name}{bus}"
        most_kw, rate_kw = contract_kw(kind, stressed), battery_kw(kind)
        store = B + bus
        add(name, "import_kw", {bus: 1.0, area: 1.0}, most_kw, import_jpy)
        add(name, "export_kw", {bus: -1.0}, most_kw, -EXPORT_JPY_PER_KWH)
        add(f"{name}.pv", "used_kw", {bus: 1.0}, pv_kw[:, :, bus] * (STRESS_PV if stressed else 1.0), 0.0)
        add(f"{name}.battery", "charge_kw", {bus: -1.0, store: BATTERY_EFFICIENCY * step_h}, rate_kw, 0.0)
        add(f"{name}.battery", "discharge_kw", {bus: 1.0, store: -step_h / BATTERY_EFFICIENCY}, rate_kw, 0.0)
        add(name, "unserved_kw", {bus: 1.0}, demand_kw[:, :, bus], UNSERVED_JPY_PER_KWH)
        if kind.genset_frac > 0:
            add(f"{name}.genset", "output_kw", {bus: 1.0}, kind.genset_frac * kind.peak_kw, GENSET_JPY_PER_KWH)
    for one, other in family_lines(B):
        for sender, receiver in ((one, other), (other, one)):
            into = {sender: -1.0, receiver: 1.0 - LINE_LOSS_FRAC}
            add(f"line{one}-{other}", f"sent_kw_from_{sender}", into, LINE_KW, 0.0)
    add("area", "below_peak_kw", {area: 1.0}, np.inf, 0.0)
    matrix = np.zeros((2 * B + 1, len(labels)))
    for column, into in enumerate(entries):
        for row, value in into.items():
            matrix[row, column] = value
    return tuple(labels), matrix, np.stack(uppers, axis=2), np.stack(costs, axis=1)


def _exclusive(columns: tuple[Label, ...]) -> np.ndarray:
    """Pairs that must not flow at once: charge and discharge, import and export, the two ways of a line."""
    place = {(label.element, label.quantity): index for index, label in enumerate(columns)}
    pairs = [
        (place[element, first], place[element, second])
        for element, _ in place
        for first, second in (("charge_kw", "discharge_kw"), ("import_kw", "export_kw"))
        if (element, first) in place and (element, second) in place
    ]
    ways = [index for index, label in enumerate(columns) if label.quantity.startswith("sent_kw")]
    pairs = list(dict.fromkeys(pairs)) + list(zip(ways[::2], ways[1::2], strict=True))
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)
