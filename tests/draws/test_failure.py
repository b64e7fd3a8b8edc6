"""Failures of engines: shares, means, and one fate for each engine."""

from __future__ import annotations

from math import exp, sqrt
from typing import Any

import numpy as np
import pytest

from simulation.draws.failure import sample_failures
from simulation.scenario.spec import Spec
from tests.draws.small import small

MANY = np.arange(1500)
ENGINE: dict[str, Any] = {
    "rated_kw": 100.0,
    "fuel": "city_gas",
    "fuel_slope_l_per_kwh": 0.25,
    "fuel_jpy_per_l": 90.0,
    "availability_frac": 0.9,
    "start_failure_prob": 0.1,
    "mean_time_to_failure_h": 1100.0,
    "mean_time_to_repair_h": 37.5,
}


def engines(days: int = 3, **named: dict[str, Any]) -> Spec:
    table = {name: ENGINE | changes for name, changes in named.items()}
    return small(hub={"genset": table}, period={"start": "2026-08-03", "days": days})


def test_shares_and_means_are_those_of_the_spec() -> None:
    draws = sample_failures(engines(one={}), MANY, 1)
    n = len(MANY)
    assert abs(draws.available.mean() - 0.9) < 3.0 * sqrt(0.09 / n)
    assert abs(draws.start_fails.mean() - 0.1) < 3.0 * sqrt(0.09 / draws.start_fails.size)
    assert abs(draws.life_h[:, 0, 0].mean() - 1100.0) < 3.0 * 1100.0 / sqrt(n)
    assert abs(draws.repair_h[:, 0, 0].mean() - 37.5) < 3.0 * 37.5 / sqrt(n)


def test_both_of_two_engines_fail_by_72_h_as_often_as_the_closed_form_says() -> None:
    """REFERENCE_CASES, Monte Carlo machinery: (1 - exp(-72 / 1100)) ** 2 = 4.014284e-3."""
    draws = sample_failures(engines(pair={"count": 2, "mean_time_to_repair_h": None}), np.arange(4000), 2)
    expected = (1.0 - exp(-72.0 / 1100.0)) ** 2
    assert expected == pytest.approx(4.014284e-3, rel=1e-6)
    both = np.all(draws.life_h[:, :, 0] < 72.0, axis=1).mean()
    assert abs(both - expected) < 3.0 * sqrt(expected / 4000)


def test_an_engine_without_a_failure_rate_never_fails_and_one_without_repair_stays_down() -> None:
    draws = sample_failures(
        engines(sound={"mean_time_to_failure_h": None}, worn={"mean_time_to_repair_h": None}), MANY, 1
    )
    assert np.isinf(draws.life_h[:, 0]).all()
    assert np.isfinite(draws.life_h[:, 1]).all()
    assert np.isinf(draws.repair_h[:, 1]).all()


def test_lives_outlast_the_period() -> None:
    draws = sample_failures(engines(days=60, weak={"mean_time_to_failure_h": 24.0}), MANY, 1)
    assert draws.life_h.sum(axis=2).min() > 60 * 24.0


def test_an_engine_keeps_its_fate_whatever_stands_beside_it() -> None:
    alone = sample_failures(engines(old={}), MANY[:40], 1)
    beside = sample_failures(engines(new={"mean_time_to_failure_h": 24.0}, old={}), MANY[:40], 1)
    np.testing.assert_array_equal(alone.life_h[:, 0], beside.life_h[:, 1, : alone.life_h.shape[2]])
    np.testing.assert_array_equal(alone.start_fails[:, 0], beside.start_fails[:, 1])
    np.testing.assert_array_equal(alone.available[:, 0], beside.available[:, 1])


def test_like_engines_fail_independently() -> None:
    draws = sample_failures(engines(pair={"count": 2}), MANY, 1)
    assert abs(np.corrcoef(draws.life_h[:, 0, 0], draws.life_h[:, 1, 0])[0, 1]) < 3.0 / sqrt(len(MANY))
