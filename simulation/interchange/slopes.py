"""Shadow prices confirmed: the plan is solved again with a little more of every limit, all limits in one batch.

Optimal prices need not be the only ones.  Where all of a load is shed, no price of power is too high for the programme:
with less of anything there is no plan at all, so that any price above the load's worth is optimal, and an interior
solver hands back one of millions.  What one more unit saves is the least of them, a slope to one side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np
from jaxtyping import Float

from simulation.interchange.certificate import certify
from simulation.interchange.limits import BindingLimit, Bounds, Limit, Plan, moves_of, stopped
from simulation.interchange.problem import Label, Problem
from simulation.interchange.schedule import Solver, Status

__all__ = ["confirmed"]

STEP_FRAC = 1e-3
"""Share of a size that is added."""

SOLVER_FRAC = 4e-7
"""Share of the cost by which two solves may differ for no reason: a slope is not told from 0 below that."""

SAME_FRAC = 0.02
"""A slope within this share of the price confirms it."""

AT_ONCE = 4_000_000
"""How many numbers an array of a batch may hold."""


def confirmed(plan: Plan, limits: tuple[BindingLimit, ...], solver: Solver) -> tuple[BindingLimit, ...]:
    """The limits with what a unit more of each really saves, those that turn out to save nothing left out.

    A limit whose changed plan the solver does not finish, or whose price drowns in the solver's tolerance, keeps the
    price that it has.  The directions of exclusive pairs stay as the plan has them.
    """
    size = plan.problem.upper[0].size
    at_once = max(1, AT_ONCE // size)
    out: list[BindingLimit] = []
    for first in range(0, len(limits), at_once):
        out += _confirmed(plan, limits[first : first + at_once], solver)
    return tuple(out)


@dataclass(frozen=True, slots=True)
class _Change:
    """What a unit more of a limit does to the bounds and right-hand sides of the plan, and how much of it is added."""

    bounds: Bounds
    rhs: Float[np.ndarray, "T R"]
    step: float


def _confirmed(plan: Plan, limits: tuple[BindingLimit, ...], solver: Solver) -> Iterator[BindingLimit]:
    changes = [_change(plan, limit) for limit in limits]
    problem = _batch(plan, changes)
    solution = solver.solve(problem)
    cost_jpy = certify(problem, solution).objective_jpy
    for place, (limit, change) in enumerate(zip(limits, changes, strict=True), start=1):
        noise_jpy = SOLVER_FRAC * (1.0 + abs(cost_jpy[0])) / change.step
        slope_jpy = max(0.0, float(cost_jpy[0] - cost_jpy[place]) / change.step)
        solved = (solution.status[[0, place]] == Status.OPTIMAL).all()
        told = solved and limit.shadow_price_jpy > noise_jpy
        if not told or slope_jpy >= (1.0 - SAME_FRAC) * limit.shadow_price_jpy - noise_jpy:
            yield limit
        elif slope_jpy > noise_jpy:
            steepest_jpy = limit.steepest_jpy * slope_jpy / limit.shadow_price_jpy
            yield replace(limit, shadow_price_jpy=slope_jpy, steepest_jpy=steepest_jpy)


def _change(plan: Plan, limit: BindingLimit) -> _Change:
    problem = plan.problem
    bounds = Bounds(**{field.name: np.zeros_like(getattr(problem, field.name)[0]) for field in fields(Bounds)})
    rhs = np.zeros_like(problem.rhs[0])
    when = np.zeros(problem.n_steps, dtype=bool)
    for span in limit.spans:
        when[span.first : span.after] = True
    match limit.limit:
        case Limit.CAPACITY if limit.change is not None:
            bounds = moves_of(plan, limit.change)
        case Limit.UNAVAILABLE if limit.change is not None:
            away = when[:, None] & stopped(limit.change, problem.columns)
            bounds.upper[:] = np.where(away, np.clip(1.0 - moves_of(plan, limit.change).upper, 0.0, 1.0), 0.0)
        case Limit.EMPTY:
            bounds.level_min[when, problem.stores.index(_label(limit))] = -1.0
        case Limit.DEADLINE:
            bounds.level_max[when, problem.stores.index(_label(limit))] = 1.0
        case Limit.OWN_SOURCE:
            rhs[when, problem.rows.index(_label(limit))] = -1.0
    bounds.upper[problem.upper[0] < plan.free.upper[0]] = 0.0
    return _Change(bounds, rhs, STEP_FRAC * max(limit.size or 1.0, 1.0))


def _label(limit: BindingLimit) -> Label:
    return Label(limit.element, limit.quantity)


def _batch(plan: Plan, changes: list[_Change]) -> Problem:
    """The plan's Problem as it is, then once with each change."""
    problem = plan.problem.take([0] * (1 + len(changes)))
    moved: dict[str, np.ndarray] = {}
    for name in (*(field.name for field in fields(Bounds)), "rhs"):
        values = np.array(getattr(problem, name))
        for place, change in enumerate(changes, start=1):
            values[place] += change.step * (change.rhs if name == "rhs" else getattr(change.bounds, name))
        moved[name] = values
    return replace(problem, **moved)
