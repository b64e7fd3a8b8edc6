"""Tables for the terminal: what is in a scenario, what a run came to, how configurations differ."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from simulation.metrics.estimate import Estimate
from simulation.metrics.metrics import Metrics
from simulation.metrics.quantity import key
from simulation.metrics.survival import SurvivalCurve
from simulation.report.answers import answers
from simulation.report.display import change_text, shown
from simulation.report.headlines import HEADLINES
from simulation.report.questions import marks
from simulation.report.words import service_words
from simulation.scenario.spec import Spec
from simulation.study.compare import Comparison

__all__ = [
    "answer_lines",
    "area_table",
    "comparison_table",
    "published_lines",
    "summary_table",
    "survival_table",
]


def area_table(spec: Spec) -> Table:
    """Buildings with their connections and equipment."""
    clock = spec.clock
    table = Table(
        title=f"{spec.name}: {spec.title}",
        caption=f"{clock.local_text(0.0)} to {clock.local_text(clock.duration_h)} {spec.place.zone}, steps of "
        f"{spec.period.planning_step_min} min (plan), {spec.period.control_step_min} min (control), "
        f"{spec.period.metering_step_min} min (meter); {spec.runs.scenarios} scenarios",
    )
    for heading in ("building", "grid", "PV", "batteries", "engines", "stocks and people"):
        table.add_column(heading)
    for name, building in spec.building.items():
        grid = f"{building.grid.contract_kw:,.0f} kW on {building.grid.feeder}" if building.grid else "none"
        pv = f"{sum(part.rated_kw for part in building.pv.values()):,.0f} kW" if building.pv else ""
        batteries = "\n".join(
            f"{key}: {part.discharge_kw:,.0f} kW, {part.capacity_kwh:,.0f} kWh"
            for key, part in building.battery.items()
        )
        engines = "\n".join(
            f"{key}: {part.count} x {part.rated_kw:,.0f} kW {part.fuel}" for key, part in building.genset.items()
        )
        stocks = [f"{key}: {part.capacity_l:,.0f} L {part.fuel}" for key, part in building.fuel_tank.items()]
        stocks += [f"{key}: {part.capacity_m3:,.0f} m3 water" for key, part in building.water_tank.items()]
        stocks += [f"{key}: room for {part.room_people:,.0f} people" for key, part in building.shelter.items()]
        table.add_row(building.title or name, grid, pv, batteries, engines, "\n".join(stocks))
    return table


def summary_table(spec: Spec, metrics: Metrics, bound: Metrics | None = None) -> Table:
    """Headline numbers with their errors; the bound of perfect information beside them where there is one."""
    what = "PERFECT INFORMATION (a bound)" if metrics.perfect_information else "closed loop"
    table = Table(title=f"{spec.title}: {len(metrics.scenario_ids)} scenarios")
    table.add_column("")
    table.add_column(what, justify="right")
    if bound is not None:
        table.add_column("PERFECT INFORMATION (a bound)", justify="right")
    for name, words in HEADLINES:
        if name not in metrics.estimates:
            continue
        row = [words, str(shown(metrics.estimates[name]))]
        if bound is not None:
            row.append(str(shown(bound.estimates[name])))
        table.add_row(*row)
    return table


def survival_table(metrics: Metrics) -> Table:
    """Share of the scenarios in which each service still stands after some hours, with its 95 % interval."""
    hours = marks(metrics)
    table = Table(
        title=f"services that still stand, counted {metrics.survival_from}",
        caption="per cent of the scenarios, in brackets the 95 % interval",
    )
    for heading in ("service", "allowed gap", *(f"{hour:.4g} h" for hour in hours)):
        table.add_column(heading, justify="left" if heading == "service" else "right")
    for curve in metrics.survival:
        table.add_row(service_words(curve), f"{curve.allowed_gap_min:g} min", *(_share(curve, hour) for hour in hours))
    return table


def answer_lines(metrics: Metrics, scenario: str) -> list[Text]:
    """What a planner asks first, a question and its sentences a paragraph."""
    return [
        Text(f"{answer.question}\n" + "\n".join(f"  {sentence}" for sentence in answer.sentences))
        for answer in answers(metrics, scenario)
    ]


def _share(curve: SurvivalCurve, hour: float) -> str:
    share, low, high = (100.0 * value for value in curve.at(hour))
    return f"{share:.0f} ({low:.0f} to {high:.0f})"


def comparison_table(comparison: Comparison) -> Table:
    """Configurations side by side: the first as it is, the others as paired differences from it, also in per cent."""
    table = Table(
        title="differences from the first, on the same draws",
        caption="* interval leaves zero out; only then in per cent",
    )
    table.add_column("")
    table.add_column(comparison.names[0], justify="right")
    for name in comparison.names[1:]:
        table.add_column(name, justify="right")
    first = comparison.metrics[0].estimates
    for name, words in (*HEADLINES, *_hours_that_differ(comparison)):
        if name not in first or not all(name in difference for difference in comparison.differences):
            continue
        cells = [
            f"{change_text(difference[name])}{_percent(difference[name], first[name])}"
            + ("  *" if difference[name].resolved else "")
            for difference in comparison.differences
        ]
        table.add_row(words, str(shown(first[name])), *cells)
    return table


def _hours_that_differ(comparison: Comparison) -> list[tuple[str, str]]:
    """Hours until a service was lost, of those in which the configurations differ at all."""
    named = ((key("survived_h", c.service), service_words(c)) for c in comparison.metrics[0].survival)
    return [
        (name, f"hours held: {words[:1].lower()}{words[1:]}")
        for name, words in named
        if any(name in difference and difference[name].mean != 0.0 for difference in comparison.differences)
    ]


def published_lines(specs: Sequence[Spec]) -> list[Text]:
    """Published figures about the place with their source and our reading, each once."""
    seen = {name: figure for spec in specs for name, figure in spec.published.items()}
    return [
        Text(f"Published: {figure.claim} ({figure.source}). Our reading: {figure.reading}") for figure in seen.values()
    ]


def _percent(change: Estimate, of: Estimate) -> str:
    """A difference in per cent of the first configuration's number, where both are known well enough to divide.

    Where the interval of the difference or of the first number holds zero, a per cent would tell of nothing but chance.
    A difference of shares is in points already.
    """
    if of.unit == "-" or not of.mean or not math.isfinite(change.mean):
        return ""
    if change.n > 1 and not (change.resolved and of.resolved):
        return ""
    return f" ({100.0 * change.mean / of.mean:+.1f} %)"
