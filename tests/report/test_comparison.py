"""Configurations side by side: paired differences, on the page and as data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulation.metrics.metrics import assess
from simulation.report.comparison import write_comparison
from simulation.report.display import change_text
from simulation.study.compare import Comparison, compare
from tests.report import week
from tests.report.conftest import Week


@pytest.fixture(scope="module")
def comparison(hub_week: Week) -> Comparison:
    """The week against one whose engine never starts in scenarios of its own."""
    other = hub_week.spec.model_copy(update={"name": "other_week", "title": "The same week, other luck"})
    luck = assess(other, week.trajectory(other, n=6, seed=6))
    return compare([hub_week.spec, other], [hub_week.metrics, luck])


@pytest.fixture(scope="module")
def page(comparison: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page as written."""
    return write_comparison(comparison, tmp_path_factory.mktemp("results"), command="yuimaru compare a b")


def test_the_folder_holds_page_figures_and_data(page: Path) -> None:
    names = {path.name for path in page.parent.iterdir()}
    assert names == {
        "comparison.html",
        "comparison.json",
        "figures",
        "metrics-hub_week.parquet",
        "metrics-other_week.parquet",
    }
    drawn = {path.stem for path in (page.parent / "figures").iterdir()}
    assert drawn == {"survival_compared", "frontier", "differences"}


def test_differences_stand_on_the_page_with_intervals(page: Path, comparison: Comparison) -> None:
    text = page.read_text(encoding="utf-8")
    assert str(comparison.differences[0]["import_kwh"]) in text
    assert str(comparison.metrics[0].estimates["import_kwh"]) in text
    assert "The same week, other luck" in text
    assert "yuimaru compare a b" in text
    assert 'src="http' not in text


def test_shares_differ_in_percentage_points(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    row = text[text.index('<th scope="row">self-sufficiency</th>') :]
    assert " points" in row[: row.index("</tr>")]


def test_hours_and_person_hours_of_every_service_stand_side_by_side(page: Path, comparison: Comparison) -> None:
    text = page.read_text(encoding="utf-8")
    for heading, quantity in (
        ("Hours until a service was lost", "survived_h[hub.critical]"),
        ("Hours served", "served_h[hub.critical]"),
        ("Hours that people went without a service", "unserved_person_h[hub.shelter.hall]"),
        ("Hours that people went without a service", "unserved_person_h[hub.critical]"),
    ):
        part = text[text.index(f"<h2>{heading}</h2>") :]
        part = part[: part.index("</table>")]
        assert change_text(comparison.differences[0][quantity]) in part


def test_what_is_clear_is_said_first(page: Path, comparison: Comparison) -> None:
    text = page.read_text(encoding="utf-8")
    served = {name: one for name, one in comparison.differences[0].items() if name.startswith("served_h[")}
    more = sum(one.resolved and one.mean > 0 for one in served.values())
    fewer = sum(one.resolved and one.mean < 0 for one in served.values())
    assert f"gives clearly more hours of {more} services and clearly fewer of {fewer};" in text
    assert text.index("<h2>In short</h2>") < text.index("<h2>Headlines</h2>")


def test_data_hold_every_difference(page: Path, comparison: Comparison) -> None:
    stored = json.loads((page.parent / "comparison.json").read_text(encoding="utf-8"))
    assert stored["reference"] == "hub_week"
    found = stored["differences"]["other_week"]
    assert set(found) == set(comparison.differences[0])
    assert found["import_kwh"]["mean"] == pytest.approx(comparison.differences[0]["import_kwh"].mean)
