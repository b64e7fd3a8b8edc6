from dataclasses import replace

import numpy as np
import pytest

from simulation.bench.family import standard_problem
from simulation.errors import ProblemError
from simulation.interchange.certificate import certify
from simulation.interchange.highs import HiGHS
from simulation.interchange.schedule import Status
from tests.interchange.tiny import ANSWERS, two_hours, with_peak_row


@pytest.mark.parametrize(("knobs", "answer_jpy"), ANSWERS)
def test_answers_worked_by_hand(knobs, answer_jpy):
    problem = two_hours(**knobs)
    solution = HiGHS().solve(problem)
    certificate = certify(problem, solution)
    assert solution.status[0] == Status.OPTIMAL
    assert certificate.objective_jpy[0] == pytest.approx(answer_jpy, rel=1e-9)
    assert certificate.worst() < 1e-9


def test_a_row_among_global_columns_has_a_price():
    problem = with_peak_row(two_hours(demand_jpy=70.0, second_hour_kw=20.0, short_jpy=40.0), 15.0)
    solution = HiGHS().solve(problem)
    # 5 kW above the load are moved for nothing more: 15 x 10 + 5 x 30 + 70 x 15
    assert certify(problem, solution).objective_jpy[0] == pytest.approx(1350.0)
    # a kW less in the row (2 P >= 2 x 15) would save half of 70 - 20
    assert solution.peak_row_price[0, 0] == pytest.approx(25.0)
    assert certify(problem, solution).worst() < 1e-9


@pytest.mark.parametrize("stressed", [False, True])
def test_standard_family_is_certified(stressed):
    problem = standard_problem(3, 24, 3, seed=5, stressed=stressed)
    solution = HiGHS().solve(problem)
    assert (solution.status == Status.OPTIMAL).all()
    assert certify(problem, solution).worst() < 1e-9


def test_one_bad_scenario_harms_no_other():
    problem = standard_problem(2, 12, 3, seed=5, stressed=True)
    good = HiGHS().solve(problem)
    rhs = problem.rhs.copy()
    rhs[1, 4, 0] = np.nan
    solution = HiGHS().solve(replace(problem, rhs=rhs))
    assert solution.status.tolist() == [Status.OPTIMAL, Status.NOT_A_NUMBER, Status.OPTIMAL]
    assert np.isnan(solution.flows[1]).all()
    np.testing.assert_array_equal(solution.flows[[0, 2]], good.flows[[0, 2]])


def test_a_scenario_without_solution_has_a_status():
    problem = two_hours(demand_jpy=0.0, second_hour_kw=20.0, short_jpy=40.0, n_scenarios=2)
    upper = problem.upper.copy()
    upper[1] = 0.0
    solution = HiGHS().solve(replace(problem, upper=upper))
    assert solution.status.tolist() == [Status.OPTIMAL, Status.INFEASIBLE]
    assert np.isnan(solution.flows[1]).all()


def test_curvature_and_crossed_bounds_are_refused_with_advice():
    problem = two_hours(demand_jpy=0.0, second_hour_kw=20.0, short_jpy=40.0)
    with pytest.raises(ProblemError, match="InteriorPoint"):
        HiGHS().solve(replace(problem, curvature=np.ones_like(problem.cost)))
    with pytest.raises(ProblemError, match=r"house.battery level_kwh.*lower bound 30"):
        HiGHS().solve(replace(problem, level_min=problem.level_min + 30.0))
