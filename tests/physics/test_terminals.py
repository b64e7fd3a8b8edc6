"""Batteries, lines and pumps: what comes out of what goes in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.physics.battery import store_rate_kw
from simulation.physics.pump import lifted_m3ph, pumping_kw
from simulation.physics.tieline import received_kw

EFFICIENCY = st.floats(0.5, 1.0)


@given(power=st.floats(0.1, 1e3), into=EFFICIENCY, out=EFFICIENCY)
def test_a_round_trip_returns_the_product_of_both_efficiencies(power: float, into: float, out: float) -> None:
    stored = store_rate_kw(power, 0.0, into, out)
    assert store_rate_kw(0.0, stored * out, into, out) == pytest.approx(-stored)
    assert stored * out == pytest.approx(power * into * out)


def test_losses_over_lines_in_a_row_multiply() -> None:
    assert received_kw(received_kw(100.0, 0.1), 0.2) == pytest.approx(72.0)
    assert received_kw(np.array([0.0, 50.0]), 0.02) == pytest.approx([0.0, 49.0])


def test_pumping_is_the_inverse_of_lifting() -> None:
    flow = np.array([0.0, 1.5, 8.0])
    assert lifted_m3ph(pumping_kw(flow, 0.6), 0.6) == pytest.approx(flow)
