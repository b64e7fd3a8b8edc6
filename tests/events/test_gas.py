"""Gas networks: endless while they flow; drawn stops fell every engine on the pipe, and the planner finds out."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt
from typing import Any

import numpy as np
import pytest

from simulation.draws.gas import sample_gas
from simulation.draws.outage import OutageDraws
from simulation.events.state import gather_state
from simulation.events.world import World
from simulation.interchange.outlook import truth
from simulation.scenario.spec import Spec
from tests.events.worlds import DIESEL, GRID, Hands, area

STOP = {"kind": "distribution", "distribution": "exponential", "mean_h": 10.0, "probability": 0.3}


def site(stop: dict[str, Any] = STOP) -> Spec:
    piped = {**DIESEL, "fuel": "city_gas", "rated_kw": 20.0, "pipe": "town"}
    engines = {"gas": piped, "diesel": {**DIESEL, "rated_kw": 20.0}}
    return area(
        {"home": {"grid": GRID, "genset": engines}},
        hazard={"start": "2019-09-09T02:00"},
        gas={"town": {"stop": {"strike": stop}}},
    )


def stopped(start_h: float, end_h: float) -> OutageDraws:
    return OutageDraws(start_h=np.array([[[start_h]]]), end_h=np.array([[[end_h]]]))


def test_a_stop_fells_the_engine_on_the_pipe_alone_and_gas_brings_it_back() -> None:
    spec = site()
    hands = Hands(spec).demand("home", critical=40.0).outage(0.0, 24.0)
    world = World(spec, replace(hands.draws(), gas=stopped(5.0, 9.0)), 0)
    world.advance(24.0)
    lost = world.flow_rows[:, world.columns["unserved_kw"]].sum(axis=1)
    assert np.flatnonzero(lost).tolist() == list(range(10, 18))
    assert lost[10:18].tolist() == pytest.approx([20.0] * 8)
    told = [(event.kind, event.time_h) for event in world.log.records if "gas" in event.kind]
    assert told == [("gas_lost", 5.0), ("genset_out_of_gas", 5.0), ("gas_returned", 9.0)]


def test_the_stop_is_the_cause_of_the_engine_s_standstill() -> None:
    spec = site()
    hands = Hands(spec).demand("home", critical=40.0).outage(0.0, 24.0)
    world = World(spec, replace(hands.draws(), gas=stopped(5.0, 9.0)), 0)
    world.advance(12.0)
    (out,) = [event for event in world.log.records if event.kind == "genset_out_of_gas"]
    assert world.log.records[out.cause].kind == "gas_lost"


def test_the_planner_learns_of_a_stop_when_it_has_come_and_perfect_information_before() -> None:
    spec = site()
    draws = replace(Hands(spec).demand("home", critical=40.0).outage(0.0, 24.0).draws(), gas=stopped(5.0, 9.25))
    world = World(spec, draws, 0)
    world.advance(4.0)
    assert gather_state([world]).genset_usable.tolist() == [[True, True]]
    world.advance(6.0)
    assert gather_state([world]).genset_usable.tolist() == [[False, True]]
    up = truth(spec, draws).genset_up_frac[0]
    assert up[:, 0].tolist() == pytest.approx([1.0] * 10 + [0.0] * 8 + [0.5] + [1.0] * 29)
    assert (up[:, 1] == 1.0).all()


def test_networks_stop_at_the_strike_as_often_and_as_long_as_the_spec_says() -> None:
    n = 1000
    draws = sample_gas(site(), np.arange(n), 1)
    assert draws is not None
    stops = np.isfinite(draws.start_h[:, 0, 0])
    assert abs(stops.mean() - 0.3) < 3.0 * sqrt(0.21 / n)
    assert (draws.start_h[stops, 0, 0] == 2.0).all()
    hours = draws.end_h[stops, 0, 0] - 2.0
    assert abs(hours.mean() - 10.0) < 3.0 * 10.0 / sqrt(stops.sum())


def test_a_pipe_that_nobody_laid_and_a_second_source_of_fuel_are_refused() -> None:
    engine = {**DIESEL, "fuel": "city_gas", "rated_kw": 20.0, "pipe": "town"}
    with pytest.raises(ValueError, match=r"genset.g.pipe: no \[gas.town\]; there are: none"):
        area({"home": {"grid": GRID, "genset": {"g": engine}}})
    with pytest.raises(ValueError, match="pipe 'town' and fuel_tank 't'; legal: one of them"):
        area({"home": {"grid": GRID, "genset": {"g": {**engine, "fuel_tank": "t"}}}})
