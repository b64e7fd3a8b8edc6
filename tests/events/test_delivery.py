"""Deliveries: by schedule or on order, over roads that are closed or slow, poured in as far as there is room."""

from __future__ import annotations

import numpy as np
import pytest

from tests.events.worlds import DIESEL, GRID, Hands, area, texts

STRIKE = {"start": "2019-09-09T02:00"}


def _station(level_frac: float, **delivery: object) -> dict:
    """A building that burns 10 L/h from a tank of 1,000 L, off the grid, and what is brought to it."""
    engine = {**DIESEL, "rated_kw": 50.0, "fuel_tank": "t", "fuel_slope_l_per_kwh": 0.25}
    tank = {"fuel": "diesel", "capacity_l": 1_000.0, "initial_frac": level_frac}
    return {
        "building": {"s": {"genset": {"g": engine}, "fuel_tank": {"t": tank}}},
        "hazard": STRIKE,
        "delivery": {"tanker": {"to": "s.fuel_tank.t", "amount": 300.0, "travel_h": 2.0, **delivery}},
    }


def test_a_lot_for_a_nearly_full_tank_is_poured_in_part_and_does_not_hang() -> None:
    spec = area(days=2, **_station(1.0, first_after_h=1.0, every_h=12.0))
    run = Hands(spec).demand("s", critical=40.0).play()
    poured = run.flow("delivered", "tanker")[0] * 0.5
    assert np.flatnonzero(poured).tolist() == [10, 34, 58, 82]
    assert poured[poured > 0.0] == pytest.approx([50.0, 120.0, 120.0, 120.0])
    assert texts(run, "delivery_arrived")[0] == ("2019-09-09 05:00 tanker brings 50 L, 250 L find no room and go back")


def test_a_closed_road_holds_it_up_and_a_slow_one_doubles_its_way() -> None:
    tables = _station(0.5, first_after_h=1.0, every_h=100.0, road="pass")
    spec = area(days=2, road={"pass": {"slow_factor": 2.0}}, **tables)
    hands = Hands(spec).demand("s", critical=20.0)
    hands.road_opens_h[:] = 10.25
    run = hands.play()
    (arrived,) = [event for event in run.events if event.kind == "delivery_arrived"]
    assert arrived.time_h == pytest.approx(14.25)
    assert texts(run, "delivery_late", "delivery_arrived") == [
        "2019-09-09 05:00 tanker is late: its road is closed",
        "2019-09-09 14:15 tanker brings 300 L (9.2 h late)",
    ]


def test_an_order_goes_out_when_the_stock_meets_its_level_and_one_at_a_time() -> None:
    spec = area(days=4, **_station(0.5, order="reorder", reorder_frac=0.4))
    run = Hands(spec).demand("s", critical=40.0).play()
    arrived = [event.time_h for event in run.events if event.kind == "delivery_arrived"]
    assert arrived == pytest.approx([12.0, 42.0, 72.0])
    assert run.level("fuel_l", "s.fuel_tank.t").min() == pytest.approx(380.0)


def test_no_ordered_lot_leaves_before_its_first_hour_after_the_strike() -> None:
    spec = area(days=2, **_station(0.5, order="reorder", reorder_frac=0.4, first_after_h=20.0))
    run = Hands(spec).demand("s", critical=40.0).play()
    assert [event.time_h for event in run.events if event.kind == "delivery_arrived"] == pytest.approx([24.0, 42.0])


def test_a_cancelled_lot_never_comes_and_the_next_is_ordered() -> None:
    spec = area(days=3, **_station(0.5, order="reorder", reorder_frac=0.4))
    hands = Hands(spec).demand("s", critical=40.0)
    hands.cancelled[0, 0, 0] = True
    run = hands.play()
    assert texts(run, "delivery_cancelled", "delivery_arrived")[:2] == [
        "2019-09-09 12:00 tanker does not come",
        "2019-09-09 14:00 tanker brings 300 L",
    ]


def test_a_lot_that_arrives_on_an_edge_belongs_to_the_step_that_begins_there() -> None:
    spec = area(days=1, **_station(0.5, first_after_h=1.0, every_h=100.0))
    run = Hands(spec).demand("s", critical=40.0).play()
    level = run.level("fuel_l", "s.fuel_tank.t")[0]
    assert level[10] == pytest.approx(500.0 - 50.0)
    assert level[11] == pytest.approx(500.0 - 55.0 + 300.0)


def test_food_for_a_shelter_is_delivered_too() -> None:
    building = {"hub": {"grid": GRID, "shelter": {"gym": {"floor_area_m2": 70.0, "peak_people": 10.0}}}}
    lot = {"to": "hub.shelter.gym", "amount": 8.0, "first_after_h": 9.0, "travel_h": 1.0, "every_h": 100.0}
    spec = area(building, days=2, hazard=STRIKE, delivery={"bread": lot})
    hands = Hands(spec)
    hands.wanting[:, 4:] = 12.0
    run = hands.play()
    hungry = run.flow("without_food", "hub.shelter.gym")[0]
    assert np.flatnonzero(hungry).tolist() == [*range(4, 24), *range(56, 96)]


def _chain(**lot: object) -> dict:
    """An engine at the water works burns 10 L/h from 60 L, filled in lots of 50 L from the 100 L of a station."""
    engine = {**DIESEL, "rated_kw": 50.0, "fuel_tank": "t", "fuel_slope_l_per_kwh": 0.25}
    works = {"genset": {"g": engine}, "fuel_tank": {"t": {"fuel": "diesel", "capacity_l": 60.0}}}
    stand = {"grid": GRID, "fuel_tank": {"t": {"fuel": "diesel", "capacity_l": 200.0, "initial_frac": 0.5}}}
    cans = {"to": "works.fuel_tank.t", "takes_from": "stand.fuel_tank.t", "amount": 50.0, "order": "reorder"}
    return {
        "building": {"stand": stand, "works": works},
        "hazard": STRIKE,
        "delivery": {"cans": {**cans, "reorder_frac": 0.25, "travel_h": 1.0, **lot}},
    }


def test_what_a_lot_is_filled_with_leaves_the_tank_that_it_comes_from_until_that_is_dry() -> None:
    """60 + 100 L at 10 L/h last 16 h; the third lot finds nothing, and each fall names the one before."""
    run = Hands(area(days=1, **_chain())).demand("stand", critical=1.0).demand("works", critical=40.0).play()
    assert run.level("fuel_l", "stand.fuel_tank.t")[0, -1] == 0.0
    assert run.flow("delivered", "cans").sum() * 0.5 == pytest.approx(100.0)
    (stopped,) = [event for event in run.events if event.kind == "genset_out_of_fuel"]
    assert stopped.time_h == pytest.approx(16.0)
    short = next(event for event in run.events if event.kind == "delivery_short")
    assert short.text == "2019-09-09 14:30 cans finds 0 of 50 L at stand.fuel_tank.t"
    assert run.events[short.cause].element == "stand.fuel_tank.t"
    chain = [run.events[stopped.cause]]
    while chain[-1].cause >= 0:
        chain.append(run.events[chain[-1].cause])
    assert [event.kind for event in chain] == ["stock_empty", "delivery_short", "stock_empty", "strike"]


@pytest.mark.parametrize(("by_hand", "dry_h"), [(False, 6.0), (True, 16.0)])
def test_a_lot_is_filled_by_a_pump_with_power_or_by_hand(by_hand: bool, dry_h: float) -> None:
    hands = Hands(area(days=1, **_chain(fills_by_hand=by_hand))).demand("stand", critical=1.0)
    run = hands.demand("works", critical=40.0).outage(3.0, 30.0).play()
    (stopped,) = [event for event in run.events if event.kind == "genset_out_of_fuel"]
    assert stopped.time_h == pytest.approx(dry_h)
    short = next(event for event in run.events if event.kind == "delivery_short")
    assert short.text.endswith("whose pump is dark") is not by_hand
    assert run.events[short.cause].kind == ("stock_empty" if by_hand else "dark")
