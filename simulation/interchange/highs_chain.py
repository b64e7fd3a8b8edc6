"""HiGHS warm along a chain of like scenarios: a yardstick, not part of a run.

What a scenario's plan is would depend on who comes before it, so that none could be replayed alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from simulation.errors import ProblemError
from simulation.interchange.flat import Flat, flat, unsolved
from simulation.interchange.highs import enter, equations, read, silent
from simulation.interchange.problem import Problem
from simulation.interchange.schedule import Solution

__all__ = ["WarmHiGHS"]


@dataclass(frozen=True, kw_only=True)
class WarmHiGHS:
    """Keep one model, change its numbers in place, and start each scenario from the basis of the one before.

    Scenarios are taken along a chain of nearest neighbours, so that the basis fits as well as it can.  The dual
    simplex is what starts from a basis; linear costs only.
    """

    @property
    def name(self) -> str:
        """Name for tables and files."""
        return "HiGHS warm"

    def solve(self, problem: Problem) -> Solution:
        """Solve every scenario; raises ProblemError where bounds contradict each other or the cost is quadratic."""
        problem.check()
        if np.any(problem.curvature > 0):
            raise ProblemError("curvature: above 0 somewhere; a warm start takes linear costs only: use HiGHS")
        solution, sound = unsolved(problem), np.flatnonzero(problem.sound())
        if not sound.size:
            return solution
        highs = silent(presolve=False)
        before: Flat | None = None
        matrix = equations(problem)
        for s in sound[_chain(problem.take(sound))]:
            one = flat(problem, int(s))
            if before is None:
                enter(highs, matrix, one)
            else:
                _change(highs, before, one)
            highs.run()
            read(highs, solution, int(s), len(one.rhs))
            before = one
        return solution


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


def _chain(problem: Problem) -> Int[np.ndarray, " S"]:
    """Scenarios in an order in which each is followed by the nearest that is left, from the first one on.

    Near means: right-hand sides and upper bounds differ little, each in units of its spread.
    """
    S = problem.n_scenarios
    parts = [part.reshape(S, -1) for part in (problem.rhs, problem.upper, problem.cost, problem.initial_level)]
    points = np.concatenate([_spread(part) for part in parts], axis=1)
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
