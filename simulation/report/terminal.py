"""Tables for the terminal: what is in a scenario, what a run came to, how configurations differ."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from simulation.events.trajectory import Trajectory
from simulation.metrics.estimate import Estimate
from simulation.metrics.metrics import Metrics
from simulation.report.display import change_text, shown
from simulation.report.headlines import HEADLINES
from simulation.scenario.spec import Spec
from simulation.study.compare import Comparison

__all__ = ["area_table", "comparison_table", "event_lines", "published_lines", "summary_table", "survival_table"]


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
    for key, words in HEADLINES:
        if key not in metrics.estimates:
            continue
        row = [words, str(shown(metrics.estimates[key]))]
        if bound is not None:
            row.append(str(shown(bound.estimates[key])))
        table.add_row(*row)
    return table


def survival_table(metrics: Metrics) -> Table:
    """Share of the scenarios in which each service still stands after some hours, and what ran out first."""
    marks = (6.0, 24.0, 72.0, 168.0)
    first = ", ".join(f"{name} {count}" for name, count in metrics.first_to_run_out.items()) or "nothing ran out"
    table = Table(
        title=f"services that still stand, counted {metrics.survival_from}", caption=f"first to run out: {first}"
    )
    for heading in ("service", "allowed gap", *(f"{mark:g} h" for mark in marks)):
        table.add_column(heading, justify="left" if heading == "service" else "right")
    for curve in metrics.survival:
        shares = [f"{100.0 * curve.at(mark)[0]:.0f} %" if mark <= curve.hours[-1] else "-" for mark in marks]
        table.add_row(curve.service, f"{curve.allowed_gap_min:g} min", *shares)
    return table


def event_lines(spec: Spec, trajectory: Trajectory) -> list[str]:
    """The event log of a trajectory, a line each; every text begins with the wall clock of the place."""
    return [event.text for event in trajectory.events]


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
    for key, words in HEADLINES:
        if key not in first or not all(key in difference for difference in comparison.differences):
            continue
        cells = [
            f"{change_text(difference[key])}{_percent(difference[key], first[key])}"
            + ("  *" if difference[key].resolved else "")
            for difference in comparison.differences
        ]
        table.add_row(words, str(shown(first[key])), *cells)
    return table


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
