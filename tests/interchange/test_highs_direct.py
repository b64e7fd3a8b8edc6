from dataclasses import replace

import numpy as np
import pytest

from simulation.bench.family import standard_problem
from simulation.errors import ProblemError
from simulation.interchange.certificate import certify
from simulation.interchange.highs import HiGHS
from simulation.interchange.highs_direct import DirectHiGHS, WarmHiGHS
from simulation.interchange.schedule import Status
from tests.interchange.tiny import ANSWERS, two_hours, with_peak_row

SOLVERS = [DirectHiGHS(), DirectHiGHS(presolve=False), WarmHiGHS()]
each_solver = pytest.mark.parametrize("solver", SOLVERS, ids=["presolve", "cold", "warm"])


@each_solver
@pytest.mark.parametrize(("knobs", "answer_jpy"), ANSWERS)
def test_answers_worked_by_hand(solver, knobs, answer_jpy):
    problem = two_hours(**knobs)
    certificate = certify(problem, solver.solve(problem))
    assert certificate.objective_jpy[0] == pytest.approx(answer_jpy, rel=1e-9)
    assert certificate.worst() < 1e-9


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
    solution = solver.solve(problem)
    certificate = certify(problem, solution)
    assert certificate.worst() < 1e-9
    reference = certify(problem, HiGHS().solve(problem)).objective_jpy
    np.testing.assert_allclose(certificate.objective_jpy, reference, rtol=1e-10)
    assert len(set(reference.round(6))) == 6


@each_solver
def test_standard_family_is_certified_and_no_bad_scenario_harms_another(solver):
    problem = standard_problem(3, 24, 5, seed=5, stressed=True)
    rhs = problem.rhs.copy()
    rhs[2, 4, 0] = np.nan
    bad = replace(problem, rhs=rhs)
    solution = solver.solve(bad)
    good = [0, 1, 3, 4]
    assert solution.status.tolist() == [0, 0, Status.NOT_A_NUMBER, 0, 0]
    assert np.isnan(solution.flows[2]).all()
    certificate = certify(problem, solution)
    for part in (certificate.gap, certificate.primal_residual, certificate.dual_residual):
        assert np.abs(part[good]).max() < 1e-9


@each_solver
def test_a_scenario_without_solution_has_a_status(solver):
    problem = two_hours(demand_jpy=0.0, second_hour_kw=20.0, short_jpy=40.0, n_scenarios=2)
    upper = problem.upper.copy()
    upper[0] = 0.0
    solution = solver.solve(replace(problem, upper=upper))
    assert solution.status.tolist() == [Status.NUMERICAL_TROUBLE, Status.OPTIMAL]


def test_a_warm_start_takes_far_fewer_iterations():
    problem = standard_problem(3, 24, 12, seed=5, stressed=True)
    cold = DirectHiGHS(presolve=False).solve(problem).iterations.sum()
    assert WarmHiGHS().solve(problem).iterations.sum() < 0.5 * cold


def test_quadratic_costs_split_a_load_as_marginal_costs_say():
    """Two plants serve 30 kW: 1/2 q x^2 each with q = 1 and 2, so the first gives twice as much as the second."""
    base = two_hours(demand_jpy=0.0, second_hour_kw=20.0, short_jpy=0.0)
    problem = replace(
        base,
        cost=np.zeros_like(base.cost),
        curvature=np.broadcast_to([1.0, 0.0, 0.0, 2.0, 0.0], base.cost.shape).copy(),
        upper=np.broadcast_to([100.0, 0.0, 0.0, 100.0, np.inf], base.cost.shape).copy(),
        rhs=base.rhs * 3.0,
    )
    solution = DirectHiGHS().solve(problem)
    np.testing.assert_allclose(solution.flows[0, :, [0, 3]].T, [[20.0, 10.0]] * 2, rtol=1e-6)
    assert certify(problem, solution).objective_jpy[0] == pytest.approx(2.0 * (0.5 * 20.0**2 + 10.0**2))
    with pytest.raises(ProblemError, match="use DirectHiGHS"):
        WarmHiGHS().solve(problem)


def test_nothing_is_written_to_the_terminal(capfd):
    DirectHiGHS().solve(standard_problem(2, 4, 1, seed=1, stressed=False))
    assert capfd.readouterr().out == ""
