from dataclasses import replace

import numpy as np
import pytest

from simulation.bench.family import standard_problem
from simulation.errors import ProblemError
from simulation.interchange.certificate import certify
from simulation.interchange.highs import HiGHS
from simulation.interchange.highs_chain import WarmHiGHS
from simulation.interchange.linprog import Linprog
from simulation.interchange.schedule import Status
from tests.interchange.tiny import ANSWERS, two_hours, two_plants, with_peak_row

SOLVERS = {"presolve": HiGHS(), "cold": HiGHS(presolve=False), "warm": WarmHiGHS(), "scipy": Linprog()}
each_solver = pytest.mark.parametrize("solver", SOLVERS.values(), ids=SOLVERS)


@each_solver
@pytest.mark.parametrize(("knobs", "answer_jpy"), ANSWERS)
def test_answers_worked_by_hand(solver, knobs, answer_jpy):
    problem = two_hours(**knobs)
    solution = solver.solve(problem)
    certificate = certify(problem, solution)
    assert solution.status[0] == Status.OPTIMAL
    assert certificate.objective_jpy[0] == pytest.approx(answer_jpy, rel=1e-9)
    assert certificate.worst() < 1e-9


@each_solver
def test_a_row_among_global_columns_has_a_price(solver):
    problem = with_peak_row(two_hours(demand_jpy=70.0, second_hour_kw=20.0, short_jpy=40.0), 15.0)
    solution = solver.solve(problem)
    # 5 kW above the load are moved for nothing more: 15 x 10 + 5 x 30 + 70 x 15
    assert certify(problem, solution).objective_jpy[0] == pytest.approx(1350.0)
    # a kW less in the row (2 P >= 2 x 15) would save half of 70 - 20
    assert solution.peak_row_price[0, 0] == pytest.approx(25.0)
    assert certify(problem, solution).worst() < 1e-9


@each_solver
def test_scenarios_that_differ_in_bounds_prices_and_rows_agree_with_scipy(solver):
    problem = with_peak_row(two_hours(demand_jpy=70.0, second_hour_kw=20.0, short_jpy=40.0, n_scenarios=6), 5.0)
    step = np.arange(6.0)[:, None]
    problem = replace(
        problem,
        rhs=problem.rhs * (1.0 + 0.1 * step[:, :, None]),
        cost=problem.cost * (1.0 + 0.05 * step[::-1, :, None]),
        upper=problem.upper * (1.0 + 0.07 * step[:, :, None]),
        peak_rhs=problem.peak_rhs + 4.0 * step,
        peak_cost=problem.peak_cost - 9.0 * step,
    )
    certificate = certify(problem, solver.solve(problem))
    assert certificate.worst() < 1e-9
    reference = certify(problem, Linprog().solve(problem)).objective_jpy
    np.testing.assert_allclose(certificate.objective_jpy, reference, rtol=1e-10)
    assert len(set(reference.round(6))) == 6


@each_solver
def test_standard_family_is_certified_and_no_bad_scenario_harms_another(solver):
    problem = standard_problem(3, 24, 5, seed=5, stressed=True)
    rhs = problem.rhs.copy()
    rhs[2, 4, 0] = np.nan
    bad = replace(problem, rhs=rhs)
    solution = solver.solve(bad)
    assert solution.status.tolist() == [0, 0, Status.NOT_A_NUMBER, 0, 0]
    assert np.isnan(solution.flows[2]).all()
    certificate = certify(problem, solution)
    for part in (certificate.gap, certificate.primal_residual, certificate.dual_residual):
        assert np.abs(np.delete(part, 2)).max() < 1e-9


@pytest.mark.parametrize("solver", [HiGHS(), HiGHS(presolve=False), Linprog()], ids=["presolve", "cold", "scipy"])
def test_a_scenario_is_solved_by_itself(solver):
    problem = standard_problem(2, 12, 3, seed=5, stressed=True)
    together = solver.solve(problem).flows
    for s in range(3):
        np.testing.assert_array_equal(solver.solve(problem.take([s])).flows[0], together[s])


@each_solver
def test_a_scenario_without_solution_has_a_status(solver):
    problem = two_hours(demand_jpy=0.0, second_hour_kw=20.0, short_jpy=40.0, n_scenarios=2)
    upper = problem.upper.copy()
    upper[0] = 0.0
    solution = solver.solve(replace(problem, upper=upper))
    assert solution.status.tolist() == [Status.INFEASIBLE, Status.OPTIMAL]
    assert np.isnan(solution.flows[0]).all()


@pytest.mark.parametrize("solver", [HiGHS(), HiGHS(presolve=False)], ids=["presolve", "cold"])
def test_a_cost_that_falls_without_end_has_a_status(solver):
    problem = two_hours(demand_jpy=0.0, second_hour_kw=20.0, short_jpy=40.0)
    free = replace(problem, cost=problem.cost - 1e6, upper=np.full_like(problem.upper, np.inf))
    assert solver.solve(free).status.tolist() == [Status.UNBOUNDED]


def test_one_that_is_stopped_has_a_status():
    problem = standard_problem(5, 96, 1, seed=5, stressed=True)
    solution = HiGHS(time_limit_s=1e-6).solve(problem)
    assert solution.status.tolist() == [Status.ITERATION_LIMIT]
    assert np.isnan(solution.flows).all()


def test_a_warm_start_takes_far_fewer_iterations():
    problem = standard_problem(3, 24, 12, seed=5, stressed=True)
    cold = HiGHS(presolve=False).solve(problem).iterations.sum()
    assert WarmHiGHS().solve(problem).iterations.sum() < 0.5 * cold


def test_a_basis_saves_iterations_when_bounds_have_changed_and_not_the_optimum():
    problem = standard_problem(3, 24, 3, seed=5, stressed=True)
    _, bases = HiGHS().solve_from(problem, [None] * 3)
    tighter = replace(problem, upper=np.where(problem.upper > 50.0, 0.999 * problem.upper, problem.upper))
    cold = HiGHS().solve(tighter)
    hot, ended = HiGHS().solve_from(tighter, [bases[0], None, bases[2]])
    np.testing.assert_allclose(certify(tighter, hot).objective_jpy, certify(tighter, cold).objective_jpy, rtol=1e-10)
    assert certify(tighter, hot).worst() < 1e-9
    assert (hot.iterations[[0, 2]] < 0.5 * cold.iterations[[0, 2]]).all()
    np.testing.assert_array_equal(hot.flows[1], cold.flows[1])
    assert None not in ended


def test_quadratic_costs_split_a_load_as_marginal_costs_say():
    problem = two_plants()
    solution, bases = HiGHS().solve_from(problem, [None])
    np.testing.assert_allclose(solution.flows[0, :, [0, 3]].T, [[20.0, 10.0]] * 2, rtol=1e-6)
    assert certify(problem, solution).objective_jpy[0] == pytest.approx(2.0 * (0.5 * 20.0**2 + 10.0**2))
    assert bases == [None]
    with pytest.raises(ProblemError, match="use HiGHS"):
        WarmHiGHS().solve(problem)
    with pytest.raises(ProblemError, match="InteriorPoint"):
        Linprog().solve(problem)


@each_solver
def test_crossed_bounds_are_refused_with_their_place(solver):
    problem = two_hours(demand_jpy=0.0, second_hour_kw=20.0, short_jpy=40.0)
    with pytest.raises(ProblemError, match=r"house.battery level_kwh.*lower bound 30"):
        solver.solve(replace(problem, level_min=problem.level_min + 30.0))


def test_nothing_is_written_to_the_terminal(capfd):
    HiGHS().solve(standard_problem(2, 4, 1, seed=1, stressed=False))
    assert capfd.readouterr().out == ""
