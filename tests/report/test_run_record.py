"""Provenance: what names a run, and what changes its hash."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from simulation.report.run_record import RunRecord, scenario_hash
from tests.metrics.trajectories import two_buildings


@dataclass(frozen=True)
class Knobs:
    """A solver with one knob."""

    tol: float = 1e-7


def test_the_record_holds_what_is_needed_to_run_again() -> None:
    spec = two_buildings()
    run = RunRecord.of(spec, seed=7, plan="replan", solver=Knobs(tol=1e-6), command="yuimaru run two_buildings")
    found = json.loads(run.as_json(spec))
    assert found["seed"] == 7
    assert found["solver"] == {"name": "Knobs", "tol": 1e-6}
    assert found["plan"] == "replan"
    assert found["scenario_as_run"]["building"]["hub"]["battery"]["li"]["capacity_kwh"] == 100
    assert found["run_id"].startswith("two_buildings-2")
    assert found["run_id"].endswith(scenario_hash(spec))
    assert {"numpy", "simpy", "python", "yuimaru"} <= set(found["versions"])


def test_the_scenario_in_the_record_is_the_scenario() -> None:
    spec = two_buildings()
    stored = json.loads(RunRecord.of(spec, seed=1, plan="perfect", solver="HiGHS").as_json(spec))["scenario_as_run"]
    again = type(spec).model_validate(stored)
    assert again == spec
    assert scenario_hash(again) == scenario_hash(spec)


def test_any_change_of_the_scenario_changes_its_hash() -> None:
    assert scenario_hash(two_buildings()) == scenario_hash(two_buildings())
    assert scenario_hash(two_buildings()) != scenario_hash(two_buildings(lost_load={"critical_jpy_per_kwh": 9_000}))


def test_a_change_of_a_series_file_changes_the_hash(tmp_path: Path) -> None:
    building = two_buildings().building["mall"].model_dump(exclude_unset=True)
    series = {"path": "load.csv", "column": "kw", "unit": "kW", "zone": "Asia/Tokyo"}
    building["load"] = {"shops": {"series": series, "tier_frac": {"critical": 1.0}}}
    spec = two_buildings(building={"mall": building}, tieline={}).model_copy(update={"folder": str(tmp_path)})
    hashes = []
    for text in ("time,kw\n2026-08-03,1\n", "time,kw\n2026-08-03,2\n"):
        (tmp_path / "load.csv").write_text(text)
        hashes.append(scenario_hash(spec))
    assert hashes[0] != hashes[1]


@pytest.mark.parametrize("seed", [None, 3])
def test_a_seed_may_be_unknown(seed: int | None) -> None:
    spec = two_buildings()
    assert json.loads(RunRecord.of(spec, seed=seed, plan="replan", solver="x").as_json(spec))["seed"] == seed
