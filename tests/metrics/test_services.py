"""What a shelter's people get: water to drink before water to wash, hours served, and hours that they went without."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulation.events.trajectory import Series, Trajectory
from simulation.metrics.metrics import assess
from simulation.metrics.reference import Reference
from simulation.metrics.services import services
from simulation.metrics.survival import Service, given
from simulation.scenario.spec import Spec
from tests.metrics.trajectories import during, made, two_buildings

HALL, TANK = "hub.shelter.hall", "hub.water_tank.tank"


def hub_spec() -> Spec:
    """A shelter that drinks from the tank: 3 L a day at first, 20 L from 12 h after the strike at 06:00 on."""
    spec = two_buildings()
    hub = spec.building["hub"].model_dump(exclude_unset=True)
    hub["shelter"]["hall"] |= {
        "water_tank": "tank",
        "water_step": [{"from_day": 0, "l_per_person_day": 3}, {"from_day": 0.5, "l_per_person_day": 20}],
    }
    mall = spec.building["mall"].model_dump(exclude_unset=True)
    return two_buildings(building={"mall": mall, "hub": hub})


def found(spec: Spec, values: dict) -> dict[str, Service]:
    return {service.name: service for service in services(spec, made(spec, values))}


def thirsty(spec: Spec, lacking_frac: float) -> dict[str, Service]:
    """90 people from the strike on; the tank gives all but a share from 20:00 to 22:00."""
    demand = 1.0
    values = {
        ("people", HALL): during(spec, 12, 48, 90.0),
        ("water_demand_m3ph", TANK): demand,
        ("water_unserved_m3ph", TANK): during(spec, 40, 44, lacking_frac * demand),
    }
    return found(spec, values)


@pytest.mark.parametrize(
    ("lacking_frac", "drinking", "washing"),
    [(0.5, 0.0, 10.0 / 17.0), (0.85, 0.0, 1.0), (0.9, 1.0 / 3.0, 1.0), (1.0, 1.0, 1.0)],
)
def test_people_drink_first_and_wash_with_the_rest(lacking_frac: float, drinking: float, washing: float) -> None:
    """Of 20 L a day 3 are drunk: with half of it 10 L are left, 3 to drink and 7 of 17 to wash."""
    there = thirsty(hub_spec(), lacking_frac)
    for use, share in (("drinking", drinking), ("washing", washing)):
        lost = there[f"{HALL}.{use}"].unserved_person_h
        assert lost is not None
        assert lost.sum() == pytest.approx(90.0 * 2.0 * share)


def test_only_what_is_asked_for_can_be_lacking() -> None:
    """Before the second step of the need nobody is promised water to wash."""
    spec = hub_spec()
    values = {
        ("people", HALL): during(spec, 12, 48, 90.0),
        ("water_demand_m3ph", TANK): 1.0,
        ("water_unserved_m3ph", TANK): during(spec, 20, 22, 1.0),
    }
    there = found(spec, values)
    washing, drinking = there[f"{HALL}.washing"].unserved_person_h, there[f"{HALL}.drinking"].unserved_person_h
    assert washing is not None
    assert drinking is not None
    assert washing.sum() == 0.0
    assert drinking.sum() == pytest.approx(90.0)


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
