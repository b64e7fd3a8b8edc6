"""Damage in the planner's arrays: as drawn with perfect information, as it stands now without."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np
import pytest

from simulation.draws.shaking import ShakingDraws, components
from simulation.events.state import gather_state
from simulation.events.world import World
from simulation.interchange.damage import held_frac, standing_frac
from simulation.interchange.foresee import foresee
from simulation.interchange.outlook import truth
from simulation.scenario.spec import Spec
from tests.events.worlds import DIESEL, GRID, Hands, area

STRIKE = {"start": "2019-09-09T02:00"}


def quake() -> Spec:
    """An engine and a pump in one building, a line to another, and two shocks."""
    water = {"water_tank": {"w": {"capacity_m3": 9.0}}, "pump": {"p": {"tank": "w", "rated_m3ph": 1, "kwh_per_m3": 1}}}
    line = {"a": "a", "b": "b", "capacity_ab_kw": 50.0, "capacity_ba_kw": 50.0}
    shaking = {
        "median_g": 0.5,
        "fragility": {"genset": "genset", "pump": "pump_plant", "tieline": "power_line"},
        "aftershock": {"next": {"after_h": 4.0, "median_g": 0.4}},
    }
    return area(
        {"a": {"grid": GRID, "genset": {"g": {**DIESEL, "rated_kw": 50.0}}, **water}, "b": {"grid": GRID}},
        hazard=STRIKE,
        shaking=shaking,
        tieline={"wire": line},
    )


def hit(spec: Spec, *hits: tuple[str, int, int, float]) -> ShakingDraws:
    """Name, shock, state and the hour of mending; shocks at 02:00 and 06:00."""
    names = [component.name for component in components(spec)]
    state, mended_h = np.zeros((1, 2, len(names)), dtype=np.int64), np.full((1, 2, len(names)), -inf)
    for name, shock, number, hour in hits:
        state[0, shock, names.index(name)], mended_h[0, shock, names.index(name)] = number, hour
    return ShakingDraws(shock_h=np.array([[2.0, 6.0]]), site_g=np.ones((1, 2, 1)), state=state, mended_h=mended_h)


@pytest.mark.parametrize(
    ("hits", "down_h"),
    [
        ([], 0.0),
        ([(0, 1, 9.0)], 0.0),
        ([(0, 2, 4.75)], 2.75),
        ([(0, 2, 4.75), (1, 2, 7.0)], 3.75),
        ([(0, 2, 9.0), (1, 2, 8.0)], 7.0),
        ([(0, 2, 9.0), (1, 2, 12.25)], 10.25),
        ([(0, 2, 99.0)], 22.0),
    ],
    ids=["none", "slight", "part of a step", "twice", "within", "overlapping", "to the end"],
)
def test_hours_out_by_hand(hits: list[tuple[int, int, float]], down_h: float) -> None:
    spec = quake()
    shaking = hit(spec, *[("a.genset.g", *one) for one in hits])
    up = standing_frac(spec, shaking, spec.planning_clock, "genset", ["a.genset.g"])
    assert isinstance(up, np.ndarray)
    assert (1.0 - up).sum() * 0.5 == pytest.approx(down_h)


def test_perfect_information_knows_what_stands() -> None:
    spec = quake()
    draws = replace(Hands(spec).draws(), shaking=hit(spec, ("a.pump.p", 0, 2, 5.0), ("wire", 1, 1, 8.0)))
    seen = truth(spec, draws)
    assert np.flatnonzero(seen.pump_up_frac[0, :, 0] == 0.0).tolist() == list(range(4, 10))
    assert isinstance(seen.line_up_frac, np.ndarray)
    assert np.flatnonzero(seen.line_up_frac[0, :, 0] == 0.0).tolist() == list(range(12, 16))


def test_without_it_what_is_broken_now_is_taken_to_stay_so() -> None:
    spec = quake()
    draws = replace(Hands(spec).draws(), shaking=hit(spec, ("a.pump.p", 0, 2, 5.0), ("wire", 0, 1, 8.0)))
    world = World(spec, draws, 0)
    seen = []
    for hour in (1.0, 3.0, 6.0, 9.0):
        world.advance(hour)
        outlook = foresee(spec, draws, gather_state([world]))
        seen.append((outlook.pump_up_frac.max(), np.max(outlook.line_up_frac)))
    assert seen == [(1.0, 1.0), (0.0, 0.0), (1.0, 0.0), (1.0, 1.0)]


def test_where_nothing_is_known_everything_works() -> None:
    assert held_frac(None) == 1.0
