"""Damage in the event model: what each kind of component no longer does, when it is mended, and what comes again."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Any

import numpy as np
import pytest

from simulation.draws.mains import MainsDraws
from simulation.draws.outage import OutageDraws
from simulation.draws.shaking import ShakingDraws, components, sample_shaking
from simulation.events.collect import collect
from simulation.events.trajectory import Trajectory
from simulation.events.world import World
from simulation.physics.fragility import reached_probabilities
from simulation.scenario.fragility import read_fragility
from tests.events.test_causes import chain
from tests.events.worlds import BATTERY, DIESEL, GRID, Hands, area, texts

STRIKE = {"start": "2019-09-09T02:00"}
SHAKING: dict[str, Any] = {
    "median_g": 0.5,
    "fragility": {"genset": "genset", "pump": "pump_plant", "water_tank": "water_tank", "building": "public_hall"},
    "aftershock": {"second": {"after_h": 10.0, "median_g": 0.4}},
}
ENGINE = {"genset": {"g": {**DIESEL, "rated_kw": 50.0}}}


def played(hands: Hands, *hits: tuple[str, int, int, float], shock_h: tuple[float, float] = (2.0, 12.0)) -> Trajectory:
    """Run with damage made by hand: name, shock, state, and the hour at which it is mended."""
    draws = hands.draws()
    names = [component.name for component in components(hands.spec)]
    state = np.zeros((1, 2, len(names)), dtype=np.int64)
    mended_h = np.full((1, 2, len(names)), -inf)
    for name, shock, number, hour in hits:
        state[0, shock, names.index(name)], mended_h[0, shock, names.index(name)] = number, hour
    shaking = ShakingDraws(shock_h=np.array([shock_h]), site_g=np.zeros((1, 2, 1)), state=state, mended_h=mended_h)
    world = World(hands.spec, replace(draws, shaking=shaking), 0)
    world.check_balance = True
    world.advance(hands.clock.duration_h)
    return collect(hands.spec, draws, [world], planned_by="hand", perfect_information=False)


LOST_H = pytest.mark.parametrize("lost_h", [1.0, 2.0, 3.0], ids=["before", "at the strike", "after"])
"""When the grid is lost beside the strike at 02:00, which also damages something of the place's own."""


@LOST_H
def test_a_damaged_engine_is_out_until_it_is_mended(lost_h: float) -> None:
    spec = area({"home": {"grid": GRID, **ENGINE}}, days=2, hazard=STRIKE, shaking=SHAKING)
    hands = Hands(spec).demand("home", critical=10.0).outage(lost_h, 40.0)
    run = played(hands, ("home.genset.g", 0, 2, 9.0))
    unserved = run.flow("unserved_kw", "home.critical")[0]
    assert np.flatnonzero(unserved).tolist() == list(range(4 if lost_h < 3.0 else 6, 18))
    assert chain(run, "shedding_began", -1) == ["shedding_began", "dark", "damaged", "strike"]
    assert texts(run, "damaged", "mended") == [
        "2019-09-09 02:00 home.genset.g: moderate damage",
        "2019-09-09 09:00 home.genset.g mended",
    ]


def test_an_aftershock_that_takes_the_grid_again_is_not_to_blame_while_the_engine_is_out() -> None:
    """Out from the strike until 20:00, dark from 02:00 to 08:00 and, with the grid lost again, from 12:00 to 20:00."""
    spec = area({"home": {"grid": GRID, **ENGINE}}, days=2, hazard=STRIKE, shaking=SHAKING)
    hands = Hands(spec).demand("home", critical=10.0).outage(2.0, 8.0).outage(12.0, 40.0, slot=1)
    run = played(hands, ("home.genset.g", 0, 2, 20.0))
    unserved = run.flow("unserved_kw", "home.critical")[0]
    assert np.flatnonzero(unserved).tolist() == [*range(4, 16), *range(24, 40)]
    for nth in (0, 1):
        assert chain(run, "dark", nth) == ["dark", "damaged", "strike"]


def test_light_damage_stops_nothing_and_is_told() -> None:
    spec = area({"home": {"grid": GRID, **ENGINE}}, days=2, hazard=STRIKE, shaking=SHAKING)
    hands = Hands(spec).demand("home", critical=10.0).outage(3.0, 40.0)
    run = played(hands, ("home.genset.g", 0, 1, 9.0))
    assert run.flows["unserved_kw"].values.sum() == 0.0
    assert texts(run, "damaged") == ["2019-09-09 02:00 home.genset.g: slight damage, it works on"]


def test_a_second_hit_before_it_is_mended_keeps_it_out_until_the_later_hour() -> None:
    spec = area({"home": {"grid": GRID, **ENGINE}}, days=2, hazard=STRIKE, shaking=SHAKING)
    hands = Hands(spec).demand("home", critical=10.0).outage(1.0, 47.0)
    for second, out in ((20.0, range(4, 40)), (13.0, range(4, 30))):
        run = played(hands, ("home.genset.g", 0, 2, 15.0), ("home.genset.g", 1, 2, second))
        assert np.flatnonzero(run.flow("unserved_kw", "home.critical")[0]).tolist() == list(out)


def test_an_engine_under_repair_that_is_damaged_waits_for_the_mending() -> None:
    spec = area({"home": {"grid": GRID, **ENGINE}}, days=2, hazard=STRIKE, shaking=SHAKING)
    hands = Hands(spec, lives=2).demand("home", critical=10.0).outage(1.0, 47.0)
    hands.life_h[0, 0], hands.repair_h[0, 0] = [0.5, 99.0], [3.0, 1.0]
    run = played(hands, ("home.genset.g", 0, 2, 9.0))
    assert np.flatnonzero(run.flow("unserved_kw", "home.critical")[0]).tolist() == list(range(3, 18))


def test_a_damaged_pump_lifts_nothing_and_a_leak_empties_the_tank() -> None:
    water = {"capacity_m3": 10.0, "daily_use_m3": 12.0, "daily_use_stops": False}
    pump = {"tank": "w", "rated_m3ph": 1.0, "kwh_per_m3": 1.0}
    building = {"grid": GRID, "water_tank": {"w": water}, "pump": {"p": pump}}
    spec = area({"hub": building}, days=2, hazard=STRIKE, shaking=SHAKING)
    run = played(Hands(spec), ("hub.pump.p", 0, 2, 26.0), ("hub.water_tank.w", 0, 2, 22.0))
    level = run.level("water_m3", "hub.water_tank.w")[0]
    assert level[4] == pytest.approx(10.0)
    assert level[24] == pytest.approx(10.0 - 10 * (0.5 + 0.05 * 10.0))
    assert level[24:53] == pytest.approx(np.zeros(29))
    assert level[54] > 0.0
    leaked = 0.5 * run.flow("water_leaked_m3ph", "hub.water_tank.w")[0].sum()
    asked = 0.5 * run.flow("water_demand_m3ph", "hub.water_tank.w")[0].sum()
    short = 0.5 * run.flow("water_unserved_m3ph", "hub.water_tank.w")[0].sum()
    lifted = 0.5 * run.flow("pump_m3ph", "hub.pump.p")[0].sum()
    assert leaked == pytest.approx(5.0)
    assert level[0] + lifted - leaked - (asked - short) == pytest.approx(level[-1], abs=1e-9)
    assert chain(run, "stock_empty") == ["stock_empty", "damaged", "strike"]


@pytest.mark.parametrize(
    ("shock", "empty_h", "behind"), [(0, 12.0, ["damaged", "strike"]), (1, 22.0, ["damaged", "aftershock", "strike"])]
)
@pytest.mark.parametrize("part", ["water_tank.w", "pump.p"])
def test_a_shock_that_takes_the_mains_and_what_stands_in_for_them_is_told_by_the_latter(
    part: str, shock: int, empty_h: float, behind: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """10 m3, of which 1 m3/h is used; the pump lifts half of it.  Without it, or with a leak, the tank lasts ten hours.

    The mains are out from 02:00 to 47:00, or until 05:00 and again from the aftershock on.
    """
    water = {"capacity_m3": 10.0, "mains_m3ph": 2.0, "daily_use_m3": 24.0, "daily_use_stops": False}
    pump = {"tank": "w", "rated_m3ph": 0.5, "kwh_per_m3": 1.0}
    building = {"grid": GRID, "water_tank": {"w": water | {"mains_return": "noto_water_weibull"}}, "pump": {"p": pump}}
    hands = Hands(area({"hub": building}, days=2, hazard=STRIKE, shaking=SHAKING))
    again = OutageDraws(start_h=np.array([[[12.0]]]), end_h=np.array([[[47.0]]])) if shock == 1 else None
    drawn = MainsDraws(return_h=np.array([[47.0 if shock == 0 else 5.0]]), again=again)
    made = hands.draws()
    monkeypatch.setattr(hands, "draws", lambda: replace(made, mains=drawn))
    run = played(hands, (f"hub.{part}", shock, 2, 46.0))
    (empty,) = [event for event in run.events if event.kind == "stock_empty"]
    assert empty.time_h == pytest.approx(empty_h)
    assert chain(run, "stock_empty") == ["stock_empty", *behind]


def test_a_leak_in_an_empty_tank_takes_what_flows_in_before_it_can_rise() -> None:
    water = {"capacity_m3": 10.0, "initial_frac": 0.0, "mains_m3ph": 0.6, "mains_fail_with_hazard": False,
             "daily_use_m3": 9.6, "daily_use_stops": False}  # fmt: skip
    spec = area({"hub": {"grid": GRID, "water_tank": {"w": water}}}, days=2, hazard=STRIKE, shaking=SHAKING)
    run = played(Hands(spec), ("hub.water_tank.w", 0, 2, 40.0))
    assert run.flows["water_unserved_m3ph"].values.sum() == 0.0
    assert run.level("water_m3", "hub.water_tank.w")[0, 40] == 0.0
    assert run.flow("water_leaked_m3ph", "hub.water_tank.w")[0, 40] == pytest.approx(0.2)


def test_a_damaged_hall_turns_people_away_until_its_floor_is_back() -> None:
    shelter = {"floor_area_m2": 350.0, "peak_people": 90.0}
    spec = area({"hub": {"grid": GRID, "shelter": {"hall": shelter}}}, days=2, hazard=STRIKE, shaking=SHAKING)
    hands = Hands(spec)
    hands.wanting[:, 5:] = 80.0
    run = played(hands, ("hub", 0, 2, 20.0))
    away = run.flow("turned_away", "hub.shelter.hall")[0]
    assert away[5:40] == pytest.approx(np.full(35, 30.0))
    assert away[40:].sum() == 0.0
    assert chain(run, "people_turned_away") == ["people_turned_away", "damaged", "strike"]


@LOST_H
def test_a_damaged_line_carries_nothing(lost_h: float) -> None:
    shaking = SHAKING | {"fragility": {"tieline": "power_line"}}
    line = {"a": "a", "b": "b", "capacity_ab_kw": 50.0, "capacity_ba_kw": 50.0, "loss_frac": 0.0}
    homes = {"a": dict(ENGINE), "b": {"grid": GRID}}
    spec = area(homes, days=2, hazard=STRIKE, shaking=shaking, tieline={"wire": line})
    hands = Hands(spec).demand("b", critical=10.0).outage(lost_h, 40.0)
    run = played(hands, ("wire", 0, 1, 8.0))
    out = list(range(4 if lost_h < 3.0 else 6, 16))
    assert np.flatnonzero(run.flow("unserved_kw", "b.critical")[0]).tolist() == out
    assert chain(run, "shedding_began", -1) == ["shedding_began", "dark", "damaged", "strike"]


def test_a_line_that_breaks_within_a_step_while_everybody_has_the_grid_carries_nothing_until_it_is_mended() -> None:
    """b's contract falls short by 5 kW, which a lends over the wire: from 02:15 to 08:00 it is broken."""
    shaking = SHAKING | {"fragility": {"tieline": "power_line"}}
    line = {"a": "a", "b": "b", "capacity_ab_kw": 50.0, "capacity_ba_kw": 50.0, "loss_frac": 0.0, "operation": "always"}
    homes = {"a": {"grid": GRID}, "b": {"grid": {**GRID, "contract_kw": 5.0}}}
    spec = area(homes, days=2, hazard=STRIKE, shaking=shaking, tieline={"wire": line})
    run = played(Hands(spec).demand("b", critical=10.0), ("wire", 0, 1, 8.0), shock_h=(2.25, 12.0))
    sent_kw = run.flow("sent_kw", "wire:a>b")[0]
    assert sent_kw[3:6] == pytest.approx([5.0, 2.5, 0.0])
    assert sent_kw[14:18] == pytest.approx([0.0, 0.0, 5.0, 5.0])


def test_an_engine_that_an_aftershock_breaks_within_a_step_is_made_up_for_at_once() -> None:
    """The engine that carried b breaks at 12:15; c's battery takes over then, not at 12:30."""
    store = {"battery": {"s": {**BATTERY, "initial_level_frac": 1.0, "forms_grid": True}}}
    wire = {"b": "b", "capacity_ab_kw": 40.0, "capacity_ba_kw": 40.0, "loss_frac": 0.1}
    homes = {"a": {"grid": GRID, **ENGINE}, "b": {"grid": GRID}, "c": {"grid": GRID, **store}}
    wires = {"x": {"a": "a", **wire}, "y": {"a": "c", **wire}}
    spec = area(homes, days=2, hazard=STRIKE, shaking=SHAKING, tieline=wires)
    hands = Hands(spec).demand("b", critical=18.0).outage(11.0, 14.0)
    run = played(hands, ("a.genset.g", 1, 2, 40.0), shock_h=(2.0, 12.25))
    assert run.flow("genset_kw", "a.genset.g")[0, 23:26] == pytest.approx([20.0, 10.0, 0.0])
    assert run.flow("sent_kw", "y:c>b")[0, 23:26] == pytest.approx([0.0, 10.0, 20.0])
    assert run.flow("unserved_kw", "b.critical")[0, 23:28] == pytest.approx(np.zeros(5), abs=1e-9)


def test_an_aftershock_takes_a_grid_that_had_come_back() -> None:
    spec = area({"home": {"grid": GRID}}, days=2, hazard=STRIKE, shaking=SHAKING)
    hands = Hands(spec).demand("home", critical=10.0).outage(2.0, 8.0).outage(12.0, 15.0, slot=1)
    run = played(hands)
    assert texts(run, "strike", "aftershock", "grid_lost", "grid_returned") == [
        "2019-09-09 02:00 the disaster strikes",
        "2019-09-09 02:00 grid lost on main: home dark",
        "2019-09-09 08:00 grid returned on main: home",
        "2019-09-09 12:00 aftershock second",
        "2019-09-09 12:00 grid lost on main: home dark",
        "2019-09-09 15:00 grid returned on main: home",
    ]
    assert chain(run, "shedding_began", 1) == ["shedding_began", "dark", "grid_lost", "aftershock", "strike"]


def test_a_floor_that_is_lost_while_nobody_comes_or_goes_is_told_at_once_and_so_is_its_return() -> None:
    spec = area(
        {"hub": {"grid": GRID, "shelter": {"hall": {"floor_area_m2": 350.0, "peak_people": 90.0}}}},
        days=2, hazard=STRIKE, shaking=SHAKING,
    )  # fmt: skip
    hands = Hands(spec)
    hands.wanting[:, 5:, 0] = 80.0
    run = played(hands, ("hub", 1, 3, 20.0))
    told = [(e.kind, e.time_h) for e in run.events if e.kind in ("people_turned_away", "room_again")]
    assert told == [("people_turned_away", 12.0), ("room_again", 20.0)]
    assert chain(run, "people_turned_away") == ["people_turned_away", "damaged", "aftershock", "strike"]


def test_an_aftershock_damages_floor_and_sewer_that_were_mended() -> None:
    """Both are mended at 08:00 and hit again at 12:00."""
    shaking = {**SHAKING, "fragility": {"building": "public_hall", "sewer": "sewer"}}
    hall = {"floor_area_m2": 350.0, "peak_people": 100.0}
    hub = {"grid": GRID, "shelter": {"hall": hall}, "toilet": {"wc": {"kind": "flush", "number": 2, "sewer": "town"}}}
    hands = Hands(area({"hub": hub}, hazard=STRIKE, shaking=shaking, sewer={"town": {}}))
    hands.wanting[:] = 100.0
    hits = [(name, shock, 3, hour) for name in ("hub", "sewer.town") for shock, hour in ((0, 8.0), (1, 20.0))]
    run = played(hands, *hits)
    out = [4 <= step < 16 or 24 <= step < 40 for step in range(48)]
    assert (run.flow("turned_away", "hub.shelter.hall")[0] > 0.0).tolist() == out
    assert run.flow("sewer_up_frac", "sewer.town")[0].tolist() == [float(not lost) for lost in out]


def test_a_broken_sewer_does_not_hold_again_when_only_its_stop_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped until 06:00 by its station, broken until 20:00 by the shock: it takes nothing before it is mended."""
    shaking = {**SHAKING, "fragility": {"sewer": "sewer"}}
    hands = Hands(area({"hub": {"grid": GRID}}, hazard=STRIKE, shaking=shaking, sewer={"town": {}}))
    made = hands.draws()
    stop = OutageDraws(start_h=np.array([[[2.0]]]), end_h=np.array([[[6.0]]]))
    monkeypatch.setattr(hands, "draws", lambda: replace(made, sewer=stop))
    run = played(hands, ("sewer.town", 0, 3, 20.0))
    assert texts(run, "sewer_lost", "sewer_returned", "mended") == [
        "2019-09-09 02:00 sewer town has stopped",
        "2019-09-09 20:00 sewer.town mended",
    ]
    assert run.flow("sewer_up_frac", "sewer.town")[0].tolist() == [1.0] * 4 + [0.0] * 36 + [1.0] * 8


def test_a_sewer_that_is_mended_while_it_is_stopped_is_out_by_its_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken until 06:00 and stopped until 20:00: toilets that want it from 08:00 on go back to the stop."""
    shaking = {**SHAKING, "fragility": {"sewer": "sewer"}}
    hall = {"floor_area_m2": 700.0, "peak_people": 10.0}
    toilet = {"kind": "flush", "number": 2, "sewer": "town"}
    hub = {"grid": GRID, "shelter": {"hall": hall}, "toilet": {"wc": toilet}}
    hands = Hands(area({"hub": hub}, hazard=STRIKE, shaking=shaking, sewer={"town": {}}))
    hands.wanting[:, 16:] = 10.0
    stop = OutageDraws(start_h=np.array([[[2.0]]]), end_h=np.array([[[20.0]]]))
    made = hands.draws()
    monkeypatch.setattr(hands, "draws", lambda: replace(made, sewer=stop))
    run = played(hands, ("sewer.town", 0, 3, 6.0))
    assert run.flow("sewer_up_frac", "sewer.town")[0].tolist() == [1.0] * 4 + [0.0] * 36 + [1.0] * 8
    assert texts(run, "sewer_returned") == ["2019-09-09 20:00 sewer town holds again"]
    late = [event for event in run.events if event.kind.startswith("toilet") and 8.0 <= event.time_h < 20.0]
    assert {run.events[event.cause].kind for event in late} == {"sewer_lost"}


def test_damaged_engines_wait_for_their_crew_in_turn() -> None:
    """Struck at 02:00, 4 and 3 h of work; one mechanic, who is there at 05:00, ends it at 09:00 and 12:00."""
    engine = ENGINE["genset"]["g"] | {"crew": "maker", "count": 2}
    crew = {"maker": {"number": 1, "ready_after_h": 3.0}}
    home = {"grid": GRID, "genset": {"g": engine}}
    hands = Hands(area({"home": home}, hazard=STRIKE, shaking=SHAKING, crew=crew))
    run = played(hands, ("home.genset.g_1", 0, 2, 6.0), ("home.genset.g_2", 0, 2, 5.0))
    assert texts(run, "mended") == [
        "2019-09-09 09:00 home.genset.g_1 mended",
        "2019-09-09 12:00 home.genset.g_2 mended",
    ]


def mended_in_turn(first_h: float, aftershock_h: float) -> list[str]:
    """Two engines struck at 02:00, the second with 3 h of work; the first hit again at 04:00, while it is mended."""
    engine = ENGINE["genset"]["g"] | {"crew": "maker", "count": 2}
    home = {"grid": GRID, "genset": {"g": engine}}
    hands = Hands(area({"home": home}, hazard=STRIKE, shaking=SHAKING, crew={"maker": {"number": 1}}))
    hits = (("home.genset.g_1", 0, 2, first_h), ("home.genset.g_2", 0, 2, 5.0), ("home.genset.g_1", 1, 2, aftershock_h))
    return [text[11:] for text in texts(played(hands, *hits, shock_h=(2.0, 4.0)), "mended")]


def test_a_crew_stays_where_an_aftershock_lengthens_its_work_and_does_nothing_twice() -> None:
    for aftershock_h, ends in ((9.0, ("09:00", "12:00")), (5.0, ("06:00", "09:00"))):
        assert mended_in_turn(6.0, aftershock_h) == [
            f"{ends[0]} home.genset.g_1 mended",
            f"{ends[1]} home.genset.g_2 mended",
        ]


def test_an_aftershock_never_shortens_what_waits_for_a_crew() -> None:
    """The crew comes at 08:00 only: six hours of work are six hours still after a light second hit."""
    home = {"grid": GRID, "genset": {"g": ENGINE["genset"]["g"] | {"crew": "maker"}}}
    crew = {"maker": {"number": 1, "ready_after_h": 6.0}}
    hands = Hands(area({"home": home}, hazard=STRIKE, shaking=SHAKING, crew=crew))
    run = played(hands, ("home.genset.g", 0, 2, 8.0), ("home.genset.g", 1, 2, 13.0), shock_h=(2.0, 12.0))
    assert texts(run, "mended") == ["2019-09-09 14:00 home.genset.g mended"]


def test_light_damage_that_takes_long_does_not_keep_what_an_aftershock_broke_from_being_mended() -> None:
    spec = area({"home": {"grid": GRID, **ENGINE}}, days=2, hazard=STRIKE, shaking=SHAKING)
    hands = Hands(spec).demand("home", critical=10.0).outage(1.0, 47.0)
    run = played(hands, ("home.genset.g", 0, 1, 20.0), ("home.genset.g", 1, 2, 15.0))
    assert np.flatnonzero(run.flow("unserved_kw", "home.critical")[0]).tolist() == list(range(24, 40))


def test_as_many_worlds_are_damaged_as_the_closed_form_says() -> None:
    """From the Spec through draws and events: shares of 200 worlds in each state or worse, within 3 standard errors."""
    n = 200
    table = {"median_g": 0.6, "between_sigma": 0.4, "within_sigma": 0.3, "fragility": {"genset": "genset"}}
    spec = area({"home": {"grid": GRID, **ENGINE}}, step_min=60, hazard=STRIKE, shaking=table)
    shaking = sample_shaking(spec, np.arange(n), 4)
    draws = replace(Hands(spec, scenarios=n).demand("home", critical=10.0).draws(), shaking=shaking)
    told = np.zeros(n, dtype=np.int64)
    for s in range(n):
        world = World(spec, draws, s)
        world.advance(2.5)
        told[s] = next((event.value for event in world.log.records if event.kind == "damaged"), 0)
    states = read_fragility("genset").state
    capacities, betas = np.array([one.median_g for one in states]), np.array([one.beta for one in states])
    for d, chance in enumerate(reached_probabilities((0.6, 0.5), capacities, betas), start=1):
        assert abs((told >= d).mean() - chance) < 3.0 * np.sqrt(chance * (1.0 - chance) / n)
