"""Backup power through draws and events against closed forms, within three standard errors."""

from __future__ import annotations

from dataclasses import replace
from math import exp, factorial, sqrt

import numpy as np
import pytest

from simulation.draws.common_cause import common_prob, own_prob
from simulation.draws.failure import sample_failures
from simulation.events.collect import collect
from simulation.events.trajectory import Trajectory
from simulation.events.world import World
from simulation.scenario.spec import Spec
from tests.events.worlds import DIESEL, GRID, Hands, area


def played(spec: Spec, hands: Hands, seed: int) -> Trajectory:
    """The hands' worlds, but with engines whose fate is drawn."""
    draws = replace(hands.draws(), failure=sample_failures(spec, np.arange(hands.scenarios), seed))
    worlds = [World(spec, draws, s) for s in range(hands.scenarios)]
    for world in worlds:
        world.advance(hands.clock.duration_h)
    return collect(spec, draws, worlds, planned_by="hand", perfect_information=False)


def engines_up(number: int, crews: int, mttf_h: float, mttr_h: float) -> float:
    """Long-run mean of engines up: the machine-repair model, all wanted, ``crews`` at work on those that are down."""
    weight = [
        factorial(number)
        / factorial(number - down)
        * (mttr_h / mttf_h) ** down
        / (factorial(min(down, crews)) * crews ** max(0, down - crews))
        for down in range(number + 1)
    ]
    return sum((number - down) * w for down, w in enumerate(weight)) / sum(weight)


def test_the_machine_repair_model_with_crews_enough_is_the_two_state_chain() -> None:
    assert engines_up(4, 4, 1_100.0, 37.5) == pytest.approx(4 * 0.967033, abs=2e-6)


@pytest.mark.slow
@pytest.mark.parametrize("crews", [1, 2])
def test_engines_that_share_crews_are_up_as_often_as_the_machine_repair_model_says(crews: int) -> None:
    """Four engines of 20 h with 8 h of repair; the time from the second day on, when the start is forgotten."""
    engine = {
        **DIESEL,
        "rated_kw": 10.0,
        "count": 4,
        "crew": "town",
        "mean_time_to_failure_h": 20.0,
        "mean_time_to_repair_h": 8.0,
    }
    spec = area(
        {"site": {"grid": GRID, "genset": {"g": engine}}}, days=12, step_min=60, crew={"town": {"number": crews}}
    )
    hands = Hands(spec, scenarios=120).demand("site", critical=40.0).outage(0.0, 288.0)
    run = played(spec, hands, 5)
    up = run.flows["genset_running_frac"].values[:, 48:].sum(axis=2).mean(axis=1)
    assert abs(up.mean() - engines_up(4, crews, 20.0, 8.0)) < 3.0 * up.std(ddof=1) / sqrt(len(up))


def one_of_two(beta: float, unfit: float, start: float, mttf_h: float, hours: float) -> float:
    """Chance that one of two engines at least has run throughout, without repair: 2 P(one) - P(both)."""
    one = (1.0 - unfit) * (1.0 - start) * exp(-hours / mttf_h)
    both = exp(-(2.0 - beta) * hours / mttf_h)
    for prob in (unfit, start):
        both *= (1.0 - own_prob(prob, beta)) ** 2 * (1.0 - common_prob(prob, beta))
    return 2.0 * one - both


@pytest.mark.slow
@pytest.mark.parametrize("beta", [0.0, 0.4, 1.0])
def test_a_second_engine_is_worth_what_the_beta_factor_leaves_of_it(beta: float) -> None:
    engine = {
        **DIESEL,
        "rated_kw": 10.0,
        "count": 2,
        "availability_frac": 0.9,
        "start_failure_prob": 0.1,
        "mean_time_to_failure_h": 40.0,
        "common_cause_frac": beta,
    }
    spec = area({"site": {"grid": GRID, "genset": {"g": engine}}}, step_min=60)
    n = 300
    run = played(spec, Hands(spec, scenarios=n).demand("site", critical=10.0).outage(0.0, 24.0), 11)
    alive = 1.0 - np.logical_or.accumulate(run.flow("unserved_kw", "site.critical") > 1e-9, axis=1).mean(axis=0)
    for hours in (6, 24):
        expected = one_of_two(beta, 0.1, 0.1, 40.0, hours)
        assert abs(alive[hours - 1] - expected) < 3.0 * sqrt(expected * (1.0 - expected) / n)


def test_a_beta_factor_of_one_makes_two_engines_one() -> None:
    assert one_of_two(1.0, 0.1, 0.1, 40.0, 24.0) == pytest.approx(0.81 * exp(-0.6))
    assert one_of_two(0.0, 0.0, 0.0, 1_100.0, 72.0) == pytest.approx(1.0 - 4.014284e-3, rel=1e-8)
