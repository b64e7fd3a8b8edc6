"""Stocks: when each ran out, and what ran out first."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.events.trajectory import EventRecord, Trajectory
from simulation.metrics.reference import reference
from simulation.metrics.stocks import first_to_run_out, hours_to_empty, run_out
from tests.metrics.trajectories import made, two_buildings

FUEL, WATER, LI, FOOD = "hub.fuel_tank.diesel", "hub.water_tank.tank", "hub.battery.li", "hub.shelter.hall food"


def _hours(spec, trajectory: Trajectory) -> dict[str, np.ndarray]:
    return hours_to_empty(spec, trajectory, reference(spec, trajectory))


def test_a_tank_that_empties_evenly_runs_out_when_it_should() -> None:
    """950 L from 6:00 at 100 L/h are gone after 9.5 h; without events, at the next edge of a step."""
    spec = two_buildings()
    level = np.clip(950.0 - 100.0 * np.clip(spec.clock.hours - 6.0, 0, None), 0, None)
    found = _hours(spec, made(spec, {("fuel_l", FUEL): level}))
    assert found[FUEL][0] == pytest.approx(9.5)
    assert np.isinf(found[WATER][0])


def test_an_event_tells_the_minute_and_survives_a_refill_within_the_step() -> None:
    spec = two_buildings()
    empty = EventRecord(scenario=0, time_h=7.3, element=FUEL, kind="stock_empty", value=0.0, text="empty")
    found = _hours(spec, made(spec, {}, events=(empty,)))
    assert found[FUEL][0] == pytest.approx(1.3)


def test_food_is_told_by_its_shelter() -> None:
    spec = two_buildings()
    empty = EventRecord(scenario=0, time_h=20.0, element="hub.shelter.hall", kind="stock_empty", value=0.0, text="")
    assert _hours(spec, made(spec, {}, events=(empty,)))[FOOD][0] == pytest.approx(14.0)


def test_a_battery_emptied_while_the_grid_is_up_has_not_run_out() -> None:
    spec = two_buildings()
    level = np.full(spec.clock.n_steps + 1, 50.0)
    level[20:30] = 0.0
    dark = np.ones(spec.clock.n_steps)
    assert np.isinf(_hours(spec, made(spec, {("battery_kwh", LI): level}))[LI][0])
    dark[24:26] = 0.0
    lost = _hours(spec, made(spec, {("battery_kwh", LI): level, ("grid_up_frac", "town"): dark}))
    assert lost[LI][0] == pytest.approx(12.5 - 6.0)


def test_what_was_never_filled_does_not_run_out() -> None:
    spec = two_buildings()
    assert FOOD not in _hours(spec, made(spec, {("food_person_days", "hub.shelter.hall"): 0.0}))


def test_first_to_run_out_counts_every_scenario_once() -> None:
    hours = {
        "fuel": np.array([30.0, 50.0, np.inf, 10.0, 10.0]),
        "water": np.array([40.0, 20.0, np.inf, 30.0, 10.0]),
    }
    counts = first_to_run_out(hours)
    assert counts == {"fuel": 3, "water": 1, "nothing ran out": 1}
    assert sum(counts.values()) == 5
    assert list(counts)[0] == "fuel"


def test_estimates_of_a_stock_that_ran_out_in_some_scenarios() -> None:
    found = run_out({"fuel": np.array([30.0, 50.0, np.inf, np.inf])})
    share, hours = found["ran_out[fuel]"].estimate(), found["hours_to_empty[fuel]"].estimate()
    assert (share.mean, share.n) == (0.5, 4)
    assert (hours.mean, hours.n) == (40.0, 2)
    never = run_out({"fuel": np.array([np.inf, np.inf])})["hours_to_empty[fuel]"].estimate()
    assert str(never) == "no scenario to count"
