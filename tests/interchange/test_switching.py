"""Whoever solves, the plan costs the same: rescue, directions, the default, and memory that follows the block."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import simulation.interchange.solve as solve_module
from simulation.bench.family import standard_problem
from simulation.draws.draws import sample
from simulation.ensemble import replan
from simulation.errors import ProblemError
from simulation.interchange.assemble import assemble
from simulation.interchange.choice import MOST_GLOBAL_COLUMNS, MOST_STORES, solver_for
from simulation.interchange.highs import HiGHS
from simulation.interchange.interior_point import InteriorPoint
from simulation.interchange.problem import Label, Problem
from simulation.interchange.schedule import Schedule, Solution, Status
from simulation.interchange.solve import PROVEN, leaks, solve, solve_stream
from simulation.metrics.metrics import assess
from simulation.scenario.load import load
from tests.interchange.scenes import mixed_area
from tests.interchange.tiny import two_hours

ROOT = Path(__file__).parents[2]
SHIPPED = sorted([*(ROOT / "scenarios").glob("*.toml"), *(ROOT / "scenarios" / "variants").glob("*.toml")])
YEARS = [path for path in SHIPPED if path.stem.startswith("kashiwanoha_year")]
"""17,520 steps, each a minute or three; the year with everything stands for all where the full tier does not run."""


def assert_same_cost(problem: Problem) -> Schedule:
    """The core's plan, which costs what HiGHS's does."""
    ours, reference = solve(problem, InteriorPoint()), solve(problem, HiGHS())
    assert (ours.solution.status == Status.OPTIMAL).all()
    assert ours.certificate.worst() <= 1e-7
    assert not leaks(ours.problem, ours.solution, 1e-3).any()
    np.testing.assert_allclose(ours.objective_jpy, reference.objective_jpy, rtol=1e-6, atol=1e-4)
    # directions may come from either solver whoever was asked, the relaxed plan only from the one
    np.testing.assert_allclose(ours.relaxed_objective_jpy, reference.relaxed_objective_jpy, rtol=1e-6, atol=1e-4)
    return ours


@pytest.mark.parametrize("seed", [0, 4])
def test_directions_cost_the_same_whichever_solver_was_asked(seed):
    problem = assemble(*mixed_area(seed, own_source_only=True))
    relaxed = InteriorPoint().solve(problem)
    assert leaks(problem, relaxed, 1e-3).any(), "nothing leaks: the test proves nothing"
    assert_same_cost(problem)


@pytest.mark.parametrize("solver", [InteriorPoint(), HiGHS()], ids=lambda solver: solver.name)
def test_a_plan_with_the_other_solvers_directions_is_counted_as_that_ones(solver):
    problem = assemble(*mixed_area(0, own_source_only=True))
    own, best = solve(problem, solver, second_opinion=False), solve(problem, solver)
    assert own.plans == {solver.name: problem.n_scenarios}
    assert best.borrowed.tolist() == np.flatnonzero(best.objective_jpy < own.objective_jpy).tolist()
    other = "HiGHS" if solver.name == "InteriorPoint" else "InteriorPoint"
    counts = {solver.name: problem.n_scenarios - len(best.borrowed), other: len(best.borrowed)}
    assert best.plans == {name: n for name, n in counts.items() if n}


@pytest.mark.parametrize("solver", [InteriorPoint(), HiGHS()], ids=lambda solver: solver.name)
def test_where_a_plan_took_several_passes_a_third_one_is_weighed(solver, monkeypatch):
    problem = assemble(*mixed_area(0, own_source_only=True))
    weighed: list[tuple[list[int], list[int]]] = []
    cheaper = solve_module._cheaper

    def spy(plan, rows, other):
        weighed.append((rows.tolist(), other.passes.tolist()))
        return cheaper(plan, rows, other)

    monkeypatch.setattr(solve_module, "_cheaper", spy)
    solve(problem, solver)
    assert len(weighed) == 2
    (dear, passes), (again, _) = weighed
    assert set(again) <= set(dear)
    if solver.name == "HiGHS":
        assert again == [row for row, n in zip(dear, passes, strict=True) if n > 1]


def test_the_core_finishes_its_directions_where_highs_cannot(monkeypatch):
    problem = assemble(*mixed_area(0, own_source_only=True))
    sound = HiGHS.solve_from

    def breaks_down_when_begun_again(self, problem, bases):
        solution, ended = sound(self, problem, bases)
        if None not in bases:
            solution.status[:] = Status.NUMERICAL_TROUBLE
            solution.flows[:] = np.nan
        return solution, ended

    monkeypatch.setattr(HiGHS, "solve_from", breaks_down_when_begun_again)
    schedule = solve(problem, HiGHS())
    assert len(schedule.second_pass)
    assert (schedule.solution.status == Status.OPTIMAL).all()
    assert schedule.borrowed.tolist() == schedule.second_pass.tolist()


def test_what_the_core_does_not_finish_is_finished_by_highs():
    problem = standard_problem(2, 12, 3, seed=1, stressed=True)
    stopped = InteriorPoint(max_iterations=2)
    assert (stopped.solve(problem).status == Status.ITERATION_LIMIT).all()
    schedule, reference = solve(problem, stopped), solve(problem, HiGHS())
    assert schedule.rescued.tolist() == [0, 1, 2]
    assert (schedule.solution.status == Status.OPTIMAL).all()
    np.testing.assert_allclose(schedule.objective_jpy, reference.objective_jpy, rtol=1e-9)
    assert not len(solve(problem, InteriorPoint()).rescued)


def test_a_scenario_without_a_plan_is_called_infeasible_and_one_without_end_unbounded():
    problem = two_hours(demand_jpy=70.0, second_hour_kw=5.0, short_jpy=200.0, n_scenarios=3)
    upper, cost = problem.upper.copy(), problem.cost.copy()
    upper[1] = 0.0
    upper[2], cost[2] = np.inf, -1.0
    schedule = solve(replace(problem, upper=upper, cost=cost), InteriorPoint(max_iterations=40))
    assert schedule.solution.status[0] == Status.OPTIMAL
    assert schedule.solution.status[1] == Status.INFEASIBLE
    assert schedule.solution.status[2] in (Status.UNBOUNDED, Status.NUMERICAL_TROUBLE)
    assert 0 not in schedule.rescued
    assert all(status.advice for status in Status)


@pytest.mark.parametrize(("buildings", "chosen"), [(2, "InteriorPoint"), (MOST_STORES + 1, "HiGHS")])
def test_the_size_of_a_scenario_picks_the_solver_and_their_number_does_not(buildings, chosen):
    problem = standard_problem(buildings, 4, 2, seed=1, stressed=True)
    together, alone = solve(problem), solve(problem.take([1]))
    assert [schedule.solver for schedule in (together, alone)] == [chosen, chosen]
    assert np.array_equal(together.solution.flows[1], alone.solution.flows[0])
    assert [solve(problem, solver).solver for solver in (HiGHS(), InteriorPoint())] == ["HiGHS", "InteriorPoint"]


def test_the_core_plans_quadratic_costs_of_any_size():
    problem = standard_problem(MOST_STORES + 1, 4, 1, seed=1, stressed=False)
    curved = replace(problem, curvature=np.full(problem.cost.shape, 0.01))
    schedule = solve(curved)
    assert schedule.solver == "InteriorPoint"
    assert schedule.certificate.worst() < 1e-7


def test_a_year_of_many_global_columns_goes_to_highs():
    problem = standard_problem(2, 4, 1, seed=1, stressed=False)
    peaks = tuple(Label(f"meter{i}", "peak_kw") for i in range(MOST_GLOBAL_COLUMNS + 1))
    assert [solver_for(replace(problem, peaks=peaks[:n])).name for n in (-1, None)] == ["InteriorPoint", "HiGHS"]


class _Careless(HiGHS):
    """Calls optimal what is a thousandth off in one scenario of two."""

    def solve_from(self, problem, bases):
        solution, ended = super().solve_from(problem, bases)
        solution.flows[1] *= 1.001
        return solution, ended


def test_what_is_called_optimal_and_is_not_proven_to_be_is_trouble():
    problem = standard_problem(2, 4, 2, seed=1, stressed=False)
    schedule = solve(problem, _Careless(), second_opinion=False)
    assert schedule.solution.status.tolist() == [Status.OPTIMAL, Status.NUMERICAL_TROUBLE]
    assert schedule.certificate.primal_residual[1] > PROVEN > schedule.certificate.primal_residual[0]


def test_a_stream_names_a_scenario_as_the_problem_does_and_takes_no_empty_blocks():
    problem = standard_problem(2, 4, 4, seed=1, stressed=False)
    level_min = np.array(problem.level_min)
    level_min[3, 2, 0] = 1e6
    with pytest.raises(ProblemError, match="scenario 3"):
        next(solve_stream(replace(problem, level_min=level_min), block=2))
    for block in (0, -1):
        with pytest.raises(ProblemError, match=f"block = {block}"):
            next(solve_stream(problem, block=block))


def test_a_stream_takes_problems_as_they_are_made():
    made: list[int] = []

    def parts():
        for seed in range(3):
            made.append(seed)
            yield standard_problem(2, 12, 5, seed=seed, stressed=True)

    stream = solve_stream(parts(), InteriorPoint(), block=4)
    first = next(stream)
    assert made == [0]
    assert first.problem.n_scenarios == 4
    assert [part.problem.n_scenarios for part in stream] == [1, 4, 1, 4, 1]


@pytest.mark.slow
@pytest.mark.parametrize("path", [path for path in SHIPPED if path not in YEARS], ids=lambda path: path.stem)
def test_shipped_scenarios_cost_the_same_with_perfect_information(path):
    spec = load(str(path))
    assert not len(assert_same_cost(assemble(spec, sample(spec, 2, seed=1))).rescued)


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=[] if path.stem == "kashiwanoha_year" else pytest.mark.full) for path in YEARS],
    ids=lambda path: path.stem,
)
def test_shipped_years_cost_the_same_with_perfect_information(path):
    spec = load(str(path))
    assert not len(assert_same_cost(assemble(spec, sample(spec, 1, seed=1))).rescued)


class Both:
    """Plans with HiGHS, and keeps every problem of the closed loop for the core to be tried on."""

    name = "HiGHS"

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def solve(self, problem: Problem) -> Solution:
        self.problems.append(problem)
        return HiGHS().solve(problem)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "higashi_matsushima",
        "mihama",
        "mutsuzawa_faxai",
        *(pytest.param(name, marks=pytest.mark.full) for name in ("area_and_hub", "kashiwanoha")),
    ],
)
def test_planning_problems_of_the_closed_loop_cost_the_same(name):
    spec = load(name, {"planner.replan_every_h": 15})  # so that they are made at every time of day
    both = Both()
    replan(spec, sample(spec, 1, seed=1), both)
    for problem in both.problems[:: max(1, len(both.problems) // 8)]:
        assert not len(assert_same_cost(problem).rescued)


HEADLINES = ("cost_jpy", "lost_jpy", "unserved_kwh", "genset_kwh", "co2_kg", "area_peak_kw")
NEGLIGIBLE_FRAC = 0.005


@pytest.mark.slow
def test_switching_to_highs_moves_no_headline_beyond_its_paired_interval():
    """Plans of equal cost are not the same plans: HiGHS loads one of two like engines, the core both.

    What the plant makes of them may differ by chance (the paired 95 % interval), and without it by half a per cent.
    """
    spec = load("mutsuzawa_faxai")
    draws = sample(spec, 8, seed=3)
    ours, reference = (assess(spec, replan(spec, draws, solver)) for solver in (InteriorPoint(), HiGHS()))
    for quantity in HEADLINES:
        values, others = (np.asarray(part.per_scenario[quantity].values, dtype=float) for part in (ours, reference))
        difference = values - others
        half = T_OF_SEVEN * difference.std(ddof=1) / np.sqrt(len(difference))
        assert abs(difference.mean()) <= half + NEGLIGIBLE_FRAC * np.abs(others).mean(), quantity


T_OF_SEVEN = 2.365
"""The 97.5 % point of Student's t with seven degrees of freedom."""

PEAK_MEMORY = """
import resource
from simulation.bench.family import standard_problem
from simulation.interchange.interior_point import InteriorPoint
from simulation.interchange.solve import solve_stream

def parts():
    for seed in range({blocks}):
        yield standard_problem(5, 48, 500, seed=seed, stressed=True)

solved = sum(int((part.solution.status == 0).sum()) for part in solve_stream(parts(), InteriorPoint(), block=500))
assert solved == 500 * {blocks}, solved
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak_mib(blocks: int) -> float:
    code = PEAK_MEMORY.format(blocks=blocks)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return int(done.stdout) / 1024.0


@pytest.mark.slow
def test_memory_follows_the_block_and_not_the_scenarios():
    once, twice = peak_mib(2), peak_mib(4)
    assert twice < 2000.0
    assert twice - once < 100.0


@pytest.mark.full
def test_a_hundred_thousand_scenarios_stay_below_two_gigabytes():
    assert peak_mib(200) < 2000.0
