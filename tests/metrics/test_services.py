"""What a shelter's people get: water use by use, hours served, and hours that they went without."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulation.events.trajectory import EventRecord, Series, Trajectory
from simulation.metrics.metrics import assess
from simulation.metrics.reference import Reference
from simulation.metrics.services import services
from simulation.metrics.survival import Service, given
from simulation.scenario.spec import Spec
from tests.metrics.trajectories import during, made, two_buildings

HALL, TANK = "hub.shelter.hall", "hub.water_tank.tank"


def hub_spec(**tank: object) -> Spec:
    """A shelter whose people draw from the tank: 3 L a day at first, 20 L from 12 h after the strike at 06:00 on."""
    spec = two_buildings()
    hub = spec.building["hub"].model_dump(exclude_unset=True)
    hub["shelter"]["hall"] |= {
        "water_tank": "tank",
        "water_step": [{"from_day": 0, "l_per_person_day": 3}, {"from_day": 0.5, "l_per_person_day": 20}],
    }
    hub["water_tank"]["tank"] |= tank
    mall = spec.building["mall"].model_dump(exclude_unset=True)
    return two_buildings(building={"mall": mall, "hub": hub})


def found(spec: Spec, values: dict) -> dict[str, Service]:
    return {service.name: service for service in services(spec, made(spec, values))}


def test_every_use_is_a_service_of_its_own_and_is_lost_by_itself() -> None:
    """90 people; from 20:00 to 22:00 half of the water to wash with and nothing to flush with, and all to drink."""
    spec = hub_spec()
    values: dict = {("people", HALL): during(spec, 12, 48, 90.0)}
    for use, lacking_frac in (("drinking", 0.0), ("hygiene", 0.5), ("flushing", 1.0)):
        values["water_use_demand_m3ph", f"{HALL}.{use}"] = 0.2
        values["water_use_unserved_m3ph", f"{HALL}.{use}"] = during(spec, 40, 44, 0.2 * lacking_frac)
    there = found(spec, values)
    lost = {use: there[f"{HALL}.{use}"].unserved_person_h for use in ("drinking", "hygiene", "flushing")}
    assert {use: float(hours.sum()) for use, hours in lost.items() if hours is not None} == pytest.approx(
        {"drinking": 0.0, "hygiene": 90.0, "flushing": 180.0}
    )
    assert there[f"{HALL}.drinking"].interruptions.row.size == 0
    assert there[f"{HALL}.flushing"].interruptions.start_h == pytest.approx([20.0])
    assert f"{HALL}.bath" not in there


def test_rationing_dates_the_loss_of_a_use_to_the_minute() -> None:
    spec = hub_spec(stops_below_frac={"flushing": 0.3, "bath": 0.3})
    bare = made(
        spec,
        {
            ("people", HALL): during(spec, 12, 48, 90.0),
            ("water_use_demand_m3ph", f"{HALL}.flushing"): 0.2,
            ("water_use_unserved_m3ph", f"{HALL}.flushing"): during(spec, 40, 41, 0.1) + during(spec, 41, 44, 0.2),
        },
    )
    told = [
        EventRecord(scenario=0, time_h=hour, element=f"{TANK}.flushing", kind=kind, value=0.0, text="")
        for hour, kind in ((20.25, "water_rationed"), (22.0, "ration_over"))
    ]
    flushing = next(one for one in services(spec, replace(bare, events=tuple(told))) if one.name == f"{HALL}.flushing")
    assert flushing.interruptions.start_h == pytest.approx([20.25])
    assert flushing.interruptions.end_h == pytest.approx([22.0])
    assert [trouble.element for trouble in flushing.troubles] == [TANK, f"{TANK}.flushing"]


def test_hours_served_and_person_hours_of_food_and_toilets() -> None:
    spec = hub_spec()
    values = {
        ("people", HALL): during(spec, 12, 48, 90.0),
        ("without_food", HALL): during(spec, 40, 48, 90.0),
        ("without_toilet", HALL): during(spec, 12, 48, 40.0),
    }
    metrics = assess(spec, _with_lacks(spec, values))
    assert metrics.estimates[f"served_h[{HALL}.food]"].mean == pytest.approx(14.0)
    assert metrics.estimates[f"unserved_person_h[{HALL}.food]"].mean == pytest.approx(360.0)
    assert metrics.estimates[f"unserved_person_h[{HALL}.toilets]"].mean == pytest.approx(18.0 * 40.0)
    assert metrics.estimates[f"served_h[{HALL}.toilets]"].mean == pytest.approx(0.0)


def test_what_a_wrecked_hall_gives_is_lost_with_its_floor_and_its_people_count_once() -> None:
    """90 people come at 06:00; the floor is gone from 10:00 on; store, toilets, power and tank are whole."""
    spec = hub_spec()
    none = np.zeros(spec.clock.n_steps)
    values = {
        ("people", HALL): during(spec, 12, 20, 90.0),
        ("turned_away", HALL): during(spec, 20, 48, 90.0),
        ("without_food", HALL): none,
        ("without_toilet", HALL): none,
        ("demand_kw", "hub.essential"): 6.0,
    }
    metrics = assess(spec, _with_lacks(spec, values))
    for what in ("", ".food", ".toilets", ".charging", ".drinking"):
        assert metrics.estimates[f"survived_h[{HALL}{what}]"].mean == pytest.approx(4.0), what
        assert metrics.estimates[f"served_h[{HALL}{what}]"].mean == pytest.approx(4.0), what
        lost = metrics.estimates[f"unserved_person_h[{HALL}{what}]"].mean
        assert lost == pytest.approx(0.0 if what else 14.0 * 90.0), what


def test_phones_are_charged_while_the_tier_of_the_shelter_has_power() -> None:
    """A third of the essential load for two hours, 90 people: 60 person-hours; before anybody came nobody missed it."""
    spec = hub_spec()
    values = {
        ("people", HALL): during(spec, 12, 48, 90.0),
        ("demand_kw", "hub.essential"): 6.0,
        ("unserved_kw", "hub.essential"): during(spec, 40, 44, 2.0) + during(spec, 4, 8, 6.0),
    }
    lost = found(spec, values)[f"{HALL}.charging"].unserved_person_h
    assert lost is not None
    assert lost.sum() == pytest.approx(60.0)


def test_an_interruption_counts_within_the_horizon_only() -> None:
    spec = hub_spec()
    values = {("communications_up_frac", "hub.communications.base"): 1.0 - during(spec, 8, 16)}
    station = found(spec, values)["hub.communications.base"]
    start = Reference(start_h=np.array([6.0]), horizon_h=18.0, words="from the strike")
    assert given(station, start)["served_h[hub.communications.base]"].values == pytest.approx([16.0])


def test_a_dead_base_station_is_missed_by_the_people_beside_it() -> None:
    spec = hub_spec()
    values = {
        ("people", HALL): during(spec, 12, 48, 90.0),
        ("communications_up_frac", "hub.communications.base"): 1.0 - during(spec, 40, 44),
    }
    lost = found(spec, values)["hub.communications.base"].unserved_person_h
    assert lost is not None
    assert lost.sum() == pytest.approx(180.0)


def _with_lacks(spec: Spec, values: dict) -> Trajectory:
    """A Trajectory by hand that also says who goes without food and toilets."""
    lacks = {name: values.pop((name, HALL)) for name in ("without_food", "without_toilet")}
    base = made(spec, values)
    series = {
        name: Series(values=lack[None, :, None], elements=(HALL,), unit="people", meaning=name)
        for name, lack in lacks.items()
    }
    return replace(base, flows={**base.flows, **series})
