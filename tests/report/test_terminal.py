"""Tables for the terminal: differences in per cent only where they mean something."""

from __future__ import annotations

import dataclasses

import pytest

from simulation.metrics.estimate import Estimate
from simulation.report.terminal import answer_lines, comparison_table, survival_table
from simulation.study.compare import Comparison
from tests.report.conftest import Week


def _estimate(mean: float, half: float, n: int = 9, unit: str = "kWh") -> Estimate:
    return Estimate(
        mean=mean, stderr=half / 2.3, n=n, unit=unit, low=mean - half, high=mean + half, method="t-interval"
    )


def _shown(week: Week, change: Estimate, first: Estimate) -> str:
    """The cell of the difference in imported energy."""
    metrics = dataclasses.replace(week.metrics, estimates={**week.metrics.estimates, "import_kwh": first})
    comparison = Comparison(
        names=("a", "b"), specs=(week.spec,) * 2, metrics=(metrics,) * 2, differences=({"import_kwh": change},)
    )
    (cell,) = comparison_table(comparison).columns[2].cells
    return str(cell)


@pytest.mark.parametrize(
    ("change", "first", "percent"),
    [
        (_estimate(-50.0, 10.0), _estimate(1000.0, 100.0), "(-5.0 %)"),
        (_estimate(-50.0, 60.0), _estimate(1000.0, 100.0), None),
        (_estimate(-50.0, 10.0), _estimate(1.0, 3.0), None),
        (_estimate(-50.0, 10.0), _estimate(0.0, 0.0), None),
        (_estimate(-50.0, 0.0, n=1), _estimate(1000.0, 0.0, n=1), "(-5.0 %)"),
        (_estimate(-0.5, 0.1, unit="-"), _estimate(0.9, 0.05, unit="-"), None),
    ],
    ids=["clear", "interval holds zero", "first near zero", "first zero", "one run", "shares are in points"],
)
def test_a_per_cent_stands_only_where_the_interval_leaves_zero_out(
    hub_week: Week, change: Estimate, first: Estimate, percent: str | None
) -> None:
    cell = _shown(hub_week, change, first)
    assert "kWh" in cell or "points" in cell
    assert (percent in cell) if percent else ("%)" not in cell)


def test_survival_is_shown_with_its_interval_and_in_words(hub_week: Week) -> None:
    table = survival_table(hub_week.metrics)
    words, shares = list(table.columns[0].cells), list(table.columns[2].cells)
    place = words.index("Room in shelter hall at hub")
    share, low, high = next(c for c in hub_week.metrics.survival if c.service == "hub.shelter.hall").at(24.0)
    assert shares[place] == f"{100 * share:.0f} ({100 * low:.0f} to {100 * high:.0f})"


def test_a_run_is_told_in_short(hub_week: Week) -> None:
    text = "\n".join(line.plain for line in answer_lines(hub_week.metrics, "hub_week"))
    assert "What fails first?" in text
    assert "yuimaru run hub_week --explain" in text


def test_services_that_differ_are_compared_by_their_hours(hub_week: Week) -> None:
    change = {"survived_h[hub.critical]": _estimate(-20.0, 5.0, unit="h")}
    comparison = Comparison(
        names=("a", "b"), specs=(hub_week.spec,) * 2, metrics=(hub_week.metrics,) * 2, differences=(change,)
    )
    (words,) = comparison_table(comparison).columns[0].cells
    assert words == "hours held: critical power, hub"
