"""The command line as its user meets it: what it prints, what it writes, and how it exits."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SMALL = """
name = "small"
title = "One shop on one feeder"
story = "A day with an outage of two hours."
[place]
latitude_deg = 35.9
longitude_deg = 139.9
climate = "yokkaichi"
[period]
start = 2026-08-03
days = 1
[runs]
scenarios = 2
seed = 3
[planner]
replan_every_h = 12
horizon_h = 24
[hazard]
start = 2026-08-03T12:00:00
[feeder.north.outage.cut]
kind = "schedule"
hours = 2
[building.shop.grid]
feeder = "north"
tariff = "tepco_extra_high_2016_20kv"
contract_kw = 100
[building.shop.load.all]
constant_kw = 40
tier_frac = { critical = 0.25, comfort = 0.75 }
[building.shop.battery.main]
charge_kw = 20
discharge_kw = 20
capacity_kwh = 15
"""


def yuimaru(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "simulation", *words], capture_output=True, text=True, cwd=cwd, check=False
    )


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_check_shows_what_is_in_a_scenario(small: Path) -> None:
    done = yuimaru("check", small.name, cwd=small.parent)
    assert done.returncode == 0, done.stderr
    assert "One shop on one feeder" in done.stdout
    assert "100 kW on north" in done.stdout


def test_a_faulty_file_lists_every_fault_and_exits_with_2(small: Path) -> None:
    text = SMALL.replace("contract_kw = 100", "contract_kv = 100").replace("charge_kw = 20\n", "charge_kw = -20\n", 1)
    small.write_text(text, encoding="utf-8")
    done = yuimaru("run", small.name, cwd=small.parent)
    assert done.returncode == 2
    assert "building.shop.grid.contract_kv" in done.stderr
    assert "contract_kw" in done.stderr
    assert "building.shop.battery.main.charge_kw" in done.stderr
    assert not (small.parent / "results").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("run", "nowhere.toml"),
        ("run",),
        ("nonsense",),
        ("run", "small.toml", "--scenarios", "0"),
        ("compare", "small.toml"),
    ],
)
def test_a_faulty_option_or_name_exits_with_2_and_no_traceback(small: Path, words: tuple[str, ...]) -> None:
    done = yuimaru(*words, cwd=small.parent)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_run_goes_from_file_to_report(small: Path) -> None:
    done = yuimaru("run", small.name, "--workers", "1", cwd=small.parent)
    assert done.returncode == 0, done.stderr
    assert "closed loop" in done.stdout
    (folder,) = (small.parent / "results").iterdir()
    assert f"report: {Path('results') / folder.name / 'report.html'}" in done.stdout
    there = {path.name for path in folder.iterdir()}
    assert there >= {"report.html", "metrics.parquet", "events.parquet", "series.nc", "summary.json", "run.json"}
    assert json.loads((folder / "run.json").read_text())["seed"] == 3


def test_only_replays_one_scenario_and_prints_its_events(small: Path) -> None:
    done = yuimaru("run", small.name, "--only", "1", cwd=small.parent)
    assert done.returncode == 0, done.stderr
    assert "2026-08-03 12:00" in done.stdout
    assert "grid lost" in done.stdout


def test_perfect_information_is_labelled_as_a_bound(small: Path) -> None:
    done = yuimaru("run", small.name, "--plan", "perfect", "--scenarios", "1", cwd=small.parent)
    assert done.returncode == 0, done.stderr
    assert "PERFECT INFORMATION" in done.stdout


def test_the_bound_stands_beside_the_closed_loop(small: Path) -> None:
    done = yuimaru("run", small.name, "--bound", "--scenarios", "1", cwd=small.parent)
    assert done.returncode == 0, done.stderr
    assert "closed loop" in done.stdout
    assert "PERFECT INFORMATION" in done.stdout
    assert yuimaru("run", small.name, "--bound", "--plan", "perfect", cwd=small.parent).returncode == 2


def test_compare_shows_paired_differences(small: Path) -> None:
    other = small.with_name("other.toml")
    other.write_text('extends = "small.toml"\nname = "other"\n[building.shop.battery.main]\ncapacity_kwh = 60\n')
    done = yuimaru("compare", small.name, other.name, "--workers", "1", cwd=small.parent)
    assert done.returncode == 0, done.stderr
    assert "other" in done.stdout
    assert "on the same draws" in done.stdout


def test_new_writes_a_scenario_that_checks_and_leaves_an_existing_file_alone(tmp_path: Path) -> None:
    assert yuimaru("new", "mine.toml", cwd=tmp_path).returncode == 0
    assert yuimaru("check", "mine.toml", cwd=tmp_path).returncode == 0
    before = (tmp_path / "mine.toml").read_text()
    again = yuimaru("new", "mine.toml", cwd=tmp_path)
    assert again.returncode == 2
    assert "does not exist yet" in again.stderr
    assert (tmp_path / "mine.toml").read_text() == before


def test_schema_is_json(tmp_path: Path) -> None:
    done = yuimaru("schema", cwd=tmp_path)
    assert done.returncode == 0
    assert "building" in json.loads(done.stdout)["$defs"]["Alone"]["properties"]
