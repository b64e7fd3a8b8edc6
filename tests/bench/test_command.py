"""The command ``yuimaru bench`` as its user meets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulation.bench.history import HISTORY, append, read
from tests.bench.sessions import session
from tests.cli import yuimaru


def test_an_unknown_case_exits_with_2_and_names_those_there_are(tmp_path: Path) -> None:
    done = yuimaru("bench", "--case", "6x48", cwd=tmp_path)
    assert done.code == 2
    assert "given '6x48'" in done.err
    assert "2x48-plain" in done.err


def test_the_history_is_shown_and_drawn(tmp_path: Path) -> None:
    append(tmp_path / HISTORY, session(1))
    append(tmp_path / HISTORY, session(9, core_ms=0.125))
    done = yuimaru("bench", "--history", "--out", ".", cwd=tmp_path)
    assert done.code == 0
    assert "2026-11-01 12:00" in done.out
    assert "0.12" in done.out
    assert (tmp_path / "history.svg").stat().st_size > 1000


def test_a_corrupt_history_exits_with_1_and_names_the_line(tmp_path: Path) -> None:
    append(tmp_path / HISTORY, session(1))
    with (tmp_path / HISTORY).open("a", encoding="utf-8") as file:
        file.write("half a li")
    done = yuimaru("bench", "--history", "--out", ".", cwd=tmp_path)
    assert done.code == 1
    assert "line 2: cut short" in done.err


@pytest.mark.slow
def test_a_case_is_timed_and_saved(tmp_path: Path) -> None:
    words = ("--case", "2x48-plain", "--phase", "simulate", "--repeats", "1", "--save", "--out", ".")
    done = yuimaru("bench", *words, cwd=tmp_path)
    assert done.code == 0, done.err
    assert "2x48-plain" in done.out
    (stored,) = read(tmp_path / HISTORY)
    (figure,) = stored.figures
    assert (figure.case, figure.phase, figure.count) == ("2x48-plain", "simulate", 48)
    assert stored.machine.threads == 1


@pytest.mark.slow
def test_a_count_that_moved_exits_with_1(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("simulation.bench.measure.faults", lambda *_: ["2x48-plain simulate: 47 events; recorded 48"])
    done = yuimaru("bench", "--case", "2x48-plain", "--phase", "simulate", "--repeats", "1", "--out", ".", cwd=tmp_path)
    assert done.code == 1
    assert "counts differ from the registry" in done.err
    assert "47 events; recorded 48" in done.err
