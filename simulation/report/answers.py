"""A run in short: one or two sentences for each question that a planner asks first."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from math import isfinite
from typing import Final

from simulation.metrics.depletion import quantile
from simulation.metrics.metrics import Metrics
from simulation.metrics.quantity import key
from simulation.metrics.stocks import NOTHING
from simulation.metrics.survival import SurvivalCurve
from simulation.report.questions import Without, first_lost, hours_text, lost_h, marks, without
from simulation.report.words import service_words
from simulation.units import HOURS_PER_DAY, TIERS

__all__ = ["Answer", "answers"]

_MOST_NAMED: Final = 3

_GRID_LOST: Final = "grid lost"
"""How a root begins that is the disaster itself: nobody here can do away with it."""

_WORTH_NAMING_FRAC: Final = 0.05
"""A root with a smaller share of a loss is left to the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A question, the sentences that answer it, and the part of the page that says more."""

    question: str
    sentences: tuple[str, ...]
    anchor: str


def answers(metrics: Metrics, scenario: str) -> tuple[Answer, ...]:
    """What happened, in the order in which it is asked; ``scenario`` names the file for the commands that help on."""
    if not metrics.survival:
        return ()
    found = [
        ("How long does it last?", _long(metrics), "lasting"),
        ("Who goes without?", _who(metrics), "without"),
        ("What fails first?", _fails(metrics), "first"),
        ("Where does it begin?", _begins(metrics), "causes"),
        ("What would help?", _helps(metrics, scenario), "help"),
    ]
    return tuple(
        Answer(question=question, sentences=tuple(said), anchor=anchor) for question, said, anchor in found if said
    )


def _long(metrics: Metrics) -> list[str]:
    hour = min(marks(metrics), key=lambda mark: abs(mark - 3 * HOURS_PER_DAY))
    power = next((curve for curve in metrics.survival if curve.service.endswith(f".{TIERS[0]}")), None)
    lost = [curve for curve in metrics.survival if curve.alive_frac[-1] < 1.0]
    if not lost:
        return [f"Every service held to the end, {_end(metrics)}, in {_all(metrics)}."]
    said = [_held(power, hour, metrics), *_least_served(metrics)] if power is not None else []
    others = [curve for curve in lost if curve is not power and curve.service.rpartition(".")[2] not in TIERS]
    if others:
        shortest = min(others, key=lambda curve: metrics.estimates[key("survived_h", curve.service)].mean)
        said.append(f"Of what people need beside power, the shortest: {_held(shortest, hour, metrics)}")
    kept = len(metrics.survival) - len(lost)
    if kept:
        said.append(f"{kept} of {len(metrics.survival)} services were lost in no scenario.")
    return said


def _least_served(metrics: Metrics) -> list[str]:
    """Which critical load had power for the fewest hours: a service lost early may still be given most of the time."""
    served = [
        (metrics.estimates[name], curve)
        for curve in metrics.survival
        if curve.service.endswith(f".{TIERS[0]}") and (name := key("served_h", curve.service)) in metrics.estimates
    ]
    if not served:
        return []
    hours, curve = min(served, key=lambda pair: pair[0].mean)
    return [f"Interruptions and all, {_small(service_words(curve))}: there for {hours} of {_end(metrics)}."]


def _held(curve: SurvivalCurve, hour: float, metrics: Metrics) -> str:
    words, half = service_words(curve), quantile(lost_h(metrics, curve.service), 0.5).hours
    when = "at once" if hours_text(half) == "at once" else f"within {hours_text(half)}"
    if curve.n == 1:
        return f"{words}: lost {when}." if isfinite(half) else f"{words}: not lost within {_end(metrics)}."
    share, low, high = (100.0 * value for value in curve.at(hour))
    held = f"{words}: not lost within {hour:.4g} h in {share:.0f} ({low:.0f} to {high:.0f}) % of the scenarios"
    return f"{held}; in half of all lost {when}." if isfinite(half) else f"{held}."


def _who(metrics: Metrics) -> list[str]:
    rows = without(metrics)
    people = sorted((row for row in rows if row.people is not None and row.people.mean > 0.0), key=_person_h)
    said = [f"{row.words}: {row.people} without it." for row in people[:_MOST_NAMED]]
    if not said:
        said = ["No hour that people went without a service, of those that are counted in people."]
    critical = metrics.estimates.get(key("unserved_kwh", TIERS[0]))
    whole = metrics.estimates.get("unserved_kwh")
    if whole is not None and whole.mean == 0.0:
        said.append(f"All energy that was asked for was served, in {_all(metrics)}.")
    elif critical is not None and whole is not None:
        said.append(f"Energy not served: {whole}, of that critical {critical}.")
    return said


def _person_h(row: Without) -> float:
    assert row.people is not None
    return -row.people.mean


def _fails(metrics: Metrics) -> list[str]:
    services, stocks = first_lost(metrics)
    said = []
    named = [row for row in services if row.words != "no service was lost"][:_MOST_NAMED]
    if named:
        said.append("First to be lost: " + "; ".join(f"{row.words} (in {row.count:,})" for row in named) + _of(metrics))
    named = [row for row in stocks if row.words != NOTHING][:_MOST_NAMED]
    if named:
        said.append("First to run out: " + "; ".join(f"{row.words} (in {row.count:,})" for row in named) + _of(metrics))
    elif stocks:
        said.append("No stock ran out in any scenario.")
    return said


def _begins(metrics: Metrics) -> list[str]:
    said = []
    for table in metrics.causes:
        if table.whole.mean > 0.0 and table.rows:
            title, first = f"{table.title[:1].upper()}{table.title[1:]}", table.rows[0]
            said.append(f"{title}, {table.whole}: {first.share} began with {first.root}.")
    return said


def _helps(metrics: Metrics, scenario: str) -> list[str]:
    tables = [table for table in metrics.causes if table.whole.mean > 0.0 and table.rows]
    if not tables:
        return []
    name = shlex.quote(scenario)
    said = []
    for table in tables:
        grid = sum(row.share.mean for row in table.rows if row.root.startswith(_GRID_LOST))
        row = next((row for row in table.rows if not row.root.startswith(_GRID_LOST)), None)
        if grid > 0.5:
            said.append(
                f"{100.0 * grid:.0f} % of the {table.title} began with the grid itself: "
                "what stands in for it is too small, or starts too late."
            )
        if row is not None and row.share.mean >= _WORTH_NAMING_FRAC:
            said.append(
                f"Without “{row.root}” at most {100.0 * row.share.mean:.0f} % of the {table.title} would be spared; "
                "something else may then give way."
            )
    return [
        *said,
        f"yuimaru run {name} --explain names single changes that would have cured a scenario; "
        "yuimaru compare measures one on the same draws.",
    ]


def _small(words: str) -> str:
    return words[:1].lower() + words[1:]


def _end(metrics: Metrics) -> str:
    return f"{metrics.survival[0].hours[-1]:,.0f} h"


def _all(metrics: Metrics) -> str:
    n = len(metrics.scenario_ids)
    return f"all {n:,} scenarios" if n > 1 else "the one scenario"


def _of(metrics: Metrics) -> str:
    n = len(metrics.scenario_ids)
    return f", of {n:,} scenario{'s' if n > 1 else ''}."
