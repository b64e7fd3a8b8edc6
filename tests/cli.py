"""The command line run within the test's own process: no interpreter starts, and a fault has its own traceback."""

from __future__ import annotations

import contextlib
import io
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from simulation.cli import main

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
"""A scenario that runs in a fraction of a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


def yuimaru(*words: str, cwd: Path) -> Done:
    """Run ``yuimaru`` with these words in a folder; figures are left out, since drawing them is tested elsewhere."""
    out, err = io.StringIO(), io.StringIO()
    with (
        _untouched_signals(),
        contextlib.chdir(cwd),
        mock.patch.object(sys, "argv", ["yuimaru", *words]),
        mock.patch("simulation.report.write.draw", return_value=()),
        mock.patch("simulation.report.comparison._figures", return_value=()),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 0
        else:
            code = 0
    return Done(code=code, out=out.getvalue(), err=err.getvalue())


@contextlib.contextmanager
def _untouched_signals() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
