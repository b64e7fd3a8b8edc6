"""Solve a Problem and prove the answer; no plan leaves here that runs two ways at once.

The relaxed programme may charge and discharge at once, import and export at once, or use both directions of a line:
to launder grid power through *own source only*, or to burn energy at a negative price.  Where it does, the smaller of
the pair is bounded to 0 and those scenarios are solved again.  Which direction that leaves depends on which of many
optimal plans a solver returns; so where the choice costs anything, the core and HiGHS each propose one, and the
cheaper is taken, whichever of them was asked.  Three ways are weighed then: what HiGHS makes of its own directions,
what HiGHS makes of the core's, and, where it takes that more than one pass, what the core makes of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from time import perf_counter

import numpy as np
from jaxtyping import Bool, Float, Int

from simulation.errors import ProblemError
from simulation.interchange.certificate import Certificate, certify
from simulation.interchange.choice import solver_for
from simulation.interchange.highs import Basis, HiGHS
from simulation.interchange.interior_point import InteriorPoint
from simulation.interchange.problem import Problem
from simulation.interchange.schedule import Schedule, Solution, Solver, Status
from simulation.interchange.warm import Start

__all__ = ["leaks", "solve", "solve_stream"]

TARGETED_PASSES = 3

FREE_OF_CHARGE = 2e-7
"""A choice of directions costs nothing where it raises the objective by less than this share of it."""

EVEN_FRAC = 1e-3
"""Flows of a pair that differ by less than this share are even: neither direction is the better."""

PROVEN = 1e-7
"""Gap and residuals up to which a plan is optimal, unless the interior point was asked for less."""

_RESCUED = (int(Status.ITERATION_LIMIT), int(Status.NUMERICAL_TROUBLE))


def solve(
    problem: Problem,
    solver: Solver | None = None,
    *,
    leak_tolerance_kw: float = 1e-3,
    second_opinion: bool = True,
    start: Start | None = None,
) -> Schedule:
    """Solve every scenario and certify what comes out: what is called optimal is proven to ``PROVEN`` or better.

    Two flows of an exclusive pair above ``leak_tolerance_kw`` are a leak.  The first passes bound the smaller flow to 0
    where a pair leaks; should new leaks keep appearing, the last pass gives every pair of the scenario the direction
    that it has, after which none can leak.  Scenarios that the interior point does not finish are solved by HiGHS.

    Args:
        problem: the arrays; checked first.
        solver: ``HiGHS``, ``InteriorPoint``, ``NoExchange``, ``MeritOrder`` or another of that signature; by default
            the core, or HiGHS beyond the sizes of ``solver_for``.
        leak_tolerance_kw: below this both flows are rounding of the solver [kW].
        second_opinion: whether the core and HiGHS ask one another for directions that cost less.
        start: where the interior point begins; other solvers have no use for it.

    Raises:
        ProblemError: if bounds contradict each other; a scenario that cannot be solved gets a status instead.
    """
    start_s = perf_counter()
    problem.check()
    solver = solver_for(problem) if solver is None else solver
    plan = _planned(problem, solver, leak_tolerance_kw, start)
    dear = _dear(plan)
    if isinstance(solver, InteriorPoint):
        dear = dear[~_curved(problem)[dear]]
    if second_opinion and isinstance(solver, HiGHS | InteriorPoint) and len(dear):
        for rows, other in _counter_plans(problem, solver, leak_tolerance_kw, plan, dear):
            plan = _cheaper(plan, rows, other)
    return Schedule(
        problem=plan.problem,
        solution=_proven(plan, max(PROVEN, getattr(solver, "tol", 0.0))),
        certificate=plan.certificate,
        relaxed_objective_jpy=plan.relaxed_jpy,
        second_pass=np.flatnonzero(plan.passes),
        rescued=np.flatnonzero(plan.rescued),
        borrowed=np.flatnonzero(plan.borrowed),
        solver=solver.name,
        wall_s=perf_counter() - start_s,
    )


def solve_stream(
    problem: Problem | Iterable[Problem],
    solver: Solver | None = None,
    *,
    block: int = 512,
    leak_tolerance_kw: float = 1e-3,
) -> Iterator[Schedule]:
    """Schedules of at most ``block`` scenarios after the other, so that memory follows the block.

    Args:
        problem: one Problem, or Problems one after the other: data of so many scenarios that they would not fit into
            memory together are then made as they are needed, by a generator.
        solver: as for ``solve``.
        block: most scenarios in a Schedule.
        leak_tolerance_kw: as for ``solve``.

    Raises:
        ProblemError: if bounds contradict each other.
    """
    if block < 1:
        raise ProblemError(f"block = {block}; legal: 1 or more scenarios")
    for part in (problem,) if isinstance(problem, Problem) else problem:
        part.check()  # all of it, before any block of it is handed out
        for first in range(0, part.n_scenarios, block):
            yield solve(part.take(slice(first, first + block)), solver, leak_tolerance_kw=leak_tolerance_kw)


def leaks(problem: Problem, solution: Solution, tolerance_kw: float) -> Bool[np.ndarray, "S T X"]:
    """Where both flows of an exclusive pair are above the tolerance [kW]."""
    one, other = (solution.flows[:, :, problem.exclusive[:, side]] for side in (0, 1))
    return np.minimum(one, other) > tolerance_kw


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """A solution without leaks of ``problem``, which holds the directions chosen; see ``Schedule``.

    ``first`` is the relaxed solution, ``passes`` counts those after it, ``bases`` are where HiGHS ended
    for it; both are of the solver that was asked.
    """

    problem: Problem
    solution: Solution
    certificate: Certificate
    first: Solution
    relaxed_jpy: Float[np.ndarray, " S"]
    passes: Int[np.ndarray, " S"]
    rescued: Bool[np.ndarray, " S"]
    borrowed: Bool[np.ndarray, " S"]
    bases: Sequence[Basis | None]


def _planned(problem: Problem, solver: Solver, tolerance_kw: float, start: Start | None = None) -> _Plan:
    """The plan of one solver: relaxed first, then again wherever it leaks."""
    bases: list[Basis | None] = [None] * problem.n_scenarios
    solution, rescued = _solved(problem, solver, bases, start)
    return _without_leaks(problem, solver, tolerance_kw, solution, rescued, bases)


def _without_leaks(
    problem: Problem,
    solver: Solver,
    tolerance_kw: float,
    first: Solution,
    rescued: Bool[np.ndarray, " S"],
    bases: list[Basis | None],
) -> _Plan:
    """The relaxed solution ``first`` made again wherever it leaks, until it leaks nowhere."""
    solution, relaxed = first, certify(problem, first)
    passes = np.zeros(problem.n_scenarios, dtype=np.int64)
    for attempt in range(TARGETED_PASSES + 1):
        leaking = leaks(problem, solution, tolerance_kw)
        rows = np.flatnonzero(leaking.any(axis=(1, 2)))
        if not len(rows):
            break
        passes[rows] += 1
        where = leaking[rows] if attempt < TARGETED_PASSES else np.ones_like(leaking[rows])
        problem = _bounded(problem, solution, rows, where)
        at_hand = [bases[row] for row in rows]
        part, helped = _solved(problem.take(rows), solver, at_hand)
        for row, basis in zip(rows, at_hand, strict=True):
            bases[row] = basis
        solution = _put(solution, rows, part, add_iterations=True)
        rescued[rows] |= helped
    return _Plan(
        problem=problem,
        solution=solution,
        certificate=certify(problem, solution) if passes.any() else relaxed,
        first=first,
        relaxed_jpy=relaxed.objective_jpy,
        passes=passes,
        rescued=rescued,
        borrowed=np.zeros(problem.n_scenarios, dtype=bool),
        bases=bases,
    )


def _counter_plans(
    problem: Problem, solver: HiGHS | InteriorPoint, tolerance_kw: float, plan: _Plan, dear: Int[np.ndarray, " s"]
) -> Iterator[tuple[Int[np.ndarray, " r"], _Plan]]:
    """Plans of the scenarios ``dear`` in the directions of the other solver, or finished by it, and whose they are.

    HiGHS goes on from the vertex that it has, where the core would solve all of it anew.  It is done in one pass with
    the core's directions unless its vertex leaks elsewhere; what took one pass no further bound can make cheaper.
    """
    part = problem.take(dear)
    if isinstance(solver, InteriorPoint):
        yield dear, _planned(part, HiGHS(), tolerance_kw)
        rows = dear[plan.passes[dear] > 1]
        if len(rows):
            untouched, nothing = np.zeros(len(rows), dtype=bool), [None] * len(rows)
            first = _picked(plan.first, rows)
            yield rows, _without_leaks(problem.take(rows), HiGHS(), tolerance_kw, first, untouched, nothing)
        return
    core = InteriorPoint()
    first, rescued = _solved(part, core, [None] * len(dear))
    bases = [plan.bases[row] for row in dear]
    by_highs = _without_leaks(part, solver, tolerance_kw, first, rescued.copy(), bases)
    yield dear, by_highs
    several = np.flatnonzero((by_highs.passes > 1) | (by_highs.solution.status != Status.OPTIMAL))
    if len(several):
        first, nothing = _picked(first, several), [None] * len(several)
        by_core = _without_leaks(part.take(several), core, tolerance_kw, first, rescued[several], nothing)
        yield dear[several], replace(by_core, rescued=rescued[several])  # whose the directions were, not who finished


def _solved(
    problem: Problem, solver: Solver, bases: list[Basis | None], start: Start | None = None
) -> tuple[Solution, Bool[np.ndarray, " S"]]:
    """The solver's solution, and which scenarios HiGHS had to finish because the interior point stopped.

    HiGHS begins at the ``bases`` and leaves there the ones at which it ended: the next pass starts where the last one
    of the same scenario, and of no other, came to.
    """
    rescued = np.zeros(problem.n_scenarios, dtype=bool)
    if isinstance(solver, HiGHS):
        solution, bases[:] = solver.solve_from(problem, bases)
        return solution, rescued
    if not isinstance(solver, InteriorPoint):
        return solver.solve(problem), rescued
    solution = solver.solve(problem, start)
    rows = np.flatnonzero(np.isin(solution.status, _RESCUED) & ~_curved(problem))
    if len(rows):
        solution = _put(solution, rows, HiGHS().solve(problem.take(rows)), add_iterations=True)
        rescued[rows] = True
    return solution, rescued


def _proven(plan: _Plan, tolerance: float) -> Solution:
    """The solution, in which a scenario that is called optimal and is not proven to be has the status of trouble."""
    proof = plan.certificate
    worst = np.max(np.abs([proof.primal_residual, proof.dual_residual, proof.gap]), axis=0)
    short = (plan.solution.status == Status.OPTIMAL) & ~(worst <= tolerance)
    if not short.any():
        return plan.solution
    status = np.where(short, Status.NUMERICAL_TROUBLE, plan.solution.status)
    return replace(plan.solution, status=status)


def _curved(problem: Problem) -> Bool[np.ndarray, " S"]:
    """Scenarios whose cost is quadratic, on which HiGHS's active-set method would take too long."""
    return np.asarray((problem.curvature > 0).any(axis=(1, 2)))


def _dear(plan: _Plan) -> Int[np.ndarray, " s"]:
    """Scenarios that leaked and whose directions cost more than nothing, or could not be planned in them."""
    spent = plan.certificate.objective_jpy - plan.relaxed_jpy
    return np.flatnonzero((plan.passes > 0) & ~(spent <= FREE_OF_CHARGE * (1.0 + np.abs(plan.relaxed_jpy))))


def _cheaper(plan: _Plan, rows: Int[np.ndarray, " s"], other: _Plan) -> _Plan:
    """The plan with the other's scenarios put in where those are optimal for their directions and clearly cheaper."""
    ours, theirs = plan.certificate.objective_jpy[rows], other.certificate.objective_jpy
    rounding_jpy = FREE_OF_CHARGE * (1.0 + np.abs(plan.relaxed_jpy[rows]))
    better = np.flatnonzero((other.solution.status == Status.OPTIMAL) & ~(ours <= theirs + rounding_jpy))
    if not len(better):
        return plan
    kept = np.array(plan.problem.upper)
    kept[rows[better]] = other.problem.upper[better]
    problem = replace(plan.problem, upper=kept)
    solution = _put(plan.solution, rows[better], _picked(other.solution, better), add_iterations=False)
    passes, rescued, borrowed = plan.passes.copy(), plan.rescued.copy(), plan.borrowed.copy()
    passes[rows[better]], rescued[rows[better]] = other.passes[better], False
    borrowed[rows[better]] = ~other.rescued[better]  # what HiGHS finished for the core is HiGHS's own
    return replace(
        plan,
        problem=problem,
        solution=solution,
        certificate=certify(problem, solution),
        passes=passes,
        rescued=rescued,
        borrowed=borrowed,
    )


def _bounded(
    problem: Problem, solution: Solution, rows: Int[np.ndarray, " s"], where: Bool[np.ndarray, "s T X"]
) -> Problem:
    """The same problem with the smaller flow of a pair bounded to 0 in some scenarios, steps and pairs.

    Of two that are equal to within ``EVEN_FRAC`` it is the second, lest rounding decides.
    """
    upper = problem.upper.copy()
    flows = solution.flows[rows]
    for pair, (one, other) in enumerate(problem.exclusive):
        smaller = np.where(flows[:, :, one] < (1.0 - EVEN_FRAC) * flows[:, :, other], one, other)
        s, t = np.nonzero(where[:, :, pair])
        upper[rows[s], t, smaller[s, t]] = 0.0
    return replace(problem, upper=upper)


def _picked(solution: Solution, rows: Int[np.ndarray, " s"]) -> Solution:
    """Some scenarios of a solution."""
    return Solution(**{field.name: getattr(solution, field.name)[rows] for field in fields(Solution)})


def _put(solution: Solution, rows: Int[np.ndarray, " s"], part: Solution, *, add_iterations: bool) -> Solution:
    """A solution with some of its scenarios replaced."""
    merged: dict[str, Float[np.ndarray, "S ..."]] = {}
    for field in fields(solution):
        values = getattr(solution, field.name).copy()
        new = getattr(part, field.name)
        values[rows] = values[rows] + new if add_iterations and field.name == "iterations" else new
        merged[field.name] = values
    return Solution(**merged)
