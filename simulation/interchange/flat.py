"""One scenario of a Problem as plain vectors over (flows, levels, global columns), and the way back.

What the reference solvers take: ``minimise c.v + 1/2 v'Qv`` with ``equality_matrix v = rhs`` and ``low <= v <= high``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float

from simulation.interchange.problem import Problem
from simulation.interchange.schedule import Solution, Status

__all__ = ["Flat", "equality_matrix", "fill", "flat", "unsolved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flat:
    """Vectors of one scenario: V variables, E balances (step by step), M rows among the global columns (at least)."""

    cost: Float[np.ndarray, " V"]
    curvature: Float[np.ndarray, " V"]
    low: Float[np.ndarray, " V"]
    high: Float[np.ndarray, " V"]
    rhs: Float[np.ndarray, " E"]
    peak_rhs: Float[np.ndarray, " M"]


def flat(problem: Problem, s: int) -> Flat:
    """The vectors of scenario ``s``; the term of the initial level is part of ``rhs``."""
    rhs = problem.rhs[s].copy()
    rhs[0, problem.store_row] -= problem.retention[0] * problem.initial_level[s]
    flows = problem.cost[s].size
    linear = np.zeros(problem.level_min[s].size + len(problem.peaks))
    return Flat(
        cost=np.concatenate([problem.cost[s].ravel(), problem.level_cost[s].ravel(), problem.peak_cost[s]]),
        curvature=np.concatenate([problem.curvature[s].ravel(), linear]),
        low=np.concatenate([np.zeros(flows), problem.level_min[s].ravel(), problem.peak_min[s]]),
        high=np.concatenate([problem.upper[s].ravel(), problem.level_max[s].ravel(), problem.peak_max[s]]),
        rhs=rhs.ravel(),
        peak_rhs=problem.peak_rhs[s],
    )


def unsolved(problem: Problem) -> Solution:
    """A Solution without a number in it, to be filled in scenario by scenario."""
    S, T, N = problem.cost.shape
    return Solution(
        flows=np.full((S, T, N), np.nan),
        levels=np.full((S, T, len(problem.stores)), np.nan),
        peaks=np.full((S, len(problem.peaks)), np.nan),
        row_price=np.full((S, T, len(problem.rows)), np.nan),
        peak_row_price=np.full((S, len(problem.peak_rows)), np.nan),
        status=np.full(S, int(Status.NOT_A_NUMBER)),
        iterations=np.zeros(S, dtype=np.int64),
    )


def fill(
    solution: Solution,
    s: int,
    values: Float[np.ndarray, " V"],
    row_price: Float[np.ndarray, " E"],
    peak_row_price: Float[np.ndarray, " M"],
) -> None:
    """Write the vectors of scenario ``s`` into a Solution that is being filled in."""
    flows, levels = solution.flows[s], solution.levels[s]
    solution.flows[s] = values[: flows.size].reshape(flows.shape)
    solution.levels[s] = values[flows.size : flows.size + levels.size].reshape(levels.shape)
    solution.peaks[s] = values[flows.size + levels.size :]
    solution.row_price[s] = row_price.reshape(solution.row_price[s].shape)
    solution.peak_row_price[s] = peak_row_price


def equality_matrix(problem: Problem) -> sp.csc_array:
    """The sparse matrix of all balances, [T*R, T*N + T*K + P] over (flows, levels, global columns), step by step.

    The term of the initial level belongs to the right-hand side: ``d_1 - E a_1 e_0``.
    """
    T = problem.n_steps
    R, K = len(problem.rows), len(problem.stores)
    flows = sp.kron(sp.eye_array(T), sp.csc_array(problem.matrix), format="csc")
    steps = np.arange(T)[:, None]
    row_now = (steps * R + problem.store_row).ravel()
    level = (steps * K + np.arange(K)).ravel()
    kept = problem.retention[1:].ravel()
    levels = sp.csc_array(
        (
            np.concatenate([-np.ones(T * K), kept]),
            (np.concatenate([row_now, row_now[K:]]), np.concatenate([level, level[: (T - 1) * K]])),
        ),
        shape=(T * R, T * K),
    )
    entered = -np.einsum("rp,tp->trp", problem.peak_matrix, problem.peak_active).reshape(T * R, -1)
    return sp.csc_array(sp.hstack([flows, levels, sp.csc_array(entered)], format="csc"))
