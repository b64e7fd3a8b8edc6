"""The main job under perfect information: the flagship, many scenarios, 30-minute steps, HiGHS on two processes."""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from simulation.events.trajectory import Trajectory
from simulation.interchange.highs import HiGHS
from simulation.scenario.load import load
from simulation.study.workers import Work, run_scenarios

FULL = 100
"""Scenarios of the whole benchmark, which is to end within 90 s on two processors."""


def _run(scenarios: int) -> Trajectory:
    spec = load("area_and_hub")
    ids = tuple(range(scenarios))
    work = Work(spec=spec, plan="perfect", solver=HiGHS(), scenario_ids=ids, seed=spec.runs.seed, block=10)
    return run_scenarios(work, workers=2)


@pytest.mark.slow
@pytest.mark.parametrize("scenarios", [2, pytest.param(FULL, marks=pytest.mark.full)])
def test_perfect_information_on_the_flagship(benchmark: BenchmarkFixture, scenarios: int) -> None:
    run = benchmark.pedantic(_run, args=(scenarios,), rounds=1)
    benchmark.extra_info.update(events=int(run.n_events.sum()), scenarios=scenarios, steps=run.clock.n_steps)
    assert run.perfect_information
    assert run.clock.n_steps == 11 * 48
    assert (run.n_events[:2] >= run.clock.n_steps).all(), "demand changes at every step, so every tick changes a flow"
    assert (run.n_events[:2] < 2 * run.clock.n_steps).all()
