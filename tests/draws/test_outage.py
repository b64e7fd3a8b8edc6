"""Outages: when they begin, how long they last, and how those of one feeder join."""

from __future__ import annotations

from math import erf, exp, inf, log, sqrt
from typing import Any

import numpy as np
import pytest

from simulation.draws.outage import OutageDraws, restoration_curve, sample_outages
from simulation.physics.restoration import still_out_frac
from simulation.scenario.spec import Spec
from tests.draws.small import small

MANY = np.arange(4000)


def feeder(**outages: dict[str, Any]) -> Spec:
    return small(feeder={"north": {"outage": outages}})


def lengths(draws: OutageDraws) -> np.ndarray:
    return draws.end_h[:, 0, 0] - draws.start_h[:, 0, 0]


def test_a_schedule_begins_with_the_hazard_or_at_its_own_local_time() -> None:
    spec = feeder(
        strike={"kind": "schedule", "hours": 2.0},
        works={"kind": "schedule", "hours": 1.5, "start": "2026-08-03T09:30"},
    )
    draws = sample_outages(spec, np.array([0, 7]), 1)
    assert draws.start_h.tolist() == [[[9.5, 27.0]]] * 2
    assert draws.end_h.tolist() == [[[11.0, 29.0]]] * 2


def test_local_times_count_the_hours_of_a_clock_change() -> None:
    """In Berlin the night to 29 March 2026 has 23 hours, so noon of that day is 35 h after the midnight before."""
    spec = small(
        place={"latitude_deg": 45.0, "longitude_deg": 13.4, "climate": "yokkaichi", "zone": "Europe/Berlin"},
        period={"start": "2026-03-28", "days": 3},
        hazard={"start": "2026-03-29T12:00"},
        feeder={"north": {"outage": {"strike": {"kind": "schedule", "hours": 1.0}}}},
    )
    assert sample_outages(spec, np.array([0]), 1).start_h.item() == 35.0


@pytest.mark.parametrize(
    ("starts_and_hours", "joined"),
    [
        ([("03T01:00", 4.0), ("03T03:00", 1.0)], [(1.0, 5.0)]),
        ([("03T03:00", 4.0), ("03T01:00", 4.0)], [(1.0, 7.0)]),
        ([("03T01:00", 2.0), ("03T03:00", 2.0)], [(1.0, 5.0)]),
        ([("03T06:00", 1.0), ("03T01:00", 2.0), ("03T02:00", 3.0)], [(1.0, 5.0), (6.0, 7.0)]),
    ],
    ids=["inside", "overlapping", "touching", "two of three"],
)
def test_outages_that_meet_become_one(
    starts_and_hours: list[tuple[str, float]], joined: list[tuple[float, float]]
) -> None:
    outages = {
        f"o{i}": {"kind": "schedule", "hours": hours, "start": f"2026-08-{start}"}
        for i, (start, hours) in enumerate(starts_and_hours)
    }
    draws = sample_outages(feeder(**outages), np.array([0]), 1)
    padded = joined + [(inf, inf)] * (len(outages) - len(joined))
    assert list(zip(draws.start_h[0, 0].tolist(), draws.end_h[0, 0].tolist(), strict=True)) == padded


def test_an_outage_under_way_begins_at_zero_and_one_whose_draw_is_over_is_gone() -> None:
    drawn = {"kind": "distribution", "distribution": "uniform", "shape": 0.1}
    spec = feeder(
        over={**drawn, "mean_h": 1.0, "start": "2026-08-02T20:00"},
        under_way={"kind": "schedule", "hours": 6.0, "start": "2026-08-02T22:00"},
    )
    draws = sample_outages(spec, np.array([0]), 1)
    assert draws.start_h.tolist() == [[[0.0, inf]]]
    assert draws.end_h.tolist() == [[[4.0, inf]]]


def test_probability_is_the_share_of_scenarios_struck() -> None:
    draws = sample_outages(feeder(strike={"kind": "schedule", "hours": 2.0, "probability": 0.3}), MANY, 1)
    struck = np.isfinite(draws.start_h[:, 0, 0])
    assert abs(struck.mean() - 0.3) < 3.0 * sqrt(0.3 * 0.7 / len(MANY))
    assert np.array_equal(struck, np.isfinite(draws.end_h[:, 0, 0]))


@pytest.mark.parametrize(
    ("distribution", "shape", "below_mean"),
    [
        ("exponential", 1.0, 1.0 - exp(-1.0)),
        ("weibull", 2.0, 1.0 - exp(-(0.886227**2))),
        ("lognormal", 0.8, (1.0 + erf(0.4 / sqrt(2.0))) / 2.0),
        ("uniform", 0.5, 0.5),
    ],
)
def test_distributions_have_their_mean_and_shape(distribution: str, shape: float, below_mean: float) -> None:
    spec = feeder(strike={"kind": "distribution", "distribution": distribution, "mean_h": 10.0, "shape": shape})
    length_h = lengths(sample_outages(spec, MANY, 3))
    assert abs(length_h.mean() - 10.0) < 3.0 * length_h.std(ddof=1) / sqrt(len(MANY))
    share = (length_h < 10.0).mean()
    assert abs(share - below_mean) < 3.0 * sqrt(below_mean * (1.0 - below_mean) / len(MANY))


def test_the_start_is_even_over_its_window() -> None:
    window = {"kind": "distribution", "distribution": "uniform", "mean_h": 1.0, "shape": 0.1, "start_window_h": 6.0}
    start_h = sample_outages(feeder(strike=window), MANY, 2).start_h[:, 0, 0]
    assert start_h.min() >= 27.0
    assert start_h.max() <= 33.0
    assert abs(start_h.mean() - 30.0) < 3.0 * (6.0 / sqrt(12.0)) / sqrt(len(MANY))


@pytest.mark.parametrize("preset", ["faxai_chiba_points", "noto_weibull"])
@pytest.mark.parametrize("not_before_h", [0.0, 72.0])
def test_restoration_follows_its_curve_given_what_is_known(preset: str, not_before_h: float) -> None:
    spec = feeder(strike={"kind": "restoration", "preset": preset, "not_before_h": not_before_h})
    length_h = lengths(sample_outages(spec, MANY, 5))
    curve = restoration_curve(preset)
    assert length_h.min() >= not_before_h
    for hour in (100.0, 150.0, 250.0):
        share = float(still_out_frac(curve, hour) / still_out_frac(curve, not_before_h))
        assert abs((length_h > hour).mean() - share) < 3.0 * sqrt(share * (1.0 - share) / len(MANY))


def test_feeders_are_independent_and_another_feeder_changes_nothing() -> None:
    strike = {"outage": {"strike": {"kind": "distribution", "distribution": "exponential", "mean_h": 10.0}}}
    both = sample_outages(small(feeder={"south": strike, "north": strike}), MANY, 1)
    alone = sample_outages(small(feeder={"north": strike}), MANY, 1)
    np.testing.assert_array_equal(both.end_h[:, 1], alone.end_h[:, 0])
    correlation = np.corrcoef(both.end_h[:, 0, 0], both.end_h[:, 1, 0])[0, 1]
    assert abs(correlation) < 3.0 / sqrt(len(MANY))


def test_the_same_luck_serves_every_length() -> None:
    """Scaling the mean scales every draw, so that configurations are compared on the same luck."""
    spec = [
        feeder(strike={"kind": "distribution", "distribution": "exponential", "mean_h": mean}) for mean in (5.0, 10.0)
    ]
    short, long = (lengths(sample_outages(one, MANY[:50], 1)) for one in spec)
    np.testing.assert_allclose(2.0 * short, long)
    assert abs(log(short.mean() / 5.0)) < 0.5


def test_without_a_feeder_there_is_none() -> None:
    draws = sample_outages(small(), np.arange(3), 1)
    assert draws.start_h.shape == (3, 0, 1)
    assert not draws.start_h.flags.writeable
