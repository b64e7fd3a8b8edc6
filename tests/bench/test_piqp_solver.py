from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulation.bench.family import standard_problem
from simulation.bench.piqp_solver import PIQP
from simulation.interchange.certificate import certify
from simulation.interchange.highs import HiGHS
from simulation.interchange.schedule import Status
from tests.interchange.tiny import ANSWERS, two_hours, with_peak_row

each_way = pytest.mark.parametrize("once", [False, True], ids=["cold", "once"])


@each_way
@pytest.mark.parametrize(("knobs", "answer_jpy"), ANSWERS)
def test_answers_worked_by_hand(once: bool, knobs: dict, answer_jpy: float) -> None:
    problem = two_hours(**knobs)
    certificate = certify(problem, PIQP(set_up_once=once).solve(problem))
    assert certificate.objective_jpy[0] == pytest.approx(answer_jpy, rel=1e-6)
    assert certificate.worst() < 1e-6


@each_way
def test_the_standard_family_agrees_with_highs(once: bool) -> None:
    problem = standard_problem(3, 24, 4, seed=5, stressed=True)
    certificate = certify(problem, PIQP(set_up_once=once).solve(problem))
    assert certificate.worst() < 1e-6
    reference = certify(problem, HiGHS().solve(problem)).objective_jpy
    np.testing.assert_allclose(certificate.objective_jpy, reference, rtol=1e-7)


@each_way
def test_rows_among_global_columns_have_their_price(once: bool) -> None:
    problem = with_peak_row(two_hours(demand_jpy=70.0, second_hour_kw=20.0, short_jpy=40.0, n_scenarios=2), 15.0)
    solution = PIQP(set_up_once=once).solve(problem)
    np.testing.assert_allclose(solution.peak_row_price[:, 0], 25.0, rtol=1e-5)


@each_way
def test_curvature_that_differs_between_scenarios_is_taken(once: bool) -> None:
    """Two plants serve 30 kW at 1/2 q x^2 each: the first gives q2 / (q1 + q2) of it."""
    base = two_hours(demand_jpy=0.0, second_hour_kw=20.0, short_jpy=0.0, n_scenarios=2)
    curvature = np.zeros_like(base.cost)
    curvature[:, :, 0], curvature[:, :, 3] = 1.0, np.array([2.0, 4.0])[:, None]
    problem = replace(
        base,
        cost=np.zeros_like(base.cost),
        curvature=curvature,
        upper=np.broadcast_to([100.0, 0.0, 0.0, 100.0, 1e6], base.cost.shape).copy(),
        rhs=base.rhs * 3.0,
    )
    solution = PIQP(set_up_once=once).solve(problem)
    np.testing.assert_allclose(solution.flows[:, :, 0], [[20.0] * 2, [24.0] * 2], rtol=1e-5)


def test_a_scenario_without_solution_has_a_status() -> None:
    problem = two_hours(demand_jpy=0.0, second_hour_kw=20.0, short_jpy=40.0, n_scenarios=2)
    upper = problem.upper.copy()
    upper[1] = 0.0
    solution = PIQP().solve(replace(problem, upper=upper))
    assert solution.status[0] == Status.OPTIMAL
    assert solution.status[1] != Status.OPTIMAL
    assert np.isnan(solution.flows[1]).all()
