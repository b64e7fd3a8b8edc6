"""HiGHS that begins at a plan of longer steps: the same cost in far fewer iterations, and nobody is harmed by it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulation.bench.family import standard_problem
from simulation.draws.draws import sample
from simulation.interchange.assemble import assemble
from simulation.interchange.certificate import certify
from simulation.interchange.highs import HiGHS
from simulation.interchange.nested import coarsened, refined
from simulation.interchange.problem import Problem
from simulation.interchange.schedule import Status
from simulation.scenario.load import load
from tests.interchange.scenes import CRITICAL, area, connection, drawn

COLD = HiGHS(nested=False)


def in_even_pairs(problem: Problem) -> Problem:
    """The problem with every second step made like the one before it, and stores that keep all they hold."""
    pairs = {}
    for name in ("cost", "upper", "rhs", "level_min", "level_max", "level_cost"):
        pairs[name] = np.repeat(getattr(problem, name)[:, 0::2], 2, axis=1)
    active = np.repeat(problem.peak_active[0::2], 2, axis=0)
    return replace(problem, retention=np.ones_like(problem.retention), peak_active=active, **pairs)


@pytest.mark.parametrize("stressed", [False, True])
def test_steps_of_like_pairs_may_be_coarsened_at_no_cost(stressed):
    fine = in_even_pairs(standard_problem(3, 24, 2, seed=7, stressed=stressed))
    assert not fine.level_cost.any(), "levels between the pairs cost something: the two need not be equal"
    coarse = coarsened(fine)
    assert (coarse.n_steps, coarse.clock.n_steps, coarse.clock.step_min) == (12, 12, 2 * fine.clock.step_min)
    costs = [certify(problem, COLD.solve(problem)).objective_jpy for problem in (fine, coarse)]
    np.testing.assert_allclose(*costs, rtol=1e-10)


def test_two_steps_have_their_mean_bound_and_what_both_add():
    fine = standard_problem(1, 4, 1, seed=3, stressed=False)
    level_max = fine.level_max.copy()
    level_max[0, :, 0] = [70.0, 80.0, 90.0, 100.0]
    retention = np.full_like(fine.retention, 0.9)
    upper = fine.upper.copy()
    upper[0, :, 0] = [1.0, 3.0, np.inf, 5.0]
    coarse = coarsened(replace(fine, level_max=level_max, retention=retention, upper=upper))
    np.testing.assert_array_equal(coarse.level_max[0, :, 0], [80.0, 100.0])
    np.testing.assert_allclose(coarse.retention[:, 0], 0.81)
    np.testing.assert_array_equal(coarse.upper[0, :, 0], [2.0, np.inf])
    store, bus = fine.store_row[0], 0
    assert fine.rows[bus].quantity == "bus_kw"
    np.testing.assert_array_equal(coarse.matrix[store], 2.0 * fine.matrix[store])
    np.testing.assert_array_equal(coarse.matrix[bus], fine.matrix[bus])
    np.testing.assert_allclose(coarse.rhs[0, 0, bus], fine.rhs[0, :2, bus].mean())
    np.testing.assert_allclose(coarse.rhs[0, 0, store], fine.rhs[0, :2, store].sum())
    np.testing.assert_allclose(coarse.cost[0, 1], fine.cost[0, 2:].sum(axis=0))


def test_the_last_step_of_an_odd_number_is_left_out_but_for_where_stores_must_end():
    fine = standard_problem(1, 7, 1, seed=3, stressed=False)
    level_min = fine.level_min.copy()
    level_min[0, :, 0] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    coarse = coarsened(replace(fine, level_min=level_min))
    np.testing.assert_array_equal(coarse.level_min[0, :, 0], [2.0, 4.0, 7.0])
    np.testing.assert_allclose(coarse.rhs[0, 2, 0], fine.rhs[0, 4:6, 0].mean())


@pytest.mark.parametrize("n_steps", [48, 49, 99, 200])
def test_nesting_takes_far_fewer_iterations_and_changes_no_cost(n_steps):
    problem = standard_problem(4, n_steps, 3, seed=5, stressed=True)
    cold, nested = COLD.solve(problem), HiGHS().solve(problem)
    proven = certify(problem, nested)
    np.testing.assert_allclose(proven.objective_jpy, certify(problem, cold).objective_jpy, rtol=1e-10)
    assert proven.worst() < 1e-9
    assert nested.iterations.sum() < (0.75 if n_steps < 200 else 0.5) * cold.iterations.sum()
    assert (nested.iterations > 0).all()


@pytest.mark.parametrize("name", ["kashiwanoha", "mihama_earthquake", "higashi_matsushima"])
def test_areas_and_hubs_cost_the_same_nested(name):
    spec = load(name)
    problem = assemble(spec, sample(spec, n_scenarios=1, seed=spec.runs.seed))
    nested, cold = HiGHS().solve(problem), COLD.solve(problem)
    proven = certify(problem, nested)
    np.testing.assert_allclose(proven.objective_jpy, certify(problem, cold).objective_jpy, rtol=1e-9)
    assert proven.worst() < 1e-9
    assert nested.iterations[0] < 0.75 * cold.iterations[0]


def test_short_problems_begin_from_nothing():
    problem = standard_problem(3, 24, 2, seed=5, stressed=True)
    nested, cold = HiGHS().solve(problem), COLD.solve(problem)
    np.testing.assert_array_equal(nested.flows, cold.flows)
    np.testing.assert_array_equal(nested.iterations, cold.iterations)


def test_areas_without_stores_are_nested_too():
    spec = area({"a": {"grid": connection(100.0), "load": CRITICAL, "pv": {"p": {"rated_kw": 50.0}}}}, hours=72)
    problem = assemble(spec, drawn(spec, {"a": 10.0}))
    assert not problem.stores
    assert certify(problem, HiGHS().solve(problem)).worst() < 1e-9


def test_a_nested_scenario_is_solved_by_itself():
    problem = standard_problem(3, 60, 4, seed=5, stressed=True)
    together = HiGHS().solve(problem)
    for s in range(4):
        np.testing.assert_array_equal(HiGHS().solve(problem.take([s])).flows[0], together.flows[s])


def test_a_bad_scenario_a_hopeless_one_and_one_without_end_harm_no_other():
    problem = standard_problem(2, 60, 4, seed=5, stressed=True)
    rhs, upper, cost = problem.rhs.copy(), problem.upper.copy(), problem.cost.copy()
    rhs[0, 50, 0] = np.nan
    upper[1, 40:] = 0.0
    upper[2], cost[2] = np.inf, -1.0
    solution = HiGHS().solve(replace(problem, rhs=rhs, upper=upper, cost=cost))
    assert solution.status.tolist() == [Status.NOT_A_NUMBER, Status.INFEASIBLE, Status.UNBOUNDED, Status.OPTIMAL]
    np.testing.assert_array_equal(solution.flows[3], HiGHS().solve(problem.take([3])).flows[0])


def test_a_coarse_plan_that_does_not_exist_is_no_hindrance():
    """Only all 49 steps fill the store, and the coarse problem has but 48 of them."""
    fine = standard_problem(1, 49, 1, seed=5, stressed=False)
    charge = next(n for n, column in enumerate(fine.columns) if column.quantity == "charge_kw")
    upper, level_min, level_max = fine.upper.copy(), fine.level_min.copy(), fine.level_max.copy()
    upper[0, :, charge] = 1.0
    full = fine.initial_level[0, 0] + 49 * fine.matrix[fine.store_row[0], charge]
    level_min[0, -1, 0], level_max[0, :, 0] = full - 1e-6, 2.0 * full
    tight = replace(fine, upper=upper, level_min=level_min, level_max=level_max, retention=np.ones_like(fine.retention))
    assert COLD.solve(coarsened(tight)).status.tolist() == [Status.INFEASIBLE]
    solution = HiGHS().solve(tight)
    assert solution.status.tolist() == [Status.OPTIMAL]
    assert certify(tight, solution).worst() < 1e-9


def test_quadratic_costs_are_not_nested():
    problem = standard_problem(1, 30, 1, seed=5, stressed=False)
    curved = replace(problem, curvature=np.full_like(problem.curvature, 1e-3))
    np.testing.assert_array_equal(HiGHS().solve(curved).iterations, COLD.solve(curved).iterations)


def test_the_basis_of_a_fine_vertex_has_a_status_for_every_column_and_row():
    fine = standard_problem(2, 51, 1, seed=5, stressed=True)
    coarse = coarsened(fine)
    basis = COLD.solve_from(coarse, [None])[1][0]
    begin = refined(basis, coarse, fine)
    columns = fine.cost[0].size + fine.level_min[0].size + len(fine.peaks)
    assert (len(begin.col_status), len(begin.row_status)) == (columns, fine.rhs[0].size + len(fine.peak_rows))
    flows = np.array(begin.col_status[: fine.cost[0].size], dtype=object).reshape(51, -1)
    levels = np.array(begin.col_status[flows.size : flows.size + 51 * len(fine.stores)], dtype=object).reshape(51, -1)
    assert (flows[0:50:2] == flows[1:50:2]).all()
    assert (flows[50] == flows[49]).all()
    assert (levels[50] == levels[49]).all()
    basic = type(levels[0, 0]).kBasic
    arrives = (levels[3:50:2] != basic) & (levels[1:48:2] != levels[3:50:2])
    assert arrives.any(), "no level reaches a bound: the test proves nothing"
    assert (levels[2:50:2][arrives] == basic).all()
