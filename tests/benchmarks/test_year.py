"""A year's plan of the standard family, second pass included: the core's costs what HiGHS's does."""

from __future__ import annotations

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from simulation.bench.cases import SEED
from simulation.bench.family import standard_problem
from simulation.interchange.highs import HiGHS
from simulation.interchange.interior_point import InteriorPoint
from simulation.interchange.schedule import Status
from simulation.interchange.solve import leaks, solve


@pytest.mark.full
@pytest.mark.parametrize("stressed", [False, True], ids=["plain", "stressed"])
def test_a_years_plan_costs_what_highs_finds(benchmark: BenchmarkFixture, stressed: bool) -> None:
    problem = standard_problem(5, 8760, 1, seed=SEED, stressed=stressed, step_min=60)
    ours = benchmark.pedantic(solve, args=(problem, InteriorPoint()), rounds=1)
    reference = solve(problem, HiGHS())
    assert (ours.solution.status == Status.OPTIMAL).all()
    assert not len(ours.rescued)
    assert ours.certificate.worst() <= InteriorPoint.tol
    assert not leaks(ours.problem, ours.solution, 1e-3).any()
    assert len(ours.second_pass) == stressed, (
        "the stressed half's relaxed plan runs two ways at once, the plain one's not"
    )
    np.testing.assert_allclose(ours.objective_jpy, reference.objective_jpy, rtol=1e-6)
    np.testing.assert_allclose(ours.relaxed_objective_jpy, reference.relaxed_objective_jpy, rtol=1e-6)
    apart = abs(ours.objective_jpy / reference.objective_jpy - 1.0).max()
    benchmark.extra_info.update(apart=float(apart), second_pass=len(ours.second_pass))
