"""A stock meets its edges exactly, takes lots as far as they fit, and never leaves its bounds."""

from __future__ import annotations

from math import exp, inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.events.stock import Stock


def test_it_is_exactly_empty_at_the_crossing_that_it_announced() -> None:
    tank = Stock(level=950.0, capacity=950.0)
    hours = tank.set_rate(-30.0 * 0.28769)
    assert hours == pytest.approx(110.0722, abs=1e-4)
    tank.advance(hours)
    assert tank.level == 0.0


@given(
    level=st.floats(0.0, 100.0),
    rate=st.floats(-50.0, 50.0),
    loss=st.sampled_from([0.0, 0.01, 0.3]),
    cuts=st.lists(st.floats(0.01, 1.0), max_size=5),
)
def test_cutting_the_way_to_a_crossing_changes_nothing(
    level: float, rate: float, loss: float, cuts: list[float]
) -> None:
    whole, parts = Stock(level, 100.0, loss), Stock(level, 100.0, loss)
    if (whole.level == 0.0 and rate < 0.0) or (whole.level == 100.0 and rate > loss * 100.0):
        return
    hours = min(whole.set_rate(rate), 3.0)
    whole.advance(hours)
    left = hours
    for cut in cuts:
        if parts.level in (0.0, 100.0):
            break
        parts.set_rate(rate)
        parts.advance(left * cut)
        left -= left * cut
    if parts.level not in (0.0, 100.0) or left == hours:
        parts.set_rate(rate)
        parts.advance(left)
    assert parts.level == pytest.approx(whole.level, abs=1e-7)


def test_marks_between_level_and_edge_are_met_first() -> None:
    tank = Stock(level=80.0, capacity=100.0)
    assert tank.set_rate(-10.0, (20.0, 50.0, 90.0)) == 3.0
    tank.advance(3.0)
    assert tank.level == 50.0
    assert tank.set_rate(-10.0, (20.0, 50.0, 90.0)) == 3.0
    assert tank.set_rate(10.0, (20.0, 50.0, 90.0)) == 4.0


def test_standing_loss_decays_towards_its_balance_and_never_meets_it() -> None:
    store = Stock(level=50.0, capacity=100.0, loss_frac_per_h=0.1)
    assert store.set_rate(2.0) == inf
    store.advance(10.0)
    assert store.level == pytest.approx(20.0 + 30.0 * exp(-1.0))


def test_a_lot_that_does_not_fit_is_taken_in_part_and_at_once() -> None:
    tank = Stock(level=940.0, capacity=950.0)
    assert tank.add(2_000.0) == 10.0
    assert tank.level == 950.0
    assert tank.add(5.0) == 0.0


def test_a_rate_that_would_leave_the_bounds_is_a_bug_and_says_so() -> None:
    with pytest.raises(AssertionError, match="leave its bounds"):
        Stock(level=0.0, capacity=10.0).set_rate(-1.0)
    with pytest.raises(ValueError, match="level: given 11"):
        Stock(level=11.0, capacity=10.0)
    tank = Stock(level=5.0, capacity=10.0)
    tank.set_rate(-1.0)
    with pytest.raises(AssertionError, match="outside 0 to"):
        tank.advance(6.0)


def test_a_stock_meets_its_edge_late_in_a_year_though_the_clock_is_coarse_there() -> None:
    stock = Stock(2_055.8, inf, scale=1.0)
    start_h = 8_000.0
    empty_h = start_h + stock.set_rate(-4_448.6)
    stock.advance(empty_h - start_h)
    assert stock.level == 0.0


def test_a_crossing_that_falls_just_before_a_tick_may_be_reached_at_the_tick() -> None:
    """A world goes on to a tick nearer than 1e-9 h at once, so a stock can be carried past its edge by that much."""
    stock = Stock(level=400.0 - 23.3 * 9.2e-10, capacity=400.0)
    assert stock.set_rate(23.3) == pytest.approx(9.2e-10, rel=1e-3)
    stock.advance(9.2e-10 + 1e-9)
    assert stock.level == 400.0
