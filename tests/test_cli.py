"""The command line as its user meets it: what it prints, what it writes, and how it exits."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulation.report import write
from simulation.study import workers
from tests.cli import SMALL, Done, yuimaru


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Done]:
    """The small scenario run once from file to report in a process of its own, figures and all."""
    folder = tmp_path_factory.mktemp("ran")
    (folder / "small.toml").write_text(SMALL, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "simulation", "run", "small.toml", "--workers", "1"],
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
    )
    return folder, Done(code=done.returncode, out=done.stdout, err=done.stderr)


def _no_run(*_: object, **__: object) -> None:
    raise AssertionError("it was run, though it should have been refused before")


def test_run_goes_from_file_to_report(ran: tuple[Path, Done]) -> None:
    cwd, done = ran
    assert done.code == 0, done.err
    assert "closed loop" in done.out
    (folder,) = (cwd / "results").iterdir()
    assert f"report: {Path('results') / folder.name / 'report.html'}" in done.out
    there = {path.name for path in folder.iterdir()}
    assert there >= {"report.html", "metrics.parquet", "events.parquet", "series.nc", "summary.json", "run.json"}
    assert list((folder / "figures").iterdir())


def test_a_run_records_its_seed_and_how_long_each_phase_took(ran: tuple[Path, Done]) -> None:
    (record,) = (ran[0] / "results").glob("*/run.json")
    stored = json.loads(record.read_text())
    assert stored["seed"] == 3
    assert stored["solver"]["name"] == "InteriorPoint", "the core plans a run unless told otherwise"
    assert set(stored["wall_s"]) == {"run", "assess", "report"}
    assert stored["wall_s"]["run"] > 0.0


def test_check_shows_what_is_in_a_scenario(small: Path) -> None:
    done = yuimaru("check", small.name, cwd=small.parent)
    assert done.code == 0, done.err
    assert "One shop on one feeder" in done.out
    assert "100 kW on north" in done.out


def test_check_reports_every_file_and_not_only_the_first_faulty_one(small: Path) -> None:
    (small.parent / "empty.toml").write_text("")
    done = yuimaru("check", "empty.toml", "small.toml", "nowhere.toml", cwd=small.parent)
    assert done.code == 2
    assert "empty.toml: 6 faults" in done.err
    assert "nowhere.toml: 1 fault" in done.err
    assert "One shop on one feeder" in done.out


def test_check_notes_lots_that_come_after_the_period(small: Path) -> None:
    tank = '[building.shop.fuel_tank.day]\nfuel = "diesel"\ncapacity_l = 9\n'
    lot = '[delivery.late]\nto = "shop.fuel_tank.day"\namount = 1\nfirst_after_h = 20\n'
    small.write_text(SMALL + tank + lot, encoding="utf-8")
    done = yuimaru("check", small.name, cwd=small.parent)
    assert done.code == 0
    assert "note: delivery.late: nothing comes" in done.out


def test_a_faulty_file_lists_every_fault_and_exits_with_2(small: Path) -> None:
    text = SMALL.replace("contract_kw = 100", "contract_kv = 100").replace("charge_kw = 20\n", "charge_kw = -20\n", 1)
    small.write_text(text, encoding="utf-8")
    done = yuimaru("run", small.name, cwd=small.parent)
    assert done.code == 2
    assert "building.shop.grid.contract_kv" in done.err
    assert "contract_kw" in done.err
    assert "building.shop.battery.main.charge_kw" in done.err
    assert not (small.parent / "results").exists()


def test_a_strike_outside_the_period_is_not_run_as_a_perfect_survival(small: Path) -> None:
    small.write_text(SMALL.replace("start = 2026-08-03T12", "start = 2027-08-03T12"), encoding="utf-8")
    done = yuimaru("run", small.name, cwd=small.parent)
    assert done.code == 2
    assert "hazard.start: given 2027-08-03T12:00:00, after the period" in done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "nowhere.toml"), "nothing there"),
        (("run",), "Missing argument"),
        (("nonsense",), "No such command"),
        (("run", "small.toml", "--scenarios", "0"), "--scenarios"),
        (("run", "small.toml", "--scenarios", "1000000000000"), "--scenarios"),
        (("run", "small.toml", "--scenarios", "[/bold]"), "--scenarios"),
        (("run", "small.toml", "--only", "99999999999999999999"), "--only"),
        (("run", "small.toml", "--only", "1", "--scenarios", "2"), "leave --scenarios away"),
        (("run", "small.toml", "--seed", "99999999999999999999"), "--seed"),
        (("run", "small.toml", "--bound", "--plan", "perfect"), "leave --plan perfect away"),
        (("run", "x" * 5000), "File name too long"),
        (("compare", "small.toml"), "two or more"),
        (("new", "/proc/x.toml"), "/proc/x.toml"),
        (("new", "nowhere/x.toml"), "mkdir nowhere"),
        (("new", "x" * 5000), "File name too long"),
        (("new", "mine.toml", "--from", "mihamma"), "did you mean mihama?"),
    ],
)
def test_a_faulty_option_or_name_exits_with_2_before_anything_is_run(
    small: Path, words: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "run_scenarios", _no_run)
    done = yuimaru(*words, cwd=small.parent)
    assert done.code == 2
    assert said in done.err


@pytest.mark.parametrize("out", ["small.toml", "small.toml/deep", "/proc/nothing"])
@pytest.mark.parametrize("words", [("run", "small.toml"), ("compare", "small.toml", "other.toml")])
def test_a_place_that_cannot_be_written_to_is_refused_before_anything_is_run(
    small: Path, words: tuple[str, ...], out: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.with_name("other.toml").write_text('extends = "small.toml"\nname = "other"\n')
    monkeypatch.setattr(workers, "run_scenarios", _no_run)
    done = yuimaru(*words, "--out", out, cwd=small.parent)
    assert done.code == 2
    assert f"out: given {out}" in done.err
    assert "--out" in done.err


def test_a_disk_that_fills_up_meanwhile_ends_with_1_and_leaves_nothing(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(write, "write_series", full)
    done = yuimaru("run", small.name, "--scenarios", "1", cwd=small.parent)
    assert done.code == 1
    assert "No space left on device" in done.err
    assert "free some space" in done.err
    assert list((small.parent / "results").iterdir()) == []


@pytest.mark.parametrize(
    ("stop", "said"),
    [
        (KeyboardInterrupt(), "interrupted: all workers were stopped; no results were written"),
        (MemoryError(), "run fewer --scenarios"),
        (OSError(errno.EIO, "Input/output error"), "the system refused"),
    ],
)
def test_what_stops_a_run_from_outside_is_told_and_exits_with_1(
    small: Path, stop: BaseException, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise stop

    monkeypatch.setattr(workers, "run_scenarios", stopped)
    done = yuimaru("run", small.name, cwd=small.parent)
    assert done.code == 1
    assert said in done.err
    assert not (small.parent / "results").exists()


def test_only_replays_one_scenario_and_prints_its_events(small: Path) -> None:
    done = yuimaru("run", small.name, "--only", "1", cwd=small.parent)
    assert done.code == 0, done.err
    assert "2026-08-03 12:00" in done.out
    assert "grid lost" in done.out


def test_perfect_information_is_labelled_as_a_bound(small: Path) -> None:
    done = yuimaru("run", small.name, "--plan", "perfect", "--scenarios", "1", cwd=small.parent)
    assert done.code == 0, done.err
    assert "PERFECT INFORMATION" in done.out


def test_the_bound_stands_beside_the_closed_loop(small: Path) -> None:
    done = yuimaru("run", small.name, "--bound", "--scenarios", "1", cwd=small.parent)
    assert done.code == 0, done.err
    assert "closed loop" in done.out
    assert "PERFECT INFORMATION" in done.out
    (record,) = (small.parent / "results").glob("*/run.json")
    assert "bound" in json.loads(record.read_text())["wall_s"]


@pytest.mark.parametrize("solver", ["highs", pytest.param("merit-order", marks=pytest.mark.slow)])
def test_explain_says_in_terminal_and_report_what_kept_the_load_away_and_what_would_cure_it(
    small: Path, solver: str
) -> None:
    done = yuimaru("run", small.name, "--only", "1", "--explain", "--solver", solver, cwd=small.parent)
    assert done.code == 0, done.err
    assert "With perfect information, scenario 1:" in done.out
    assert "the public grid of shop was down for 2 h" in done.out
    assert "building.shop.battery.main.capacity_kwh from 15 to" in done.out
    (page,) = small.parent.glob("results/*/report.html")
    assert "building.shop.battery.main.capacity_kwh" in page.read_text()


def test_brackets_and_dollars_in_titles_are_only_text(small: Path) -> None:
    text = SMALL.replace("One shop on one feeder", "[red]One[/red] [/shop] for $x_{$ :smile:")
    small.write_text(f'{text}[building.shop]\ntitle = "[/bold] A&B <b>shop</b>"\n', encoding="utf-8")
    shown = yuimaru("check", small.name, cwd=small.parent)
    assert shown.code == 0, shown.err
    assert "[red]One[/red] [/shop] for $x_{$ :smile:" in shown.out
    assert "[/bold] A&B <b>shop</b>" in shown.out
    done = yuimaru("run", small.name, "--scenarios", "1", cwd=small.parent)
    assert done.code == 0, done.err
    (page,) = (small.parent / "results").glob("*/report.html")
    assert "<b>shop</b>" not in page.read_text(encoding="utf-8")


def test_compare_shows_paired_differences(small: Path) -> None:
    other = small.with_name("other.toml")
    other.write_text('extends = "small.toml"\nname = "other"\n[building.shop.battery.main]\ncapacity_kwh = 60\n')
    done = yuimaru("compare", small.name, other.name, "--workers", "1", cwd=small.parent)
    assert done.code == 0, done.err
    assert "other" in done.out
    assert "on the same draws" in done.out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("", "'small' 2 times"),
        ('name = "other"\n[period]\ndays = 2', "other: period.days: given 2; legal: 1, as in small"),
        ('name = "other"\n[period]\nstart = 2026-08-02\ndays = 2', "other: period.start"),
        ('name = "other"\n[period]\ncontrol_step_min = 10', "other: period.control_step_min"),
    ],
)
def test_what_cannot_be_compared_is_refused_before_anything_is_run(
    small: Path, change: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "run_scenarios", _no_run)
    small.with_name("other.toml").write_text(f'extends = "small.toml"\n{change}\n')
    done = yuimaru("compare", "small.toml", "other.toml", cwd=small.parent)
    assert done.code == 2
    assert said in done.err


def test_new_writes_a_scenario_that_checks_and_leaves_an_existing_file_alone(tmp_path: Path) -> None:
    assert yuimaru("new", "mine.toml", cwd=tmp_path).code == 0
    assert yuimaru("check", "mine.toml", cwd=tmp_path).code == 0
    before = (tmp_path / "mine.toml").read_text()
    again = yuimaru("new", "mine.toml", cwd=tmp_path)
    assert again.code == 2
    assert "does not exist yet" in again.err
    assert (tmp_path / "mine.toml").read_text() == before


def test_schema_is_json(tmp_path: Path) -> None:
    done = yuimaru("schema", cwd=tmp_path)
    assert done.code == 0
    assert "building" in json.loads(done.out)["$defs"]["Alone"]["properties"]


def test_help_is_light() -> None:
    """Help needs none of the heavy packages, and not the one that would lay it out prettily."""
    code = (
        "import sys; sys.argv = ['yuimaru', '--help']\n"
        "from simulation.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print([m for m in ('numpy', 'pandas', 'pydantic', 'rich', 'scipy', 'simpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "compare" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"
