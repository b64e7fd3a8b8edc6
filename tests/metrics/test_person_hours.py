"""Person-hours without power and without fuel, by hand, and their root causes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulation.events.trajectory import EventRecord, Series, Trajectory
from simulation.metrics.causes import UNTOLD
from simulation.metrics.metrics import Metrics, assess
from simulation.scenario.spec import Spec
from tests.metrics.trajectories import during, made, two_buildings

HALL, PUBLIC = "hub.shelter.hall", "hub.service_station.pumps.public"
TITLE = "hours that people went without a service"


def area(*, mall: dict | None = None, hub: dict | None = None, tank: dict | None = None) -> Spec:
    """The mall and the hub with something added to either, or to the tank that vehicles draw from."""
    spec = two_buildings()
    data = {name: building.model_dump(exclude_unset=True) for name, building in spec.building.items()}
    data["mall"] |= mall or {}
    data["hub"] |= hub or {}
    data["hub"]["fuel_tank"]["diesel"] |= tank or {}
    return two_buildings(building=data)


def person_h(found: Metrics, service: str) -> float:
    return found.estimates[f"unserved_person_h[{service}]"].mean


def test_ten_people_with_half_of_a_tier_for_two_hours() -> None:
    values = {
        ("demand_kw", "mall.critical"): 50.0,
        ("unserved_kw", "mall.critical"): during(two_buildings(), 20, 24, 25.0),
    }
    spec = area(mall={"people": 10})
    assert person_h(assess(spec, made(spec, values)), "mall.critical") == pytest.approx(10.0)
    nobody = area()
    assert "unserved_person_h[mall.critical]" not in assess(nobody, made(nobody, values)).estimates


def test_those_in_the_hall_and_those_who_live_there_rely_on_a_building_and_the_area_is_their_sum() -> None:
    """Critical power away for an hour: from 8 residents and 90 in the hall of the hub, from 10 at the mall."""
    spec = area(mall={"people": 10}, hub={"people": 8})
    values = {("people", HALL): during(spec, 12, 48, 90.0)}
    for name in ("mall", "hub"):
        values |= {
            ("demand_kw", f"{name}.critical"): 40.0,
            ("unserved_kw", f"{name}.critical"): during(spec, 30, 32, 40.0),
        }
    found = assess(spec, made(spec, values))
    assert person_h(found, "hub.critical") == pytest.approx(98.0)
    assert person_h(found, "area.critical") == pytest.approx(108.0)
    (table,) = (table for table in found.causes if table.title == TITLE)
    assert table.whole.mean == pytest.approx(108.0)  # the area is not counted once more


def test_nobody_misses_deferrable_load_for_longer_than_the_step_in_which_it_is_lost() -> None:
    """40 kWh of a whole morning are lost in a half-hour that asks for 1 kWh."""
    spec = area(mall={"people": 10})
    values = {("demand_kw", "mall.deferrable"): 2.0, ("unserved_kw", "mall.deferrable"): during(spec, 30, 31, 80.0)}
    assert person_h(assess(spec, made(spec, values)), "mall.deferrable") == pytest.approx(5.0)


def test_drivers_who_share_a_demand_miss_what_it_lacks() -> None:
    """Six vehicles draw 20 L/h; for two hours they get a quarter."""
    tank, spec = "hub.fuel_tank.diesel", area(tank={"vehicles": 6})
    values = {("vehicle_demand_lph", tank): 20.0, ("vehicle_unserved_lph", tank): during(spec, 20, 24, 15.0)}
    assert person_h(assess(spec, made(spec, values)), tank) == pytest.approx(9.0)
    unknown = area()
    assert f"unserved_person_h[{tank}]" not in assess(unknown, made(unknown, values)).estimates


@pytest.mark.parametrize("people", [1.0, 2.5])
def test_a_queue_of_known_length(people: float) -> None:
    """Ten cars of 30 L at the edges from 10:00 to 12:00, none half an hour before and after: 25 vehicle-hours."""
    spec = station(people)
    found = assess(spec, waiting(spec, dict.fromkeys(range(20, 25), 300.0)))
    assert person_h(found, PUBLIC) == pytest.approx(25.0 * people)


def test_who_waits_after_a_stop_counts_with_it_until_nobody_does() -> None:
    """Ten cars from 10:00 to 13:00, stopped from 10:30 to 11:00; ten from 15:00 to 16:00, of whom no event tells.

    A second stop, at 20:00, leaves nobody without.
    """
    spec = station(1.0)
    events = tuple(
        EventRecord(scenario=0, time_h=hour, element=PUBLIC, kind=kind, value=0.0, text="")
        for hour in (10.5, 20.0)
        for hour, kind in ((hour, "public_sale_stopped"), (hour + 0.5, "public_sale_resumed"))
    )
    edges = dict.fromkeys((*range(20, 27), *range(30, 33)), 300.0)
    (table,) = (t for t in assess(spec, waiting(spec, edges, events)).causes if t.title == TITLE)
    amounts = {row.root: row.amount.mean for row in table.rows}
    stopped = "public sale stopped at service station pumps.public at hub"
    assert amounts == pytest.approx({stopped: 5.0 * 5 + 2.5, UNTOLD: 2.5 + 5.0 + 2.5 + 10.0 + 2.5})
    assert sum(amounts.values()) == pytest.approx(table.whole.mean)


def test_a_stop_ends_where_the_next_trouble_begins() -> None:
    """Ten cars all day: stopped at 02:00, sold again at 03:00, a queue too long from 06:00 to 07:00."""
    spec = station(1.0)
    told = (
        (2.0, "public_sale_stopped"),
        (3.0, "public_sale_resumed"),
        (6.0, "queue_too_long"),
        (7.0, "queue_gone"),
    )
    events = tuple(
        EventRecord(scenario=0, time_h=hour, element=PUBLIC, kind=kind, value=0.0, text="") for hour, kind in told
    )
    (table,) = (
        t for t in assess(spec, waiting(spec, dict.fromkeys(range(49), 300.0), events)).causes if t.title == TITLE
    )
    amounts = {row.root.partition(" at ")[0]: row.amount.mean for row in table.rows}
    assert amounts == pytest.approx({UNTOLD: 20.0, "public sale stopped": 40.0, "queue too long": 180.0})


def station(people: float) -> Spec:
    """The hub with pumps for the public, who ask for 30 L each."""
    public = {"per_day": 100, "litres": 30, "people": people}
    return area(hub={"service_station": {"pumps": {"tank": "diesel", "public": public}}})


def waiting(spec: Spec, edges: dict[int, float], events: tuple[EventRecord, ...] = ()) -> Trajectory:
    """A Trajectory by hand with litres that the public still wants at some edges [L]."""
    bare = made(spec, {}, events=events)
    level = np.zeros((1, spec.clock.n_steps + 1, 1))
    level[0, list(edges), 0] = list(edges.values())
    flows = {
        f"station_{word}": np.full((1, spec.clock.n_steps, 1), value)
        for word, value in (
            ("asked_lph", 125.0),
            ("served_lph", 125.0),
            ("lost_lph", 0.0),
            ("rationed_lph", 0.0),
            ("left_lph", 0.0),
            ("queue_vehicles", 0.0),
        )
    }

    def series(values: np.ndarray) -> Series:
        return Series(values=values, elements=(PUBLIC,), unit="-", meaning="by hand")

    return replace(
        bare,
        flows={**bare.flows, **{name: series(values) for name, values in flows.items()}},
        levels={**bare.levels, "station_waiting_l": series(level)},
    )
