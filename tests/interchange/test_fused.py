"""The fused kernels against their readable twins in numpy, and HiGHS.  Slow: numba compiles on a fresh machine."""

import importlib.util
from itertools import product

import numpy as np
import pytest

from simulation.bench.family import standard_problem
from simulation.errors import ProblemError
from simulation.interchange import kernels
from simulation.interchange.certificate import certify
from simulation.interchange.highs import HiGHS
from simulation.interchange.interior_point import InteriorPoint
from simulation.interchange.schedule import Status
from tests.interchange.families import NETWORKS, Knobs, random_problem, with_nan

needs_numba = pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="the extra fast is not installed")


def test_small_problems_and_machines_without_numba_take_numpy(monkeypatch):
    assert kernels.fused_step("auto", kernels.WORTH_LOADING - 1) is None
    monkeypatch.setattr(kernels, "find_spec", lambda name: None)
    assert kernels.fused_step("auto", kernels.WORTH_LOADING) is None
    with pytest.raises(ProblemError, match=r"install yuimaru\[fast\]"):
        InteriorPoint(kernels="numba").solve(standard_problem(1, 4, 1, seed=1, stressed=False))
    with pytest.raises(ProblemError, match='legal: "auto", "numpy", "numba"'):
        kernels.fused_step("fortran", 1)


def assert_twins(problem):
    plain, fast = (InteriorPoint(kernels=name).solve(problem) for name in ("numpy", "numba"))
    np.testing.assert_array_equal(fast.status, plain.status)
    certificates = [certify(problem, solution) for solution in (plain, fast)]
    assert max(certificate.worst() for certificate in certificates) <= 1e-7
    one, other = (certificate.objective_jpy for certificate in certificates)
    np.testing.assert_allclose(one, other, rtol=1e-8, atol=1e-8)


@needs_numba
@pytest.mark.slow
@pytest.mark.parametrize("stressed", [False, True])
@pytest.mark.parametrize("size", [(1, 24, 3), (2, 48, 40), (5, 48, 20), (14, 8, 3)])
def test_both_solve_the_standard_family(size, stressed):
    assert_twins(standard_problem(*size, seed=5, stressed=stressed))


@needs_numba
@pytest.mark.slow
@pytest.mark.parametrize(
    ("network", "metered", "quadratic"),
    [
        ("isolated", "none", False),
        ("ring", "each", True),
        *(
            pytest.param(*case, marks=pytest.mark.full)
            for case in product(NETWORKS, ("none", "each", "window"), (False, True))
        ),
    ],
)
def test_both_solve_networks_with_hubs_meters_and_curved_costs(network, metered, quadratic):
    sizes = {"n_buildings": 4, "n_steps": 9, "n_scenarios": 5}
    knobs = Knobs(seed=8, network=network, hub=True, metered=metered, quadratic=quadratic, **sizes)
    assert_twins(random_problem(knobs))


@needs_numba
@pytest.mark.slow
def test_without_stores_or_with_months_of_peaks_they_agree():
    assert_twins(random_problem(Knobs(seed=3, network="mesh", n_buildings=4, batteries=0.0, n_steps=3)))
    assert_twins(random_problem(Knobs(seed=9, network="ring", n_buildings=3, n_steps=12, metered="each", months=3)))


@needs_numba
@pytest.mark.slow
def test_fused_kernels_agree_with_highs():
    problem = standard_problem(3, 24, 7, seed=6, stressed=True)
    solution = InteriorPoint(kernels="numba", block_numbers=24 * 40 * 3).solve(problem)
    reference = certify(problem, HiGHS().solve(problem)).objective_jpy
    np.testing.assert_allclose(certify(problem, solution).objective_jpy, reference, rtol=1e-6)


@needs_numba
@pytest.mark.slow
def test_one_scenario_with_nan_harms_no_other():
    problem = standard_problem(3, 12, 4, seed=4, stressed=True)
    straight = InteriorPoint(kernels="numba").solve(problem)
    solution = InteriorPoint(kernels="numba").solve(with_nan(problem, 2, "rhs"))
    assert solution.status.tolist() == [Status.OPTIMAL, Status.OPTIMAL, Status.NOT_A_NUMBER, Status.OPTIMAL]
    np.testing.assert_array_equal(solution.flows[[0, 1, 3]], straight.flows[[0, 1, 3]])
