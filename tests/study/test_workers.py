"""Scenarios over processes: the same result for one worker and for many, and an orderly end when stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simulation.errors import RunError
from simulation.events.trajectory import Trajectory
from simulation.interchange.interior_point import InteriorPoint
from simulation.interchange.rules import MeritOrder
from simulation.interchange.schedule import Solver
from simulation.scenario.load import load
from simulation.study.workers import Plan, Work, run_scenarios, run_stream
from tests.cli import SMALL

HOMES = """
[building.homes.grid]
feeder = "north"
tariff = "tepco_extra_high_2016_20kv"
contract_kw = 100
[building.homes.load.all]
constant_kw = 25
tier_frac = { critical = 0.5, comfort = 0.5 }
[building.homes.pv.roof]
rated_kw = 90
[building.homes.battery.main]
charge_kw = 20
discharge_kw = 20
capacity_kwh = 40
[tieline.between]
a = "homes"
b = "shop"
capacity_ab_kw = 30
capacity_ba_kw = 30
"""
"""Neighbours of the small shop: the weather, which is drawn, decides what they have to give."""

LONGEST_STOP_S = 30.0
"""A stop takes a second or two; a machine that is busy with other tests needs longer."""


def _work(tmp_path: Path, n: int, block: int, solver: Solver | None = None) -> Work:
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    ids = tuple(range(n))
    return Work(spec=load(path), plan="replan", solver=solver or MeritOrder(), scenario_ids=ids, seed=3, block=block)


def _assert_same(found: Trajectory, expected: Trajectory, rows: list[int]) -> None:
    """Every number of ``found`` is that of these rows of ``expected``, to the last digit."""
    assert found.scenario_ids.tolist() == expected.scenario_ids[rows].tolist()
    worlds = [[event.text for event in expected.events if event.scenario == s] for s in found.scenario_ids]
    assert [event.text for event in found.events] == [text for texts in worlds for text in texts]
    for name, flow in expected.flows.items():
        assert np.array_equal(found.flows[name].values, flow.values[rows]), name
    for name, level in expected.levels.items():
        assert np.array_equal(found.levels[name].values, level.values[rows]), name


@pytest.mark.slow
@pytest.mark.parametrize("solver", [MeritOrder(), InteriorPoint()], ids=lambda solver: solver.name)
def test_many_workers_give_what_one_gives_however_the_scenarios_are_split(tmp_path: Path, solver: Solver) -> None:
    shares: list[float] = []
    many = run_scenarios(_work(tmp_path, 5, 2, solver), workers=2, progress=shares.append)
    one = run_scenarios(_work(tmp_path, 5, 3, solver))
    assert shares[-1] == 1.0
    _assert_same(many, one, [0, 1, 2, 3, 4])


@pytest.mark.parametrize("plan", ["perfect", pytest.param("replan", marks=pytest.mark.slow)])
def test_the_core_replays_a_world_alone_as_it_was_among_others(tmp_path: Path, plan: Plan) -> None:
    """Two stores and a line: there are many plans of equal cost, and the world alone must take the same."""
    path = tmp_path / "exchange.toml"
    path.write_text(SMALL + HOMES, encoding="utf-8")
    work = Work(spec=load(path), plan=plan, solver=InteriorPoint(), scenario_ids=(0, 1), seed=3)
    together = run_scenarios(work)
    assert together.flows["charge_kw"].values.any()
    _assert_same(run_scenarios(replace(work, scenario_ids=(1,))), together, [1])


def test_a_stream_hands_out_blocks_in_order_and_runs_none_before_it_is_asked_for(tmp_path: Path) -> None:
    shares: list[float] = []
    stream = run_stream(_work(tmp_path, n=3, block=2), progress=shares.append)
    assert not shares
    assert next(stream).scenario_ids.tolist() == [0, 1]
    assert max(shares) <= 0.5
    assert next(stream).scenario_ids.tolist() == [2]
    assert next(stream, None) is None


class Failing(MeritOrder):
    """A solver that cannot be made again in another process."""

    def __reduce__(self) -> tuple:
        return int, ("no number",)


@pytest.mark.slow
def test_a_block_that_fails_is_told_and_ends_the_others(tmp_path: Path) -> None:
    work = _work(tmp_path, n=4, block=2)
    broken = Work(
        spec=work.spec, plan="replan", solver=Failing(), scenario_ids=work.scenario_ids, seed=3, block=work.block
    )
    with pytest.raises(RunError, match="run with --workers 1 to see where"):
        run_scenarios(broken, workers=2)


def _descendants(pid: int) -> set[int]:
    listed = subprocess.run(["ps", "-e", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True)
    parents = {int(a): int(b) for a, b, state in map(str.split, listed.stdout.splitlines()) if state[0] != "Z"}
    found = {pid} & set(parents)
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs groups of processes")
@pytest.mark.parametrize(
    ("sent", "to_all"),
    [(signal.SIGINT, True), (signal.SIGINT, False), (signal.SIGTERM, False)],
    ids=["terminal", "parent alone", "told to end"],
)
def test_a_run_that_is_stopped_ends_its_workers_and_leaves_nothing(
    tmp_path: Path, sent: signal.Signals, to_all: bool
) -> None:
    command = [sys.executable, "-m", "simulation", "run", "mutsuzawa_faxai", "--scenarios", "400", "--workers", "2"]
    run = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    family: set[int] = set()
    deadline = time.monotonic() + LONGEST_STOP_S
    while len(family) < 4 and time.monotonic() < deadline:  # itself, two workers and the tracker of their resources
        time.sleep(0.2)
        family |= _descendants(run.pid)
    time.sleep(1.0)
    assert run.poll() is None, run.communicate()
    began = time.monotonic()
    (os.killpg if to_all else os.kill)(run.pid, sent)
    out, err = run.communicate(timeout=LONGEST_STOP_S)
    assert run.returncode == 1, (out, err)
    assert "interrupted: all workers were stopped; no results were written" in err
    assert "Traceback" not in err
    assert not (tmp_path / "results").exists()
    while (left := {pid for pid in family if _descendants(pid)}) and time.monotonic() - began < LONGEST_STOP_S:
        time.sleep(0.2)
    assert not left
