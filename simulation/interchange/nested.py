"""Nested iteration for the simplex: a plan of steps twice as long tells where the plan of the right steps begins.

A vertex of the coarse problem is found in a fraction of the time, and its basis, with every step's columns told twice,
is nearly that of the fine problem.  It is only where the simplex begins: what comes out is proven at the fine steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np
from jaxtyping import Shaped

from simulation.interchange.problem import Problem

__all__ = ["Basis", "coarsened", "refined"]

Basis = Any
"""Which columns and rows stand at a bound in a vertex; HiGHS's own record, a byte each."""


@np.errstate(invalid="ignore")  # one infinity beside the other, in a scenario that is no number and stays unsolved
def coarsened(problem: Problem) -> Problem:
    """A like problem with steps twice as long, for every scenario; of an odd number the last step is left out.

    Two steps have their mean flow bound, price and demand and the level bounds of their end, so that what is possible
    is about the same; nothing is promised about its cost.
    """
    n_steps = problem.n_steps // 2
    balances = np.isin(np.arange(len(problem.rows)), problem.store_row)  # what a step adds, beside flows at a moment
    matrix, rhs = problem.matrix.copy(), _pairs(problem.rhs, 1).mean(axis=2)
    matrix[balances] *= 2.0
    rhs[:, :, balances] *= 2.0
    end = 2 * np.arange(n_steps) + 1
    end[-1] = problem.n_steps - 1
    return replace(
        problem,
        clock=replace(problem.clock, step_min=2 * problem.clock.step_min, n_steps=n_steps),
        matrix=matrix,
        rhs=rhs,
        retention=_pairs(problem.retention, 0).prod(axis=1),
        peak_active=_pairs(problem.peak_active, 0).mean(axis=1),
        cost=_pairs(problem.cost, 1).sum(axis=2),
        curvature=_pairs(problem.curvature, 1).sum(axis=2),
        upper=_pairs(problem.upper, 1).mean(axis=2),
        level_min=problem.level_min[:, end],
        level_max=problem.level_max[:, end],
        level_cost=_pairs(problem.level_cost, 1).sum(axis=2),
    )


def refined(basis: Basis, coarse: Problem, fine: Problem) -> Basis:
    """The basis of a vertex of ``coarse``, which is ``coarsened(fine)``, as one from which ``fine`` may begin.

    Both halves of a step stand as the step did.  A level that is at its bound at the end of a step, and was not at its
    start, is between its bounds half way; that makes more basic columns than rows, of which HiGHS lets some go.
    """
    from highspy import HighsBasis, HighsBasisStatus

    steps, stores = coarse.n_steps, len(coarse.stores)
    columns, rows = list(basis.col_status), list(basis.row_status)
    flows, balances = coarse.cost[0].size, coarse.rhs[0].size
    ends = columns[flows : flows + steps * stores]
    begins = [HighsBasisStatus.kBasic] * stores + ends
    half_way = [end if end == begin else HighsBasisStatus.kBasic for begin, end in zip(begins, ends, strict=False)]
    of_steps = (slice(step * stores, (step + 1) * stores) for step in range(steps))
    levels = chain.from_iterable(half_way[here] + ends[here] for here in of_steps)
    odd = fine.n_steps % 2
    begin = HighsBasis()
    begin.col_status = [
        *_twice(columns[:flows], len(coarse.columns), odd),
        *levels,
        *ends[(steps - odd) * stores :],
        *columns[flows + steps * stores :],
    ]
    begin.row_status = [*_twice(rows[:balances], len(coarse.rows), odd), *rows[balances:]]
    begin.valid, begin.alien = True, True  # "alien": the number of basic columns is for HiGHS to put right
    return begin


def _pairs(values: Shaped[np.ndarray, "..."], axis: int) -> Shaped[np.ndarray, "..."]:
    """Two steps beside one another on a new axis after ``axis``, the axis of time."""
    n_steps = values.shape[axis] // 2
    even = values[(slice(None),) * axis + (slice(0, 2 * n_steps),)]
    return even.reshape(*values.shape[:axis], n_steps, 2, *values.shape[axis + 1 :])


def _twice(statuses: list[Any], width: int, odd: int) -> Iterator[Any]:
    """``width`` statuses a step, every step told twice, and the last once more where the number of fine ones is odd.

    Lists, for HiGHS takes and gives nothing else, and to turn them into arrays takes as long as all the rest.
    """
    places = range(0, len(statuses), width)
    return chain(
        chain.from_iterable(2 * statuses[here : here + width] for here in places),
        statuses[-width * odd :] if odd else (),
    )
