"""Neighbours: the most precious load of everybody first, over several lines, within capacity, loss and source."""

from __future__ import annotations

import numpy as np
import pytest

from tests.events.worlds import BATTERY, DIESEL, GRID, Hands, area, set_points

ELSEWHERE = {**GRID, "feeder": "other"}


def _line(a: str, b: str, **more: object) -> dict:
    return {"a": a, "b": b, "capacity_ab_kw": 40.0, "capacity_ba_kw": 40.0, "loss_frac": 0.1, **more}


def _engine(rated_kw: float) -> dict:
    return {"g": {**DIESEL, "rated_kw": rated_kw}}


def test_help_comes_at_the_next_tick_and_not_before() -> None:
    spec = area({"a": {"grid": GRID, "genset": _engine(100.0)}, "b": {"grid": GRID}}, tieline={"l": _line("a", "b")})
    hands = Hands(spec).demand("a", critical=30.0).demand("b", critical=18.0).outage(3.25, 9.0)
    run = hands.play()
    assert run.flow("unserved_kw", "b.critical")[0, 6:8] == pytest.approx([9.0, 0.0])
    assert run.flow("sent_kw", "l:a>b")[0, 7] == pytest.approx(20.0)
    assert run.flow("genset_kw", "a.genset.g")[0, 7] == pytest.approx(50.0)


def test_it_reaches_over_several_lines_and_pays_every_loss() -> None:
    buildings = {"a": {"grid": GRID, "genset": _engine(100.0)}, "b": {"grid": GRID}, "c": {"grid": GRID}}
    spec = area(buildings, tieline={"x": _line("a", "b"), "y": _line("c", "b")})
    run = Hands(spec).demand("c", critical=8.1).outage(3.0, 9.0).play()
    assert run.flow("unserved_kw", "c.critical")[0, 8] == pytest.approx(0.0, abs=1e-12)
    assert run.flow("sent_kw", "y:b>c")[0, 8] == pytest.approx(9.0)
    assert run.flow("sent_kw", "x:a>b")[0, 8] == pytest.approx(10.0)


def test_the_line_is_the_limit() -> None:
    spec = area({"a": {"grid": GRID, "genset": _engine(100.0)}, "b": {"grid": GRID}}, tieline={"l": _line("a", "b")})
    run = Hands(spec).demand("b", critical=50.0).outage(3.0, 9.0).play()
    assert run.flow("sent_kw", "l:a>b")[0, 8] == pytest.approx(40.0)
    assert run.flow("unserved_kw", "b.critical")[0, 8] == pytest.approx(14.0)


def test_a_neighbour_gives_up_comfort_for_critical_load_but_never_its_own_equal() -> None:
    spec = area({"a": {"grid": GRID, "genset": _engine(50.0)}, "b": {"grid": GRID}}, tieline={"l": _line("a", "b")})
    hands = Hands(spec).demand("a", critical=30.0, comfort=20.0).demand("b", critical=27.0).outage(3.0, 9.0)
    run = hands.play()
    assert run.flow("unserved_kw", "a.critical")[0, 8] == 0.0
    assert run.flow("unserved_kw", "a.comfort")[0, 8] == pytest.approx(20.0)
    assert run.flow("unserved_kw", "b.critical")[0, 8] == pytest.approx(9.0)


def test_nobody_gives_up_comfort_for_somebody_elses_comfort() -> None:
    spec = area({"a": {"grid": GRID, "genset": _engine(50.0)}, "b": {"grid": GRID}}, tieline={"l": _line("a", "b")})
    run = Hands(spec).demand("a", comfort=50.0).demand("b", comfort=9.0).outage(3.0, 9.0).play()
    assert run.flow("unserved_kw", "a.comfort")[0, 8] == 0.0
    assert run.flow("unserved_kw", "b.comfort")[0, 8] == pytest.approx(9.0)


def test_sun_that_would_be_spilt_is_given_first() -> None:
    building = {"grid": GRID, "genset": _engine(100.0), "battery": {"b": {**BATTERY, "initial_level_frac": 1.0}}}
    spec = area(
        {"a": {**building, "pv": {"p": {"rated_kw": 90.0}}}, "b": {"grid": GRID}}, tieline={"l": _line("a", "b")}
    )
    run = Hands(spec).demand("b", critical=18.0).sun("a.pv.p", 35.0).outage(3.0, 9.0).play()
    assert run.flow("pv_kw", "a.pv.p")[0, 8] == pytest.approx(20.0)
    assert run.flow("discharge_kw", "a.battery.b")[0, 8] == 0.0


@pytest.mark.parametrize(("own_only", "arrives"), [(False, 18.0), (True, 0.0)])
def test_grid_power_does_not_pass_a_line_for_own_sources_only(own_only: bool, arrives: float) -> None:
    spec = area(
        {"a": {"grid": ELSEWHERE}, "b": {"grid": GRID}}, tieline={"l": _line("a", "b", own_source_only=own_only)}
    )
    run = Hands(spec).demand("b", critical=18.0).outage(3.0, 9.0).play()
    assert 18.0 - run.flow("unserved_kw", "b.critical")[0, 8] == pytest.approx(arrives)


def test_own_sources_pass_it_and_only_as_far_as_they_go() -> None:
    building = {"grid": ELSEWHERE, "pv": {"p": {"rated_kw": 90.0}}}
    spec = area({"a": building, "b": {"grid": GRID}}, tieline={"l": _line("a", "b", own_source_only=True)})
    run = Hands(spec).demand("a", critical=30.0).demand("b", critical=18.0).sun("a.pv.p", 10.0).outage(3.0, 9.0).play()
    assert run.flow("sent_kw", "l:a>b")[0, 8] == pytest.approx(10.0)
    assert run.flow("import_kw", "a")[0, 8] == pytest.approx(30.0)


def test_a_plan_is_cut_to_what_own_sources_give() -> None:
    building = {"grid": ELSEWHERE, "pv": {"p": {"rated_kw": 90.0}}}
    spec = area({"a": building, "b": {"grid": GRID}}, tieline={"l": _line("a", "b", own_source_only=True)})
    plan = set_points(spec, sent_kw=np.array([25.0, 0.0]))
    run = Hands(spec).demand("b", critical=50.0).sun("a.pv.p", 15.0).play(plan)
    assert run.flow("sent_kw", "l:a>b")[0] == pytest.approx(np.full(48, 15.0))
    assert run.flow("import_kw", "b")[0] == pytest.approx(np.full(48, 50.0 - 13.5))


def test_grid_power_is_not_laundered_over_a_third_building() -> None:
    buildings = {"a": {"grid": ELSEWHERE}, "b": {"grid": GRID}, "c": {"grid": GRID}}
    lines = {"x": _line("a", "b"), "y": _line("b", "c", own_source_only=True)}
    spec = area(buildings, tieline=lines)
    run = Hands(spec).demand("c", critical=9.0).outage(3.0, 9.0).play()
    assert run.flow("unserved_kw", "c.critical")[0, 8] == pytest.approx(9.0)


def test_a_sender_that_falls_short_cuts_what_it_sends_before_its_own_protected_load() -> None:
    buildings = {"a": {"grid": GRID, "genset": {"g": {**DIESEL, "rated_kw": 50.0, "count": 2}}}, "b": {"grid": GRID}}
    spec = area(buildings, tieline={"l": _line("a", "b")})
    hands = Hands(spec).demand("a", essential=45.0).demand("b", essential=27.0).outage(3.0, 9.0)
    hands.life_h[0, 0] = 2.2
    run = hands.play()
    assert run.flow("sent_kw", "l:a>b")[0, 8] == pytest.approx(30.0)
    assert run.flow("unserved_kw", "a.essential")[0].max() == 0.0
    assert run.flow("unserved_kw", "b.essential")[0, 11] == pytest.approx(27.0 - 4.5)


@pytest.mark.parametrize(
    ("operation", "before", "during"), [("always", 10.0, 10.0), ("normal", 10.0, 0.0), ("emergency", 0.0, 10.0)]
)
def test_lines_are_closed_when_they_should_be(operation: str, before: float, during: float) -> None:
    spec = area(
        {"a": {"grid": ELSEWHERE}, "b": {"grid": ELSEWHERE}, "c": {"grid": GRID}},
        tieline={"l": _line("a", "c", operation=operation)},
    )
    plan = set_points(spec, sent_kw=np.array([10.0, 0.0]))
    run = Hands(spec).demand("c", critical=9.0).outage(3.0, 9.0).play(plan)
    assert run.flow("sent_kw", "l:a>c")[0, [4, 8]] == pytest.approx([before, during])


def test_a_line_of_no_capacity_equals_separate_buildings() -> None:
    buildings = {"a": {"grid": GRID, "genset": _engine(40.0)}, "b": {"grid": ELSEWHERE, "battery": {"x": BATTERY}}}
    line = {"l": {"a": "a", "b": "b", "capacity_ab_kw": 0.0, "capacity_ba_kw": 0.0}}
    runs = []
    for tieline in ({}, line):
        spec = area(buildings, tieline=tieline)
        hands = Hands(spec).demand("a", critical=50.0, comfort=5.0).demand("b", critical=20.0)
        runs.append(hands.outage(3.0, 9.0).outage(5.0, 20.0, feeder="other").play())
    for name in ("unserved_kw", "import_kw", "genset_kw", "discharge_kw"):
        assert np.array_equal(runs[0].flows[name].values, runs[1].flows[name].values)


def test_scarcity_is_shared_by_those_who_need_the_same() -> None:
    buildings = {"a": {"grid": GRID, "genset": _engine(20.0)}, "b": {"grid": GRID}, "c": {"grid": GRID}}
    spec = area(buildings, tieline={"x": _line("a", "b"), "y": _line("a", "c")})
    run = Hands(spec).demand("b", critical=18.0).demand("c", critical=18.0).outage(3.0, 9.0).play()
    got = [18.0 - run.flow("unserved_kw", f"{name}.critical")[0, 8] for name in "bc"]
    assert sum(got) == pytest.approx(18.0)
    assert min(got) >= 0.3 * sum(got)


def test_an_engine_at_rest_is_started_for_a_neighbour_who_goes_short() -> None:
    engine = {"g": {**DIESEL, "rated_kw": 30.0, "count": 2, "min_load_frac": 0.6, "start_delay_min": 6.0}}
    spec = area({"a": {"grid": GRID, "genset": engine}, "b": {"grid": GRID}}, tieline={"l": _line("a", "b")})
    load = np.where(np.arange(48) < 12, 0.0, 27.0)
    hands = Hands(spec).demand("a", critical=20.0).demand("b", critical=load).outage(3.0, 9.0)
    run = hands.play()
    assert run.flow("genset_running_frac", "a.genset.g_2")[0, [10, 12, 13]] == pytest.approx([0.0, 0.8, 1.0])
    assert run.flow("unserved_kw", "b.critical")[0, 13] == pytest.approx(0.0, abs=1e-9)


def _chain(a: dict, c: dict, *, b_kw: float = 18.0, c_kw: float = 5.0) -> Hands:
    """A building without sources between two neighbours, of whom ``a`` is asked first; the grid is lost at 2.75."""
    spec = area(
        {"a": {"grid": GRID, **a}, "b": {"grid": GRID}, "c": {"grid": GRID, **c}},
        tieline={"x": _line("a", "b"), "y": _line("c", "b")},
    )
    return Hands(spec).demand("b", critical=b_kw).demand("c", critical=c_kw).outage(2.75, 9.0)


def test_a_battery_that_empties_within_a_step_is_made_up_for_at_once() -> None:
    """20 kW at the terminals empty 50 kWh at 90 % in 2.25 h: in the middle of a step, with an engine next door."""
    store = {"battery": {"s": {**BATTERY, "initial_level_frac": 0.5, "forms_grid": True}}}
    run = _chain(store, {"genset": _engine(100.0)}).play()
    assert run.flow("discharge_kw", "a.battery.s")[0, 9:12] == pytest.approx([20.0, 10.0, 0.0])
    assert run.flow("sent_kw", "y:c>b")[0, 9:12] == pytest.approx([0.0, 10.0, 20.0])
    assert run.flow("unserved_kw", "b.critical")[0, 6:18] == pytest.approx(np.zeros(12), abs=1e-9)


def test_an_engine_that_runs_dry_within_a_step_is_made_up_for_over_a_line_that_carried_nothing() -> None:
    """It is dry after 2.25 h at 20 kW; its own building goes dark with it, the one behind it stays up."""
    tank = {"t": {"fuel": "diesel", "capacity_l": 2.25 * 20.0 * DIESEL["fuel_slope_l_per_kwh"], "initial_frac": 1.0}}
    source = {"genset": {"g": {**DIESEL, "rated_kw": 100.0, "fuel_tank": "t"}}, "fuel_tank": tank}
    run = _chain(source, {"battery": {"s": {**BATTERY, "initial_level_frac": 1.0, "forms_grid": True}}}).play()
    assert run.flow("genset_kw", "a.genset.g")[0, 9:12] == pytest.approx([20.0, 10.0, 0.0])
    assert run.flow("unserved_kw", "b.critical")[0, 6:12] == pytest.approx(np.zeros(6), abs=1e-9)


def test_where_an_engine_fails_within_a_step_only_the_start_of_the_next_one_is_missed() -> None:
    """18 of 27 kW come at once from an engine that runs; the rest from one that is ordered, 6 minutes later."""
    engine = {"rated_kw": 30.0, "min_load_frac": 0.3, "start_delay_min": 6.0, "count": 2}
    first = {"genset": {"g": {**DIESEL, "rated_kw": 30.0}}}
    hands = _chain(first, {"genset": {"g": {**DIESEL, **engine}}}, b_kw=27.0, c_kw=10.0)
    hands.life_h[0, 0] = 2.5
    run = hands.play()
    assert run.flow("genset_running_frac", "c.genset.g_2")[0, 9:12] == pytest.approx([0.0, 0.3, 1.0])
    assert run.flow("unserved_kw", "b.critical")[0, 9:12] == pytest.approx([0.0, 9.0 * 0.1 / 0.5, 0.0], abs=1e-9)
