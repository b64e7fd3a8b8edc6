"""The reference solver: HiGHS through scipy, scenario by scenario.

The letters are those of ``problem.py``.  One sparse matrix serves all scenarios of a Problem; only bounds, costs and
right-hand sides are exchanged between them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.optimize import OptimizeResult, linprog

from simulation.errors import ProblemError
from simulation.interchange.problem import Problem
from simulation.interchange.schedule import Solution, Status

__all__ = ["HiGHS", "equality_matrix"]


@dataclass(frozen=True, kw_only=True)
class HiGHS:
    """Solve a linear Problem with HiGHS, one scenario after the other.

    ``method`` is scipy's: ``highs`` (its own choice), ``highs-ds`` (dual simplex) or ``highs-ipm``.  A scenario that
    HiGHS does not finish has NaN decisions and a status; it never raises.  Curvature needs another solver.
    """

    method: str = "highs"
    presolve: bool = True
    time_limit_s: float | None = None

    @property
    def name(self) -> str:
        """Name for tables and files."""
        return "HiGHS"

    def solve(self, problem: Problem) -> Solution:
        """Solve every scenario; raises ProblemError where bounds contradict each other or the cost is quadratic."""
        problem.check()
        if np.any(problem.curvature > 0):
            s, t, n = (int(i) for i in np.argwhere(problem.curvature > 0)[0])
            raise ProblemError(
                f"{problem.columns[n]}: scenario {s}, step {t}: curvature {problem.curvature[s, t, n]:g}; "
                "HiGHS through scipy takes linear costs only: set the curvature to 0 or solve with InteriorPoint"
            )
        balance = equality_matrix(problem)
        sound = problem.sound()
        S, T, N = problem.cost.shape
        K, P = len(problem.stores), len(problem.peaks)
        flows, levels, peaks = np.full((S, T, N), np.nan), np.full((S, T, K), np.nan), np.full((S, P), np.nan)
        row_price = np.full((S, T, len(problem.rows)), np.nan)
        peak_row_price = np.full((S, len(problem.peak_rows)), np.nan)
        status = np.full(S, int(Status.NOT_A_NUMBER))
        iterations = np.zeros(S, dtype=np.int64)
        for s in np.flatnonzero(sound):
            result = self._solve_one(problem, balance, int(s))
            status[s] = _STATUS.get(result.status, Status.NUMERICAL_TROUBLE)
            iterations[s] = result.nit
            if result.status == 0:
                values = np.asarray(result.x)
                flows[s] = values[: T * N].reshape(T, N)
                levels[s] = values[T * N : T * (N + K)].reshape(T, K)
                peaks[s] = values[T * (N + K) :]
                row_price[s] = result.eqlin.marginals.reshape(T, -1)
                peak_row_price[s] = -result.ineqlin.marginals
        return Solution(
            flows=flows,
            levels=levels,
            peaks=peaks,
            row_price=row_price,
            peak_row_price=peak_row_price,
            status=status,
            iterations=iterations,
        )

    def _solve_one(self, problem: Problem, balance: sp.csc_array, s: int) -> OptimizeResult:
        rhs = problem.rhs[s].copy()
        rhs[0, problem.store_row] -= problem.retention[0] * problem.initial_level[s]
        low = [np.zeros(problem.cost[s].size), problem.level_min[s].ravel(), problem.peak_min[s]]
        high = [problem.upper[s].ravel(), problem.level_max[s].ravel(), problem.peak_max[s]]
        has_rows = problem.peak_rows.shape[0] > 0
        free = problem.cost[s].size + problem.level_min[s].size
        among_peaks = sp.hstack([sp.csc_array((len(problem.peak_rows), free)), sp.csc_array(problem.peak_rows)])
        return linprog(
            np.concatenate([problem.cost[s].ravel(), problem.level_cost[s].ravel(), problem.peak_cost[s]]),
            A_eq=balance,
            b_eq=rhs.ravel(),
            A_ub=-among_peaks if has_rows else None,
            b_ub=-problem.peak_rhs[s] if has_rows else None,
            bounds=np.column_stack([np.concatenate(low), np.concatenate(high)]),
            method=self.method,
            options={"presolve": self.presolve, "time_limit": self.time_limit_s},
        )


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


_STATUS = {
    0: Status.OPTIMAL,
    1: Status.ITERATION_LIMIT,
}
