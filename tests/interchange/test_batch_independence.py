"""What a scenario comes to is the same to the last digit whatever else is in its batch: replays depend on it."""

import importlib.util
from dataclasses import fields, replace

import numpy as np
import pytest

from simulation.bench.family import standard_problem
from simulation.interchange.batch import Form
from simulation.interchange.interior_point import InteriorPoint
from simulation.interchange.schedule import Solution
from tests.interchange.families import Knobs, random_problem

needs_numba = pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="the extra fast is not installed")


def stretched(problem, scenario, factor):
    """The same problem with every kW and kWh of one scenario ``factor`` times as large."""
    parts = {}
    names = ("upper", "rhs", "initial_level", "level_min", "level_max", "peak_min", "peak_max", "peak_rhs")
    for name in names:
        parts[name] = np.array(getattr(problem, name))
        parts[name][scenario] *= factor
    return replace(problem, **parts)


def with_one_curved(problem, scenario):
    curvature = np.zeros(problem.cost.shape)
    curvature[scenario, :, 0] = 0.1
    return replace(problem, curvature=curvature)


def assert_same(solution, rows, part):
    for field in fields(Solution):
        expected, found = getattr(solution, field.name)[rows], getattr(part, field.name)
        np.testing.assert_array_equal(found, expected, err_msg=f"{field.name} of scenarios {rows}")


def assert_independent(problem, kernels):
    solver = InteriorPoint(kernels=kernels)
    together = solver.solve(problem)
    for rows in ([1], [2, 0], [4, 3, 1]):
        assert_same(together, rows, solver.solve(problem.take(rows)))
    two_lanes = 2 * (len(problem.columns) + len(problem.stores)) * problem.n_steps
    assert_same(together, slice(None), replace(solver, block_numbers=two_lanes).solve(problem))


HUBS = {"hub": True, "outage": True, "n_scenarios": 5}
AREA = standard_problem(2, 6, 5, seed=2, stressed=True)
CASES = {
    "reduction": AREA,
    "recursion": standard_problem(13, 2, 5, seed=2, stressed=True),
    "sizes and a curved cost": with_one_curved(stretched(AREA, 1, 300.0), 3),
    "one step": standard_problem(2, 1, 5, seed=3, stressed=False),
    "months of peaks": random_problem(Knobs(seed=9, network="ring", n_steps=5, metered="each", months=3, **HUBS)),
    "no stores": random_problem(Knobs(seed=3, network="mesh", batteries=0.0, n_steps=3, n_scenarios=5)),
    "kW and MW": random_problem(Knobs(seed=8, network="split", n_steps=4, metered="window", size=1e3, **HUBS)),
}
QUICK = ("reduction", "recursion", "sizes and a curved cost")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in CASES]
)
def test_numpy_gives_a_scenario_the_same_bits_alone_and_in_any_batch(name):
    assert_independent(CASES[name], "numpy")


@needs_numba
@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_fused_kernels_give_a_scenario_the_same_bits_alone_and_in_any_batch(name):
    assert_independent(CASES[name], "numba")


def test_scenarios_share_a_form_unless_their_sizes_differ():
    assert [rows.tolist() for _, rows in Form.shared(AREA)] == [[0, 1, 2, 3, 4]]
    forms = Form.shared(stretched(AREA, 1, 256.0))
    assert sorted(rows.tolist() for _, rows in forms) == [[0, 2, 3, 4], [1]]
    (small, _), (large, _) = sorted(forms, key=lambda pair: -len(pair[1]))
    np.testing.assert_array_equal(large.row_scale, 256.0 * small.row_scale)
