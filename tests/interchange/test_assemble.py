import numpy as np
import pytest

from simulation.interchange.assemble import assemble
from simulation.interchange.highs import HiGHS
from simulation.interchange.problem import Problem
from simulation.interchange.schedule import Schedule, Status
from simulation.interchange.solve import solve
from tests.interchange.scenes import LOAD, area, connection, drawn, flat, load


def best(problem: Problem) -> Schedule:
    schedule = solve(problem, HiGHS())
    assert (schedule.solution.status == Status.OPTIMAL).all()
    assert schedule.certificate.worst() < 1e-7
    return schedule


def test_one_building_pays_its_energy():
    spec = area({"house": {"grid": connection(), "load": {"a": LOAD}}})
    schedule = best(assemble(spec, drawn(spec, {"house": 10.0})))
    assert schedule.objective_jpy[0] == pytest.approx(24 * 10 * 20)
    np.testing.assert_allclose(schedule.flow("house", "import_kw"), 10.0)
