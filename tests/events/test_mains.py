"""Mains that return: water flows again from the exact hour; a planner sees it then, perfect information before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulation.draws.draws import Draws
from simulation.draws.mains import MainsDraws
from simulation.draws.outage import OutageDraws
from simulation.events.collect import collect
from simulation.events.state import gather_state
from simulation.events.trajectory import Trajectory
from simulation.events.world import World
from simulation.interchange.foresee import foresee
from simulation.interchange.outlook import truth
from simulation.scenario.spec import Spec
from tests.events.worlds import Hands, area, texts

TANK = {"capacity_m3": 6.0, "mains_m3ph": 2.0, "daily_use_m3": 24.0, "daily_use_stops": False}
MAINS = {"mains_return": "noto_water_weibull"}


def _drawn(**tank: object) -> tuple[Spec, Draws]:
    """Struck at 03:00 with 6 m3 for 6 hours, mains of 2 m3/h back at 10:15."""
    water = {"w": TANK | MAINS | tank}
    spec = area({"hub": {"title": "Hub", "water_tank": water}}, hazard={"start": "2019-09-09T03:00"})
    return spec, replace(Hands(spec).draws(), mains=MainsDraws(return_h=np.array([[10.25]])))


def _played() -> Trajectory:
    spec, draws = _drawn()
    world = World(spec, draws, 0)
    world.advance(spec.clock.duration_h)
    return collect(spec, draws, [world], planned_by="hand", perfect_information=False)


def test_the_tank_runs_dry_and_fills_from_the_hour_of_return() -> None:
    run = _played()
    short = run.flow("water_unserved_m3ph", "hub.water_tank.w")[0]
    assert short.sum() * 0.5 == pytest.approx(10.25 - 9.0)
    brought = run.flow("mains_m3ph", "hub.water_tank.w")[0]
    assert brought[[6, 19, 20, 21]] == pytest.approx([0.0, 0.0, 1.0, 2.0])
    assert run.level("water_m3", "hub.water_tank.w")[0, 24] == pytest.approx(1.0 * (12.0 - 10.25))


def test_the_return_is_told_with_what_it_ends() -> None:
    assert texts(_played(), "mains_returned") == ["2019-09-09 10:15 mains water back at Hub"]


def test_a_planner_sees_the_return_once_it_has_come_and_perfect_information_before() -> None:
    spec, draws = _drawn()
    world = World(spec, draws, 0)
    seen = {}
    for hour in (2.0, 4.0, 11.0):
        world.advance(hour)
        seen[hour] = foresee(spec, draws, gather_state([world])).mains_m3ph[0, :, 0]
    assert set(seen[2.0]) == {2.0}
    assert set(seen[4.0]) == {0.0}
    assert set(seen[11.0]) == {2.0}
    known = truth(spec, draws).mains_m3ph[0, :, 0]
    assert known[[5, 6, 19, 20, 21]] == pytest.approx([2.0, 0.0, 0.0, 1.0, 2.0])


def test_an_aftershock_takes_mains_that_were_back_and_a_planner_sees_it_once_it_has_come() -> None:
    spec, draws = _drawn()
    again = OutageDraws(start_h=np.array([[[12.0]]]), end_h=np.array([[[14.5]]]))
    draws = replace(draws, mains=MainsDraws(return_h=np.array([[10.25]]), again=again))
    world = World(spec, draws, 0)
    world.advance(13.0)
    assert foresee(spec, draws, gather_state([world])).mains_m3ph.max() == 0.0
    world.advance(spec.clock.duration_h)
    run = collect(spec, draws, [world], planned_by="hand", perfect_information=False)
    brought = run.flow("mains_m3ph", "hub.water_tank.w")[0]
    assert brought[[23, 24, 28, 29]] == pytest.approx([2.0, 0.0, 0.0, 2.0])
    assert texts(run, "mains_lost")[1] == "2019-09-09 12:00 mains water lost again at Hub"
    assert truth(spec, draws).mains_m3ph[0, [23, 24, 28, 29], 0] == pytest.approx([2.0, 0.0, 0.0, 2.0])


def test_use_that_stops_with_the_strike_begins_again_with_the_mains_in_the_world_and_in_both_plans() -> None:
    spec, draws = _drawn(daily_use_stops=True)
    world = World(spec, draws, 0)
    asked = {}
    for hour in (4.0, 11.0):
        world.advance(hour)
        asked[hour] = foresee(spec, draws, gather_state([world])).water_use_m3ph[0, :, 0].sum(axis=1)
    world.advance(spec.clock.duration_h)
    run = collect(spec, draws, [world], planned_by="hand", perfect_information=False)
    course = [1.0] * 6 + [0.0] * 14 + [0.5] + [1.0] * 27
    assert run.flow("water_demand_m3ph", "hub.water_tank.w")[0] == pytest.approx(course)
    assert truth(spec, draws).water_use_m3ph[0, :, 0].sum(axis=1) == pytest.approx(course)
    assert asked[4.0].max() == 0.0
    assert asked[11.0].min() == 1.0
