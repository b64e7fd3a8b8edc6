"""Proof of a solution from the Problem alone: residuals, dual bound and gap, whichever solver made it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

if TYPE_CHECKING:
    from simulation.interchange.problem import Problem
    from simulation.interchange.schedule import Solution

__all__ = ["Certificate", "ReducedCosts", "certify", "idle", "reduced_costs"]

WIDE = 1e3
"""A flow's upper bound so many times the scenario's largest number is idle: nothing can come near it.

A price rests on no such bound: a reduced cost that is 0 but for rounding would be multiplied by it, so that "no limit",
written as ten million kilowatts, would swamp the gap.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Residuals and gap of S scenarios, recomputed from ``Problem``, the decisions and the prices.

    ``primal_residual`` is the largest violation of a row or a bound, scaled by 1 + the largest right-hand side or
    flow; ``dual_residual`` the largest reduced cost of the wrong sign where there is no bound to pay for it, scaled by
    1 + the largest cost of a flow or global column; ``gap`` is (objective - dual bound) / (1 + |objective|).
    """

    objective_jpy: Float[np.ndarray, " S"]
    dual_bound_jpy: Float[np.ndarray, " S"]
    primal_residual: Float[np.ndarray, " S"]
    dual_residual: Float[np.ndarray, " S"]
    gap: Float[np.ndarray, " S"]

    def worst(self) -> float:
        """The largest of all residuals and gaps; NaN where any scenario has one."""
        return float(np.max([np.max(np.abs(part)) for part in (self.primal_residual, self.dual_residual, self.gap)]))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReducedCosts:
    """Reduced costs of flows, levels and global columns [yen per unit of each]."""

    flows: Float[np.ndarray, "S T N"]
    levels: Float[np.ndarray, "S T K"]
    peaks: Float[np.ndarray, "S P"]


def certify(problem: Problem, solution: Solution) -> Certificate:
    """Recompute residuals and gap of a solution.

    With prices y (rows), z >= 0 (rows among global columns) and the ``reduced_costs`` r that they leave, the dual bound
    is d.y + b.z - 1/2 x'Qx + a_1 e_0 terms + sum of the box minima min(r lo, r hi): weak duality of the Lagrangian at
    the given prices.  Where a bound is infinite and the reduced cost has the wrong sign, the Lagrangian is unbounded;
    that reduced cost counts as the dual residual instead and the box term is left out.  An ``idle`` bound is taken for
    infinite.
    """
    y, z = solution.row_price, np.maximum(solution.peak_row_price, 0.0)
    x, e, peaks = solution.flows, solution.levels, solution.peaks

    previous = np.concatenate([problem.initial_level[:, None, :], e[:, :-1, :]], axis=1)
    change = problem.retention * previous - e
    active = problem.peak_active[None] * peaks[:, None, :]
    residual = x @ problem.matrix.T - active @ problem.peak_matrix.T - problem.rhs
    residual[:, :, problem.store_row] += change

    reduced = reduced_costs(problem, solution)
    quadratic = problem.curvature * x
    largest = np.max([_largest(problem.rhs), _largest(x), _largest(e), _largest(peaks)], axis=0)
    boxes = (
        (x, np.zeros_like(x), idle(problem.upper, largest), reduced.flows),
        (e, problem.level_min, problem.level_max, reduced.levels),
        (peaks, problem.peak_min, idle(problem.peak_max, largest), reduced.peaks),
    )
    bound_terms, dual_terms, violations = zip(*(_box(*box) for box in boxes), strict=True)

    objective = (
        _total(problem.cost * x + 0.5 * quadratic * x)
        + _total(problem.level_cost * e)
        + _total(problem.peak_cost * peaks)
    )
    slack = peaks @ problem.peak_rows.T - problem.peak_rhs
    dual_bound = (
        _total(problem.rhs * y)
        - _total((problem.retention[None, 0] * problem.initial_level) * y[:, 0, problem.store_row])
        + _total(problem.peak_rhs * z)
        - _total(0.5 * quadratic * x)
        + sum(bound_terms)
    )
    magnitude = 1.0 + np.maximum(_largest(problem.rhs), _largest(x))
    price = 1.0 + np.maximum(_largest(problem.cost), _largest(problem.peak_cost))
    short = np.maximum(_largest(residual), _largest(np.minimum(slack, 0.0)))
    wrong = np.maximum(np.max(dual_terms, axis=0), _largest(np.minimum(solution.peak_row_price, 0.0)))
    return Certificate(
        objective_jpy=objective,
        dual_bound_jpy=dual_bound,
        primal_residual=np.maximum(short, np.max(violations, axis=0)) / magnitude,
        dual_residual=wrong / price,
        gap=(objective - dual_bound) / (1.0 + np.abs(objective)),
    )


def idle(high: Float[np.ndarray, "S ..."], largest: Float[np.ndarray, " S"]) -> Float[np.ndarray, "S ..."]:
    """Upper bounds with those that are ``WIDE`` times (1 + the scenario's largest number) taken for infinite.

    >>> idle(np.array([[50.0, 1e7]]), np.array([99.0]))
    array([[50., inf]])
    """
    limit = WIDE * (1.0 + largest)
    return np.where(high > limit.reshape(-1, *(1,) * (high.ndim - 1)), np.inf, high)


def reduced_costs(problem: Problem, solution: Solution) -> ReducedCosts:
    """What one more unit of each decision would cost at the solution's prices [yen per unit].

    With prices y of the rows and z >= 0 of the rows among global columns::

        r_x = c + Q x - A' y                        (x in [0, u])
        r_e = q + y_row(t) - a_{t+1} y_row(t+1)     (e in [lo, hi])
        r_P = g + sum_t (G * act_t)' y_t - B' z     (P in [L, U])

    At an optimum a negative one stands at the upper bound: minus its value is what a unit more of that bound saves.
    """
    y, z = solution.row_price, np.maximum(solution.peak_row_price, 0.0)
    y_store = y[:, :, problem.store_row]
    kept_on = np.zeros_like(y_store)
    kept_on[:, :-1] = problem.retention[None, 1:] * y_store[:, 1:]
    pull = np.einsum("str,rp,tp->sp", y, problem.peak_matrix, problem.peak_active)
    return ReducedCosts(
        flows=problem.cost + problem.curvature * solution.flows - y @ problem.matrix,
        levels=problem.level_cost + y_store - kept_on,
        peaks=problem.peak_cost + pull - z @ problem.peak_rows,
    )


def _box(
    value: Float[np.ndarray, "S ..."],
    low: Float[np.ndarray, "S ..."],
    high: Float[np.ndarray, "S ..."],
    reduced: Float[np.ndarray, "S ..."],
) -> tuple[Float[np.ndarray, " S"], Float[np.ndarray, " S"], Float[np.ndarray, " S"]]:
    """Lagrangian minimum over a box, the reduced cost that no finite bound pays for, and the bound violation."""
    at_low, at_high = reduced > 0, reduced < 0
    unpaid = np.where(at_low & ~np.isfinite(low) | at_high & ~np.isfinite(high), np.abs(reduced), 0.0)
    end = np.where(at_low, low, np.where(at_high, high, 0.0))
    term = np.where(np.isfinite(end), reduced * np.where(np.isfinite(end), end, 0.0), 0.0)
    violation = np.maximum(np.maximum(low - value, value - high), 0.0)
    return _total(term), _largest(unpaid), _largest(violation)


def _total(values: Float[np.ndarray, "S ..."]) -> Float[np.ndarray, " S"]:
    return values.reshape(values.shape[0], -1).sum(axis=1)


def _largest(values: Float[np.ndarray, "S ..."]) -> Float[np.ndarray, " S"]:
    flat = np.abs(values.reshape(values.shape[0], -1))
    return flat.max(axis=1) if flat.shape[1] else np.zeros(values.shape[0])
