"""HiGHS through its own interface, the optional ``highspy``: cold from one scenario to the next, or warm along a chain.

Yardsticks, not parts of a run: scipy's door to the same solver copies and checks every model anew, and keeps nothing
between two scenarios, so it would flatter whatever stands beside it.  The cold one also takes quadratic costs.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float, Int

from simulation.errors import ProblemError
from simulation.interchange.flat import Flat, equality_matrix, fill, flat, unsolved
from simulation.interchange.problem import Problem
from simulation.interchange.schedule import Solution, Status

__all__ = ["DirectHiGHS", "WarmHiGHS"]


@dataclass(frozen=True, kw_only=True)
class DirectHiGHS:
    """Solve every scenario from nothing; the model is handed over anew each time.

    Needs ``highspy`` (ImportError without it).
    """

    presolve: bool = True

    @property
    def name(self) -> str:
        """Name for tables and files."""
        return "HiGHS direct"

    def solve(self, problem: Problem) -> Solution:
        """Solve every scenario; raises ProblemError where bounds contradict each other."""
        problem.check()
        matrix, solution = _matrix(problem), unsolved(problem)
        for s in np.flatnonzero(problem.sound()):
            one = flat(problem, int(s))
            highs = _silent(presolve=self.presolve)
            highs.passModel(_model(matrix, one))
            if one.curvature.any():
                highs.passHessian(_hessian(one))
            highs.run()
            _read(highs, solution, int(s), len(one.rhs))
        return solution


@dataclass(frozen=True, kw_only=True)
class WarmHiGHS:
    """Keep one model, change its numbers in place, and start each scenario from the basis of the one before.

    Scenarios are taken along a chain of nearest neighbours, so that the basis fits as well as it can.  The dual
    simplex is what starts from a basis; linear costs only.  Needs ``highspy`` (ImportError without it).
    """

    @property
    def name(self) -> str:
        """Name for tables and files."""
        return "HiGHS warm"

    def solve(self, problem: Problem) -> Solution:
        """Solve every scenario; raises ProblemError where bounds contradict each other or the cost is quadratic."""
        problem.check()
        if np.any(problem.curvature > 0):
            raise ProblemError("curvature: above 0 somewhere; a warm start takes linear costs only: use DirectHiGHS")
        solution, sound = unsolved(problem), np.flatnonzero(problem.sound())
        if not sound.size:
            return solution
        highs = _silent(presolve=False)
        before: Flat | None = None
        matrix = _matrix(problem)
        for s in sound[_chain(problem.take(sound))]:
            one = flat(problem, int(s))
            if before is None:
                highs.passModel(_model(matrix, one))
            else:
                _change(highs, before, one)
            highs.run()
            _read(highs, solution, int(s), len(one.rhs))
            before = one
        return solution


def _matrix(problem: Problem) -> sp.csc_array:
    """Balances above the rows among global columns, [E + M, V]."""
    balance = equality_matrix(problem)
    free = problem.cost[0].size + problem.level_min[0].size
    among_peaks = sp.hstack([sp.csc_array((len(problem.peak_rows), free)), sp.csc_array(problem.peak_rows)])
    return sp.csc_array(sp.vstack([balance, among_peaks], format="csc"))


def _silent(*, presolve: bool) -> Any:
    from highspy import Highs

    with _nothing_said():
        highs = Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("presolve", "on" if presolve else "off")
    return highs


@contextmanager
def _nothing_said() -> Iterator[None]:
    """Hold back what the library writes to the terminal by itself: a banner, before any option can forbid it."""
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


def _model(matrix: sp.csc_array, one: Flat) -> Any:
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


def _change(highs: Any, before: Flat, one: Flat) -> None:
    """Exchange only the numbers that differ."""
    columns = np.flatnonzero((before.low != one.low) | (before.high != one.high)).astype(np.int32)
    highs.changeColsBounds(len(columns), columns, one.low[columns], one.high[columns])
    priced = np.flatnonzero(before.cost != one.cost).astype(np.int32)
    highs.changeColsCost(len(priced), priced, one.cost[priced])
    rows = np.flatnonzero(before.rhs != one.rhs).astype(np.int32)
    highs.changeRowsBounds(len(rows), rows, one.rhs[rows], one.rhs[rows])
    among = np.flatnonzero(before.peak_rhs != one.peak_rhs)
    low = one.peak_rhs[among]
    highs.changeRowsBounds(len(among), (len(one.rhs) + among).astype(np.int32), low, np.full(len(among), np.inf))


def _read(highs: Any, solution: Solution, s: int, n_balances: int) -> None:
    from highspy import HighsModelStatus

    info, status = highs.getInfo(), highs.getModelStatus()
    counts = (info.simplex_iteration_count, info.ipm_iteration_count, info.qp_iteration_count)
    solution.iterations[s] = sum(max(0, count) for count in counts)
    if status == HighsModelStatus.kOptimal:
        found = highs.getSolution()
        price = np.array(found.row_dual)
        solution.status[s] = Status.OPTIMAL
        fill(solution, s, np.array(found.col_value), price[:n_balances], price[n_balances:])
    else:
        stopped = status in (HighsModelStatus.kIterationLimit, HighsModelStatus.kTimeLimit)
        solution.status[s] = Status.ITERATION_LIMIT if stopped else Status.NUMERICAL_TROUBLE


def _chain(problem: Problem) -> Int[np.ndarray, " S"]:
    """Scenarios in an order in which each is followed by the nearest that is left, from the first one on.

    Near means: right-hand sides and upper bounds differ little, each in units of its spread.
    """
    S = problem.n_scenarios
    parts = [part.reshape(S, -1) for part in (problem.rhs, problem.upper, problem.cost, problem.initial_level)]
    points = np.concatenate([_spread(part) for part in parts if part.strides[0]], axis=1)
    square = (points**2).sum(axis=1)
    left, order = np.ones(S, dtype=bool), np.zeros(S, dtype=np.int64)
    for place in range(1, S):
        here = order[place - 1]
        left[here] = False
        away = square - 2.0 * (points @ points[here])
        away[~left] = np.inf
        order[place] = int(np.argmin(away))
    return order


def _spread(values: Float[np.ndarray, "S v"]) -> Float[np.ndarray, "S v2"]:
    """The columns that vary, in units of the spread of all of them; infinite bounds say nothing about nearness."""
    moving = values[:, np.isfinite(values).all(axis=0)]
    moving = moving[:, np.ptp(moving, axis=0) > 0.0]
    return moving / moving.std() if moving.size else moving
