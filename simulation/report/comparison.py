"""The page that sets configurations side by side on the same draws."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from simulation.metrics.estimate import Estimate
from simulation.metrics.metrics import Metrics
from simulation.metrics.quantity import key
from simulation.report.display import change_text, shown
from simulation.report.figures.compared import differences, frontier, survival_compared
from simulation.report.figures.style import Drawn
from simulation.report.folder import whole_folder
from simulation.report.headlines import HEADLINES
from simulation.report.html import inline
from simulation.report.run_record import scenario_hash
from simulation.report.tables import scenario_table, write_parquet
from simulation.report.template import template
from simulation.report.words import service_words
from simulation.study.compare import Comparison

__all__ = ["write_comparison"]


def write_comparison(comparison: Comparison, out: Path | str, *, command: str = "") -> Path:
    """Write ``out/compare-<time>/`` with comparison.html, its figures and every configuration's metrics.

    Like a run's results, the folder appears only when it is whole.  Returns the path of the page.
    """
    moment = datetime.now(UTC)
    figures = _figures(comparison)
    with whole_folder(Path(out), f"compare-{'-'.join(comparison.names)[:60]}-{moment:%Y%m%dT%H%M%SZ}") as folder:
        here = folder.temporary
        (here / "figures").mkdir()
        for figure in figures:
            (here / "figures" / f"{figure.name}.{figure.ending}").write_bytes(figure.data)
        for name, metrics in zip(comparison.names, comparison.metrics, strict=True):
            units = {column: (one.unit, one.meaning) for column, one in metrics.per_scenario.items()}
            write_parquet(scenario_table(metrics), here / f"metrics-{name}.parquet", units)
        (here / "comparison.json").write_text(_data(comparison), encoding="utf-8")
        (here / "comparison.html").write_text(_page(comparison, figures, moment, command), encoding="utf-8")
    assert folder.final is not None
    return folder.final / "comparison.html"


def _figures(comparison: Comparison) -> tuple[Drawn, ...]:
    names, metrics = comparison.names, comparison.metrics
    drawn = (
        survival_compared(names, metrics),
        frontier(names, metrics, _main_service(metrics)) if metrics[0].survival else None,
        differences(names, comparison.differences, [(name, _alone(words)) for name, words in HEADLINES]),
    )
    return tuple(figure for figure in drawn if figure is not None)


def _alone(words: str) -> str:
    """Words of a headline that stands without the total above it."""
    return f"cost: {words.strip()}" if words.startswith("  ") else words


def _main_service(metrics: Sequence[Metrics]) -> str:
    """The first service that the configurations hold for different hours; else the first that any of them loses."""
    hours = [[one.estimates.get(key("survived_h", c.service)) for one in metrics] for c in metrics[0].survival]
    for curve, found in zip(metrics[0].survival, hours, strict=True):
        if len({estimate.mean for estimate in found if estimate is not None}) > 1:
            return curve.service
    lost = [curve.service for curve in metrics[0].survival if curve.alive_frac[-1] < 1.0]
    return lost[0] if lost else metrics[0].survival[0].service


def _in_short(comparison: Comparison) -> list[str]:
    """For every configuration: of how many services it gives clearly more or fewer hours, and what it costs."""
    said = []
    services = [key("served_h", curve.service) for curve in comparison.metrics[0].survival]
    for name, found in zip(comparison.names[1:], comparison.differences, strict=True):
        hours = [found[service] for service in services if service in found]
        more = sum(change.resolved and change.mean > 0.0 for change in hours)
        fewer = sum(change.resolved and change.mean < 0.0 for change in hours)
        words = (
            f"Against {comparison.names[0]}, {name} gives clearly more hours of {more} services and clearly fewer of"
        )
        words += f" {fewer}; {len(hours) - more - fewer} are as long, or differ by no more than chance."
        for quantity, what in (("unserved_kwh[critical]", "Critical energy not served"), ("cost_jpy", "Cost")):
            if quantity in found:
                words += f" {what}: {_signed(found[quantity])}."
        said.append(words)
    return said


def _signed(change: Estimate) -> str:
    if not change.resolved:
        return "no clear difference"
    return f"{'+' if change.mean > 0.0 else ''}{change_text(change)}"


def _page(comparison: Comparison, figures: Sequence[Drawn], moment: datetime, command: str) -> str:
    first = comparison.metrics[0]
    return template("comparison.html.j2").render(
        title=" against ".join(comparison.names) if len(comparison.names) == 2 else "Configurations compared",
        specs=comparison.specs,
        names=comparison.names,
        perfect=first.perfect_information,
        n=len(first.scenario_ids),
        short=_in_short(comparison),
        figures=[(figure, inline(figure)) for figure in figures],
        headlines=_rows(comparison, [(name, words) for name, words in HEADLINES]),
        survival=_rows(comparison, _of_services(first, "survived_h")),
        served=_rows(comparison, _of_services(first, "served_h")),
        people=_rows(comparison, _of_services(first, "unserved_person_h")),
        published=[f for spec in comparison.specs[:1] for f in spec.published.values()],
        hashes=[scenario_hash(spec) for spec in comparison.specs],
        command=command,
        moment=moment,
    )


def _of_services(metrics: Metrics, quantity: str) -> list[tuple[str, str]]:
    """Names of a quantity of every service that has it, with the service in words."""
    return [(key(quantity, curve.service), service_words(curve)) for curve in metrics.survival]


def _rows(
    comparison: Comparison, wanted: Sequence[tuple[str, str]]
) -> list[tuple[str, Estimate, list[tuple[str, Estimate, bool]]]]:
    """Words, the first configuration's number; of every other the difference, its own number, whether it is clear."""
    first, others = comparison.metrics[0], comparison.metrics[1:]
    rows = []
    for name, words in wanted:
        if name not in first.estimates or not all(name in found for found in comparison.differences):
            continue
        cells = [
            (change_text(found[name]), shown(other.estimates[name]), found[name].resolved)
            for other, found in zip(others, comparison.differences, strict=True)
        ]
        rows.append((words, shown(first.estimates[name]), cells))
    return rows


def _data(comparison: Comparison) -> str:
    """Every difference as plain data; what is not a number is null."""

    def plain(estimate: Estimate) -> dict:
        values = asdict(estimate) | {"text": str(estimate), "interval_leaves_zero_out": estimate.resolved}
        return {
            field: None if isinstance(value, float) and value != value else value for field, value in values.items()
        }

    table = {
        "reference": comparison.names[0],
        "differences": {
            name: {quantity: plain(estimate) for quantity, estimate in found.items()}
            for name, found in zip(comparison.names[1:], comparison.differences, strict=True)
        },
    }
    return json.dumps(table, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
