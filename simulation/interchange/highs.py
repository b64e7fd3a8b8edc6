"""HiGHS through its own interface: a vertex for every scenario, and the basis from which a like problem begins.

The letters are those of ``problem.py``.  scipy's door to the same solver (``linprog.py``) copies and checks every model
anew and hands no basis back; a plan whose directions are settled in a second pass would be solved from nothing again.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import scipy.sparse as sp

from simulation.interchange.flat import Flat, equality_matrix, fill, flat, unsolved
from simulation.interchange.problem import Problem
from simulation.interchange.schedule import Solution, Status

__all__ = ["Basis", "HiGHS", "equations", "model", "read", "silent"]

Basis = Any
"""Which columns and rows stand at a bound in a vertex; HiGHS's own record, a byte each."""


@dataclass(frozen=True, kw_only=True)
class HiGHS:
    """Solve a Problem with HiGHS's dual simplex, one scenario after the other, each by itself.

    A scenario that HiGHS does not finish has NaN decisions and a status; it never raises.  Quadratic costs go to its
    active-set method, which is for small problems only.
    """

    presolve: bool = True
    time_limit_s: float | None = None

    @property
    def name(self) -> str:
        """Name for tables and files."""
        return "HiGHS"

    def solve(self, problem: Problem) -> Solution:
        """Solve every scenario; raises ProblemError where bounds contradict each other."""
        return self.solve_from(problem, [None] * problem.n_scenarios)[0]

    def solve_from(self, problem: Problem, bases: Sequence[Basis | None]) -> tuple[Solution, list[Basis | None]]:
        """Solve every scenario from its basis, or from nothing where that is None; also hand back where each ended.

        A basis is that of a problem of the same matrix: after a few bounds have changed it saves nine tenths of the
        time.  Which of several optimal vertices comes out depends on it, the cost does not.

        Raises:
            ProblemError: where bounds contradict each other.
        """
        from highspy import HighsModelStatus

        problem.check()
        matrix, solution = equations(problem), unsolved(problem)
        ended: list[Basis | None] = [None] * problem.n_scenarios
        for s in np.flatnonzero(problem.sound()):
            one = flat(problem, int(s))
            quadratic, begin = bool(one.curvature.any()), bases[int(s)]
            highs = silent(presolve=self.presolve and begin is None)
            if self.time_limit_s is not None:
                highs.setOptionValue("time_limit", self.time_limit_s)
            highs.passModel(model(matrix, one))
            if quadratic:
                highs.passHessian(_hessian(one))
            elif begin is not None:
                highs.setBasis(begin)
            highs.run()
            if self.presolve and highs.getModelStatus() == HighsModelStatus.kUnboundedOrInfeasible:
                highs.setOptionValue("presolve", "off")  # which of the two, only the simplex can tell
                highs.run()
            if read(highs, solution, int(s), len(one.rhs)) and not quadratic:
                ended[int(s)] = highs.getBasis()
        return solution, ended


def equations(problem: Problem) -> sp.csc_array:
    """Balances above the rows among global columns, [E + M, V]."""
    balance = equality_matrix(problem)
    free = problem.cost[0].size + problem.level_min[0].size
    among_peaks = sp.hstack([sp.csc_array((len(problem.peak_rows), free)), sp.csc_array(problem.peak_rows)])
    return sp.csc_array(sp.vstack([balance, among_peaks], format="csc"))


def silent(*, presolve: bool) -> Any:
    """A solver that says nothing and takes one thread."""
    from highspy import Highs

    _introduce()
    highs = Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("presolve", "on" if presolve else "off")
    return highs


@cache
def _introduce() -> None:
    """Let the library say its banner, which it does once in a process and which no option forbids, to nobody."""
    from highspy import Highs

    if sys.stdout is not None:
        with _nothing_said():
            Highs()


@contextmanager
def _nothing_said() -> Iterator[None]:
    """Hold back what is written to the terminal, by whatever language."""
    library = ctypes.CDLL(None) if os.name == "posix" else None
    sys.stdout.flush()
    kept, (unread, nowhere) = os.dup(1), os.pipe()  # a banner is far shorter than what a pipe holds
    try:
        if library is not None:
            library.fflush(None)
        os.dup2(nowhere, 1)
        yield
        if library is not None:
            library.fflush(None)
    finally:
        os.dup2(kept, 1)
        for end in (kept, unread, nowhere):
            os.close(end)


def model(matrix: sp.csc_array, one: Flat) -> Any:
    """One scenario as HiGHS takes it, without its curvature."""
    from highspy import HighsLp, MatrixFormat

    model = HighsLp()
    model.num_row_, model.num_col_ = len(one.rhs) + len(one.peak_rhs), len(one.cost)
    model.col_cost_, model.col_lower_, model.col_upper_ = one.cost, one.low, one.high
    model.row_lower_ = np.concatenate([one.rhs, one.peak_rhs])
    model.row_upper_ = np.concatenate([one.rhs, np.full(len(one.peak_rhs), np.inf)])
    model.a_matrix_.format_ = MatrixFormat.kColwise
    model.a_matrix_.start_ = matrix.indptr.astype(np.int32)
    model.a_matrix_.index_ = matrix.indices.astype(np.int32)
    model.a_matrix_.value_ = np.asarray(matrix.data, dtype=float)
    return model


def _hessian(one: Flat) -> Any:
    from highspy import HessianFormat, HighsHessian

    hessian = HighsHessian()
    hessian.dim_ = len(one.curvature)
    hessian.format_ = HessianFormat.kTriangular
    hessian.start_ = np.arange(len(one.curvature) + 1)
    hessian.index_ = np.arange(len(one.curvature))
    hessian.value_ = one.curvature
    return hessian


def read(highs: Any, solution: Solution, s: int, n_balances: int) -> bool:
    """Write what HiGHS found into scenario ``s``; whether that is an optimum."""
    from highspy import HighsModelStatus

    info, status = highs.getInfo(), highs.getModelStatus()
    counts = (info.simplex_iteration_count, info.ipm_iteration_count, info.qp_iteration_count)
    solution.iterations[s] = sum(max(0, count) for count in counts)
    if status == HighsModelStatus.kOptimal:
        found = highs.getSolution()
        price = np.array(found.row_dual)
        solution.status[s] = Status.OPTIMAL
        fill(solution, s, np.array(found.col_value), price[:n_balances], price[n_balances:])
        return True
    solution.status[s] = {
        HighsModelStatus.kIterationLimit: Status.ITERATION_LIMIT,
        HighsModelStatus.kTimeLimit: Status.ITERATION_LIMIT,
        HighsModelStatus.kInfeasible: Status.INFEASIBLE,
        HighsModelStatus.kUnbounded: Status.UNBOUNDED,
    }.get(status, Status.NUMERICAL_TROUBLE)
    return False
