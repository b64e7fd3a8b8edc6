"""Which limits bound a plan, when, and what one more unit of each would have saved: read from the reduced costs.

The prices are those of linear programming: a unit more saves at most what the duals say, and exactly that where the
optimal prices are the only ones; ``slopes.py`` confirms them by solving again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import groupby

import numpy as np
from jaxtyping import Bool, Float

from simulation.interchange.assemble import build
from simulation.interchange.certificate import reduced_costs
from simulation.interchange.enlargement import Enlargement, enlarged, enlargements
from simulation.interchange.names import (
    BACKLOG,
    DISCHARGE,
    IMPORT,
    LEVEL_KWH,
    LEVEL_L,
    LEVEL_M3,
    OWN_SOURCE,
    POWER,
    SENT,
)
from simulation.interchange.outlook import Outlook
from simulation.interchange.problem import Label, Problem
from simulation.interchange.schedule import Solution
from simulation.scenario.clock import Clock
from simulation.scenario.spec import Spec

__all__ = [
    "BindingLimit",
    "Bounds",
    "Limit",
    "Plan",
    "Span",
    "binding_limits",
    "moves_of",
    "spans_of",
    "stopped",
]

PRICE_TOLERANCE = 1e-6
"""Reduced costs below this share of the dearest cost in the Problem are rounding of the solver."""

BOUND_TOLERANCE = 1e-4
"""A value this near to its bound, relative to 1 + the bound, stands at it; interior solvers stop short of it."""

SMALL_STEP = 1e-3
"""Share of a size by which it is enlarged to see which bounds move with it."""


class Limit(Enum):
    """What kind of limit it is that binds."""

    CAPACITY = "capacity"
    EMPTY = "empty"
    UNAVAILABLE = "unavailable"
    OWN_SOURCE = "own source only"
    DEADLINE = "deadline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Steps in a row, from ``first`` to before ``after``; ``start`` and ``end`` are on the wall clock of the place."""

    first: int
    after: int
    start: str
    end: str
    hours: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingLimit:
    """A limit that bound a plan.

    ``shadow_price_jpy`` is what one more ``unit`` of ``size`` would have saved over the whole plan [yen per unit];
    ``spans`` are the steps in which the limit was reached (a level: by their end).  A stock may have a price without a
    span: it binds through what it holds at the start.
    ``steepest_jpy`` is the most that a unit of the bound saves in one step, per hour of it for flows: it tells a limit
    that keeps load unserved from one that makes power a little dearer.
    ``change`` is the size in the Spec that it belongs to; None where no size would help.
    """

    element: str
    quantity: str
    limit: Limit
    size: float | None
    unit: str
    spans: tuple[Span, ...]
    shadow_price_jpy: float
    steepest_jpy: float
    change: Enlargement | None = None

    @property
    def hours(self) -> float:
        """Hours in which it bound [h]."""
        return sum(span.hours for span in self.spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One scenario of a Schedule beside what it was made from; ``free`` is its Problem before any direction was set."""

    spec: Spec
    outlook: Outlook
    free: Problem
    problem: Problem
    solution: Solution


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """One number per bound of a scenario's Problem: what a unit more of it saves, or how far a size moves it."""

    upper: Float[np.ndarray, "T N"]
    level_max: Float[np.ndarray, "T K"]
    level_min: Float[np.ndarray, "T K"]
    peak_max: Float[np.ndarray, " P"]
    initial_level: Float[np.ndarray, " K"]


def binding_limits(plan: Plan) -> tuple[BindingLimit, ...]:
    """Every limit that bound, dearest first within its kind: sizes of the Spec, then empty stocks, then the rest."""
    savings = _savings(plan)
    sized = [limit for change in enlargements(plan.spec) for limit in _of_size(plan, savings, change)]
    found = [*sized, *_of_empty_stocks(plan, savings), *_of_rules(plan, savings)]
    order = list(Limit)
    return tuple(sorted(found, key=lambda limit: (order.index(limit.limit), -limit.shadow_price_jpy)))


def spans_of(clock: Clock, mask: Bool[np.ndarray, " T"]) -> tuple[Span, ...]:
    """The runs of steps that are marked, on the wall clock."""
    spans, t = [], 0
    for marked, run in groupby(mask.tolist()):
        n = len(list(run))
        if marked:
            start, end = (clock.local_text(float(clock.hours[edge])) for edge in (t, t + n))
            spans.append(Span(first=t, after=t + n, start=start, end=end, hours=n * clock.step_h))
        t += n
    return tuple(spans)


def _savings(plan: Plan) -> Bounds:
    """What one more unit of each bound saves; 0 where it does not bind, or was set to choose a direction."""
    problem, solution = plan.problem, plan.solution
    reduced = reduced_costs(problem, solution)
    rounding_jpy = _rounding_jpy(problem)
    x, e, peaks = solution.flows[0], solution.levels[0], solution.peaks[0]

    def at(value: np.ndarray, bound: np.ndarray, price: np.ndarray) -> np.ndarray:
        return np.where(_stands_at(value, bound) & (price > rounding_jpy), price, 0.0)

    directed = problem.upper[0] < plan.free.upper[0]
    y_first = solution.row_price[0, 0, problem.store_row]
    return Bounds(
        upper=np.where(directed, 0.0, at(x, problem.upper[0], -reduced.flows[0])),
        level_max=at(e, problem.level_max[0], -reduced.levels[0]),
        level_min=at(e, problem.level_min[0], reduced.levels[0]),
        peak_max=at(peaks, problem.peak_max[0], -reduced.peaks[0]),
        initial_level=problem.retention[0] * y_first,
    )


def _stands_at(value: Float[np.ndarray, "..."], bound: Float[np.ndarray, "..."]) -> Bool[np.ndarray, "..."]:
    return np.isfinite(bound) & (np.abs(value - bound) <= BOUND_TOLERANCE * (1.0 + np.abs(bound)))


def _of_size(plan: Plan, savings: Bounds, change: Enlargement) -> Iterator[BindingLimit]:
    """The limit that a size sets, and the one that it is not there at all for a while.

    It has a price above the solver's rounding (a stock that is not touched may have large ones that cancel), or it
    bound nothing.  Its hours are those in which it was reached: a demand charge may be paid in any hour at the
    contract, and the hours that pay for it are left without a price of their own.
    """
    clock, moves = plan.problem.clock, moves_of(plan, change)
    columns, stores = plan.problem.columns, plan.problem.stores
    flows = savings.upper * moves.upper
    full = savings.level_max * moves.level_max
    levels = full - savings.level_min * moves.level_min
    start = savings.initial_level * moves.initial_level
    saving = flows.sum() + levels.sum() + (savings.peak_max * moves.peak_max).sum() + start.sum()
    common = {
        "element": change.element,
        "quantity": change.fields[0],
        "size": change.size,
        "unit": change.unit,
        "change": change,
    }
    if saving > _rounding_jpy(plan.problem):
        full_flow = (moves.upper > 0) & _stands_at(plan.solution.flows[0], plan.problem.upper[0])
        full_level = (moves.level_max > 0) & _stands_at(plan.solution.levels[0], plan.problem.level_max[0])
        reached = np.hstack([full_flow[:, _own(change, columns)], full_level[:, _own(change, stores)]])
        steepest = max(
            savings.upper[flows > 0].max(initial=0.0) / clock.step_h,
            savings.level_max[full > 0].max(initial=0.0),
            savings.initial_level[start > 0].max(initial=0.0),
        )
        yield BindingLimit(
            **common,
            limit=Limit.CAPACITY,
            spans=spans_of(clock, reached.max(axis=1)),
            shadow_price_jpy=float(saving),
            steepest_jpy=float(steepest),
        )
    stops = stopped(change, columns)
    away = np.where(moves.upper < 1.0 - BOUND_TOLERANCE, savings.upper * (1.0 - moves.upper), 0.0)[:, stops]
    if change.kind in _STOPS and change.size > 0 and away.any():
        yield BindingLimit(
            **common,
            limit=Limit.UNAVAILABLE,
            spans=spans_of(clock, away.max(axis=1) > 0),
            shadow_price_jpy=float(away.sum()),
            steepest_jpy=float(savings.upper[:, stops][away > 0].max()) / clock.step_h,
        )


def stopped(change: Enlargement, columns: Sequence[Label]) -> Bool[np.ndarray, " N"]:
    """The columns of a size that may be away for a while through no size of its own."""
    return _own(change, columns) & [label.quantity in _STOPPED for label in columns]


def _own(change: Enlargement, labels: Sequence[Label]) -> Bool[np.ndarray, "..."]:
    return np.array([label.element in change.labels for label in labels], dtype=bool)


def moves_of(plan: Plan, change: Enlargement) -> Bounds:
    """How far each bound moves with one more unit of a size: the Problem is built again with a little more of it.

    A line of no capacity that gets some may bring voltage to an island, which is a jump and has no price per unit: of
    a size that is 0 only its own bounds count.
    """
    little = SMALL_STEP * max(change.size, 1.0)
    before, after = plan.free, build(*enlarged(plan.spec, plan.outlook, change, little))

    def per_unit(name: str, labels: Sequence[Label]) -> Float[np.ndarray, "..."]:
        old, new = getattr(before, name)[0], getattr(after, name)[0]
        moved = np.subtract(new, old, out=np.zeros_like(old), where=np.isfinite(old)) / little
        return np.where(_own(change, labels) | (change.size > 0), moved, 0.0)

    return Bounds(
        upper=per_unit("upper", before.columns),
        level_max=per_unit("level_max", before.stores),
        level_min=per_unit("level_min", before.stores),
        peak_max=per_unit("peak_max", before.peaks),
        initial_level=per_unit("initial_level", before.stores),
    )


_STOPS = ("contract", "tieline", "genset", "battery_power")
_STOPPED = (IMPORT, *SENT, POWER, DISCHARGE)
"""What may be away for a while through no size of its own: an outage, an open line, an engine at rest."""

_STOCKS = {LEVEL_KWH: "kWh", LEVEL_L: "L", LEVEL_M3: "m3"}


def _of_empty_stocks(plan: Plan, savings: Bounds) -> Iterator[BindingLimit]:
    """Stocks that stood at their floor (empty, or at what is held back), where more in them would have saved cost."""
    for k, label in enumerate(plan.problem.stores):
        price = savings.level_min[:, k]
        if label.quantity in _STOCKS and price.any():
            size = float(plan.problem.level_min[0, np.argmax(price), k])
            yield _limit(plan, label, (Limit.EMPTY, size, _STOCKS[label.quantity]), price)


def _of_rules(plan: Plan, savings: Bounds) -> Iterator[BindingLimit]:
    """Lines that take own sources only, and deferrable load that reached its deadline."""
    for r, label in enumerate(plan.problem.rows):
        price = plan.solution.row_price[0, :, r]
        price = np.where(price > _rounding_jpy(plan.problem), price, 0.0)
        if label.quantity == OWN_SOURCE and price.any():
            yield _limit(plan, label, (Limit.OWN_SOURCE, None, "kW"), price)
    for k, label in enumerate(plan.problem.stores):
        price = savings.level_max[:, k]
        if label.quantity == BACKLOG and price.any():
            yield _limit(plan, label, (Limit.DEADLINE, None, "kWh"), price)


def _limit(
    plan: Plan, label: Label, kind: tuple[Limit, float | None, str], price: Float[np.ndarray, " T"]
) -> BindingLimit:
    limit, size, unit = kind
    clock = plan.problem.clock
    return BindingLimit(
        element=label.element,
        quantity=label.quantity,
        limit=limit,
        size=size,
        unit=unit,
        spans=spans_of(clock, price > 0),
        shadow_price_jpy=float(price.sum()),
        steepest_jpy=float(price.max()) / (clock.step_h if unit == "kW" else 1.0),
    )


def _rounding_jpy(problem: Problem) -> float:
    """Reduced cost below which it is the solver's rounding [yen per unit]."""
    return PRICE_TOLERANCE * max(np.abs(problem.cost).max(), np.abs(problem.peak_cost).max(initial=0.0))
