"""A run's folder: what is in it, and that it is whole or not there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulation.report import write
from simulation.report.run_record import RunRecord
from tests.report.conftest import Week


@pytest.fixture(autouse=True)
def _drawn_once(hub_week: Week, monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures of the week are drawn once for all tests; how they are drawn is tested elsewhere."""
    monkeypatch.setattr(write, "draw", lambda *_: hub_week.figures)


def test_everything_that_is_promised_is_there(hub_week: Week, tmp_path: Path) -> None:
    run = RunRecord.of(hub_week.spec, seed=5, plan="replan", solver="HiGHS")
    page = write.write_report(hub_week.spec, hub_week.trajectory, hub_week.metrics, tmp_path, run=run)
    assert page == tmp_path / run.run_id / "report.html"
    found = {path.name for path in page.parent.iterdir()}
    assert found == {
        "report.html",
        "figures",
        "metrics.parquet",
        "events.parquet",
        "series.nc",
        "summary.json",
        "run.json",
    }
    assert {path.stem for path in (page.parent / "figures").iterdir()} == {f.name for f in hub_week.figures}
    stored = json.loads((page.parent / "run.json").read_text(encoding="utf-8"))
    assert stored["seed"] == 5
    assert stored["wall_s"]["report"] > 0


@pytest.mark.parametrize("last", ["write_series", "report_failure"])
def test_a_failure_on_the_way_leaves_nothing(
    hub_week: Week, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    def fail(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    if last == "write_series":
        monkeypatch.setattr(write, "write_series", fail)
    else:
        monkeypatch.setattr(write.Page, "html", fail)
    with pytest.raises(KeyboardInterrupt):
        write.write_report(hub_week.spec, hub_week.trajectory, hub_week.metrics, tmp_path)
    assert list(tmp_path.iterdir()) == []
