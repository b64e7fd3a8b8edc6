"""Engines: started on time, in time for a plan, failed, repaired, out of fuel, at minimum load."""

from __future__ import annotations

import numpy as np
import pytest

from tests.events.worlds import BATTERY, DIESEL, GRID, Hands, area, set_points, texts

TANK = {"fuel": "diesel", "capacity_l": 950.0}
ENGINE = {**DIESEL, "rated_kw": 50.0, "fuel_tank": "t"}


def _home(engine: dict, **more: dict) -> dict:
    return {"home": {"grid": GRID, "genset": {"g": engine}, "fuel_tank": {"t": TANK}, **more}}


def test_an_automatic_start_takes_its_delay_and_not_a_step() -> None:
    spec = area(_home({**ENGINE, "start_delay_min": 1.0}))
    run = Hands(spec).demand("home", critical=30.0).outage(3.0, 9.0).play()
    assert run.flows["unserved_kw"].values.sum() * 0.5 == pytest.approx(30.0 / 60.0)
    assert texts(run, "genset_started", "genset_stopped") == [
        "2019-09-09 03:01 home.genset.g started",
        "2019-09-09 09:00 home.genset.g stopped: the grid is back",
    ]


def test_fuel_follows_its_line_and_the_tank_ends_when_it_should() -> None:
    engine = {**ENGINE, "fuel_slope_l_per_kwh": 0.244, "fuel_intercept_lph_per_kw": 0.0355}
    spec = area(_home(engine), days=6)
    run = Hands(spec).demand("home", critical=30.0).outage(0.0, 144.0).play()
    hours = 950.0 / (0.244 * 30.0 + 0.0355 * 50.0)
    (ended,) = [event.time_h for event in run.events if event.kind == "genset_out_of_fuel"]
    assert ended == pytest.approx(hours, abs=1e-9)
    assert run.flows["genset_fuel_lph"].values.sum() * 0.5 == pytest.approx(950.0)
    assert run.flows["unserved_kw"].values.sum() * 0.5 == pytest.approx(30.0 * (144.0 - hours))


def test_a_failed_start_is_repaired_and_tried_again() -> None:
    spec = area(_home(ENGINE))
    hands = Hands(spec, lives=2).demand("home", critical=30.0).outage(3.0, 20.0)
    hands.start_fails[:, :, 0] = True
    hands.repair_h[:] = 4.5
    run = hands.play()
    assert np.flatnonzero(run.flow("unserved_kw", "home.critical")[0]).tolist() == list(range(6, 15))
    kinds = [event.kind for event in run.events if event.kind.startswith("genset")]
    assert kinds == ["genset_start_failed", "genset_repaired", "genset_started", "genset_stopped"]


def test_lives_count_running_hours_only() -> None:
    spec = area(_home(ENGINE), days=2)
    hands = Hands(spec, lives=2).demand("home", critical=30.0).outage(3.0, 6.0).outage(20.0, 40.0, slot=1)
    hands.life_h[:, :, 0] = 5.0
    hands.repair_h[:, :, 0] = 1.0
    run = hands.play()
    failed = [event.time_h for event in run.events if event.kind == "genset_failed"]
    assert failed == [pytest.approx(22.0)]
    assert run.flows["unserved_kw"].values.sum() * 0.5 == pytest.approx(30.0)


def test_an_unfit_engine_never_starts() -> None:
    spec = area(_home(ENGINE))
    hands = Hands(spec).demand("home", critical=30.0).outage(3.0, 9.0)
    hands.available[:] = False
    run = hands.play()
    assert run.flows["genset_kw"].values.sum() == 0.0
    assert run.flows["unserved_kw"].values.sum() * 0.5 == pytest.approx(180.0)


def test_the_other_engine_takes_over_at_once_when_one_fails() -> None:
    spec = area({"home": {"grid": GRID, "genset": {"g": {**DIESEL, "rated_kw": 50.0, "count": 2}}}})
    hands = Hands(spec).demand("home", critical=30.0).outage(3.0, 9.0)
    hands.life_h[0, 0] = 1.2
    run = hands.play()
    assert run.flows["unserved_kw"].values.sum() == 0.0
    assert run.flow("genset_kw", "home.genset.g_1")[0, 7] == pytest.approx(15.0)
    assert run.flow("genset_kw", "home.genset.g_2")[0, 9] == pytest.approx(30.0)


def test_minimum_load_goes_into_the_battery_then_pushes_pv_back_then_into_a_load_bank() -> None:
    engine = {**ENGINE, "min_load_frac": 0.6}
    more = {"battery": {"b": {**BATTERY, "charge_kw": 5.0, "forms_grid": False}}, "pv": {"p": {"rated_kw": 9.0}}}
    spec = area(_home(engine, **more))
    run = Hands(spec).demand("home", critical=10.0).sun("home.pv.p", 4.0).outage(3.0, 9.0).play()
    step = 8
    assert run.flow("genset_kw", "home.genset.g")[0, step] == pytest.approx(30.0)
    assert run.flow("charge_kw", "home.battery.b")[0, step] == pytest.approx(5.0)
    assert run.flow("pv_kw", "home.pv.p")[0, step] == 0.0
    assert run.flow("dumped_kw", "home")[0, step] == pytest.approx(15.0)


def test_of_two_engines_one_rests_where_both_would_fall_below_minimum_load() -> None:
    engine = {**DIESEL, "rated_kw": 50.0, "count": 2, "min_load_frac": 0.4}
    spec = area({"home": {"grid": GRID, "genset": {"g": engine}}})
    run = Hands(spec).demand("home", critical=30.0).outage(3.0, 9.0).play()
    assert run.flow("genset_kw", "home.genset.g_1")[0, 8] == pytest.approx(30.0)
    assert run.flow("genset_running_frac", "home.genset.g_2")[0, 8] == 0.0
    assert run.flows["dumped_kw"].values.sum() == 0.0


def test_a_planned_start_is_made_in_time() -> None:
    engine = {**ENGINE, "operation": "always", "start_delay_min": 20.0}
    spec = area(_home(engine))
    plan = np.zeros((1, 48, 1))
    plan[0, 10:14] = 25.0
    run = Hands(spec).demand("home", critical=30.0).play(set_points(spec, genset_kw=plan))
    assert run.flow("genset_kw", "home.genset.g")[0] == pytest.approx(plan[0, :, 0])
    assert run.flow("import_kw", "home")[0, 9:11] == pytest.approx([30.0, 5.0])


def test_an_emergency_engine_ignores_a_plan_while_the_grid_is_up() -> None:
    spec = area(_home(ENGINE))
    run = Hands(spec).demand("home", critical=30.0).play(set_points(spec, genset_kw=np.array([20.0])))
    assert run.flows["genset_kw"].values.sum() == 0.0


def test_a_plan_that_did_not_foresee_the_outage_is_dropped_for_local_rules() -> None:
    building = _home(ENGINE, battery={"b": BATTERY})
    spec = area(building)
    plan = set_points(spec, charge_kw=np.array([10.0]))
    run = Hands(spec).demand("home", critical=30.0).outage(3.0, 9.0).play(plan)
    assert run.flow("charge_kw", "home.battery.b")[0, 5:8].tolist() == [10.0, 0.0, 0.0]
    assert run.flow("genset_kw", "home.genset.g")[0, 7] == pytest.approx(30.0)


def test_a_plan_that_foresees_it_rations_stored_energy_to_protected_loads() -> None:
    battery = {**BATTERY, "initial_level_frac": 1.0}
    spec = area({"home": {"grid": GRID, "battery": {"b": battery}}})
    plan = set_points(spec, discharge_kw=np.array([5.0]))
    hands = Hands(spec).demand("home", critical=4.0, essential=3.0, comfort=6.0).outage(3.0, 9.0)
    run = hands.play(plan, foreseen=True)
    step = 8
    assert run.flow("discharge_kw", "home.battery.b")[0, step] == pytest.approx(7.0)
    assert run.flow("unserved_kw", "home.comfort")[0, step] == pytest.approx(6.0)


def test_an_engine_trips_with_the_grid_unless_it_rides_through() -> None:
    for rides_through, lost in ((False, 30.0), (True, 0.0)):
        engine = {
            **DIESEL,
            "rated_kw": 50.0,
            "operation": "always",
            "rides_through": rides_through,
            "start_delay_min": 60.0,
        }
        spec = area({"home": {"grid": GRID, "genset": {"g": engine}}})
        plan = np.zeros((1, 48, 1))
        plan[0, 2:] = 20.0
        run = Hands(spec).demand("home", critical=30.0).outage(3.0, 9.0).play(set_points(spec, genset_kw=plan))
        assert run.flows["unserved_kw"].values.sum() * 0.5 == pytest.approx(lost)


def test_a_tank_that_is_filled_again_brings_its_engine_back() -> None:
    building = _home({**ENGINE, "start_delay_min": 6.0})
    building["home"]["fuel_tank"] = {"t": {"fuel": "diesel", "capacity_l": 100.0}}
    tanker = {"to": "home.fuel_tank.t", "amount": 80.0, "first_after_h": 15.0, "travel_h": 1.0, "every_h": 100.0}
    spec = area(building, days=2, hazard={"start": "2019-09-09T00:00"}, delivery={"tanker": tanker})
    run = Hands(spec).demand("home", critical=30.0).outage(0.0, 48.0).play()
    kinds = [event.kind for event in run.events if event.kind.startswith("genset")]
    assert kinds == ["genset_starting", "genset_started", "genset_out_of_fuel"] * 2
    burnt = run.flows["genset_fuel_lph"].values.sum() * 0.5
    assert burnt == pytest.approx(180.0)
    assert 48 * 30.0 - run.flows["unserved_kw"].values.sum() * 0.5 == pytest.approx(180.0 / 0.28769)


def test_a_building_without_a_grid_lives_on_its_engine_from_the_first_moment() -> None:
    spec = area({"farm": {"genset": {"g": {**DIESEL, "rated_kw": 50.0}}}})
    run = Hands(spec).demand("farm", critical=30.0).play()
    assert run.flows["unserved_kw"].values.sum() == 0.0
    assert run.flow("genset_kw", "farm.genset.g")[0] == pytest.approx(np.full(48, 30.0))
