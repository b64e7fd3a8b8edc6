"""Water by use: rationed in order and without chatter, of two qualities, treated with power, by rain and by road."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from simulation.draws.road import RoadDraws
from simulation.ensemble import replan
from simulation.events.collect import collect
from simulation.events.trajectory import Trajectory
from simulation.events.world import World
from simulation.interchange.highs import HiGHS
from simulation.interchange.outlook import truth
from simulation.scenario.spec import Spec
from simulation.units import WATER_USES
from tests.events.test_causes import chain
from tests.events.test_damage import SHAKING, played
from tests.events.test_road import LINKS
from tests.events.worlds import GRID, Hands, area, texts

STRIKE = {"start": "2019-09-09T03:00"}
GYM = "hub.shelter.gym"
ALL_ALIKE: Mapping[str, float] = dict.fromkeys(WATER_USES, 24.0)
"""100 people who use 24 L a day for everything: 0.1 m3/h for each use."""


def hub(uses: Mapping[str, float], *, days: int = 2, gym: dict[str, Any] | None = None, **parts: Any) -> Spec:
    """A station with a shelter whose people draw from the tank ``w`` from the strike at 03:00 on."""
    shelter = {
        "floor_area_m2": 3_500.0,
        "peak_people": 0.0,
        "power_kwh_per_person_day": 0.0,
        "water_tank": "w",
        **({"water_step": [{"from_day": 0, "use_l_per_person_day": uses}]} if uses else {}),
        **(gym or {}),
    }
    tables = {key: parts.pop(key) for key in ("delivery", "road_link", "shaking", "feeder") if key in parts}
    return area(
        {"hub": {"title": "Hub", "grid": GRID, "shelter": {"gym": shelter}, **parts}},
        days=days,
        hazard=STRIKE,
        **tables,
    )


def crowd(spec: Spec, people: float = 100.0) -> Hands:
    """So many people from the strike on."""
    hands = Hands(spec)
    hands.wanting[:, 6:] = people
    return hands


def unserved_m3(run: Trajectory) -> dict[str, float]:
    """What each use of the shelter lacked over the whole period."""
    flows = run.flows["water_use_unserved_m3ph"]
    step_h = run.clock.step_h
    return {
        name.rpartition(".")[2]: float(flows.values[0, :, i].sum() * step_h) for i, name in enumerate(flows.elements)
    }


def test_uses_stop_one_after_the_other_each_at_its_level() -> None:
    """10 m3: 0.5 m3/h to 5 m3 (10 h), 0.4 to 4 (2.5 h), 0.3 to 3 (3 h 20), 0.2 to 2 (5 h), then 0.1 for 20 h."""
    stops = {"bath": 0.5, "flushing": 0.4, "hygiene": 0.3, "cooking": 0.2}
    spec = hub(ALL_ALIKE, water_tank={"w": {"capacity_m3": 10.0, "stops_below_frac": stops}})
    run = crowd(spec).play()
    assert texts(run, "water_rationed", "stock_empty") == [
        "2019-09-09 13:00 water at Hub: none for bath below 50 % of the tank",
        "2019-09-09 15:30 water at Hub: none for flushing below 40 % of the tank",
        "2019-09-09 18:50 water at Hub: none for hygiene below 30 % of the tank",
        "2019-09-09 23:50 water at Hub: none for cooking below 20 % of the tank",
        "2019-09-10 19:50 water at Hub is at an end",
    ]
    stopped_h = dict(
        zip(("bath", "flushing", "hygiene", "cooking", "drinking"), np.cumsum([10, 2.5, 10 / 3, 5, 20]), strict=True)
    )
    assert unserved_m3(run) == pytest.approx({use: 0.1 * (45.0 - hour) for use, hour in stopped_h.items()})


def test_a_use_begins_again_well_above_its_level_and_does_not_chatter() -> None:
    """Bath takes 0.5 and mains bring 0.25 m3/h: 20 h down to 5 m3, 4 h up to 6, 4 h down, and so on."""
    tank = {"capacity_m3": 10.0, "mains_m3ph": 0.25, "mains_fail_with_hazard": False, "stops_below_frac": {"bath": 0.5}}
    spec = hub({"bath": 120.0}, water_tank={"w": {**tank, "resumes_above_frac": 0.1}})
    run = crowd(spec).play()
    turns = [event.time_h for event in run.events if event.kind in ("water_rationed", "ration_over")]
    assert turns == pytest.approx([23.0, 27.0, 31.0, 35.0, 39.0, 43.0, 47.0])
    level = run.level("water_m3", "hub.water_tank.w")[0]
    assert (level[46:].min(), level[46:].max()) == pytest.approx((5.0, 6.0))


def test_what_flows_into_an_empty_tank_goes_to_the_more_precious_uses() -> None:
    tank = {"capacity_m3": 10.0, "initial_frac": 0.0, "mains_m3ph": 0.25, "mains_fail_with_hazard": False}
    idle = {"daily_use_m3": 0.0}
    run = crowd(hub(ALL_ALIKE, water_tank={"w": tank | idle})).play()
    level_gone = np.flatnonzero(run.level("water_m3", "hub.water_tank.w")[0] == 0.0)[1]
    lacking = run.flows["water_use_unserved_m3ph"]
    shares = dict(
        zip((name.rpartition(".")[2] for name in lacking.elements), lacking.values[0, level_gone + 1], strict=True)
    )
    assert shares == pytest.approx({"drinking": 0.0, "cooking": 0.0, "hygiene": 0.05, "flushing": 0.1, "bath": 0.1})


def test_a_treatment_unit_takes_raw_water_and_stops_with_its_power_and_with_the_pool() -> None:
    """0.8 m3/h out of 1 m3/h at 2 kWh each; dark from 5 to 8 h; 8 m3 in the pool are eight hours of it."""
    spec = hub(
        {"drinking": 1.0},
        water_tank={
            "w": {"capacity_m3": 10.0, "initial_frac": 0.0, "daily_use_m3": 4.8, "daily_use_stops": False},
            "pool": {"capacity_m3": 50.0, "initial_frac": 0.16, "quality": "non_potable"},
        },
        treatment={"t": {"tank": "w", "raw_tank": "pool", "rated_m3ph": 0.8, "kwh_per_m3": 2.0, "recovered_frac": 0.8}},
    )
    run = Hands(spec).outage(5.0, 8.0).play()
    treated = run.flow("pump_m3ph", "hub.treatment.t")[0]
    assert treated[[9, 10, 15, 16, 21, 22]] == pytest.approx([0.8, 0.0, 0.0, 0.8, 0.8, 0.0])
    assert run.flow("raw_water_m3ph", "hub.treatment.t")[0] == pytest.approx(treated / 0.8)
    assert run.flow("import_kw", "hub")[0, [9, 12, 20]] == pytest.approx([1.6, 0.0, 1.6])
    assert run.level("water_m3", "hub.water_tank.pool")[0, -1] == 0.0
    assert chain(run, "stock_empty", 2) == ["stock_empty", "stock_empty", "strike"], (
        "no drinking water for want of raw water"
    )


def test_rainwater_is_flushed_with_and_never_drunk() -> None:
    tanks = {"w": {"capacity_m3": 1.0}, "rain": {"capacity_m3": 20.0, "quality": "non_potable"}}
    run = crowd(
        hub({"drinking": 24.0, "flushing": 24.0}, days=1, gym={"flushing_tank": "rain"}, water_tank=tanks)
    ).play()
    assert unserved_m3(run) == pytest.approx({"drinking": 0.1 * 11.0, "flushing": 0.0})
    assert run.level("water_m3", "hub.water_tank.rain")[0, -1] == pytest.approx(20.0 - 2.1)
    assert run.flow("water_unserved_m3ph", "hub.water_tank.rain").sum() == 0.0


def test_toilets_fall_back_on_drinking_water_and_the_plan_knows_it() -> None:
    """1 m3 and 0.04 m3/h of rain against 0.1: gone after 16 h 40; then 0.06 m3/h are asked of the drinking water."""
    roof = {"area_m2": 100.0, "rain_mm_per_day": 9.6, "runoff_frac": 1.0}
    tanks = {"w": {"capacity_m3": 10.0}, "rain": {"capacity_m3": 1.0, "quality": "non_potable", "roof": roof}}
    spec = hub({"drinking": 24.0, "flushing": 24.0}, gym={"flushing_tank": "rain"}, water_tank=tanks)
    hands = crowd(spec)
    run = hands.play()
    assert run.flow("water_demand_m3ph", "hub.water_tank.w")[0, [6, 38, 40]] == pytest.approx([0.1, 0.1, 0.16])
    assert run.flow("water_spilled_m3ph", "hub.water_tank.rain")[0, [0, 6]] == pytest.approx([0.04, 0.0])
    assert sum(unserved_m3(run).values()) == 0.0
    outlook = truth(spec, hands.draws())
    for w, tank in enumerate(spec.water_tanks):
        known = outlook.water_demand_m3ph[0, :, w]
        np.testing.assert_allclose(known, run.flow("water_demand_m3ph", tank.name)[0], rtol=1e-9, atol=1e-12)


def test_rain_runs_at_the_rate_of_the_month() -> None:
    """Fukui: 212.9 mm in the 30 days of September, 153.8 mm in the 31 of October."""
    roof = {"area_m2": 240.0, "runoff_frac": 0.5}
    place = {"latitude_deg": 35.6, "longitude_deg": 135.9, "climate": "imajo"}
    period = {"start": "2019-09-30", "days": 2, "control_step_min": 60, "planning_step_min": 60}
    tank = {"capacity_m3": 50.0, "initial_frac": 0.0, "quality": "non_potable", "roof": roof}
    run = Hands(area({"hub": {"water_tank": {"r": tank}}}, place=place, period=period)).play()
    per_hour = 240.0 * 0.5 / 1_000.0 / 24.0
    assert run.flow("rain_m3ph", "hub.water_tank.r")[0, [23, 24]] == pytest.approx(
        [per_hour * 212.9 / 30.0, per_hour * 153.8 / 31.0]
    )
    assert run.level("water_m3", "hub.water_tank.r")[0, -1] == pytest.approx(
        24.0 * per_hour * (212.9 / 30 + 153.8 / 31)
    )


def test_a_water_truck_that_waits_for_its_road_ends_the_rationing_when_it_comes() -> None:
    truck = {"to": "hub.water_tank.w", "amount": 4.0, "order": "reorder", "reorder_frac": 0.5, "travel_h": 2.0}
    links = {"R1": LINKS["R1"], "R2": {**LINKS["R2"], "b": "hub"}, "R3": {**LINKS["R3"], "a": "hub"}}
    spec = hub(
        {"drinking": 48.0, "bath": 72.0},
        water_tank={"w": {"capacity_m3": 10.0, "stops_below_frac": {"bath": 0.3}}},
        road_link=links,
        delivery={"truck": {**truck, "depot": "depot", "vehicle_t": 8.0}},
    )
    hours = np.full((3, 1, 3, 1), -inf)
    for name in ("R1", "R3"):
        hours[:, 0, list(links).index(name), 0] = (3.0, 20.0, 20.0)
    closed = RoadDraws(closes_h=hours[0], opens_h=hours[1], limited_until_h=hours[2])
    hands = crowd(spec)
    draws = hands.draws()
    world = World(spec, replace(draws, delivery=replace(draws.delivery, links=closed)), 0)
    world.advance(spec.clock.duration_h)
    run = collect(spec, draws, [world], planned_by="hand", perfect_information=False)
    assert chain(run, "water_rationed") == ["water_rationed", "delivery_late", "road_closed", "strike"]
    (over,) = [event for event in run.events if event.kind == "ration_over"][:1]
    (come,) = [event for event in run.events if event.kind == "delivery_arrived"][:1]
    assert over.time_h == come.time_h > 20.0


def test_a_leak_after_shaking_brings_the_rationing_forward() -> None:
    tank = {"capacity_m3": 10.0, "stops_below_frac": {"bath": 0.5}}
    spec = hub({"bath": 24.0}, water_tank={"w": tank}, shaking=SHAKING)
    run = played(crowd(spec), ("hub.water_tank.w", 0, 2, 40.0), shock_h=(3.0, 12.0))
    assert chain(run, "water_rationed") == ["water_rationed", "damaged", "strike"]
    rationed = next(event.time_h for event in run.events if event.kind == "water_rationed")
    assert rationed == pytest.approx(3.0 + 5.0 / (0.1 + 0.05 * 10.0))


def test_a_city_s_plan_is_89_litres_a_person_in_a_week_under_a_planner_and_50_m3_are_enough_for_561() -> None:
    """3 days of 3 L and 4 of 20 L: 21 L to drink, 12 to cook, 16 to wash, 40 to flush; 561 x 89 L are 49.9 m3."""
    outage = {"main": {"outage": {"strike": {"kind": "schedule", "hours": 100}}}, "other": {}}
    spec = hub({}, days=8, gym={"water_plan": "fujinomiya"}, feeder=outage,
               water_tank={"w": {"capacity_m3": 50.0}})  # fmt: skip
    spec = spec.model_copy(update={"planner": spec.planner.model_copy(update={"replan_every_h": 24.0})})
    run = replan(spec, crowd(spec, 561.0).draws(), HiGHS())
    week = slice(6, 6 + 7 * 48)
    asked, lacking = run.flows["water_use_demand_m3ph"], run.flows["water_use_unserved_m3ph"]
    litres = asked.values[0, week].sum(axis=0) * 0.5 * 1_000.0 / 561.0
    assert dict(zip(asked.elements, litres.tolist(), strict=True)) == pytest.approx(
        {
            f"{GYM}.drinking": 21.0,
            f"{GYM}.cooking": 12.0,
            f"{GYM}.hygiene": 16.0,
            f"{GYM}.flushing": 40.0,
            f"{GYM}.bath": 0.0,
        }
    )
    assert litres.sum() == pytest.approx(89.0)
    assert lacking.values[0, week].sum() == 0.0
    assert run.level("water_m3", "hub.water_tank.w")[0, week.stop] == pytest.approx(50.0 - 561 * 0.089)


BIG = hub(
    {"drinking": 3.0, "cooking": 6.0, "hygiene": 8.0, "flushing": 30.0, "bath": 40.0},
    gym={"flushing_tank": "rain", "floor_area_m2": 20_000.0},
    water_tank={
        "w": {
            "capacity_m3": 12.0, "mains_m3ph": 0.6, "mains_fail_with_hazard": False, "daily_use_m3": 6.0,
            "daily_use_stops": False, "daily_use_for": "hygiene", "stops_below_frac": {"flushing": 0.2, "bath": 0.5},
        },
        "pool": {"capacity_m3": 6.0, "quality": "non_potable", "mains_m3ph": 0.05, "mains_fail_with_hazard": False},
        "rain": {
            "capacity_m3": 3.0, "quality": "non_potable", "initial_frac": 0.5,
            "roof": {"area_m2": 900.0, "rain_mm_per_day": 12.0},
        },
    },
    pump={"pond": {"tank": "rain", "rated_m3ph": 0.4, "kwh_per_m3": 0.5, "refill_below_frac": 0.3}},
    treatment={
        "t": {"tank": "w", "raw_tank": "pool", "rated_m3ph": 0.9, "kwh_per_m3": 1.5, "recovered_frac": 0.7},
        "river": {"tank": "w", "rated_m3ph": 0.3, "kwh_per_m3": 1.5},
    },
    delivery={"truck": {"to": "hub.water_tank.w", "amount": 3.0, "order": "reorder", "reorder_frac": 0.3}},
)  # fmt: skip


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    people=st.floats(0.0, 2_000.0),
    outage=st.tuples(st.floats(0.0, 30.0), st.floats(0.5, 12.0)),
    leak_m3ph=st.sampled_from([0.0, 0.3]),
)
@example(people=31.0, outage=(1.1, 4.067048394973352), leak_m3ph=0.3)  # a leak in a tank that its pumps keep full
def test_water_of_either_quality_comes_in_goes_out_or_stays(
    people: float, outage: tuple[float, float], leak_m3ph: float
) -> None:
    hands = crowd(BIG, people).outage(outage[0], outage[0] + outage[1])
    hands.wanting[:, 40:60] *= 0.3
    draws = hands.draws()
    world = World(BIG, draws, 0)
    world.check_balance = True
    world.water_tanks[0].leak_m3ph = leak_m3ph
    world.advance(BIG.clock.duration_h)
    run = collect(BIG, draws, [world], planned_by="hand", perfect_information=False)
    step_h = run.clock.step_h

    def total(quantity: str, element: str) -> float:
        series = run.flows.get(quantity)
        return float(run.flow(quantity, element)[0].sum() * step_h) if series and element in series.elements else 0.0

    into = {"w": ["hub.treatment.t", "hub.treatment.river"], "pool": [], "rain": ["hub.pump.pond"]}
    for name, pumps in into.items():
        tank = f"hub.water_tank.{name}"
        level = run.level("water_m3", tank)[0]
        came = total("mains_m3ph", tank) + total("rain_m3ph", tank) + sum(total("pump_m3ph", pump) for pump in pumps)
        came += total("delivered", "truck") if name == "w" else 0.0
        used = total("water_demand_m3ph", tank) - total("water_unserved_m3ph", tank) + total("water_spilled_m3ph", tank)
        used += total("raw_water_m3ph", "hub.treatment.t") if name == "pool" else 0.0
        left = level[0] + came - used - level[-1]
        if name == "w" and leak_m3ph:
            assert 0.0 <= left <= leak_m3ph * 48.0 * (1.0 + 1e-9)
        else:
            assert abs(left) <= 1e-9 * (level[0] + came)
    asked = sum(total("water_use_demand_m3ph", f"{GYM}.{use}") for use in WATER_USES) + 12.0
    lacking = sum(total("water_use_unserved_m3ph", f"{GYM}.{use}") for use in WATER_USES)
    lacking += total("water_use_unserved_m3ph", "hub.water_tank.w.hygiene")
    served = sum(
        total("water_demand_m3ph", tank.name) - total("water_unserved_m3ph", tank.name) for tank in BIG.water_tanks
    )
    assert abs(asked - lacking - served) <= 1e-9 * max(asked, 1.0), "every use is served by one tank or lacks"
