"""People in the plan and in the events: the same load, the same water, whoever sleeps where."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulation.interchange.shelter import housed_people, people_power, people_water
from tests.events.worlds import GRID, Hands, area

HALL: dict[str, Any] = {
    "floor_area_m2": 350.0,
    "peak_people": 100.0,
    "water_tank": "w",
    "staff_people": 6.0,
    "cars": {"places": 15.0, "share_frac": 0.25, "overflow_frac": 0.6, "power_kwh_per_person_day": 0.1},
    "group": {"devices": {"share_frac": 0.03, "power_kw_per_person": 0.3}},
}


def test_the_truth_in_the_plan_is_what_the_events_draw() -> None:
    building = {"hub": {"grid": GRID, "shelter": {"hall": HALL}, "water_tank": {"w": {"capacity_m3": 500.0}}}}
    spec = area(building, days=4, hazard={"start": "2019-09-09T03:00"})
    hands = Hands(spec)
    hands.wanting[0, 6:, 0] = np.random.default_rng(2).uniform(0.0, 260.0, spec.clock.n_steps - 5)
    run = hands.play()
    people = housed_people(spec, hands.wanting[:, :-1])
    np.testing.assert_allclose(
        people[:, :, 0], run.flow("people", "hub.shelter.hall") + run.flow("car_people", "hub.shelter.hall"), rtol=1e-12
    )
    power_kw = people_power(spec, people)
    for tier, index in (("critical", 0), ("essential", 1)):
        np.testing.assert_allclose(power_kw[:, :, 0, index], run.flow("demand_kw", f"hub.{tier}"), rtol=1e-9)
    water_m3ph = people_water(spec, spec.clock.hours, people)[:, :, 0].sum(axis=-1)
    np.testing.assert_allclose(water_m3ph, run.flow("water_demand_m3ph", "hub.water_tank.w"), rtol=1e-9)
