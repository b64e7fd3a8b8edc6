"""When a lot arrives: one rule for numbers and for arrays."""

from __future__ import annotations

import numpy as np

from simulation.physics.delivery import arrival_by_way_h, arrival_h


def test_only_a_lot_that_is_there_before_the_strike_is_spared_the_road():
    sent_h = np.array([5.0, 8.0, 9.0, 40.0])
    arrives_h = arrival_h(sent_h, 2.0, 10.0, np.array([30.0, 30.0, 30.0, 30.0]), 2.0)
    assert arrives_h.tolist() == [7.0, 10.0, 34.0, 44.0]  # at the strike itself it is still spared


def test_a_road_that_was_never_closed_only_slows():
    assert float(arrival_h(12.0, 2.0, 10.0, -np.inf, 1.5)) == 15.0
    assert float(arrival_h(12.0, 2.0, np.inf, 99.0, 1.5)) == 14.0  # no strike, no closure


def test_arrays_hold_what_numbers_give():
    hours = np.linspace(0.0, 50.0, 23)
    together = arrival_h(hours, 3.0, 20.0, 26.0, 1.7)
    assert together.tolist() == [float(arrival_h(hour, 3.0, 20.0, 26.0, 1.7)) for hour in hours]


def test_patience_runs_out_only_beyond_its_hours():
    assert float(arrival_by_way_h(1.0, 2.0, 13.0, 1.0, 0.0, 12.0)) == 15.0
    assert float(arrival_by_way_h(1.0, 2.0, 13.1, 1.0, 0.0, 12.0)) == np.inf
    assert float(arrival_by_way_h(1.0, 2.0, np.inf, 1.0, 0.0, np.inf)) == np.inf
