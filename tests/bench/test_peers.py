"""The models that a user of another tool would write have the optimum of the family: one problem, several tongues."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest

from simulation.bench.area import Area
from simulation.bench.family_spec import family_problem, family_scenario
from simulation.interchange.certificate import certify
from simulation.interchange.highs import HiGHS


@pytest.mark.slow
@pytest.mark.parametrize("stressed", [False, True])
@pytest.mark.parametrize(
    ("package", "module", "function"),
    [("pypsa", "pypsa_peer", "pypsa_cost_jpy"), ("oemof.solph", "oemof_peer", "oemof_cost_jpy")],
)
@pytest.mark.filterwarnings("ignore")  # their own, of which there are many
def test_a_peer_finds_the_optimum_of_the_family(package: str, module: str, function: str, stressed: bool) -> None:
    pytest.importorskip(package, reason="an optional peer")
    member = family_scenario(5, 48, 1, seed=11, stressed=stressed)
    problem = family_problem(member)
    cost_jpy = getattr(import_module(f"simulation.bench.{module}"), function)
    reference = certify(problem, HiGHS().solve(problem)).objective_jpy
    np.testing.assert_allclose(cost_jpy(Area.of(member, 1)), reference, rtol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("package", "module", "function"),
    [("pypsa", "pypsa_peer", "pypsa_cost_jpy"), ("oemof.solph", "oemof_peer", "oemof_cost_jpy")],
)
@pytest.mark.filterwarnings("ignore")
def test_a_peer_charges_the_peak_of_every_month(package: str, module: str, function: str) -> None:
    pytest.importorskip(package, reason="an optional peer")
    member = family_scenario(2, 32 * 24, 1, seed=11, stressed=False, step_min=60)
    problem = family_problem(member)
    assert len(problem.peaks) == 2
    cost_jpy = getattr(import_module(f"simulation.bench.{module}"), function)
    reference = certify(problem, HiGHS().solve(problem)).objective_jpy
    np.testing.assert_allclose(cost_jpy(Area.of(member, 1)), reference, rtol=1e-9)
