"""Quantiles of a time to depletion: order statistics, their coverage, and stocks that never run out."""

from __future__ import annotations

from math import inf, log

import numpy as np
import pytest

from simulation.metrics.depletion import depletions, quantile


def test_a_stock_that_seldom_runs_out_has_no_median() -> None:
    (found,) = depletions({"fuel": np.array([30.0, inf, inf, 20.0, inf, inf, inf, inf, inf, inf])})
    assert found.ran_out.mean == pytest.approx(0.2)
    assert [part.hours for part in found.quantiles] == [20.0, inf, inf]
    assert found.quantiles[0].low_h == 0.0, "ten scenarios cannot bound a tenth from below"


def test_intervals_cover_the_median_of_an_exponential_in_95_of_100() -> None:
    chance = np.random.default_rng(5)
    samples = chance.exponential(1.0, (2_000, 60))
    inside = sum(part.low_h <= log(2.0) <= part.high_h for part in (quantile(row, 0.5) for row in samples))
    assert 0.95 - 3.0 * (0.95 * 0.05 / 2_000) ** 0.5 <= inside / 2_000 <= 0.98
