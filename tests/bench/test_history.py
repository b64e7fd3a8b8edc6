from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from simulation.bench.history import append, read
from simulation.bench.tables import core_solves, history_table
from simulation.bench.timeline import write_timeline
from simulation.errors import RunError
from tests.bench.sessions import session


def test_what_is_appended_is_read_back_in_order(tmp_path: Path) -> None:
    path = tmp_path / "benchmarks" / "history.jsonl"
    assert read(path) == []
    sessions = [session(1), session(2, core_ms=0.2)]
    for one in sessions:
        append(path, one)
    assert read(path) == sessions
    assert len(path.read_text(encoding="utf-8").splitlines()) == 2


def test_a_number_that_is_none_is_stored_as_null(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    first = session().figures[0]
    append(path, replace(session(), figures=(replace(first, worst=float("nan")),)))
    assert json.loads(path.read_text(encoding="utf-8"))["figures"][0]["worst"] is None
    assert read(path)[0].figures[0].worst is None


@pytest.mark.parametrize("line", ['{"figures": []}', "not json", '{"figures": 3, "started_utc": "yesterday"}'])
def test_a_corrupt_line_is_named_and_nothing_is_added(tmp_path: Path, line: str) -> None:
    path = tmp_path / "history.jsonl"
    append(path, session())
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    before = path.read_bytes()
    with pytest.raises(RunError, match=r"history.jsonl, line 2: not a session of benchmarks .*put the file back"):
        append(path, session(2))
    assert path.read_bytes() == before


def test_a_line_that_was_cut_short_is_named(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    append(path, session())
    append(path, session(2))
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(RunError, match="line 2: cut short"):
        read(path)


def test_the_timeline_has_a_line_for_each_case(tmp_path: Path) -> None:
    path = write_timeline([session(1), session(9, core_ms=0.2)], tmp_path)
    drawing = path.read_text(encoding="utf-8")
    assert "2x48-plain, numpy, Processor 9000" in drawing
    assert "2x48-stressed, numba, Processor 9000" in drawing


def test_the_history_has_a_row_for_each_kind_of_kernels() -> None:
    table = history_table([session(1), session(9, core_ms=0.5)])
    assert [list(column.cells) for column in table.columns[4:6]] == [
        ["numpy", "numba", "numpy", "numba"],
        ["0.25", "0.20", "0.50", "0.40"],
    ]


def test_a_history_from_before_loads_were_watched_is_read_and_its_names_are_today_s(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    one = session()
    append(path, replace(one, figures=(replace(one.figures[0], case="flagship-week", solver="InteriorPoint"),)))
    table = json.loads(path.read_text(encoding="utf-8"))
    del table["others_load"]
    path.write_text(json.dumps(table) + "\n", encoding="utf-8")
    (old,) = read(path)
    assert old.others_load is None
    assert [figure.case for figure in core_solves(old)] == ["flagship-week"]


def test_the_history_shows_the_load_of_others() -> None:
    table = history_table([replace(session(), others_load=0.7)])
    assert list(table.columns[3].cells) == ["0.7", "0.7"]


def test_a_timeline_of_nothing_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="run yuimaru bench --save first"):
        write_timeline([replace(session(), figures=())], tmp_path)
