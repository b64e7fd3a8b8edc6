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
from tests.interchange.scenes import cell


def priced_cell(**more) -> dict:
    """A battery without losses that starts empty, at 40,000 yen/kWh."""
    return cell(**{"capital_jpy_per_kwh": 40_000.0} | more)


def explained(spec: Spec, draws: Draws, scenario: int = 0, solver: Solver | None = None) -> Explanation:
    solver = solver or HiGHS()
    schedule = solve(assemble(spec, draws), solver)
    return explain(spec, truth(spec, draws), schedule, solver, scenario=scenario)
