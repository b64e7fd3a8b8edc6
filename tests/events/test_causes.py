"""Cause links: every trouble in the log points at the record that brought it about, back to where it began."""

from __future__ import annotations

import pytest

from simulation.events.trajectory import EventRecord, Trajectory
from tests.events.worlds import BATTERY, DIESEL, GRID, Hands, area

GOES_ON = "shedding_goes_on"
STRIKE = {"start": "2019-09-09T02:00"}
ENGINE = {**DIESEL, "rated_kw": 50.0, "fuel_tank": "t", "fuel_slope_l_per_kwh": 0.25, "operation": "emergency"}


def chain(run: Trajectory, kind: str, nth: int = 0) -> list[str]:
    """Kinds from the nth event of a kind back to where it began."""
    records = run.events
    record = [event for event in records if event.kind == kind][nth]
    found = [record.kind]
    while record.cause >= 0:
        record = records[record.cause]
        found.append(record.kind)
    return found


def hub(*, level_l: float = 50.0, **delivery: object) -> Hands:
    """A hub that burns 5 L/h from the strike at 02:00 on; its pump lifts water, its tanker comes over a closed road."""
    tank = {"fuel": "diesel", "capacity_l": 1_000.0, "initial_frac": level_l / 1_000.0}
    water = {"capacity_m3": 10.0, "initial_frac": 0.1, "daily_use_m3": 24.0, "daily_use_stops": False}
    pump = {"tank": "w", "rated_m3ph": 1.0, "kwh_per_m3": 1.0}
    building = {
        "title": "hub", "grid": GRID, "genset": {"g": ENGINE}, "fuel_tank": {"t": tank}, "water_tank": {"w": water},
        "pump": {"well": pump}, "communications": {"mast": {"battery_h": 6.0}},
    }  # fmt: skip
    tanker = {"to": "hub.fuel_tank.t", "amount": 300.0, "travel_h": 1.0, "road": "R2", "every_h": 100.0, **delivery}
    spec = area({"hub": building}, days=2, hazard=STRIKE, road={"R2": {}}, delivery={"tanker": tanker})
    hands = Hands(spec).demand("hub", critical=20.0).outage(2.0, 100.0)
    hands.road_opens_h[:] = 30.0
    return hands


def test_water_runs_out_because_a_road_is_closed() -> None:
    """50 L last the engine 10 h; the pump is dark from then on, and the tank of 1 m3 an hour later."""
    run = hub().play()
    (empty,) = [event for event in run.events if event.kind == "stock_empty" and "water" in event.element]
    assert empty.time_h > 12.0
    fuel = ["genset_out_of_fuel", "stock_empty", "delivery_late", "road_closed", "strike"]
    assert chain(run, "stock_empty", 1) == ["stock_empty", "pump_dark", "dark", *fuel]
    assert chain(run, "phones_dead") == ["phones_dead", "dark", *fuel]
    assert chain(run, "shedding_began", 1) == ["shedding_began", "dark", *fuel]


def test_a_cause_comes_before_what_it_brings_about_and_is_of_the_same_world() -> None:
    run = hub().play()
    for number, event in enumerate(run.events):
        assert -1 <= event.cause < number


def test_a_lot_that_is_not_due_is_to_blame_for_nothing() -> None:
    run = hub(first_after_h=40.0).play()
    assert chain(run, "genset_out_of_fuel") == ["genset_out_of_fuel", "stock_empty", "grid_lost", "strike"]


def test_a_tank_that_was_empty_before_its_lot_was_late_is_out_for_the_road_from_then_on() -> None:
    """Dry after 10 h; the lot of 21 h finds the road closed until 30 h.  So is the water, a step later."""
    run = hub(first_after_h=18.0).play()
    assert [event.time_h for event in run.events if event.kind == "stock_still_empty"][:2] == [21.0, 21.5]
    late = ["stock_still_empty", "delivery_late", "road_closed", "strike"]
    assert chain(run, "stock_still_empty") == late
    assert chain(run, "stock_still_empty", 1) == ["stock_still_empty", "pump_still_dark", "still_dark", *late]
    assert chain(run, "phones_still_dead") == ["phones_still_dead", "still_dark", *late]


def test_a_failed_engine_is_where_it_began_and_its_battery_stands_between() -> None:
    building = {"grid": GRID, "genset": {"g": {**DIESEL, "rated_kw": 50.0}}, "battery": {"b": BATTERY}}
    hands = Hands(area({"home": building})).demand("home", critical=10.0).outage(1.0, 24.0)
    hands.life_h[:] = 3.0
    run = hands.play()
    assert chain(run, "shedding_began") == ["shedding_began", "dark", "stock_empty", "genset_failed"]


@pytest.mark.parametrize(("delay_min", "first"), [(360.0, "genset_starting"), (0.0, "grid_lost")])
def test_a_black_start_stands_between_a_dark_house_and_the_lost_grid(delay_min: float, first: str) -> None:
    engine = {**DIESEL, "rated_kw": 5.0, "start_delay_min": delay_min}
    run = Hands(area({"home": {"grid": GRID, "genset": {"g": engine}}})).demand("home", critical=10.0)
    began = chain(run.outage(1.0, 9.0).play(), "shedding_began")
    assert [kind for kind in began if kind not in ("shedding_began", "dark")][0] == first
    assert began[-1] == "grid_lost"


def test_an_engine_that_has_fuel_again_is_not_held_against_its_next_outage() -> None:
    """10 L last it two hours of the first outage; the lot of 12:00 comes beside the grid, which goes again at 15:00."""
    tank = {"fuel": "diesel", "capacity_l": 100.0, "initial_frac": 0.1}
    lot = {"to": "home.fuel_tank.t", "amount": 50.0, "travel_h": 1.0, "first_after_h": 11.0, "every_h": 100.0}
    building = {"grid": GRID, "genset": {"g": ENGINE | {"start_delay_min": 30.0}}, "fuel_tank": {"t": tank}}
    spec = area({"home": building}, hazard={"start": "2019-09-09T00:00"}, delivery={"lot": lot})
    hands = Hands(spec).demand("home", critical=20.0).outage(4.0, 10.0).outage(15.0, 20.0, slot=1)
    run = hands.play()
    assert [event.time_h for event in run.events if event.kind == "dark"] == [4.0, 6.5, 15.0]
    assert chain(run, "dark", 1)[1] == "genset_out_of_fuel"
    assert chain(run, "dark", 2) == ["dark", "genset_starting", "grid_lost", "strike"]


def test_a_cut_that_goes_on_for_another_reason_is_told_again() -> None:
    """An engine of 5 kW is too small for 10 kW; after three hours it fails, and is mended two hours later."""
    hands = Hands(area({"home": {"grid": GRID, "genset": {"g": {**DIESEL, "rated_kw": 5.0}}}}), lives=2)
    hands.demand("home", critical=10.0).outage(1.0, 9.0)
    hands.life_h[0, 0], hands.repair_h[0, 0] = [3.0, 99.0], [2.0, 1.0]
    run = hands.play()
    told = {event.time_h: _cause(run, event) for event in run.events if event.kind in ("shedding_began", GOES_ON)}
    assert told == {1.0: "grid_lost", 4.0: "dark", 6.0: "grid_lost"}
    (failed,) = [number for number, event in enumerate(run.events) if event.kind == "genset_failed"]
    assert [event.cause for event in run.events if event.kind == "dark" and event.time_h == 4.0] == [failed]


def test_beside_a_live_grid_a_cut_has_no_cause() -> None:
    run = Hands(area({"home": {"grid": {**GRID, "contract_kw": 5.0}}})).demand("home", critical=10.0).play()
    assert chain(run, "shedding_began") == ["shedding_began"]


def _cause(run: Trajectory, event: EventRecord) -> str:
    return run.events[event.cause].kind if event.cause >= 0 else ""
