"""A folder of results is whole or not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulation.report.folder import whole_folder


def test_a_folder_appears_under_its_name_when_it_is_whole(tmp_path: Path) -> None:
    with whole_folder(tmp_path / "results", "run") as folder:
        (folder.temporary / "run.json").write_text("{}")
        assert not (tmp_path / "results" / "run").exists()
    assert [path.name for path in (tmp_path / "results").iterdir()] == ["run"]
    assert folder.final == tmp_path / "results" / "run"
    assert (folder.final / "run.json").read_text() == "{}"


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError, SystemExit])
def test_an_interruption_leaves_nothing(tmp_path: Path, stop: type[BaseException]) -> None:
    def interrupted() -> None:
        with whole_folder(tmp_path, "run") as folder:
            (folder.temporary / "report.html").write_text("half")
            raise stop

    with pytest.raises(stop):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_a_result_that_stands_is_never_touched(tmp_path: Path) -> None:
    for text in ("first", "second", "third"):
        with whole_folder(tmp_path, "run") as folder:
            (folder.temporary / "text").write_text(text)
    found = {path.name: (path / "text").read_text() for path in tmp_path.iterdir()}
    assert found == {"run": "first", "run-2": "second", "run-3": "third"}


def test_two_writers_of_one_name_both_finish(tmp_path: Path) -> None:
    with whole_folder(tmp_path, "run") as slow:
        (slow.temporary / "text").write_text("slow")
        with whole_folder(tmp_path, "run") as quick:
            (quick.temporary / "text").write_text("quick")
    assert quick.final == tmp_path / "run"
    assert slow.final == tmp_path / "run-2"
