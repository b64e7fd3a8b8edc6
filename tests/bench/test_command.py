"""The command ``yuimaru bench`` as its user meets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulation.bench.docs import BEGIN, END
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


def test_a_page_without_marks_is_refused_before_anything_is_measured(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("no marks", encoding="utf-8")
    done = yuimaru("bench", "--docs", "page.md", "--out", ".", cwd=tmp_path)
    assert done.code == 1
    assert "needs one line <!-- measured: begin -->" in done.err
    assert not (tmp_path / HISTORY).exists()
    assert "made" not in done.err


def test_a_page_is_not_written_from_a_part(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(f"{BEGIN}\n{END}\n", encoding="utf-8")
    done = yuimaru("bench", "--docs", "page.md", "--case", "2x48", "--solver", "highs", "--out", ".", cwd=tmp_path)
    assert done.code == 2
    assert "takes no --case, --solver" in " ".join(done.err.split())
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == f"{BEGIN}\n{END}\n"


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
    assert stored.others_load is not None
    assert "2x48-plain simulate interior-point" in done.err, "told line by line where there is no terminal"


@pytest.mark.slow
def test_a_count_that_moved_exits_with_1(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("simulation.bench.measure.faults", lambda *_: ["2x48-plain simulate: 47 events; recorded 48"])
    done = yuimaru("bench", "--case", "2x48-plain", "--phase", "simulate", "--repeats", "1", "--out", ".", cwd=tmp_path)
    assert done.code == 1
    assert "counts differ from the registry" in done.err
    assert "47 events; recorded 48" in done.err
