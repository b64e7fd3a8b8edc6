"""Deliveries and roads: shares, medians, and lots enough."""

from __future__ import annotations

from math import inf, sqrt
from typing import Any

import numpy as np

from simulation.draws.delivery import sample_deliveries
from simulation.scenario.spec import Spec
from tests.draws.small import small

MANY = np.arange(1200)
HUB = {"fuel_tank": {"main": {"fuel": "diesel", "capacity_l": 950.0}}}
TANKER: dict[str, Any] = {"to": "hub.fuel_tank.main", "amount": 500.0}


def by_road(delivery: dict[str, Any] | None = None, **road: Any) -> Spec:
    return small(hub=HUB, road={"coast": road}, delivery={"tanker": TANKER | {"road": "coast"} | (delivery or {})})


def test_a_road_closes_as_often_as_it_says_and_half_reopen_by_the_median() -> None:
    draws = sample_deliveries(by_road(closed_prob=0.4, closed_median_h=36.0, closed_sigma=0.7), MANY, 1)
    closed = draws.road_opens_h[:, 0] > -inf
    assert abs(closed.mean() - 0.4) < 3.0 * sqrt(0.24 / len(MANY))
    assert draws.road_opens_h[closed, 0].min() > 27.0
    late = draws.road_opens_h[closed, 0] > 27.0 + 36.0
    assert abs(late.mean() - 0.5) < 3.0 * sqrt(0.25 / closed.sum())
    spread = np.log((draws.road_opens_h[closed, 0] - 27.0) / 36.0).std(ddof=1)
    assert abs(spread - 0.7) < 3.0 * 0.7 / sqrt(2.0 * closed.sum())


def test_a_road_without_a_hazard_is_open() -> None:
    draws = sample_deliveries(small(hazard=None, road={"coast": {"closed_prob": 1.0}}), np.arange(3), 1)
    assert (draws.road_opens_h == -inf).all()


def test_travel_times_have_their_median_and_spread() -> None:
    draws = sample_deliveries(by_road({"travel_h": 3.0, "delay_sigma": 0.5, "cancel_prob": 0.2}), MANY, 1)
    logs = np.log(draws.travel_h / 3.0)
    assert abs(logs.mean()) < 3.0 * 0.5 / sqrt(logs.size)
    assert abs(logs.std() - 0.5) < 3.0 * 0.5 / sqrt(2.0 * logs.size)
    assert abs(draws.cancelled.mean() - 0.2) < 3.0 * sqrt(0.16 / draws.cancelled.size)


def test_there_is_a_lot_for_every_turn_of_the_schedule() -> None:
    """From the strike at 27 h plus 5 h there are 40 h left of 72: turns at 0, 12, 24 and 36 h."""
    draws = sample_deliveries(by_road({"first_after_h": 5.0, "every_h": 12.0}), np.arange(2), 1)
    assert draws.travel_h.shape[2] >= 4


def test_there_are_lots_for_one_tanker_that_never_rests() -> None:
    draws = sample_deliveries(by_road({"order": "reorder", "travel_h": 2.0}), np.arange(2), 1)
    assert draws.travel_h.shape[2] >= 45 / 2.0


def test_there_are_lots_for_orders_before_a_strike_near_the_end() -> None:
    """The strike at 27 h, and no lot within two days of it: orders of the first day still need lots of their own."""
    spec = by_road({"order": "reorder", "travel_h": 2.0, "first_after_h": 48.0})
    assert sample_deliveries(spec, np.arange(2), 1).travel_h.shape[2] >= 27 / 2.0


def test_a_road_and_its_lots_keep_their_fate_whatever_else_comes() -> None:
    one = sample_deliveries(by_road(closed_prob=0.5), MANY[:50], 1)
    more = small(
        hub=HUB,
        road={"hill": {"closed_prob": 0.9}, "coast": {"closed_prob": 0.5}},
        delivery={"truck": TANKER | {"every_h": 1.0}, "tanker": TANKER | {"road": "coast"}},
    )
    both = sample_deliveries(more, MANY[:50], 1)
    np.testing.assert_array_equal(one.road_opens_h[:, 0], both.road_opens_h[:, 1])
    np.testing.assert_array_equal(one.travel_h[:, 0], both.travel_h[:, 1, : one.travel_h.shape[2]])
    np.testing.assert_array_equal(one.cancelled[:, 0], both.cancelled[:, 1, : one.cancelled.shape[2]])
