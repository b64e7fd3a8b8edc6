"""People who want a place: their course, their spread, their mean."""

from __future__ import annotations

from math import exp, log, sqrt
from typing import Any

import numpy as np

from simulation.draws.arrival import sample_arrivals
from simulation.scenario.spec import Spec
from tests.draws.small import small

HALL: dict[str, Any] = {"floor_area_m2": 500.0, "peak_people": 100.0, "arrival_h": 6.0, "stay_h": 60.0}


def halls(**named: dict[str, Any]) -> Spec:
    return small(hub={"shelter": {name: HALL | changes for name, changes in named.items()}})


def test_nobody_comes_before_the_strike_and_the_peak_is_the_peak() -> None:
    """The peak stands 6 ln(11) = 14.4 h after the strike at 27 h, on the grid at 41.5 h."""
    draws = sample_arrivals(halls(hall={"people_sigma": 0.0}), np.array([0]), 1)
    people = draws.wanting_people[0, :, 0]
    assert people.shape == (3 * 48 + 1,)
    assert (people[:55] == 0.0).all()
    assert people[55] > 0.0
    assert people.argmax() == round((27.0 + 6.0 * log(11.0)) * 2)
    assert abs(people.max() - 100.0) < 0.01
    np.testing.assert_array_equal(people, draws.expected_people[:, 0])


def test_the_peak_is_lognormal_about_its_median_and_expected_is_the_mean() -> None:
    n = 3000
    draws = sample_arrivals(halls(hall={"people_sigma": 0.5}), np.arange(n), 4)
    at_peak = draws.wanting_people[:, 83, 0]
    assert abs(np.log(at_peak / 100.0).mean()) < 3.0 * 0.5 / sqrt(n)
    assert abs(np.log(at_peak).std() - 0.5) < 3.0 * 0.5 / sqrt(2 * n)
    mean = draws.expected_people[83, 0]
    assert abs(mean - 100.0 * exp(0.125)) < 0.02
    assert abs(at_peak.mean() - mean) < 3.0 * at_peak.std() / sqrt(n)


def test_a_shelter_keeps_its_people_whatever_stands_beside_it() -> None:
    ids = np.arange(20)
    alone = sample_arrivals(halls(hall={}), ids, 1).wanting_people[:, :, 0]
    beside = sample_arrivals(halls(gym={}, hall={}), ids, 1).wanting_people
    np.testing.assert_array_equal(alone, beside[:, :, 1])
    assert not np.array_equal(beside[:, :, 0], beside[:, :, 1])
