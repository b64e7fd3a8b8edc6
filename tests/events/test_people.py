"""Car sleepers, groups, what is in store, stranded visitors: known answers by hand, and nobody is lost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulation.events.trajectory import Trajectory
from simulation.scenario.spec import Spec
from tests.events.worlds import GRID, Hands, area, texts

STRIKE = {"start": "2019-09-09T03:00"}
HALL = "hub.shelter.hall"
BARE: dict[str, Any] = {"floor_area_m2": 350.0, "peak_people": 100.0, "power_kwh_per_person_day": 2.4}  # 100 places
LORRY = {"to": f"{HALL}.item.rice", "amount": 300.0, "first_after_h": 96.0, "travel_h": 0.0, "every_h": 24.0}


def _spec(days: int = 5, tank: bool = False, delivery: dict[str, Any] | None = None, **hall: Any) -> Spec:
    building: dict[str, Any] = {"title": "Hub", "grid": GRID, "shelter": {"hall": BARE | hall}}
    if tank:
        building["water_tank"] = {"w": {"capacity_m3": 50.0}}
        building["shelter"]["hall"]["water_tank"] = "w"
    return area({"hub": building}, days=days, hazard=STRIKE, delivery=delivery or {})


def _run(people: float | np.ndarray, spec: Spec) -> Trajectory:
    hands = Hands(spec)
    hands.wanting[0, 6:, 0] = people
    return hands.play()


def _at(run: Trajectory, quantity: str, element: str = HALL, step: int = 6) -> float:
    return float(run.flow(quantity, element)[0, step])


@pytest.mark.parametrize(
    ("cars", "wanting", "floor", "in_cars", "away"),
    [
        ({"places": 20}, 90.0, 90.0, 0.0, 0.0),
        ({"places": 20}, 130.0, 100.0, 30.0, 0.0),
        ({"places": 20}, 180.0, 100.0, 40.0, 40.0),
        ({"places": 20, "overflow_frac": 0.5}, 130.0, 100.0, 15.0, 15.0),
        ({"places": 20, "share_frac": 0.4}, 100.0, 60.0, 40.0, 0.0),
        ({"places": 20, "share_frac": 0.5}, 120.0, 60.0, 40.0, 20.0),
        ({"places": 0, "share_frac": 0.5}, 120.0, 60.0, 0.0, 60.0),
    ],
)
def test_who_sleeps_where(cars: dict[str, Any], wanting: float, floor: float, in_cars: float, away: float) -> None:
    """Room for 100 on the floor and two in each car; a driver who finds no parking place drives on."""
    run = _run(wanting, _spec(days=1, cars=cars))
    found = [_at(run, quantity) for quantity in ("people", "car_people", "turned_away")]
    assert found == pytest.approx([floor, in_cars, away])
    assert len(texts(run, "people_turned_away")) == (away > 0)


def test_nobody_is_lost() -> None:
    """On the floor, in cars or turned away: together they are those who want a place, at every moment."""
    rng = np.random.default_rng(5)
    spec = _spec(cars={"places": 15, "share_frac": 0.3, "overflow_frac": 0.6}, staff_people=8.0)
    wanting = rng.uniform(0.0, 250.0, spec.clock.n_steps + 1 - 6)
    run = _run(wanting, spec)
    everybody = sum(run.flow(quantity, HALL)[0, 6:] for quantity in ("people", "car_people", "turned_away"))
    np.testing.assert_allclose(everybody, wanting[:-1], rtol=1e-12)
    assert min(run.flow(quantity, HALL).min() for quantity in ("people", "car_people", "turned_away")) >= 0.0


def test_car_sleepers_drink_and_eat_but_take_no_floor_and_little_power() -> None:
    """100 on the floor and 40 in cars: water and food for 140, 2.4 kWh a day for 100 and 0.12 for 40."""
    spec = _spec(tank=True, food_person_days=140.0, cars={"places": 20, "power_kwh_per_person_day": 0.12})
    run = _run(140.0, spec)
    assert _at(run, "water_demand_m3ph", "hub.water_tank.w") == pytest.approx(140 * 3 / 24_000)
    assert _at(run, "demand_kw", "hub.essential") == pytest.approx(10.0 + 0.2)
    hungry = run.flow("without_food", HALL)[0]
    assert np.flatnonzero(hungry)[0] == 6 + 48
    assert hungry[-1] == 140.0


def test_medical_devices_are_a_critical_load_by_their_number() -> None:
    """2 % of 100 on the floor and 40 in cars, who all get the floor, at 0.3 kW."""
    group = {"devices": {"share_frac": 0.02, "power_kw_per_person": 0.3}}
    run = _run(140.0, _spec(days=1, group=group, cars={"places": 20}))
    assert _at(run, "demand_kw", "hub.critical") == pytest.approx(0.84)
    assert _at(run, "demand_kw", "hub.essential") == pytest.approx(10.0)
    assert run.flow("demand_kw", "hub.critical")[0, 5] == 0.0


def test_a_stock_for_300_people_and_3_days_lasts_300_people_72_hours() -> None:
    spec = _spec(floor_area_m2=1_050.0, item={"rice": {"persons": 300.0, "days": 3.0}})
    run = _run(300.0, spec)
    without = run.flow("without_item", f"{HALL}.item.rice")[0]
    assert np.flatnonzero(without)[0] == 6 + 2 * 72
    assert (without[6 + 2 * 72 :] == 300.0).all()
    assert texts(run, "stock_empty") == ["2019-09-12 03:00 rice: none left at Hub"]
    assert run.level("item_person_days", f"{HALL}.item.rice")[0, [0, 6 + 48]].tolist() == pytest.approx([900.0, 600.0])


def test_a_stock_ends_between_two_steps_to_the_minute() -> None:
    """100 people, 137.5 person-days: 33 h."""
    run = _run(100.0, _spec(item={"rice": {"persons": 137.5, "days": 1.0}}))
    assert texts(run, "stock_empty") == ["2019-09-10 12:00 rice: none left at Hub"]
    run = _run(100.0, _spec(item={"rice": {"persons": 100.0, "days": 1.01}}))
    (empty,) = [event for event in run.events if event.kind == "stock_empty"]
    assert empty.time_h == pytest.approx(3.0 + 24.24)
    step = run.flow("without_item", f"{HALL}.item.rice")[0, int(2 * 27.24)]
    assert step == pytest.approx(100.0 * (27.5 - 27.24) / 0.5)


def test_only_its_group_uses_an_item() -> None:
    """3 infants of 100 people: formula for 3 lasts 48 h; the other 97 neither use it nor lack it."""
    spec = _spec(
        group={"infants": {"share_frac": 0.03}}, item={"formula": {"persons": 3.0, "days": 2.0, "group": "infants"}}
    )
    run = _run(100.0, spec)
    without = run.flow("without_item", f"{HALL}.item.formula")[0]
    assert without[[6 + 95, 6 + 96, -1]] == pytest.approx([0.0, 3.0, 3.0])
    assert _at(run, "item_people", f"{HALL}.item.formula") == pytest.approx(3.0)


def test_what_is_lent_serves_its_number_for_as_long_as_they_stay() -> None:
    run = _run(100.0, _spec(item={"blankets": {"persons": 80.0, "kind": "lent"}}))
    without = run.flow("without_item", f"{HALL}.item.blankets")[0]
    assert (without[6:] == 20.0).all()
    (short,) = [event for event in run.events if event.kind == "item_short"]
    assert run.events[short.cause].kind == "strike"
    assert not texts(run, "stock_empty")


def test_relief_on_the_fourth_day_ends_the_lack() -> None:
    """100 people, 2 days in store, 300 person-days after 96 h: without from 48 to 96 h."""
    spec = _spec(days=6, delivery={"relief": LORRY}, item={"rice": {"persons": 100.0, "days": 2.0}})
    run = _run(100.0, spec)
    without = run.flow("without_item", f"{HALL}.item.rice")[0]
    lacking_h = np.flatnonzero(without) / 2 - 3
    assert (lacking_h[0], lacking_h[-1]) == (48.0, 95.5)
    assert texts(run, "stock_refilled") == ["2019-09-13 03:00 rice: some again at Hub"]
    assert any("relief brings 300 person-days" in text for text in texts(run, "delivery_arrived"))


def test_a_reorder_is_sent_when_the_item_falls_to_its_mark() -> None:
    """200 person-days, ordered at half, 4 h by road: there after 28 h."""
    order = {**LORRY, "order": "reorder", "reorder_frac": 0.5, "travel_h": 4.0, "first_after_h": 0.0, "amount": 50.0}
    run = _run(100.0, _spec(days=3, delivery={"relief": order}, item={"rice": {"persons": 100.0, "days": 2.0}}))
    first = next(event for event in run.events if event.kind == "delivery_arrived")
    assert first.time_h == pytest.approx(3.0 + 24.0 + 4.0)


def test_a_late_lorry_is_why_an_item_is_at_an_end() -> None:
    spec = _spec(days=6, delivery={"relief": {**LORRY, "first_after_h": 24.0}}, item={"rice": {"persons": 100.0}})
    hands = Hands(spec)
    hands.wanting[0, 6:, 0] = 100.0
    hands.cancelled[:] = True
    run = hands.play()
    (empty,) = [event for event in run.events if event.kind == "stock_empty"]
    assert run.events[empty.cause].kind == "delivery_cancelled"


def test_items_do_not_depend_on_their_order() -> None:
    rice, milk = {"persons": 90.0, "days": 1.0}, {"persons": 50.0, "days": 1.5}
    one = _run(100.0, _spec(days=3, item={"rice": rice, "milk": milk}))
    other = _run(100.0, _spec(days=3, item={"milk": milk, "rice": rice}))
    for name in (f"{HALL}.item.rice", f"{HALL}.item.milk"):
        np.testing.assert_array_equal(one.flow("without_item", name), other.flow("without_item", name))
        np.testing.assert_array_equal(one.level("item_person_days", name), other.level("item_person_days", name))
