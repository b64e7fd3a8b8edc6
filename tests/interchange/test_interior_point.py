"""The vectorised core against HiGHS, against PIQP, against itself and against answers known otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import chain, combinations

import numpy as np
import piqp
import pytest
import scipy.sparse as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulation.bench.family import standard_problem
from simulation.errors import ProblemError
from simulation.interchange.certificate import certify
from simulation.interchange.flat import equality_matrix
from simulation.interchange.highs import HiGHS
from simulation.interchange.interior_point import InteriorPoint
from simulation.interchange.problem import Label, Problem
from simulation.interchange.schedule import Status
from simulation.interchange.solve import solve
from simulation.scenario.clock import Clock
from tests.interchange.families import Knobs, knobs, random_problem, with_nan
from tests.interchange.tiny import ANSWERS, two_hours, two_plants, with_peak_row

SEED = 7
QUICK = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def assert_optimal(problem, solution, reference_jpy=None):
    certificate = certify(problem, solution)
    assert (solution.status == Status.OPTIMAL).all()
    assert certificate.worst() <= 1e-7
    if reference_jpy is not None:
        error = np.abs(certificate.objective_jpy - reference_jpy) / (1.0 + np.abs(reference_jpy))
        assert error.max() <= 1e-6


def assert_as_good_as_highs(problem):
    reference = certify(problem, HiGHS().solve(problem))
    assert reference.worst() < 1e-6
    assert_optimal(problem, InteriorPoint().solve(problem), reference.objective_jpy)


def with_import_limit(problem, limit_kw):
    upper = np.array(problem.upper)
    upper[:, :, [n for n, label in enumerate(problem.columns) if label.quantity == "import_kw"]] = limit_kw
    return replace(problem, upper=upper, peak_max=np.where(np.isfinite(problem.peak_max), limit_kw, np.inf))


@pytest.mark.parametrize(("given_knobs", "answer_jpy"), ANSWERS)
def test_answers_worked_by_hand(given_knobs, answer_jpy):
    problem = two_hours(**given_knobs)
    assert_optimal(problem, InteriorPoint().solve(problem), np.array([answer_jpy]))


def test_a_row_among_global_columns_has_its_price():
    problem = with_peak_row(two_hours(demand_jpy=70.0, second_hour_kw=20.0, short_jpy=40.0), 15.0)
    solution = InteriorPoint().solve(problem)
    assert_optimal(problem, solution, np.array([1350.0]))
    assert solution.peak_row_price[0, 0] == pytest.approx(25.0, rel=1e-4)


@QUICK
@given(knobs())
def test_agrees_with_highs_on_random_problems(drawn):
    assert_as_good_as_highs(random_problem(drawn))


@pytest.mark.slow
@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(knobs())
def test_agrees_with_highs_on_many_random_problems(drawn):
    assert_as_good_as_highs(random_problem(drawn))


# each was once not solved: wide lines between kW and MW, a peak row without scale, loss-free lines both ways
@pytest.mark.parametrize(
    "hard",
    [
        Knobs(seed=696, network="ring", n_buildings=5, n_steps=13, batteries=0.0, metered="none", hub=True,
              outage=True, negative_prices=True, unbounded=True, size=1e3, money=1e-2),
        Knobs(seed=34, network="split", n_buildings=5, n_steps=1, n_scenarios=2, batteries=1.0, metered="each",
              months=3, outage=True, unbounded=True, size=1e-3, money=1e-2),
        Knobs(seed=331, network="split", n_buildings=5, n_steps=13, batteries=0.5, hub=True, outage=True,
              negative_prices=True, money=1e2),
        Knobs(seed=50, network="isolated", n_buildings=2, n_steps=5, n_scenarios=1, batteries=1.0,
              own_source=True, months=3, outage=True, size=1e3, money=1e2),
    ],
)  # fmt: skip
def test_problems_that_once_were_hard(hard):
    assert_as_good_as_highs(random_problem(hard))


@pytest.mark.parametrize("stressed", [False, True])
@pytest.mark.parametrize("size", [(1, 24, 3), (2, 48, 4), (5, 48, 3)])
def test_agrees_with_highs_on_the_standard_family(size, stressed):
    assert_as_good_as_highs(standard_problem(*size, seed=7, stressed=stressed))


@pytest.mark.slow
@pytest.mark.parametrize("stressed", [False, True])
@pytest.mark.parametrize("size", [(14, 48, 4), (20, 48, 3), (50, 96, 1), (5, 336, 2)])
def test_agrees_with_highs_on_larger_members(size, stressed):
    assert_as_good_as_highs(standard_problem(*size, seed=7, stressed=stressed))


def test_many_stores_take_the_recursion_and_agree_with_highs():
    assert_as_good_as_highs(standard_problem(22, 6, 2, seed=7, stressed=True))


@pytest.mark.parametrize("limit_kw", [1e6, 1e7, 1e9])
def test_a_limit_written_as_none_costs_no_iterations(limit_kw):
    problem = with_import_limit(standard_problem(5, 48, 2, seed=SEED, stressed=True), limit_kw)
    solution = InteriorPoint().solve(problem)
    assert_optimal(problem, solution, certify(problem, HiGHS().solve(problem)).objective_jpy)
    assert solution.iterations.max() <= 25


@pytest.mark.slow
def test_a_flow_that_runs_up_to_a_very_wide_limit_is_left_to_highs():
    problem = with_import_limit(standard_problem(2, 4, 1, seed=SEED, stressed=False), 1e7)
    cost = np.array(problem.cost)
    cost[:, :, problem.columns.index(Label("office0", "import_kw"))] = -1000.0
    upper = np.array(problem.upper)
    upper[:, :, problem.columns.index(Label("office0", "export_kw"))] = 1e7
    paid = replace(problem, cost=cost, upper=upper)
    schedule = solve(paid, InteriorPoint())
    assert (schedule.solution.status == Status.OPTIMAL).all()
    np.testing.assert_allclose(schedule.objective_jpy, solve(paid, HiGHS()).objective_jpy, rtol=1e-6)


def test_iterations_stay_few():
    problem = standard_problem(5, 48, 24, seed=3, stressed=True)
    solution = InteriorPoint().solve(problem)
    assert solution.iterations.max() <= 25
    assert np.median(solution.iterations) <= 17


@pytest.mark.parametrize("name", ["rhs", "cost", "upper", "level_min", "peak_cost", "initial_level", "curvature"])
def test_one_scenario_with_nan_harms_no_other(name):
    problem = standard_problem(3, 12, 4, seed=4, stressed=True)
    straight = InteriorPoint().solve(problem)
    solution = InteriorPoint().solve(with_nan(problem, 2, name))
    others = [0, 1, 3]
    assert solution.status[2] == Status.NOT_A_NUMBER
    assert np.isnan(solution.flows[2]).all()
    np.testing.assert_array_equal(solution.flows[others], straight.flows[others])


def test_a_scenario_without_solution_has_a_status_and_harms_no_other():
    problem = two_hours(demand_jpy=70.0, second_hour_kw=5.0, short_jpy=200.0, n_scenarios=3)
    upper = problem.upper.copy()
    upper[1] = 0.0
    solution = InteriorPoint().solve(replace(problem, upper=upper))
    assert solution.status[1] in (Status.ITERATION_LIMIT, Status.NUMERICAL_TROUBLE)
    good = problem.take([0, 2])
    kept = replace(
        solution,
        **{
            name: getattr(solution, name)[[0, 2]]
            for name in ("flows", "levels", "peaks", "row_price", "peak_row_price", "status", "iterations")
        },
    )
    assert_optimal(good, kept, np.array([1350.0, 1350.0]))


def test_contradicting_bounds_are_refused_before_any_iteration(monkeypatch):
    monkeypatch.setattr("simulation.interchange.interior_point.Form.shared", None)
    problem = standard_problem(2, 6, 2, seed=1, stressed=False)
    crossed = problem.level_min.copy()
    crossed[1, 3, 0] = problem.level_max[1, 3, 0] + 1.0
    with pytest.raises(ProblemError, match=r"office0.battery level_kwh: scenario 1, 2026-04-01 02:00"):
        InteriorPoint().solve(replace(problem, level_min=crossed))
    with pytest.raises(ProblemError, match="curvature"):
        InteriorPoint().solve(replace(problem, curvature=-np.ones(problem.cost.shape)))


def test_x_and_its_distance_to_the_upper_bound_stay_in_the_box():
    problem = random_problem(Knobs(seed=12, n_buildings=4, hub=True, metered="window", outage=True))
    solution = InteriorPoint().solve(problem)
    assert (solution.flows >= 0.0).all()
    assert (solution.flows <= problem.upper * (1.0 + 1e-12) + 1e-12).all()
    assert (solution.flows[problem.upper == 0.0] == 0.0).all()


def solve_with_piqp(problem, s):
    """Optimal cost of one scenario from PIQP, which knows nothing of this package."""
    n_levels, n_peaks = problem.level_min[s].size, len(problem.peaks)
    rhs = problem.rhs[s].copy()
    rhs[0, problem.store_row] -= problem.retention[0] * problem.initial_level[s]
    quadratic = np.concatenate([problem.curvature[s].ravel(), np.zeros(n_levels + n_peaks)])
    linear = np.concatenate([problem.cost[s].ravel(), problem.level_cost[s].ravel(), problem.peak_cost[s]])
    low = np.concatenate([np.zeros(problem.cost[s].size), problem.level_min[s].ravel(), problem.peak_min[s]])
    high = np.concatenate([problem.upper[s].ravel(), problem.level_max[s].ravel(), problem.peak_max[s]])
    above = np.zeros((len(problem.peak_rows), len(linear)))
    above[:, len(linear) - n_peaks :] = problem.peak_rows
    solver = piqp.SparseSolver()
    solver.settings.eps_abs = solver.settings.eps_rel = 1e-10
    solver.settings.max_iter = 500
    solver.setup(
        sp.csc_matrix(sp.diags(quadratic)),
        linear,
        sp.csc_matrix(equality_matrix(problem)),
        rhs.ravel(),
        sp.csc_matrix(above) if len(above) else None,
        problem.peak_rhs[s] if len(above) else None,
        np.full(len(above), np.inf) if len(above) else None,
        low,
        high,
    )
    assert solver.solve() == piqp.PIQP_SOLVED
    return solver.result.info.primal_obj


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("hub", [False, True])
def test_quadratic_costs_agree_with_piqp(seed, hub):
    problem = random_problem(
        Knobs(seed=seed, n_buildings=3, n_steps=8, n_scenarios=2, hub=hub, quadratic=True, metered="each")
    )
    assert (problem.curvature > 0).any()
    reference = np.array([solve_with_piqp(problem, s) for s in range(2)])
    assert_optimal(problem, InteriorPoint().solve(problem), reference)


@pytest.mark.parametrize(
    "knob",
    [{"tol": 0.0}, {"tol": float("nan")}, {"to_boundary": 1.5}, {"max_iterations": 0}, {"block_numbers": -5}],
    ids=lambda knob: next(iter(knob)),
)
def test_a_knob_that_means_nothing_is_refused_by_its_name(knob):
    with pytest.raises(ProblemError, match=f"{next(iter(knob))} = .*; legal: "):
        InteriorPoint(**knob)


@settings(max_examples=8, deadline=None, derandomize=True)
@given(knobs(quadratic=True))
def test_quadratic_costs_are_certified_on_random_problems(drawn):
    problem = random_problem(drawn)
    assert_optimal(problem, InteriorPoint().solve(problem))


def test_quadratic_cost_splits_a_load_as_marginal_costs_say():
    problem = two_plants()
    solution = InteriorPoint().solve(problem)
    assert_optimal(problem, solution, np.array([2.0 * (0.5 * 20.0**2 + 0.5 * 2.0 * 10.0**2)]))
    np.testing.assert_allclose(solution.flows[0, :, 0], 20.0, rtol=1e-4)
    np.testing.assert_allclose(solution.row_price[0, :, 0], 20.0, rtol=1e-4)


def regions(surplus_kw, capacity_kw):
    """One step of an area of regions with lines: shortage costs 1, spill and lines nothing."""
    S, B = surplus_kw.shape
    pairs = [(i, j) for i in range(B) for j in range(B) if i != j and capacity_kw[i, j] > 0]
    matrix = np.zeros((B, 2 * B + len(pairs)))
    matrix[:, :B] = np.eye(B)
    matrix[:, B : 2 * B] = -np.eye(B)
    for place, (sender, receiver) in enumerate(pairs):
        matrix[sender, 2 * B + place], matrix[receiver, 2 * B + place] = -1.0, 1.0
    upper = np.full((S, 1, matrix.shape[1]), np.inf)
    upper[:, 0, 2 * B :] = [capacity_kw[i, j] for i, j in pairs]
    cost = np.zeros((S, 1, matrix.shape[1]))
    cost[:, :, :B] = 1.0
    empty = np.zeros((S, 1, 0))
    return Problem(
        clock=Clock(start_utc=datetime(2026, 1, 1), step_min=60, n_steps=1, zone="Asia/Tokyo"),
        columns=tuple(Label(f"c{n}", "kw") for n in range(matrix.shape[1])),
        rows=tuple(Label(f"region{b}", "bus_kw") for b in range(B)),
        stores=(),
        peaks=(),
        matrix=matrix,
        store_row=np.zeros(0, dtype=np.int64),
        retention=np.zeros((1, 0)),
        peak_matrix=np.zeros((B, 0)),
        peak_active=np.zeros((1, 0)),
        peak_rows=np.zeros((0, 0)),
        peak_rhs=np.zeros((S, 0)),
        cost=cost,
        curvature=np.zeros_like(cost),
        upper=upper,
        rhs=-surplus_kw[:, None, :],
        initial_level=np.zeros((S, 0)),
        level_min=empty,
        level_max=empty,
        level_cost=empty,
        peak_cost=np.zeros((S, 0)),
        peak_min=np.zeros((S, 0)),
        peak_max=np.zeros((S, 0)),
        exclusive=np.zeros((0, 2), dtype=np.int64),
    )


def worst_cut_kw(surplus_kw, capacity_kw):
    """Unserved power = max over subsets of regions of (deficit of the subset - capacity of the lines into it)."""
    B = len(surplus_kw)
    subsets = chain.from_iterable(combinations(range(B), size) for size in range(B + 1))
    cuts = []
    for subset in subsets:
        inside = np.isin(np.arange(B), subset)
        cuts.append(-surplus_kw[inside].sum() - capacity_kw[np.ix_(~inside, inside)].sum())
    return max(cuts)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.integers(0, 2**31), st.integers(2, 5))
def test_unserved_energy_is_that_of_the_worst_cut(seed, n_regions):
    """The max-flow min-cut oracle of resource adequacy (as in NREL PRAS): one step, deficits, surpluses and lines."""
    chance = np.random.default_rng(seed)
    capacity = chance.choice([0.0, 5.0, 20.0], size=(n_regions, n_regions))
    surplus = chance.integers(-30, 30, size=(8, n_regions)).astype(float)
    problem = regions(surplus, capacity)
    solution = InteriorPoint().solve(problem)
    expected = np.array([worst_cut_kw(row, capacity) for row in surplus])
    assert_optimal(problem, solution, expected)
