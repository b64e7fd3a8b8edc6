"""A grid that is lost: who goes dark, for how long, what is shed first, and what the log says of it."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.events.trajectory import Trajectory
from tests.events.worlds import BATTERY, DIESEL, GRID, Hands, area, texts

GAS = {
    "fuel": "natural_gas",
    "fuel_slope_l_per_kwh": 0.3,
    "fuel_jpy_per_l": 80.0,
    "rated_kw": 80.0,
    "count": 2,
    "operation": "always",
    "start": "manual",
    "start_delay_min": 360.0,
}


def _town() -> Trajectory:
    """Mutsuzawa in small: the grid is lost at 03:00, two engines of 80 kW started by hand six hours later."""
    town = {
        "title": "Mutsuzawa",
        "grid": GRID,
        "genset": {"chp": GAS},
        "communications": {"mast": {"feeder": "main", "battery_h": 24.0}},
    }
    spec = area({"town": town}, days=4)
    return Hands(spec).demand("town", critical=40.0, essential=60.0, comfort=30.0).outage(3.0, 57.0).play()


def test_the_town_is_dark_for_six_hours_and_whole_afterwards() -> None:
    unserved = _town().flow("unserved_kw", "town.critical")[0]
    assert np.flatnonzero(unserved).tolist() == list(range(6, 18))
    assert unserved[6:18] == pytest.approx(np.full(12, 40.0))


def test_two_engines_carry_it_for_two_days_within_what_they_can_give() -> None:
    town = _town()
    given = 0.5 * town.flows["genset_kw"].values.sum()
    assert given == pytest.approx(48 * 130.0)
    assert given <= 160.0 * 48


def test_phones_die_with_their_batteries_a_day_after_the_grid() -> None:
    town = _town()
    up = town.flow("communications_up_frac", "town.communications.mast")[0]
    assert np.flatnonzero(up < 1.0).tolist() == list(range(54, 114))
    assert town.level("communications_h", "town.communications.mast")[0, 30] == pytest.approx(12.0)


def test_the_log_tells_the_story_in_words() -> None:
    assert texts(_town(), "grid_lost", "grid_returned", "genset_started", "phones_dead", "phones_alive", "lit") == [
        "2019-09-09 03:00 grid lost on main: Mutsuzawa dark",
        "2019-09-09 09:00 town.genset.chp_1 started",
        "2019-09-09 09:00 town.genset.chp_2 started",
        "2019-09-09 09:00 Mutsuzawa lit again",
        "2019-09-10 03:00 phones at Mutsuzawa dead",
        "2019-09-11 09:00 grid returned on main: Mutsuzawa",
        "2019-09-11 09:00 phones at Mutsuzawa alive again",
    ]


def test_an_outage_between_two_steps_is_counted_to_the_minute() -> None:
    spec = area({"home": {"grid": GRID}})
    played = Hands(spec).demand("home", critical=60.0).outage(3.0 + 7 / 60, 3.0 + 19 / 60).play()
    assert played.flow("unserved_kw", "home.critical")[0, 6] == pytest.approx(60.0 * 12 / 30)
    assert played.flow("grid_up_frac", "main")[0, 6] == pytest.approx(18 / 30)
    assert played.flows["unserved_kw"].values.sum() == pytest.approx(60.0 * 12 / 30)


def test_tiers_are_shed_from_comfort_to_critical_and_in_part() -> None:
    engine = {**DIESEL, "rated_kw": 50.0}
    spec = area({"home": {"grid": GRID, "genset": {"g": engine}}})
    played = Hands(spec).demand("home", critical=30.0, essential=15.0, deferrable=10.0, comfort=20.0).outage(0.0, 24.0)
    run = played.play()
    step = 4
    assert run.flow("unserved_kw", "home.critical")[0, step] == 0.0
    assert run.flow("unserved_kw", "home.essential")[0, step] == 0.0
    assert run.flow("deferrable_kw", "home")[0, step] == pytest.approx(5.0)
    assert run.flow("unserved_kw", "home.comfort")[0, step] == pytest.approx(20.0)


def test_critical_load_is_the_last_to_go() -> None:
    engine = {**DIESEL, "rated_kw": 20.0}
    spec = area({"home": {"grid": GRID, "genset": {"g": engine}}})
    run = Hands(spec).demand("home", critical=30.0, essential=15.0, comfort=20.0).outage(0.0, 24.0).play()
    assert [run.flow("unserved_kw", f"home.{tier}")[0, 3] for tier in ("critical", "essential", "comfort")] == [
        pytest.approx(10.0),
        15.0,
        20.0,
    ]


def test_deferrable_load_waits_and_is_lost_only_at_its_deadline() -> None:
    load = {"constant_kw": 0.0, "tier_frac": {"deferrable": 1.0}, "deadline_h": 6.0}
    spec = area({"home": {"grid": GRID, "load": {"all": load}}}, days=2)
    short = Hands(spec).demand("home", deferrable=10.0).outage(3.0, 8.0).play()
    assert short.flows["unserved_kw"].values.sum() == 0.0
    assert short.level("backlog_kwh", "home")[0, 16] == pytest.approx(50.0)
    long = Hands(spec).demand("home", deferrable=10.0).outage(3.0, 13.0).play()
    lost = long.flow("unserved_kw", "home.deferrable")[0]
    assert np.flatnonzero(lost).tolist() == list(range(18, 26))
    assert lost.sum() * 0.5 == pytest.approx(40.0)


def test_load_present_in_an_outage_only_comes_and_goes_with_it() -> None:
    spec = area({"home": {"grid": GRID, "battery": {"b": BATTERY}}})
    hands = Hands(spec).demand("home", critical=10.0).outage(3.0, 4.25)
    hands.islanded_kw = hands.demand_kw * 0.4
    demand = hands.play().flow("demand_kw", "home.critical")[0]
    assert demand[5:9] == pytest.approx([10.0, 4.0, 4.0, 7.0])


def test_pv_and_batteries_that_cannot_form_a_grid_carry_no_island() -> None:
    for forms, served in ((False, 0.0), (True, 5.0)):
        building = {"grid": GRID, "battery": {"b": {**BATTERY, "forms_grid": forms}}, "pv": {"p": {"rated_kw": 9.0}}}
        spec = area({"home": building})
        run = Hands(spec).demand("home", critical=5.0).sun("home.pv.p", 3.0).outage(3.0, 9.0).play()
        assert 5.0 - run.flow("unserved_kw", "home.critical")[0, 8] == served
        assert run.flow("pv_kw", "home.pv.p")[0, 8] == (3.0 if forms else 0.0)


def test_pv_that_may_not_run_islanded_stops_with_the_grid() -> None:
    pv = {"rated_kw": 9.0, "runs_islanded": False}
    spec = area({"home": {"grid": GRID, "battery": {"b": BATTERY}, "pv": {"p": pv}}})
    run = Hands(spec).demand("home", critical=5.0).sun("home.pv.p", 3.0).outage(3.0, 9.0).play()
    assert run.flow("pv_kw", "home.pv.p")[0, 5:8].tolist() == [3.0, 0.0, 0.0]
    assert run.flow("discharge_kw", "home.battery.b")[0, 5:8].tolist() == [0.0, 5.0, 5.0]


def test_a_step_that_exactly_empties_a_battery_was_served() -> None:
    battery = {**BATTERY, "initial_level_frac": 1.0, "discharge_efficiency_frac": 1.0}
    spec = area({"home": {"grid": GRID, "battery": {"b": battery}}})
    run = Hands(spec).demand("home", critical=50.0).outage(3.0, 9.0).play()
    unserved = run.flow("unserved_kw", "home.critical")[0]
    assert np.flatnonzero(unserved).tolist() == list(range(10, 18))
    assert run.level("battery_kwh", "home.battery.b")[0, 10] == 0.0


def test_failure_comes_before_service_within_an_instant() -> None:
    spec = area({"home": {"grid": GRID, "genset": {"g": {**DIESEL, "rated_kw": 50.0, "operation": "emergency"}}}})
    hands = Hands(spec).demand("home", critical=10.0).outage(3.0, 9.0)
    hands.life_h[:] = 2.0
    unserved = hands.play().flow("unserved_kw", "home.critical")[0]
    assert np.flatnonzero(unserved).tolist() == list(range(10, 18))
