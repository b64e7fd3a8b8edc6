"""Every shipped scenario and variant goes through the closed loop, from file to metrics."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.draws.draws import sample
from simulation.ensemble import replan
from simulation.interchange.highs import HiGHS
from simulation.metrics.metrics import assess
from simulation.scenario.load import load, shipped_names

pytestmark = pytest.mark.slow

YEARS = [name for name in shipped_names() if "_year" in name]


@pytest.mark.parametrize("name", [name for name in shipped_names() if name not in YEARS])
def test_a_shipped_scenario_runs_in_the_closed_loop(name: str) -> None:
    spec = load(name)
    run = replan(spec, sample(spec, n_scenarios=1), HiGHS())
    metrics = assess(spec, run)
    assert np.isfinite(metrics.per_scenario["cost_jpy"].values).all()
    assert (metrics.per_scenario["demand_kwh"].values > 0.0).all()
    for series in (*run.flows.values(), *run.levels.values()):
        assert (series.values >= -1e-9).all()


@pytest.mark.full
@pytest.mark.parametrize("name", YEARS)
def test_a_shipped_year_runs_in_the_closed_loop(name: str) -> None:
    spec = load(name)
    metrics = assess(spec, replan(spec, sample(spec, n_scenarios=1), HiGHS()))
    assert spec.clock.days >= 365
    assert (metrics.per_scenario["cost_demand_jpy"].values > 0.0).all()


@pytest.mark.parametrize("name", YEARS)
def test_a_shipped_year_runs_for_its_first_month(name: str) -> None:
    spec = load(name, overrides={"period": {"days": 31}})
    metrics = assess(spec, replan(spec, sample(spec, n_scenarios=1), HiGHS()))
    assert (metrics.per_scenario["cost_demand_jpy"].values > 0.0).all()
