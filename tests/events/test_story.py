"""What is told of a world: darkness and shedding with their beginnings, ends, amounts and causes."""

from __future__ import annotations

import pytest

from simulation.events.trajectory import EventRecord, Trajectory
from simulation.metrics.causes import UNTOLD, cause_tables
from simulation.metrics.services import services
from tests.events.worlds import BATTERY, GRID, Hands, area

ISLANDER = {"grid": GRID, "battery": {"b": {**BATTERY, "forms_grid": True, "discharge_kw": 10.0}}}


def told(run: Trajectory, element: str, *kinds: str) -> list[EventRecord]:
    """Events of one element, in the order of time."""
    return [event for event in run.events if event.element == element and event.kind in kinds]


def test_a_building_goes_dark_with_its_feeder_and_is_lit_with_it() -> None:
    run = Hands(area({"hall": {"grid": GRID}})).demand("hall", critical=2.0).outage(4.25, 9.0).play()
    dark, lit = told(run, "hall", "dark", "lit")
    assert (dark.time_h, lit.time_h) == (4.25, 9.0)
    assert run.events[dark.cause].kind == "grid_lost"
    assert run.events[dark.cause].text.endswith("grid lost on main: hall dark")
    assert run.events[lit.cause] == dark


def test_shedding_is_told_with_what_went_unserved_and_where_it_came_from() -> None:
    """12 kW asked for, 10 kW to be had until the grid is back: 2 kW over 3 h."""
    hands = Hands(area({"hall": ISLANDER})).demand("hall", critical=4.0, comfort=8.0).outage(3.0, 6.0)
    run = hands.play()
    began, ended = told(run, "hall.comfort", "shedding_began", "shedding_ended")
    assert (began.time_h, began.value) == (3.0, pytest.approx(2.0))
    assert (ended.time_h, ended.value) == (6.0, pytest.approx(6.0))
    assert run.events[began.cause].kind == "grid_lost"
    assert run.events[began.cause].text.endswith("hall carries on alone")
    assert not told(run, "hall.critical", "shedding_began")


def test_what_goes_on_for_another_reason_is_told_again() -> None:
    """The battery holds 81 kWh for loads of 10 kW: it is empty 8.1 h after the grid was lost, and that is why then."""
    spec = area({"hall": {**ISLANDER, "battery": {"b": {**ISLANDER["battery"]["b"], "initial_level_frac": 0.9}}}})
    run = Hands(spec).demand("hall", critical=10.0, comfort=1.0).outage(1.0, 20.0).play()
    goes_on = told(run, "hall.comfort", "shedding_began", "shedding_goes_on", "shedding_ended")
    assert [event.kind for event in goes_on] == ["shedding_began", "shedding_goes_on", "shedding_ended"]
    assert goes_on[1].time_h == pytest.approx(9.1)
    empty = run.events[goes_on[1].cause]
    assert (empty.kind, empty.element) == ("dark", "hall")
    assert run.events[empty.cause].element == "hall.battery.b"
    assert goes_on[2].value == pytest.approx(19.0)
    assert told(run, "hall.critical", "shedding_ended")[0].value == pytest.approx(10.0 * (20.0 - 9.1))


def test_deferrable_load_is_shed_when_it_expires_not_when_it_waits() -> None:
    """10 kW asked for in one hour of an outage that outlasts the deadline; it is told once, as energy."""
    load = {"all": {"constant_kw": 0.0, "tier_frac": {"deferrable": 1.0}, "deadline_h": 2.0}}
    hands = Hands(area({"hall": {"grid": GRID, "load": load}}))
    hands.demand_kw[:, 8:10, 0, 2] = 10.0
    run = hands.outage(3.0, 12.0).play()
    began, ended = told(run, "hall.deferrable", "shedding_began", "shedding_ended")
    assert (began.time_h, ended.time_h) == (pytest.approx(6.5), pytest.approx(7.5))
    assert ended.value == pytest.approx(10.0)
    assert run.events[run.events[began.cause].cause].kind == "grid_lost"


def test_food_that_was_never_in_store_is_told_when_somebody_is_hungry_and_has_a_root() -> None:
    """50 people from 03:00 on, nothing in store; the road of a lot that lasts them 12 h opens at 08:00."""
    hall = {"floor_area_m2": 350.0, "peak_people": 100.0}
    lot = {"to": "hub.shelter.hall", "amount": 25.0, "travel_h": 1.0, "first_after_h": 2.0, "road": "r"}
    spec = area(
        {"hub": {"grid": GRID, "shelter": {"hall": hall}}},
        hazard={"start": "2019-09-09T02:00"},
        road={"r": {}},
        delivery={"relief": lot},
    )
    hands = Hands(spec)
    hands.wanting[:, 6:] = 50.0
    hands.road_opens_h[:] = 8.0
    run = hands.play()
    empty, _ = told(run, "hub.shelter.hall", "stock_empty")
    assert (empty.time_h, empty.text) == (3.0, "2019-09-09 03:00 there is no food at hub")
    assert run.flow("without_food", "hub.shelter.hall")[0].sum() * 0.5 == pytest.approx(50.0 * (24.0 - 3.0 - 12.0))
    food = next(one for one in cause_tables(services(spec, run), run) if "without a service" in one.title)
    assert UNTOLD not in {row.root for row in food.rows}
