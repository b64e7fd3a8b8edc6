"""What the tests of explanations share: a battery with a price, and a scenario solved and explained in one go."""

from __future__ import annotations

from simulation.draws.draws import Draws
from simulation.interchange.assemble import assemble
from simulation.interchange.explain import Explanation, explain
from simulation.interchange.highs import HiGHS
from simulation.interchange.outlook import truth
from simulation.interchange.schedule import Solver
from simulation.interchange.solve import solve
from simulation.scenario.spec import Spec
from tests.interchange.scenes import load

CRITICAL = {"a": load(critical=1.0)}


def cell(**more) -> dict:
    """A battery without losses that starts empty, at 40,000 yen/kWh."""
    values = {
        "charge_kw": 50.0,
        "discharge_kw": 50.0,
        "capacity_kwh": 100.0,
        "charge_efficiency_frac": 1.0,
        "discharge_efficiency_frac": 1.0,
        "initial_level_frac": 0.0,
        "capital_jpy_per_kwh": 40_000.0,
    }
    return values | more


def explained(spec: Spec, draws: Draws, scenario: int = 0, solver: Solver | None = None) -> Explanation:
    solver = solver or HiGHS()
    schedule = solve(assemble(spec, draws), solver)
    return explain(spec, truth(spec, draws), schedule, solver, scenario=scenario)
