"""Engines in the planner's eyes: when they may run, and how few of many like ones will do."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.interchange.foresee import foresee
from simulation.interchange.genset import on_fewest
from simulation.interchange.outlook import truth
from simulation.interchange.plant_state import PlantState
from simulation.scenario.spec import Spec
from tests.events.worlds import DIESEL, GRID, Hands, area

THREE = {**DIESEL, "rated_kw": 80.0, "count": 3}


def site(**changes: object) -> Spec:
    engine = {**DIESEL, "rated_kw": 50.0, "start_delay_min": 60.0, "operation": "always", **changes}
    return area({"home": {"grid": GRID, "genset": {"g": engine}}})


def state(spec: Spec, *, now_h: float, down_since_h: float | None) -> PlantState:
    down = np.array([[np.nan if down_since_h is None else down_since_h, np.nan]])
    return PlantState(
        now_h=now_h,
        battery_kwh=np.zeros((1, 0)),
        fuel_l=np.zeros((1, 0)),
        water_m3=np.zeros((1, 0)),
        backlog_kwh=np.zeros((1, 1)),
        peak_kw=np.zeros((1, 1)),
        feeder_up=np.isnan(down),
        feeder_down_since_h=down,
        genset_usable=np.ones((1, 1), dtype=bool),
        people=np.zeros((1, 0)),
        demand_error=np.zeros((1, 1)),
    )


@pytest.mark.parametrize(("rides_through", "dark"), [(False, [0.0, 0.5]), (True, [1.0, 1.0])])
def test_an_engine_that_trips_with_the_grid_is_planned_for_after_its_black_start(
    rides_through: bool, dark: list[float]
) -> None:
    spec = site(rides_through=rides_through)
    draws = Hands(spec).draws()
    up = foresee(spec, draws, state(spec, now_h=3.0, down_since_h=2.75)).genset_up_frac[0, :, 0]
    assert up[:2].tolist() == pytest.approx(dark)
    assert (up[2:] == 1.0).all()
    assert (foresee(spec, draws, state(spec, now_h=3.0, down_since_h=None)).genset_up_frac == 1.0).all()


@pytest.mark.parametrize(("rides_through", "dark"), [(False, [0.5, 0.0, 0.5]), (True, [1.0, 1.0, 1.0])])
def test_perfect_information_knows_the_black_start_too(rides_through: bool, dark: list[float]) -> None:
    spec = site(rides_through=rides_through)
    up = truth(spec, Hands(spec).outage(3.25, 9.0).draws()).genset_up_frac[0, :, 0]
    assert up[6:9].tolist() == pytest.approx(dark)
    assert (np.delete(up, [6, 7, 8]) == 1.0).all()


def test_like_engines_share_on_as_few_as_will_do() -> None:
    spec = area({"home": {"grid": GRID, "genset": {"g": THREE, "other": {**DIESEL, "rated_kw": 50.0}}}})
    power = np.array([[[10.0, 20.0, 10.0, 7.0], [80.0, 0.0, 30.0, 7.0], [0.0, 0.0, 0.0, 0.0], [80.0, 80.0, 80.0, 0.0]]])
    room = np.broadcast_to(np.array([80.0, 80.0, 80.0, 50.0]), power.shape)
    expected = [[40.0, 0.0, 0.0, 7.0], [55.0, 55.0, 0.0, 7.0], [0.0, 0.0, 0.0, 0.0], [80.0, 80.0, 80.0, 0.0]]
    np.testing.assert_allclose(on_fewest(spec, power, room)[0], expected)


def test_an_engine_known_to_be_out_is_passed_over() -> None:
    spec = area({"home": {"grid": GRID, "genset": {"g": THREE}}})
    power, room = np.array([[[0.0, 20.0, 30.0]]]), np.array([[[0.0, 80.0, 80.0]]])
    np.testing.assert_allclose(on_fewest(spec, power, room)[0, 0], [0.0, 50.0, 0.0])
