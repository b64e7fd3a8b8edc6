"""A warm start changes the path of the interior point and never the answer."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from simulation.bench.family import standard_problem
from simulation.interchange.certificate import certify
from simulation.interchange.interior_point import InteriorPoint
from simulation.interchange.problem import Problem
from simulation.interchange.schedule import Solution
from simulation.interchange.warm import PastPlan, past_plans, start_from

NUMPY = InteriorPoint(kernels="numpy")


def steps_later(problem: Problem, solution: Solution, steps: int) -> Problem:
    """The problem of ``problem``'s planner after some steps, to the same end, with demand 1 % off what was shown."""
    timed = ("cost", "curvature", "upper", "rhs", "level_min", "level_max", "level_cost")
    cut = {name: np.array(getattr(problem, name)[:, steps:]) for name in timed}
    cut["rhs"] *= 1.01
    return replace(
        problem,
        clock=problem.clock.window(steps, problem.n_steps - steps),
        retention=problem.retention[steps:],
        peak_active=problem.peak_active[steps:],
        initial_level=np.clip(solution.levels[:, steps - 1], cut["level_min"][:, 0], cut["level_max"][:, 0]),
        **cut,
    )


@pytest.fixture(scope="module")
def loop() -> tuple[Problem, Problem, list[PastPlan | None]]:
    first = standard_problem(2, 48, 4, seed=7, stressed=False)
    solution = NUMPY.solve(first)
    return first, steps_later(first, solution, 2), past_plans(first, solution, 10)


def test_a_shifted_plan_saves_iterations_and_comes_to_the_same_cost(loop) -> None:
    _, later, past = loop
    cold, warm = NUMPY.solve(later), NUMPY.solve(later, start_from(past, later, 12))
    assert warm.status.tolist() == [0] * 4
    assert certify(later, warm).objective_jpy == pytest.approx(certify(later, cold).objective_jpy, rel=1e-6)
    assert np.max(certify(later, warm).worst()) < 1e-6
    assert warm.iterations.mean() <= 0.8 * cold.iterations.mean()
    assert (warm.iterations <= cold.iterations).all()


def test_each_scenario_takes_the_same_way_alone_and_among_others(loop) -> None:
    _, later, past = loop
    together = NUMPY.solve(later, start_from(past, later, 12))
    for s in (0, 3):
        part = later.take([s])
        alone = NUMPY.solve(part, start_from([past[s]], part, 12))
        for field in fields(Solution):
            assert np.array_equal(getattr(alone, field.name)[0], getattr(together, field.name)[s]), field.name


def test_a_start_that_is_far_off_is_not_taken(loop) -> None:
    _, later, past = loop
    start = start_from(past, later, 12)
    nonsense = replace(start, flows=start.flows + 50.0 * later.rhs.max())
    cold, tried = NUMPY.solve(later), NUMPY.solve(later, nonsense)
    assert all(np.array_equal(getattr(cold, field.name), getattr(tried, field.name)) for field in fields(Solution))


def test_plans_that_were_not_optimal_or_for_other_columns_are_not_shifted(loop) -> None:
    first, later, past = loop
    stopped = NUMPY.solve(first.take([0]))
    stopped.status[:] = 1
    assert past_plans(first.take([0]), stopped, 10) == [None]
    other = standard_problem(3, 48, 1, seed=7, stressed=False)
    assert not start_from([past[0]], other, 12).known.any()
    assert not start_from([past[0]], later.take([0]), 10 + 48).known.any()
    assert not start_from([None], later.take([0]), 12).known.any()


def test_new_last_steps_repeat_the_last_that_was_planned(loop) -> None:
    first, _, past = loop
    start = start_from(past, first, 13)
    plan = past[1]
    assert plan is not None
    assert np.array_equal(start.flows[1, :-3], plan.flows[3:])
    assert np.array_equal(start.flows[1, -3:], np.repeat(plan.flows[-1:], 3, axis=0))


@pytest.mark.slow
def test_the_fused_kernels_take_the_same_start(loop) -> None:
    pytest.importorskip("numba")
    _, later, past = loop
    start = start_from(past, later, 12)
    ours, theirs = NUMPY.solve(later, start), InteriorPoint(kernels="numba").solve(later, start)
    assert np.abs(ours.iterations - theirs.iterations).max() <= 1
    assert certify(later, theirs).objective_jpy == pytest.approx(certify(later, ours).objective_jpy, rel=1e-6)
