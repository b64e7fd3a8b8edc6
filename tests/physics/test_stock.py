"""A stock's equation solved exactly: known answers, composition, and crossings that really cross."""

from __future__ import annotations

from math import exp, inf, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.physics.stock import crossing_h, effective_h, level_after, retention_frac

LOSS = st.sampled_from([0.0, 1e-6, 0.002, 0.3])


def test_950_litres_at_30_kw_last_110_hours() -> None:
    assert crossing_h(950.0, 0.0, -30.0 * 0.28769, 0.0) == pytest.approx(110.0722, abs=5e-5)


def test_a_level_at_rest_decays_by_its_loss() -> None:
    assert retention_frac(0.1, 5.0) == pytest.approx(exp(-0.5))
    assert crossing_h(80.0, 20.0, 0.0, 0.1) == pytest.approx(log(4.0) / 0.1)


@given(level=st.floats(0.0, 1e3), rate=st.floats(-1e3, 1e3), loss=LOSS, first=st.floats(0.0, 9.0), then=st.floats(0, 9))
def test_two_stretches_are_one_long_one(level: float, rate: float, loss: float, first: float, then: float) -> None:
    halfway = level_after(level, rate, loss, first)
    assert level_after(halfway, rate, loss, then) == pytest.approx(
        level_after(level, rate, loss, first + then), abs=1e-8
    )


@given(level=st.floats(0.0, 1e3), target=st.floats(0.0, 1e3), rate=st.floats(-1e3, 1e3), loss=LOSS)
def test_a_crossing_that_is_announced_is_met(level: float, target: float, rate: float, loss: float) -> None:
    hours = crossing_h(level, target, rate, loss)
    if hours < 1e3:
        assert level_after(level, rate, loss, hours) == pytest.approx(target, abs=1e-6)


@pytest.mark.parametrize(
    ("level", "target", "rate", "loss"),
    [
        (10.0, 20.0, -1.0, 0.0),
        (10.0, 20.0, 0.0, 0.0),
        (10.0, 20.0, 1.5, 0.1),
        (10.0, 0.0, 0.0, 0.1),
        (15.0, 9.0, 1.5, 0.1),
    ],
)
def test_what_is_never_reached_takes_for_ever(level: float, target: float, rate: float, loss: float) -> None:
    assert crossing_h(level, target, rate, loss) == inf


def test_a_vanishing_loss_is_no_loss() -> None:
    assert effective_h(1e-12, 0.5) == pytest.approx(effective_h(0.0, 0.5))
    assert level_after(10.0, 2.0, 1e-12, 3.0) == pytest.approx(level_after(10.0, 2.0, 0.0, 3.0))
    assert crossing_h(10.0, 0.0, -2.0, 1e-12) == pytest.approx(5.0)
