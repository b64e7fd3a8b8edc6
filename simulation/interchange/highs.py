"""HiGHS through its own interface: a vertex for every scenario, and the basis from which a like problem begins.

The letters are those of ``problem.py``.  scipy's door to the same solver (``linprog.py``) copies and checks every model
anew and hands no basis back; a plan whose directions are settled in a second pass would be solved from nothing again.
A problem of many steps begins at the plan of steps twice as long, and that one likewise (``nested.py``).
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import scipy.sparse as sp

from simulation.interchange.flat import Flat, equality_matrix, fill, flat, unsolved
from simulation.interchange.nested import Basis, coarsened, refined
from simulation.interchange.problem import Problem
from simulation.interchange.schedule import Solution, Status

__all__ = ["Basis", "HiGHS", "enter", "equations", "read", "silent"]

COARSEST_STEPS = 24
"""A problem of at most this many steps begins from nothing."""

_DEVEX = 1
"""Pricing that begins with weights of 1; those of steepest edge must first be solved for where a basis is given."""


@dataclass(frozen=True, kw_only=True)
class HiGHS:
    """Solve a Problem with HiGHS's dual simplex, one scenario after the other, each by itself.

    A scenario that HiGHS does not finish has NaN decisions and a status; it never raises.  Quadratic costs go to its
    active-set method, which is for small problems only.

    Attributes:
        presolve: whether HiGHS makes a problem smaller before it begins from nothing.
        nested: whether a problem of many steps begins at a plan of longer ones: a half to a quarter of the time.
        time_limit_s: most seconds for one scenario, and for each of its coarser problems.
    """

    presolve: bool = True
    nested: bool = True
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

        A basis is that of a problem of the same matrix: after a few bounds have changed it saves nine tenths of
        the time from nothing.  Which of several optimal vertices comes out depends on it, the cost does not.

        Raises:
            ProblemError: where bounds contradict each other.
        """
        problem.check()
        grids = self._grids(problem) if None in bases else [_Grid.of(problem)]
        solution = unsolved(problem)
        ended: list[Basis | None] = [None] * problem.n_scenarios
        for s in np.flatnonzero(problem.sound()).tolist():
            begin, spent = (bases[s], 0) if bases[s] is not None else self._begin(grids, s)
            highs = self._run(grids[0], s, begin)
            if read(highs, solution, s, problem.rhs[s].size) and not problem.curvature[s].any():
                ended[s] = highs.getBasis()
            solution.iterations[s] += spent
        return solution, ended

    def _grids(self, problem: Problem) -> list[_Grid]:
        """The problem, and above it those of ever longer steps."""
        grids = [_Grid.of(problem)]
        while self.nested and grids[-1].problem.n_steps > COARSEST_STEPS:
            grids.append(_Grid.of(coarsened(grids[-1].problem)))
        return grids

    def _begin(self, grids: Sequence[_Grid], s: int) -> tuple[Basis | None, int]:
        """The basis that the coarser problems end at, None where there is none; and the iterations that they took."""
        begin: Basis | None = None
        spent = 0
        if grids[0].problem.curvature[s].any():
            return begin, spent
        for fine, coarse in reversed(list(pairwise(grids))):
            highs = self._run(coarse, s, begin)
            spent += _iterations(highs)
            begin = refined(highs.getBasis(), coarse.problem, fine.problem) if _optimal(highs) else None
        return begin, spent

    def _run(self, grid: _Grid, s: int, begin: Basis | None) -> Any:
        """The solver after it has worked on one scenario."""
        from highspy import HighsModelStatus

        one = flat(grid.problem, s)
        quadratic = bool(one.curvature.any())
        highs = silent(presolve=self.presolve and begin is None)
        if self.time_limit_s is not None:
            highs.setOptionValue("time_limit", self.time_limit_s)
        enter(highs, grid.matrix, one)
        if quadratic:
            highs.passHessian(_hessian(one))
        elif begin is not None:
            highs.setBasis(begin)
            highs.setOptionValue("simplex_dual_edge_weight_strategy", _DEVEX)
        highs.run()
        if self.presolve and highs.getModelStatus() == HighsModelStatus.kUnboundedOrInfeasible:
            highs.setOptionValue("presolve", "off")  # which of the two, only the simplex can tell
            highs.run()
        return highs


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """A problem, and its equations, which all its scenarios share."""

    problem: Problem
    matrix: sp.csc_array

    @classmethod
    def of(cls, problem: Problem) -> _Grid:
        return cls(problem=problem, matrix=equations(problem))


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


def enter(highs: Any, matrix: sp.csc_array, one: Flat) -> None:
    """Put one scenario into a solver but for its curvature, in one call: a model is copied value by value."""
    from highspy import MatrixFormat, ObjSense

    n_columns, n_rows = len(one.cost), len(one.rhs) + len(one.peak_rhs)
    highs.passModel(
        n_columns,
        n_rows,
        matrix.nnz,
        int(MatrixFormat.kColwise),
        int(ObjSense.kMinimize),
        0.0,
        one.cost,
        one.low,
        one.high,
        np.concatenate([one.rhs, one.peak_rhs]),
        np.concatenate([one.rhs, np.full(len(one.peak_rhs), np.inf)]),
        matrix.indptr.astype(np.int32),
        matrix.indices.astype(np.int32),
        np.asarray(matrix.data, dtype=float),
        np.zeros(n_columns, dtype=np.int32),  # every column may take any value between its bounds
    )


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

    status = highs.getModelStatus()
    solution.iterations[s] = _iterations(highs)
    if _optimal(highs):
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


def _optimal(highs: Any) -> bool:
    from highspy import HighsModelStatus

    return bool(highs.getModelStatus() == HighsModelStatus.kOptimal)


def _iterations(highs: Any) -> int:
    """Steps of whichever method HiGHS took."""
    info = highs.getInfo()
    return sum(max(0, n) for n in (info.simplex_iteration_count, info.ipm_iteration_count, info.qp_iteration_count))
