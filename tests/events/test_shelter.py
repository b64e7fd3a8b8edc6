"""People in a shelter: admitted while there is floor, fed, watered, powered, and counted where they are not."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.events.trajectory import Trajectory
from tests.events.worlds import GRID, Hands, area, texts

STRIKE = {"start": "2019-09-09T03:00"}
GYM = {"floor_area_m2": 350.0, "peak_people": 100.0, "food_person_days": 150.0, "water_tank": "w"}


def _run(people: float, days: int = 5, tank_m3: float = 50.0, **gym: object) -> Trajectory:
    building = {
        "title": "Hub",
        "grid": GRID,
        "shelter": {"gym": {**GYM, **gym}},
        "water_tank": {"w": {"capacity_m3": tank_m3, "mains_m3ph": 1.0}},
    }
    spec = area({"hub": building}, days=days, hazard=STRIKE)
    hands = Hands(spec)
    hands.wanting[:, 6:] = people
    return hands.play()


def test_people_beyond_the_floor_are_turned_away() -> None:
    run = _run(130.0)
    assert run.flow("people", "hub.shelter.gym")[0, [5, 6]].tolist() == [0.0, 100.0]
    assert run.flow("turned_away", "hub.shelter.gym")[0, [5, 6]].tolist() == [0.0, 30.0]
    assert texts(run, "people_turned_away") == ["2019-09-09 03:00 Hub is full with 100: people turned away"]


def test_their_power_is_a_load_of_their_tier() -> None:
    run = _run(60.0, power_kwh_per_person_day=2.4, power_tier="critical")
    assert run.flow("demand_kw", "hub.critical")[0, [5, 6]] == pytest.approx([0.0, 6.0])
    assert run.flow("import_kw", "hub")[0, [5, 6]] == pytest.approx([0.0, 6.0])


def test_food_lasts_as_long_as_its_person_days() -> None:
    run = _run(50.0)
    hungry = run.flow("without_food", "hub.shelter.gym")[0]
    assert np.flatnonzero(hungry)[0] == 6 + 3 * 48
    assert texts(run, "stock_empty") == ["2019-09-12 03:00 food at Hub is at an end"]


def test_water_per_person_rises_by_day() -> None:
    run = _run(100.0)
    use = run.flow("water_demand_m3ph", "hub.water_tank.w")[0]
    assert use[[6, 6 + 3 * 48 - 1, 6 + 3 * 48]] == pytest.approx([0.0125, 0.0125, 100 * 20 / 24_000])


def test_a_named_plan_is_drunk_as_its_steps_say() -> None:
    use = _run(100.0, days=8, water_plan="fujinomiya").flow("water_demand_m3ph", "hub.water_tank.w")[0]
    from_day = [6 + day * 48 for day in (0, 3, 7)]
    assert use[from_day] * 24_000 / 100 == pytest.approx([3.0, 20.0, 100.0])
    assert use[6 : 6 + 7 * 48].sum() * 0.5 * 1_000 / 100 == pytest.approx(89.0)


def test_a_tank_of_50_m3_serves_561_people_for_a_week_and_not_562() -> None:
    for people, short in ((561.0, False), (562.0, True)):
        run = _run(people, days=8, floor_area_m2=5_000.0)
        week = run.flow("water_unserved_m3ph", "hub.water_tank.w")[0, : 6 + 7 * 48]
        assert bool(week.sum() > 0.0) is short
