"""Survival: when a service counts as lost, and what the curve then shows."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from simulation.events.trajectory import EventRecord
from simulation.metrics.estimate import of_proportion
from simulation.metrics.interruptions import Interruptions
from simulation.metrics.reference import Reference, reference
from simulation.metrics.services import services
from simulation.metrics.survival import Service, curve, ends_h, survived
from simulation.scenario.spec import Spec
from tests.metrics.trajectories import during, made, two_buildings

STRIKE = Reference(start_h=np.array([6.0]), horizon_h=18.0, words="from the strike")


def _service(*spans: tuple[float, float], gap_min: float = 60.0) -> Service:
    return Service(
        name="hub.critical",
        meaning="critical power",
        allowed_gap_min=gap_min,
        served_threshold_frac=0.99,
        interruptions=Interruptions(
            row=np.zeros(len(spans), dtype=np.int64),
            start_h=np.array([start for start, _ in spans]),
            end_h=np.array([end for _, end in spans]),
        ),
    )


def _end(service: Service) -> float:
    return float(ends_h(service, STRIKE)[0])


@pytest.mark.parametrize(
    ("spans", "gap_min", "end"),
    [
        ([], 60.0, math.inf),
        ([(10.0, 11.0)], 60.0, math.inf),
        ([(10.0, 11.0 + 1 / 60)], 60.0, 4.0),
        ([(10.0, 10.5), (12.0, 12.5), (13.0, 15.0)], 60.0, 7.0),
        ([(6.0, 6.0 + 1 / 60)], 1.0, math.inf),
        ([(6.0, 6.0 + 1 / 60)], 0.0, 0.0),
        ([(2.0, 5.9)], 60.0, math.inf),
        ([(2.0, 6.9)], 60.0, math.inf),
        ([(2.0, 7.1)], 60.0, 0.0),
    ],
    ids=[
        "never interrupted",
        "exactly the gap is no loss",
        "a minute more is",
        "short ones do not add up",
        "a start delay within the gap",
        "no gap: any start delay is a loss",
        "before the strike does not count",
        "counts only from the strike on",
        "under way at the strike, and too long after it",
    ],
)
def test_when_a_service_is_lost(spans: list[tuple[float, float]], gap_min: float, end: float) -> None:
    assert _end(_service(*spans, gap_min=gap_min)) == pytest.approx(end)


def test_an_area_loses_its_service_with_the_first_building_by_that_buildings_rule() -> None:
    patient, strict = _service((8.0, 10.0), gap_min=180.0), _service((12.0, 12.5), gap_min=1.0)
    area = replace(_service(gap_min=1.0), parts=(patient, strict))
    assert _end(area) == pytest.approx(6.0)
    assert area.rule == "below 99 % served for more than 1 min to 3 h"


def test_curve_of_known_ends() -> None:
    """Ends at 0, 2 and 5 h and one that lasts: a service that ends at hour h has lasted h hours."""
    four = Reference(start_h=np.zeros(4), horizon_h=6.0, words="from the start")
    found = curve(_service(), np.array([0.0, 2.0, 5.0, np.inf]), four, 1.0)
    np.testing.assert_allclose(found.alive_frac, [1, 0.75, 0.75, 0.5, 0.5, 0.5, 0.25])
    assert (found.low_frac <= found.alive_frac).all()
    assert (found.high_frac >= found.alive_frac).all()
    half = of_proportion(2, 4)
    assert found.at(3.0) == pytest.approx((0.5, half.low, half.high))
    assert found.at(2.5)[0] == 0.5, "between two hours the later, lower share"
    assert found.at(99.0)[0] == 0.25


def test_hours_survived_are_cut_at_the_horizon() -> None:
    two = Reference(start_h=np.zeros(2), horizon_h=30.0, words="from the start")
    found = survived(_service(), np.array([7.0, np.inf]), two)
    np.testing.assert_array_equal(found["survived_h[hub.critical]"].values, [7.0, 30.0])
    np.testing.assert_array_equal(found["alive_at_24_h[hub.critical]"].values, [0.0, 1.0])
    np.testing.assert_array_equal(found["alive_at_30_h[hub.critical]"].values, [0.0, 1.0])


def test_engine_without_repair_follows_its_exponential() -> None:
    """One engine, mean time to failure 1,100 h, always needed: exp(-t / 1,100) after 24, 72 and 96 h, at 3 errors."""
    n = 4_000
    fails_h = np.random.default_rng(21).exponential(1_100.0, n)
    dark = Interruptions(row=np.arange(n), start_h=fails_h, end_h=np.full(n, np.inf))
    service = replace(_service(gap_min=0.0), interruptions=dark)
    start = Reference(start_h=np.zeros(n), horizon_h=96.0, words="from the start")
    found = curve(service, ends_h(service, start), start, 1.0)
    for hours in (24.0, 72.0, 96.0):
        truth = math.exp(-hours / 1_100)
        assert abs(found.at(hours)[0] - truth) < 3 * math.sqrt(truth * (1 - truth) / n)


def _shed(hour: float, kind: str) -> EventRecord:
    return EventRecord(scenario=0, time_h=hour, element="hub.critical", kind=kind, value=40.0, text=kind)


def _found(spec: Spec, values: dict, events: tuple[EventRecord, ...] = ()) -> dict[str, Service]:
    return {service.name: service for service in services(spec, made(spec, values, events=events))}


def test_a_start_delay_of_a_minute_keeps_critical_power_only_if_events_tell_it() -> None:
    spec = two_buildings()
    values = {("demand_kw", "hub.critical"): 40.0, ("unserved_kw", "hub.critical"): during(spec, 12, 13, 40.0 / 30)}
    events = (_shed(6.0, "shedding_began"), _shed(6.0 + 1 / 60, "shedding_ended"))
    assert _end(_found(spec, values, events)["hub.critical"]) == math.inf
    assert _end(_found(spec, values)["hub.critical"]) == 0.0


def test_a_shortage_within_the_threshold_is_no_interruption() -> None:
    spec = two_buildings()
    demand = {("demand_kw", "hub.critical"): 40.0}
    shallow = demand | {("unserved_kw", "hub.critical"): during(spec, 20, 40, 0.39)}
    deep = demand | {("unserved_kw", "hub.critical"): during(spec, 20, 40, 0.41)}
    assert _end(_found(spec, shallow)["hub.critical"]) == math.inf
    assert _end(_found(spec, deep)["hub.critical"]) == pytest.approx(4.0)


def test_every_service_of_the_hub_is_there_with_its_own_rule() -> None:
    spec = two_buildings()
    values = {
        ("demand_kw", "hub.critical"): 40.0,
        ("demand_kw", "mall.critical"): 50.0,
        ("demand_kw", "mall.comfort"): 50.0,
        ("water_demand_m3ph", "hub.water_tank.tank"): 1.0,
        ("vehicle_demand_lph", "hub.fuel_tank.diesel"): 20.0,
        ("vehicle_unserved_lph", "hub.fuel_tank.diesel"): during(spec, 30, 48, 20.0) + during(spec, 29, 30, 5.0),
        ("people", "hub.shelter.hall"): 90.0,
        ("turned_away", "hub.shelter.hall"): during(spec, 20, 30, 3.0),
        ("communications_up_frac", "hub.communications.base"): 1.0 - during(spec, 40, 48),
    }
    found = _found(spec, values)
    assert list(found) == [
        "area.critical",
        "mall.critical",
        "mall.comfort",
        "hub.critical",
        "hub.water_tank.tank",
        "hub.fuel_tank.diesel",
        "hub.communications.base",
        "hub.shelter.hall",
    ]
    assert found["mall.comfort"].rule == "below 99 % served for more than 24 h"
    assert found["hub.shelter.hall"].rule == "below 100 % served at any moment"
    assert _end(found["hub.fuel_tank.diesel"]) == pytest.approx(14.875 - 6)
    assert _end(found["hub.communications.base"]) == pytest.approx(14.0)
    assert _end(found["hub.shelter.hall"]) == pytest.approx(4.0)
    assert _end(found["hub.water_tank.tank"]) == math.inf


@pytest.mark.parametrize(
    ("gap_min", "served_frac", "room_ends_h", "radio_ends_h"),
    [(0.0, 1.0, 4.0, 14.0), (0.0, 0.9, math.inf, 14.0), (299.0, 1.0, 4.0, math.inf), (301.0, 1.0, math.inf, math.inf)],
)
def test_a_shelter_and_a_base_station_bear_the_gaps_that_they_are_allowed(
    gap_min: float, served_frac: float, room_ends_h: float, radio_ends_h: float
) -> None:
    """Three in 93 find no room for 5 h; the base station is silent for 4 h."""
    hub = two_buildings().building["hub"].model_dump(exclude_unset=True)
    hub["shelter"]["hall"] |= {"allowed_gap_min": gap_min, "served_threshold_frac": served_frac}
    hub["communications"]["base"] = {"allowed_gap_min": gap_min}
    mall = two_buildings().building["mall"].model_dump(exclude_unset=True)
    spec = two_buildings(building={"mall": mall, "hub": hub})
    values = {
        ("people", "hub.shelter.hall"): 90.0,
        ("turned_away", "hub.shelter.hall"): during(spec, 20, 30, 3.0),
        ("communications_up_frac", "hub.communications.base"): 1.0 - during(spec, 40, 48),
    }
    found = _found(spec, values)
    assert _end(found["hub.shelter.hall"]) == pytest.approx(room_ends_h)
    assert _end(found["hub.communications.base"]) == pytest.approx(radio_ends_h)


def test_survival_counts_from_the_strike() -> None:
    spec = two_buildings()
    start = reference(spec, made(spec, {}))
    assert (start.start_h[0], start.horizon_h, start.words) == (6.0, 18.0, "from the strike")


def test_without_a_strike_from_the_first_outage_of_each_scenario() -> None:
    spec = _peaceful()
    up = np.ones((3, spec.clock.n_steps))
    up[0, 10:] = 0.0
    up[1, 20] = 0.25
    start = reference(spec, made(spec, {("grid_up_frac", "town"): up}, n=3))
    np.testing.assert_allclose(start.start_h, [5.0, 10.125, 0.0])
    assert start.horizon_h == pytest.approx(24 - 10.125)
    assert start.words == "from the first outage"


def test_without_any_outage_from_the_start_of_the_period() -> None:
    spec = _peaceful()
    rounding = 1.0 - 1e-12
    start = reference(spec, made(spec, {("grid_up_frac", "town"): rounding}))
    assert (start.start_h[0], start.horizon_h) == (0.0, 24.0)


def _peaceful() -> Spec:
    building = two_buildings().building["mall"].model_dump(exclude_unset=True)
    return two_buildings(building={"mall": building}, tieline={}, hazard=None)
