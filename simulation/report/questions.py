"""What a planner asks first, answered from the Metrics alone, for every service that a scenario has.

How long does each service last, who goes without, what fails first, where does it begin, what would help.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite
from typing import Final

import numpy as np
from jaxtyping import Float

from simulation.metrics.depletion import QUANTILES, Quantile, quantile
from simulation.metrics.estimate import Estimate, of_proportion
from simulation.metrics.metrics import Metrics
from simulation.metrics.quantity import Kind, key
from simulation.metrics.stocks import NOTHING
from simulation.metrics.survival import MARK_DAYS, SurvivalCurve
from simulation.report.words import service_words, stock_words
from simulation.units import HOURS_PER_DAY

__all__ = [
    "LATER",
    "First",
    "Lasting",
    "Mark",
    "Moment",
    "Without",
    "first_lost",
    "hours_text",
    "lasting",
    "lost_h",
    "marks",
    "without",
]

_AMOUNTS: Final = ("kWh", "m³", "L")
"""Units in which an amount not served is told beside the hours that people went without it."""

LATER: Final = "later"
"""Said of what did not come, in so many scenarios, within the time that was simulated."""

_AT_ONCE_H: Final = 0.05
"""Printed with one decimal this would be zero [h]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Share of the scenarios in which a service still held after so many hours, with its interval in words."""

    share: float
    sure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The hour by which a share of all scenarios had it happen, and its interval, in words."""

    hours: str
    sure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """How long a service or a stock lasts: its share at the marks, and the hours by which it was gone."""

    words: str
    rule: str
    marks: tuple[Mark, ...]
    moments: tuple[Moment, ...]
    gone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """What a service did not give: hours served, hours that people went without it, and the amount not served."""

    words: str
    served: Estimate
    people: Estimate | None
    amount: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """In how many scenarios something was the first to go."""

    words: str
    count: int
    share: Estimate


def marks(metrics: Metrics) -> tuple[float, ...]:
    """Hours at which survival is given as a number: 1, 3 and 7 days as far as they go, and the end [h]."""
    if not metrics.survival:
        return ()
    end = _end_h(metrics)
    return (*(days * HOURS_PER_DAY for days in MARK_DAYS if days * HOURS_PER_DAY < end), end)


def lost_h(metrics: Metrics, service: str) -> Float[np.ndarray, " S"]:
    """Hours until a service was lost in every scenario; infinite where it held to the end [h]."""
    survived = metrics.per_scenario[key("survived_h", service)].values
    *_, at_end = (
        name for name in metrics.per_scenario if name.startswith("alive_at_") and name.endswith(f"[{service}]")
    )
    return np.where(metrics.per_scenario[at_end].values > 0.0, inf, survived)


def lasting(metrics: Metrics) -> tuple[list[Lasting], list[Lasting]]:
    """Every service, and every stock, with the share that is left at the marks and the hours until it was gone."""
    n = len(metrics.scenario_ids)
    services = []
    for curve in metrics.survival:
        hours = lost_h(metrics, curve.service)
        gone = of_proportion(int(np.isfinite(hours).sum()), n)
        found = (quantile(hours, frac) for frac in QUANTILES)
        services.append(
            Lasting(
                words=service_words(curve),
                rule=curve.rule,
                marks=tuple(_mark(curve, hour) for hour in marks(metrics)),
                moments=tuple(_moment(one) for one in found),
                gone=_of_all(gone),
            )
        )
    stocks = [
        Lasting(
            words=stock_words(one.stock),
            rule="",
            marks=(),
            moments=tuple(_moment(part) for part in one.quantiles),
            gone=_of_all(one.ran_out),
        )
        for one in metrics.depletion
    ]
    return services, stocks


def without(metrics: Metrics) -> list[Without]:
    """Hours served, person-hours without and amounts not served of every service; an area's are those of its buildings.

    The amount is any loss in kWh, m³ or L that the metrics have under the service's own name.
    """
    rows = []
    for curve in metrics.survival:
        served = metrics.estimates.get(key("served_h", curve.service))
        if served is not None:
            people = metrics.estimates.get(key("unserved_person_h", curve.service))
            rows.append(
                Without(
                    words=service_words(curve), served=served, people=people, amount=_amount(metrics, curve.service)
                )
            )
    return rows


def first_lost(metrics: Metrics) -> tuple[list[First], list[First]]:
    """Which service was the first to be lost, and which stock to run out, most often first.

    Services lost at the same moment all count; a service of the whole area is left to its buildings.  Of stocks that
    run out at the same moment the first in order counts.
    """
    n = len(metrics.scenario_ids)
    own = [curve for curve in metrics.survival if key("served_h", curve.service) in metrics.estimates]
    services: list[First] = []
    if own:
        hours = np.stack([lost_h(metrics, curve.service) for curve in own])
        earliest = hours.min(axis=0)
        counts = ((hours <= earliest) & np.isfinite(hours)).sum(axis=1)
        services = [_first(service_words(curve), int(count), n) for curve, count in zip(own, counts, strict=True)]
        services.append(_first("no service was lost", int(np.isinf(earliest).sum()), n))
    stocks = [
        _first(NOTHING if name == NOTHING else stock_words(name), count, n)
        for name, count in metrics.first_to_run_out.items()
    ]
    return _often(services), _often(stocks)


def _often(rows: Sequence[First]) -> list[First]:
    return sorted((row for row in rows if row.count), key=lambda row: -row.count)


def _first(words: str, count: int, n: int) -> First:
    return First(words=words, count=count, share=of_proportion(count, n))


def _end_h(metrics: Metrics) -> float:
    return float(metrics.survival[0].hours[-1]) if metrics.survival else 0.0


def _mark(curve: SurvivalCurve, hour: float) -> Mark:
    share, low, high = curve.at(hour)
    return Mark(share=share, sure=f"{100.0 * low:.0f} to {100.0 * high:.0f}")


def _of_all(share: Estimate) -> str:
    return f"{round(share.mean * share.n):,} of {share.n:,}"


def hours_text(hours: float) -> str:
    """Hours with the digits that matter to somebody who waits.

    >>> hours_text(0.02), hours_text(3.46), hours_text(171.7)
    ('at once', '3.5 h', '172 h')
    """
    if hours < _AT_ONCE_H:
        return "at once"
    return f"{hours:.1f} h" if hours < HOURS_PER_DAY else f"{hours:,.0f} h"


def _moment(one: Quantile) -> Moment:
    """In words; what did not come within the period comes later, if at all."""
    if not isfinite(one.hours):
        sure = f"from {hours_text(one.low_h)} on" if 0.0 < one.low_h < inf else ""
        return Moment(hours=LATER, sure=sure)
    if one.low_h > 0.0 and isfinite(one.high_h):
        sure = f"{hours_text(one.low_h)} to {hours_text(one.high_h)}"
    elif one.low_h > 0.0:
        sure = f"from {hours_text(one.low_h)} on"
    else:
        sure = f"up to {hours_text(one.high_h)}" if _AT_ONCE_H <= one.high_h < inf else ""
    return Moment(hours=hours_text(one.hours), sure=sure)


def _amount(metrics: Metrics, service: str) -> Estimate | None:
    for name, quantity in metrics.per_scenario.items():
        if quantity.kind is Kind.LOSS and quantity.unit in _AMOUNTS and name.endswith(f"[{service}]"):
            return metrics.estimates[name]
    return None
