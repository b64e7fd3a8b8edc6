"""PIQP, a proximal interior point in C++, as a yardstick: cold, or set up once and updated in place.

R. Schwan, Y. Jiang, D. Kuhn and C. N. Jones 2023, "PIQP: a proximal interior-point quadratic programming solver", IEEE
CDC.  It takes linear and quadratic costs; the optional package ``piqp``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from simulation.interchange.flat import equality_matrix, fill, flat, unsolved
from simulation.interchange.problem import Problem
from simulation.interchange.schedule import Solution, Status

__all__ = ["PIQP"]


@dataclass(frozen=True, kw_only=True)
class PIQP:
    """Solve scenario by scenario; ``set_up_once`` keeps symbolic factors and scaling from the first on.

    ``tol`` is PIQP's absolute and relative tolerance of residuals and gap, on its own scale.  ImportError without the
    package.
    """

    set_up_once: bool = False
    tol: float = 1e-8

    @property
    def name(self) -> str:
        """Name for tables and files."""
        return "PIQP"

    def solve(self, problem: Problem) -> Solution:
        """Solve every scenario; raises ProblemError where bounds contradict each other."""
        import piqp

        problem.check()
        solution = unsolved(problem)
        balance, rows = sp.csc_matrix(equality_matrix(problem)), None
        free = problem.cost[0].size + problem.level_min[0].size
        if len(problem.peak_rows):
            rows = sp.csc_matrix(sp.hstack([sp.csc_matrix((len(problem.peak_rows), free)), problem.peak_rows]))
        solver = None
        for s in np.flatnonzero(problem.sound()):
            one = flat(problem, int(s))
            numbers: dict[str, Any] = {"c": one.cost, "b": one.rhs, "x_l": one.low, "x_u": one.high}
            if rows is not None:
                numbers |= {"h_l": one.peak_rhs, "h_u": np.full(len(one.peak_rhs), np.inf)}
            quadratic = sp.csc_matrix(sp.diags(one.curvature))
            if solver is None or not self.set_up_once:
                solver = piqp.SparseSolver()
                solver.settings.eps_abs = solver.settings.eps_rel = self.tol
                solver.settings.eps_duality_gap_abs = solver.settings.eps_duality_gap_rel = self.tol
                solver.setup(P=quadratic, A=balance, G=rows, **numbers)
            else:
                solver.update(P=quadratic if one.curvature.any() else None, **numbers)
            solver.solve()
            result = solver.result
            solution.iterations[s] = result.info.iter
            if result.info.status == piqp.PIQP_SOLVED:
                solution.status[s] = Status.OPTIMAL
                among = np.asarray(result.z_l) if rows is not None else one.peak_rhs
                fill(solution, int(s), np.asarray(result.x), -np.asarray(result.y), among)
            else:
                limit = result.info.status == piqp.PIQP_MAX_ITER_REACHED
                solution.status[s] = Status.ITERATION_LIMIT if limit else Status.NUMERICAL_TROUBLE
        return solution
