"""Solve a Problem and prove the answer; no plan leaves here that runs two ways at once.

The relaxed programme may charge and discharge at once, import and export at once, or use both directions of a line:
to launder grid power through *own source only*, or to burn energy at a negative price.  Where it does, the smaller of
the pair is bounded to 0 and those scenarios are solved again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from time import perf_counter

import numpy as np
from jaxtyping import Bool, Float, Int

from simulation.interchange.certificate import certify
from simulation.interchange.problem import Problem
from simulation.interchange.schedule import Schedule, Solution, Solver

__all__ = ["leaks", "solve", "solve_stream"]

TARGETED_PASSES = 3


def solve(problem: Problem, solver: Solver, *, leak_tolerance_kw: float = 1e-3) -> Schedule:
    """Solve every scenario and certify what comes out.

    Two flows of an exclusive pair above ``leak_tolerance_kw`` are a leak.  The first passes bound the smaller flow to 0
    where a pair leaks; should new leaks keep appearing, the last pass gives every pair of the scenario the direction
    that it has, after which none can leak.

    Args:
        problem: the arrays; checked first.
        solver: ``HiGHS``, ``InteriorPoint``, ``NoExchange``, ``MeritOrder`` or another of that signature.
        leak_tolerance_kw: below this both flows are rounding of the solver [kW].

    Raises:
        ProblemError: if bounds contradict each other; a scenario that cannot be solved gets a status instead.
    """
    start_s = perf_counter()
    problem.check()
    solution = solver.solve(problem)
    relaxed = certify(problem, solution)
    certificate, again = relaxed, np.zeros(problem.n_scenarios, dtype=bool)
    for attempt in range(TARGETED_PASSES + 1):
        leaking = leaks(problem, solution, leak_tolerance_kw)
        rows = np.flatnonzero(leaking.any(axis=(1, 2)))
        if not len(rows):
            break
        again[rows] = True
        where = leaking[rows] if attempt < TARGETED_PASSES else np.ones_like(leaking[rows])
        problem = _bounded(problem, solution, rows, where)
        solution = _put(solution, rows, solver.solve(problem.take(rows)))
    if again.any():
        certificate = certify(problem, solution)
    return Schedule(
        problem=problem,
        solution=solution,
        certificate=certificate,
        relaxed_objective_jpy=relaxed.objective_jpy,
        second_pass=np.flatnonzero(again),
        solver=solver.name,
        wall_s=perf_counter() - start_s,
    )


def solve_stream(
    problem: Problem, solver: Solver, *, block: int = 512, leak_tolerance_kw: float = 1e-3
) -> Iterator[Schedule]:
    """Schedules of ``block`` scenarios after the other, so that memory follows the block."""
    for first in range(0, problem.n_scenarios, block):
        yield solve(problem.take(slice(first, first + block)), solver, leak_tolerance_kw=leak_tolerance_kw)


def leaks(problem: Problem, solution: Solution, tolerance_kw: float) -> Bool[np.ndarray, "S T X"]:
    """Where both flows of an exclusive pair are above the tolerance [kW]."""
    one, other = (solution.flows[:, :, problem.exclusive[:, side]] for side in (0, 1))
    return np.minimum(one, other) > tolerance_kw


def _bounded(
    problem: Problem, solution: Solution, rows: Int[np.ndarray, " s"], where: Bool[np.ndarray, "s T X"]
) -> Problem:
    """The same problem with the smaller flow of a pair bounded to 0 in some scenarios, steps and pairs."""
    upper = problem.upper.copy()
    flows = solution.flows[rows]
    for pair, (one, other) in enumerate(problem.exclusive):
        smaller = np.where(flows[:, :, one] < flows[:, :, other], one, other)
        s, t = np.nonzero(where[:, :, pair])
        upper[rows[s], t, smaller[s, t]] = 0.0
    return replace(problem, upper=upper)


def _put(solution: Solution, rows: Int[np.ndarray, " s"], part: Solution) -> Solution:
    """A solution with some of its scenarios replaced; iterations add up."""
    merged: dict[str, Float[np.ndarray, "S ..."]] = {}
    for field in fields(solution):
        values = getattr(solution, field.name).copy()
        new = getattr(part, field.name)
        values[rows] = values[rows] + new if field.name == "iterations" else new
        merged[field.name] = values
    return Solution(**merged)
