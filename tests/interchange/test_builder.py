from datetime import datetime

import numpy as np
import pytest

from simulation.interchange.builder import Builder, Store
from simulation.interchange.problem import Label
from simulation.scenario.clock import Clock


def small() -> Builder:
    """A bus, a source whose limit differs by scenario, and a store that leaks."""
    builder = Builder(
        clock=Clock(start_utc=datetime(2026, 8, 2, 15), step_min=60, n_steps=3, zone="Asia/Tokyo"), n_scenarios=2
    )
    bus = builder.row("a", "bus_kw", rhs=np.array([1.0, 2.0, 3.0]))
    store = builder.row("a.tank", "balance_l")
    builder.column("a", "import_kw", upper=np.array([[5.0], [7.0]]), enters={bus: 1.0}, cost=np.array([9.0, 8.0, 7.0]))
    builder.column("a.tank", "draw_lph", upper=4.0, enters={bus: 1.0, store: -0.5})
    builder.store("a.tank", "level_l", store, Store(initial=6.0, level_min=0.0, level_max=10.0, retention=0.9))
    return builder


def test_numbers_steps_and_scenarios_find_their_place():
    problem = small().build()
    assert problem.columns == (Label("a", "import_kw"), Label("a.tank", "draw_lph"))
    np.testing.assert_array_equal(problem.upper[:, :, 0], [[5.0] * 3, [7.0] * 3])
    np.testing.assert_array_equal(problem.upper[:, :, 1], 4.0)
    np.testing.assert_array_equal(problem.cost[1, :, 0], [9.0, 8.0, 7.0])
    np.testing.assert_array_equal(problem.rhs[0, :, 0], [1.0, 2.0, 3.0])
    np.testing.assert_array_equal(problem.matrix, [[1.0, 1.0], [0.0, -0.5]])
    np.testing.assert_array_equal(problem.retention, 0.9)
    np.testing.assert_array_equal(problem.initial_level, 6.0)


def test_what_scenarios_share_is_kept_once_and_nothing_can_be_written():
    problem = small().build()
    assert problem.cost.strides[0] == problem.curvature.strides[0] == 0
    assert problem.upper.strides[0] > 0
    for array in (problem.cost, problem.upper, problem.matrix, problem.peak_active):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0.0


def test_a_name_is_taken_once():
    builder = small()
    with pytest.raises(ValueError, match="a import_kw: added twice"):
        builder.column("a", "import_kw", upper=1.0, enters={})


def test_columns_can_be_looked_up_and_enter_more_rows():
    builder = small()
    assert builder.find("a", "export_kw") is None
    row = builder.row("a", "limit_kw")
    builder.enter(row, [builder.find("a", "import_kw"), builder.find("a.tank", "draw_lph")], 2.0)
    np.testing.assert_array_equal(builder.build().matrix[row], 2.0)
