"""The road graph: ways worked by hand, links that close and open in the order of priority, limits of weight."""

from __future__ import annotations

from itertools import pairwise
from math import inf, sqrt
from typing import Any

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from simulation.draws.road import RoadDraws, Roads, cleared_h, sample_roads
from simulation.draws.shaking import sample_shaking
from simulation.physics.road import Link, quickest
from simulation.scenario.road import RoadLink, RoadWorks
from simulation.scenario.spec import Spec
from tests.draws.small import small

MANY = np.arange(2000)
STRUCK_H = 27.0

# depot --R1-- pass --R2-- hub     60 km at 40 km/h: 1.5 h
#    `---------R3----------'      120 km at 40 km/h: 3.0 h
LINKS: dict[str, dict[str, Any]] = {
    "R1": {"a": "depot", "b": "pass", "length_km": 20.0},
    "R2": {"a": "pass", "b": "hub", "length_km": 40.0, "limit_t": 4.0, "limit_h": 48.0},
    "R3": {"a": "hub", "b": "depot", "length_km": 120.0, "slow_factor": 2.0},
}


def graph(**changes: Any) -> Spec:
    return small(**({"road_link": LINKS} | changes))


def roads(spec: Spec, **spans_h: tuple[float, float, float]) -> Roads:
    """The graph with closures made by hand: link = (closes, opens, limited until)."""
    hours = np.full((3, 1, 3, 1), -inf)
    for name, span in spans_h.items():
        hours[:, 0, list(spec.road_link).index(name), 0] = span
    return Roads(spec, RoadDraws(closes_h=hours[0], opens_h=hours[1], limited_until_h=hours[2]), 0)


def test_on_a_normal_day_the_short_way_is_taken() -> None:
    open_roads = roads(graph())
    assert open_roads.way("depot", "hub", 20.0, 0.0) == (pytest.approx(1.5), (0, 1))
    assert open_roads.way("hub", "depot", 20.0, 0.0) == (pytest.approx(1.5), (1, 0))


def test_a_closed_link_sends_it_round_the_slow_way() -> None:
    some = roads(graph(), R2=(STRUCK_H, 40.0, 88.0))
    assert some.way("depot", "hub", 20.0, 30.0) == (pytest.approx(6.0), (2,))
    assert some.sets_out("depot", "hub", 20.0, 30.0) == (30.0, 1.0, pytest.approx(4.5))
    assert some.blocked("depot", "hub", 20.0, 30.0) == ["R2"]


def test_a_short_link_of_a_long_trip_adds_its_way_round_once() -> None:
    """1 km at 40 km/h closed, 30 km round it: 0.725 h on top, of a trip of 3 h as of any other."""
    links = {"R1": {"a": "depot", "b": "hub", "length_km": 1.0}, "R2": {"a": "depot", "b": "hub", "length_km": 30.0}}
    some = roads(graph(road_link=links), R1=(STRUCK_H, 40.0, 40.0))
    assert some.sets_out("depot", "hub", 20.0, 30.0) == (30.0, 1.0, pytest.approx(0.725))


def test_a_slow_way_slows_the_whole_trip_but_no_more_than_the_quickest_that_is_open() -> None:
    links = LINKS | {name: LINKS[name] | {"slow_factor": 3.0} for name in ("R1", "R2")}
    slow = graph(road_link=links)
    assert roads(slow).sets_out("depot", "hub", 20.0, 0.0) == (0.0, 1.0, 0.0)
    assert roads(slow).sets_out("depot", "hub", 20.0, 30.0) == (30.0, pytest.approx(3.0), 0.0)
    quicker = graph(road_link=links | {"R3": LINKS["R3"] | {"slow_factor": 1.0}})
    assert roads(quicker).sets_out("depot", "hub", 20.0, 30.0) == (30.0, pytest.approx(2.0), 0.0)


def test_with_no_way_open_it_waits_for_the_first_that_opens() -> None:
    some = roads(graph(), R2=(STRUCK_H, 40.0, 88.0), R3=(STRUCK_H, 60.0, 60.0))
    assert some.way("depot", "hub", 3.0, 30.0) == (inf, ())
    assert some.sets_out("depot", "hub", 3.0, 30.0) == (40.0, 1.0, 0.0)


def test_a_heavy_lorry_waits_until_the_limit_is_lifted_or_another_way_opens() -> None:
    both = {"R2": (STRUCK_H, 40.0, 88.0), "R3": (STRUCK_H, 60.0, 60.0)}
    some = roads(graph(), **both)
    assert some.sets_out("depot", "hub", 4.0, 30.0)[0] == 40.0
    assert some.sets_out("depot", "hub", 16.0, 30.0) == (60.0, 1.0, pytest.approx(4.5))
    never = roads(graph(), **(both | {"R3": (STRUCK_H, inf, inf)}))
    assert never.sets_out("depot", "hub", 16.0, 30.0)[0] == 88.0
    assert never.blocked("depot", "hub", 16.0, 50.0) == ["R2"]
    assert never.blocked("depot", "hub", 4.0, 50.0) == []


def test_a_way_that_never_opens_is_never_set_out_on() -> None:
    shut = roads(graph(), R2=(STRUCK_H, inf, inf), R3=(STRUCK_H, inf, inf))
    assert shut.sets_out("depot", "hub", 3.0, 30.0)[0] == inf


def test_one_crew_clears_in_the_order_of_priority_two_side_by_side() -> None:
    links = tuple(RoadLink(a="a", b="b", length_km=1.0, priority=p) for p in (3, 1, 2))
    closes, work = np.full((1, 3, 1), 10.0), np.array([[[4.0], [6.0], [5.0]]])
    one = cleared_h(links, RoadWorks(crews=1, begins_after_h=2.0), closes, work)
    assert one[0, :, 0].tolist() == [12.0 + 6.0 + 5.0 + 4.0, 18.0, 23.0]
    two = cleared_h(links, RoadWorks(crews=2, begins_after_h=2.0), closes, work)
    assert two[0, :, 0].tolist() == [17.0 + 4.0, 18.0, 17.0]
    every = cleared_h(links, RoadWorks(), closes, work)
    assert every[0, :, 0].tolist() == [14.0, 16.0, 15.0]


def test_what_a_second_shock_closes_is_queued_behind_the_first() -> None:
    links = (RoadLink(a="a", b="b", length_km=1.0), RoadLink(a="b", b="c", length_km=1.0))
    closes, work = np.array([[[0.0, 5.0], [-inf, 5.0]]]), np.array([[[8.0, 1.0], [0.0, 2.0]]])
    opens = cleared_h(links, RoadWorks(crews=1), closes, work)
    assert opens[0].tolist() == [[8.0, 9.0], [-inf, 11.0]]


def test_a_link_closes_as_often_as_it_says_and_half_are_cleared_by_the_median() -> None:
    links = LINKS | {"R1": LINKS["R1"] | {"closed_prob": 0.3, "clearing_median_h": 20.0, "clearing_sigma": 0.7}}
    found = sample_roads(graph(road_link=links), MANY, 1)
    assert found is not None
    closed = found.closes_h[:, 0, 0] == STRUCK_H
    assert abs(closed.mean() - 0.3) < 3.0 * sqrt(0.21 / len(MANY))
    assert (found.opens_h[~closed] == -inf).all()
    late = (found.opens_h[closed, 0, 0] > STRUCK_H + 20.0).mean()
    assert abs(late - 0.5) < 3.0 * sqrt(0.25 / closed.sum())


def test_with_shaking_a_link_is_closed_by_damage_and_limited_by_light_damage() -> None:
    shaking = {"median_g": 0.5, "fragility": {"road_link": "road"}}
    spec = graph(shaking=shaking)
    shaken = sample_shaking(spec, MANY[:300], 1)
    found = sample_roads(spec, MANY[:300], 1, shaken)
    assert found is not None
    assert shaken is not None
    state = shaken.state[:, 0]
    closed = found.opens_h[:, :, 0] > found.closes_h[:, :, 0]
    np.testing.assert_array_equal(closed, state >= 2)
    np.testing.assert_array_equal(found.closes_h[:, :, 0] == STRUCK_H, state >= 1)
    light = state == 1
    np.testing.assert_allclose(found.limited_until_h[:, :, 0][light], shaken.mended_h[:, 0][light])
    np.testing.assert_allclose(found.opens_h[:, :, 0][closed], shaken.mended_h[:, 0][closed])
    limit_h = found.limited_until_h[closed[:, 1], 1, 0] - found.opens_h[closed[:, 1], 1, 0]
    assert limit_h == pytest.approx(np.full(closed[:, 1].sum(), 48.0))


def test_ways_are_as_quick_as_those_of_another_program() -> None:
    chance = np.random.default_rng(2)
    for _ in range(20):
        n = 8
        pairs = {tuple(sorted(pair)) for pair in chance.integers(0, n, (12, 2)).tolist() if pair[0] != pair[1]}
        links: list[Link] = [(a, b, float(chance.uniform(0.5, 3.0))) for a, b in pairs]
        a, b, hours = (np.array(column) for column in zip(*links, strict=True))
        matrix = coo_matrix((hours, (a, b)), shape=(n, n)).tocsr()
        expected = dijkstra(matrix, directed=False, indices=0)
        for stop in range(1, n):
            found_h, way = quickest(links, 0, stop)
            assert found_h == pytest.approx(expected[stop])
            assert sum(links[i][2] for i in way) == pytest.approx(found_h) or found_h == inf
            ends = [set(links[i][:2]) for i in way]
            assert all(one & other for one, other in pairwise(ends))


def test_a_delivery_must_start_and_end_on_the_graph() -> None:
    tank = {"fuel_tank": {"t": {"fuel": "diesel", "capacity_l": 950.0}}}
    lot = {"to": "hub.fuel_tank.t", "amount": 100.0, "depot": "harbour"}
    with pytest.raises(
        ValueError, match=r"delivery.lot: no \[road_link\] ends at harbour; there are: depot, pass, hub"
    ):
        graph(hub=tank, delivery={"lot": lot})
    apart = {"R1": LINKS["R1"], "R9": {"a": "hub", "b": "beach", "length_km": 3.0}}
    with pytest.raises(ValueError, match="no road leads from depot to hub"):
        graph(hub=tank, road_link=apart, delivery={"lot": lot | {"depot": "depot"}})
    with pytest.raises(ValueError, match="road and depot both given"):
        graph(hub=tank, road={"coast": {}}, delivery={"lot": lot | {"depot": "depot", "road": "coast"}})
