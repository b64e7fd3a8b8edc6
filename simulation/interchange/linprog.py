"""HiGHS through scipy, scenario by scenario: a yardstick, not part of a run.

The letters are those of ``problem.py``.  One sparse matrix serves all scenarios of a Problem; only bounds, costs and
right-hand sides are exchanged between them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.optimize import OptimizeResult, linprog

from simulation.errors import ProblemError
from simulation.interchange.flat import equality_matrix, fill, flat, unsolved
from simulation.interchange.problem import Problem
from simulation.interchange.schedule import Solution, Status

__all__ = ["Linprog"]


@dataclass(frozen=True, kw_only=True)
class Linprog:
    """Solve a linear Problem with scipy's ``linprog``, one scenario after the other.

    A scenario that HiGHS does not finish has NaN decisions and a status; it never raises.  Curvature needs another
    solver.
    """

    @property
    def name(self) -> str:
        """Name for tables and files."""
        return "linprog"

    def solve(self, problem: Problem) -> Solution:
        """Solve every scenario; raises ProblemError where bounds contradict each other or the cost is quadratic."""
        problem.check()
        if np.any(problem.curvature > 0):
            s, t, n = (int(i) for i in np.argwhere(problem.curvature > 0)[0])
            raise ProblemError(
                f"{problem.columns[n]}: scenario {s}, step {t}: curvature {problem.curvature[s, t, n]:g}; "
                "linprog takes linear costs only: set the curvature to 0 or solve with InteriorPoint"
            )
        balance = equality_matrix(problem)
        solution = unsolved(problem)
        for s in np.flatnonzero(problem.sound()):
            result = self._solve_one(problem, balance, int(s))
            solution.status[s] = _STATUS.get(result.status, Status.NUMERICAL_TROUBLE)
            solution.iterations[s] = result.nit
            if result.status == 0:
                fill(solution, int(s), np.asarray(result.x), result.eqlin.marginals, -result.ineqlin.marginals)
        return solution

    def _solve_one(self, problem: Problem, balance: sp.csc_array, s: int) -> OptimizeResult:
        one = flat(problem, s)
        has_rows = problem.peak_rows.shape[0] > 0
        free = len(one.cost) - len(problem.peaks)
        among_peaks = sp.hstack([sp.csc_array((len(problem.peak_rows), free)), sp.csc_array(problem.peak_rows)])
        return linprog(
            one.cost,
            A_eq=balance,
            b_eq=one.rhs,
            A_ub=-among_peaks if has_rows else None,
            b_ub=-one.peak_rhs if has_rows else None,
            bounds=np.column_stack([one.low, one.high]),
            method="highs",
        )


_STATUS = {
    0: Status.OPTIMAL,
    1: Status.ITERATION_LIMIT,
    2: Status.INFEASIBLE,
    3: Status.UNBOUNDED,
}
