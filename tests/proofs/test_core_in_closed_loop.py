"""The core and HiGHS plan the same closed loop: plans of equal cost, and numbers that a reader would take for the same.

Of many optimal plans HiGHS returns a corner and the core the middle, and the plant is not the planner's model; so what
happens differs a little, though no plan is the better one.
"""

from __future__ import annotations

import numpy as np
import pytest

import simulation.ensemble as ensemble
from simulation.draws.draws import sample
from simulation.interchange.highs import HiGHS
from simulation.interchange.interior_point import InteriorPoint
from simulation.interchange.problem import Problem
from simulation.interchange.schedule import Schedule, Solver
from simulation.interchange.solve import solve
from simulation.interchange.warm import Start
from simulation.metrics.estimate import paired_difference
from simulation.metrics.metrics import assess
from simulation.report.headlines import HEADLINES
from simulation.scenario.load import load

LEAST_SHARE = 5e-3
"""Means within half a per cent are the same to a reader, also where three scenarios resolve the difference."""


@pytest.mark.slow
def test_who_plans_changes_no_objective_and_no_headline_number(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = load("mutsuzawa_faxai", {"planner": {"replan_every_h": 8}})
    draws = sample(spec, n_scenarios=3, seed=7)
    apart: list[float] = []

    def by_both(problem: Problem, solver: Solver | None = None, *, start: Start | None = None) -> Schedule:
        core, reference = solve(problem, solver, start=start), solve(problem, HiGHS())
        scale = 1.0 + np.abs(reference.objective_jpy)
        apart.append(float((np.abs(core.objective_jpy - reference.objective_jpy) / scale).max()))
        return core

    monkeypatch.setattr(ensemble, "solve", by_both)
    by_core = assess(spec, ensemble.replan(spec, draws, InteriorPoint()))
    monkeypatch.setattr(ensemble, "solve", solve)
    by_highs = assess(spec, ensemble.replan(spec, draws, HiGHS()))

    assert len(apart) >= 8
    assert max(apart) <= 1e-6
    for name, _ in HEADLINES:
        if name not in by_highs.per_scenario:
            continue
        core, highs = by_core.per_scenario[name], by_highs.per_scenario[name]
        difference = paired_difference(core.values, highs.values, core.unit)
        small = abs(difference.mean) <= LEAST_SHARE * np.abs(highs.values).mean() + 1e-6
        assert small or not difference.resolved, f"{name}: {difference}"
