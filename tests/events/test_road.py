"""Lots over the road graph: round a closed link, held up, too heavy, given up; and what the log tells of the links."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np
import pytest

from simulation.draws.road import RoadDraws
from simulation.events.collect import collect
from simulation.events.trajectory import Trajectory
from simulation.events.world import World
from tests.events.test_causes import chain
from tests.events.worlds import GRID, Hands, area, texts

LINKS = {
    "R1": {"a": "depot", "b": "pass", "length_km": 20.0},
    "R2": {"a": "pass", "b": "s", "length_km": 40.0, "limit_t": 4.0},
    "R3": {"a": "s", "b": "depot", "length_km": 120.0},
}
STRIKE = {"start": "2019-09-09T02:00"}


Span = tuple[float, float, float]


def brought(closed: dict[str, Span], again: dict[str, Span] | None = None, **delivery: object) -> Trajectory:
    """One lot sent at 03:00 that takes 2 h on a normal day, with links closed by hand: closes, opens, limited until."""
    tank = {"fuel": "diesel", "capacity_l": 1_000.0, "initial_frac": 0.5}
    lot = {"to": "s.fuel_tank.t", "amount": 300.0, "travel_h": 2.0, "first_after_h": 1.0, "every_h": 100.0}
    spec = area(
        {"s": {"grid": GRID, "fuel_tank": {"t": tank}}}, days=3, hazard=STRIKE, road_link=LINKS,
        delivery={"tanker": {**lot, "depot": "depot", **delivery}},
    )  # fmt: skip
    hours = np.full((3, 1, 3, 2), -inf)
    for shock, spans in enumerate((closed, again or {})):
        for name, span in spans.items():
            hours[:, 0, list(LINKS).index(name), shock] = span
    links = RoadDraws(closes_h=hours[0], opens_h=hours[1], limited_until_h=hours[2])
    hands = Hands(spec)
    draws = hands.draws()
    world = World(spec, replace(draws, delivery=replace(draws.delivery, links=links)), 0)
    world.advance(spec.clock.duration_h)
    return collect(spec, draws, [world], planned_by="hand", perfect_information=False)


def arrivals(run: Trajectory) -> list[float]:
    return [event.time_h for event in run.events if event.kind == "delivery_arrived"]


def test_by_open_roads_it_comes_when_it_is_due() -> None:
    assert arrivals(brought({})) == pytest.approx([5.0])


def test_round_a_closed_link_it_takes_what_the_way_round_takes_on_top() -> None:
    run = brought({"R2": (2.0, 40.0, 40.0)})
    assert arrivals(run) == pytest.approx([3.0 + 2.0 + 1.5])
    assert chain(run, "delivery_late") == ["delivery_late", "road_closed", "strike"]
    assert texts(run, "road_closed", "road_opened", "delivery_late", "delivery_arrived") == [
        "2019-09-09 02:00 road R2 closed",
        "2019-09-09 05:00 tanker is late: its road is closed",
        "2019-09-09 06:30 tanker brings 300 L (1.5 h late)",
        "2019-09-10 16:00 road R2 open again",
    ]
    assert run.flow("road_open_frac", "R2")[0, 3:5].tolist() == [1.0, 0.0]


def test_a_link_that_was_open_again_is_closed_by_an_aftershock() -> None:
    """Cleared at 02:30, closed again at 02:45, before the lot sets out; going round takes 1.5 h."""
    run = brought({"R2": (2.0, 2.5, 2.5)}, again={"R2": (2.75, 40.0, 40.0)})
    assert arrivals(run) == pytest.approx([6.5])
    assert texts(run, "road_closed", "road_opened", "delivery_late") == [
        "2019-09-09 02:00 road R2 closed",
        "2019-09-09 02:30 road R2 open again",
        "2019-09-09 02:45 road R2 closed",
        "2019-09-09 05:00 tanker is late: its road is closed",
        "2019-09-10 16:00 road R2 open again",
    ]
    assert chain(run, "delivery_late") == ["delivery_late", "road_closed", "strike"]


def test_a_lighter_shock_does_not_hide_the_end_of_the_longer_limit() -> None:
    run = brought({"R2": (2.0, 10.0, 40.0)}, again={"R2": (12.0, 12.0, 20.0)})
    assert texts(run, "road_closed", "road_limited", "road_opened") == [
        "2019-09-09 02:00 road R2 closed",
        "2019-09-09 10:00 road R2 open up to 4 t",
        "2019-09-09 12:00 road R2 limited to 4 t",
        "2019-09-10 16:00 road R2 open again",
    ]


def test_a_link_that_a_second_shock_keeps_closed_is_not_told_open() -> None:
    run = brought({"R2": (2.0, 10.0, 30.0)}, again={"R2": (8.0, 20.0, 44.0)})
    assert texts(run, "road_closed", "road_limited", "road_opened") == [
        "2019-09-09 02:00 road R2 closed",
        "2019-09-09 08:00 road R2 closed",
        "2019-09-09 20:00 road R2 open up to 4 t",
        "2019-09-10 20:00 road R2 open again",
    ]


def test_a_road_that_bears_light_vehicles_is_not_called_closed() -> None:
    """Damaged, but never closed: the tanker goes round it, 1.5 h longer."""
    run = brought({"R2": (2.0, 2.0, 40.0)})
    assert texts(run, "road_closed", "road_limited", "delivery_late") == [
        "2019-09-09 02:00 road R2 limited to 4 t",
        "2019-09-09 05:00 tanker is late: its road is open only to light vehicles",
    ]


def test_with_every_way_closed_it_waits_and_a_heavy_one_waits_for_the_limit() -> None:
    closed = {"R2": (2.0, 20.0, 44.0), "R3": (2.0, 60.0, 60.0)}
    assert arrivals(brought(closed, vehicle_t=4.0)) == pytest.approx([22.0])
    heavy = brought(closed, vehicle_t=16.0)
    assert arrivals(heavy) == pytest.approx([46.0])
    assert texts(heavy, "road_limited") == ["2019-09-09 20:00 road R2 open up to 4 t"]
    assert chain(heavy, "delivery_arrived") == ["delivery_arrived", "delivery_late", "road_closed", "strike"]


def test_one_that_would_wait_too_long_gives_up_and_the_next_is_sent_in_its_turn() -> None:
    closed = {"R1": (2.0, 40.0, 40.0), "R3": (2.0, 60.0, 60.0)}
    run = brought(closed, gives_up_after_h=24.0, every_h=36.0)
    assert texts(run, "delivery_cancelled") == ["2019-09-10 03:00 tanker gives up: no way is open"]
    assert chain(run, "delivery_cancelled")[1:] == ["road_closed", "strike"]
    assert arrivals(run) == pytest.approx([42.0])


def test_a_road_that_never_opens_lets_nothing_through() -> None:
    run = brought({"R1": (2.0, inf, inf), "R3": (2.0, inf, inf)})
    assert arrivals(run) == []
    assert len(texts(run, "delivery_late")) == 1
