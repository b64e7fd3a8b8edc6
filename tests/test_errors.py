"""The tree of errors: what a message holds, and that it survives the way from one process to another."""

from __future__ import annotations

import pickle

import pytest

from simulation.errors import Fault, OutputError, RunError, ScenarioError, SeriesError, StoppedError, YuimaruError


def test_a_scenario_error_keeps_its_faults_on_the_way_to_another_process() -> None:
    fault = Fault(where="period.days", given="0", legal="at least 1")
    came = pickle.loads(pickle.dumps(ScenarioError("x.toml", [fault])))
    assert came.faults == (fault,)
    assert str(came) == "x.toml: 1 fault\n  - period.days: given 0; legal: at least 1"


@pytest.mark.parametrize("kind", [OutputError, RunError, SeriesError, StoppedError])
def test_every_error_of_this_package_is_one_of_the_tree(kind: type[YuimaruError]) -> None:
    came = pickle.loads(pickle.dumps(kind("what happened")))
    assert isinstance(came, YuimaruError)
    assert str(came) == "what happened"
