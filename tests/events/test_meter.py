"""The demand meter takes even means, however the imports are cut, and starts anew each month."""

from __future__ import annotations

import pytest

from simulation.events.meter import Meter


def test_the_peak_is_a_mean_over_whole_intervals() -> None:
    meter = Meter("m", 0.5, [])
    meter.count(0.0, 0.1, 500.0)
    meter.count(0.1, 0.5, 0.0)
    assert meter.peak_kw == pytest.approx(100.0)
    meter.count(0.5, 2.0, 80.0)
    assert meter.peak_kw == pytest.approx(100.0)


def test_one_long_stretch_counts_like_many_short_ones() -> None:
    long, short = Meter("m", 0.5, []), Meter("m", 0.5, [])
    long.count(0.0, 7.25, 120.0)
    for i in range(29):
        short.count(i * 0.25, (i + 1) * 0.25, 120.0)
    assert long.peak_kw == pytest.approx(short.peak_kw) == pytest.approx(120.0)


def test_a_month_that_ends_hands_its_peak_to_the_ratchet() -> None:
    meter = Meter("m", 0.5, [24.0], so_far_kw=50.0)
    meter.count(0.0, 24.0, 90.0)
    meter.count(24.0, 30.0, 20.0)
    assert meter.peak_kw == pytest.approx(20.0)
    assert meter.earlier_kw(12) == pytest.approx([90.0] * 11 + [0.0])


def test_a_month_counts_as_long_as_the_ratchet_says_and_no_longer() -> None:
    meter = Meter("m", 1.0, [10.0, 20.0, 30.0], so_far_kw=100.0, ratchet_months=2)
    assert meter.earlier_kw(2) == [100.0, 0.0]
    meter.count(0.0, 10.0, 60.0)
    assert meter.earlier_kw(2) == [60.0, 0.0]
    meter.count(10.0, 20.0, 5.0)
    assert meter.earlier_kw(2) == [5.0, 0.0]


def test_what_counts_of_the_months_before_is_known_for_every_month_to_come() -> None:
    meter = Meter("m", 1.0, [10.0, 20.0, 30.0], so_far_kw=100.0, ratchet_months=4)
    assert meter.earlier_kw(4) == [100.0, 100.0, 100.0, 0.0]
    meter.count(0.0, 10.0, 60.0)
    meter.count(10.0, 20.0, 80.0)
    assert meter.earlier_kw(4) == [100.0, 80.0, 80.0, 0.0]
    meter.count(20.0, 30.0, 70.0)
    assert meter.earlier_kw(4) == [80.0, 80.0, 70.0, 0.0]


def test_without_a_ratchet_no_month_counts_in_the_next() -> None:
    meter = Meter("m", 1.0, [10.0], so_far_kw=100.0, ratchet_months=1)
    meter.count(0.0, 12.0, 60.0)
    assert (meter.peak_kw, meter.earlier_kw(1)) == (60.0, [0.0])
