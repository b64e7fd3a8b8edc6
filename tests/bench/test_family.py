"""The standard family: the arrays laid out by hand and the Spec that goes through assembly are one problem."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.bench.family import standard_problem
from simulation.bench.family_spec import family_problem, family_scenario
from simulation.interchange.highs import HiGHS
from simulation.interchange.problem import Problem
from simulation.interchange.solve import solve


def _optimum_jpy(problem: Problem) -> np.ndarray:
    schedule = solve(problem, HiGHS())
    assert schedule.certificate.worst() < 1e-9
    return schedule.relaxed_objective_jpy


@pytest.mark.parametrize("stressed", [False, True])
@pytest.mark.parametrize(
    ("buildings", "steps", "step_min"),
    [(5, 48, 30), pytest.param(2, 32 * 24, 60, marks=pytest.mark.slow)],
    ids=["a_day", "two_months"],
)
def test_arrays_by_hand_and_assembly_have_the_same_optimum(
    buildings: int, steps: int, step_min: int, stressed: bool
) -> None:
    by_hand = standard_problem(buildings, steps, 2, seed=11, stressed=stressed, step_min=step_min)
    member = family_scenario(buildings, steps, 2, seed=11, stressed=stressed, step_min=step_min)
    assembled = family_problem(member)
    assert assembled.matrix.shape == by_hand.matrix.shape
    assert np.count_nonzero(assembled.matrix) == np.count_nonzero(by_hand.matrix)
    assert len(assembled.exclusive) == len(by_hand.exclusive)
    assert len(assembled.peaks) == len(by_hand.peaks)
    np.testing.assert_allclose(_optimum_jpy(assembled), _optimum_jpy(by_hand), rtol=1e-10)


def test_the_stressed_twin_uses_its_lines_and_engines_far_more_than_the_plain_one() -> None:
    sent, generated = {}, {}
    for stressed in (False, True):
        problem = standard_problem(5, 48, 4, seed=3, stressed=stressed)
        flows = solve(problem, HiGHS()).solution.flows
        quantities = [label.quantity for label in problem.columns]
        sent[stressed] = flows[:, :, [name.startswith("sent_kw") for name in quantities]].sum()
        generated[stressed] = flows[:, :, [name == "output_kw" for name in quantities]].sum()
    assert sent[True] > 10.0 * sent[False]
    assert generated[True] > 4.0 * generated[False] > 0.0


def test_a_scenario_of_the_family_does_not_depend_on_how_many_there_are() -> None:
    few = family_scenario(2, 48, 2, seed=5, stressed=True).draws
    many = family_scenario(2, 48, 6, seed=5, stressed=True).draws
    assert np.array_equal(few.demand.demand_kw, many.demand.demand_kw[:2])
    assert np.array_equal(few.pv_kw, many.pv_kw[:2])


def test_batteries_end_at_least_as_full_as_they_began() -> None:
    problem = family_problem(family_scenario(2, 48, 2, seed=5, stressed=False))
    levels = solve(problem, HiGHS()).solution.levels
    assert (levels[:, -1] >= problem.initial_level - 1e-6).all()
    assert (levels.min(axis=1) < problem.initial_level - 1.0).all(), "else the bound would prove nothing"


def test_a_spec_is_made_of_whole_days() -> None:
    with pytest.raises(ValueError, match="n_steps: given 47 of 30 min; legal: whole days"):
        family_scenario(2, 47, 1, seed=1, stressed=False)
