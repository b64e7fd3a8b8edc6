"""Who comes for fuel: as many, for as much and as often as the scenario says, within opening hours."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulation.draws.service_station import Visits, sample_visits
from simulation.scenario.service_station import CLASSES
from simulation.scenario.spec import Spec
from tests.draws.small import small

PUBLIC = CLASSES.index("public")
LOAD = {"all": {"constant_kw": 1.0, "tier_frac": {"critical": 1.0}}}
TANK = {"regular": {"fuel": "petrol", "capacity_l": 1e5}}


def station(**more: Any) -> Spec:
    """Three days with one station; the strike comes after 27 h."""
    hub = {"load": LOAD, "fuel_tank": TANK, "service_station": {"s": {"tank": "regular", **more}}}
    return small(hub=hub)


def drawn(spec: Spec, scenario: int = 0) -> Visits:
    return sample_visits(spec, spec.service_stations[0], scenario, seed=1)


def test_vehicles_come_within_opening_hours_in_order_and_as_many_as_expected() -> None:
    """1,000 on the day before the strike, 4,000 on each of the two after it, which comes at night."""
    spec = station(opens_hour=7, closes_hour=19, public={"per_day": 1_000.0, "per_day_after": 4_000.0})
    hour = drawn(spec).hour
    of_day = hour % 24.0  # the period begins at local midnight
    assert (np.diff(hour) >= 0.0).all()
    assert ((of_day >= 7.0) & (of_day <= 19.0)).all()
    before, after = int((hour < 27.0).sum()), int((hour >= 27.0).sum())
    assert abs(before - 1_000.0) < 3.0 * np.sqrt(1_000.0)
    assert abs(after - 8_000.0) < 3.0 * np.sqrt(8_000.0)


def test_the_spread_of_litres_leaves_their_mean() -> None:
    litres = drawn(station(public={"per_day": 3_000.0, "litres": 25.0, "litres_sigma": 0.5})).litres
    assert abs(litres.mean() - 25.0) < 3.0 * litres.std(ddof=1) / np.sqrt(len(litres))
    assert np.log(litres).std() == pytest.approx(0.5, rel=0.05)
    assert (drawn(station(public={"per_day": 300.0, "litres": 25.0, "litres_sigma": 0.0})).litres == 25.0).all()


def test_tries_patience_and_returns_have_the_means_of_the_scenario() -> None:
    """Coming again with chance 0.6 makes 2.5 tries; nobody has a patience of his own unless one is given."""
    public = {"per_day": 3_000.0, "returns_prob": 0.6, "returns_after_h": 8.0, "patience_min": 90.0}
    visits = drawn(station(public=public, exponential_service=True))
    means = ((visits.tries, 2.5), (visits.returns_after_h, 8.0), (visits.patience_h, 1.5), (visits.service_factor, 1.0))
    for found, expected in means:
        assert abs(found.mean() - expected) < 3.0 * found.std(ddof=1) / np.sqrt(len(found))
    stays = drawn(station(public={"per_day": 300.0, "returns_prob": 1.0}))
    assert np.isinf(stays.patience_h).all()
    assert (stays.service_factor == 1.0).all()
    assert stays.tries.min() > 1e15
    assert (drawn(station(public={"per_day": 300.0})).tries == 1).all()


def test_a_class_has_a_stream_of_its_own_and_so_has_a_scenario() -> None:
    alone = drawn(station(public={"per_day": 200.0}))
    beside = drawn(station(public={"per_day": 200.0}, emergency={"per_day": 50.0}))
    public = beside.class_index == PUBLIC
    assert 0 < (~public).sum() < public.sum()
    for column in ("hour", "litres", "tries", "returns_after_h"):
        assert np.array_equal(getattr(alone, column), getattr(beside, column)[public])
    other = drawn(station(public={"per_day": 200.0}), scenario=1)
    assert not np.array_equal(alone.hour[:50], other.hour[:50])
