"""Moments in a scenario file that miss the period or a step: checked on the raw tables, beside every other fault.

A strike outside the period would never happen, and a run without it reads as a perfect survival.  An outage may be
under way when the period begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

from pydantic import ValidationError

from simulation.errors import Fault
from simulation.scenario.legal import brief, dotted
from simulation.scenario.period import Period
from simulation.scenario.references import found
from simulation.scenario.spec import Spec
from simulation.units import MINUTES_PER_HOUR, SECONDS_PER_HOUR

__all__ = ["late_lots", "wrong_moments"]

Table = Mapping[str, Any]


def wrong_moments(table: Table) -> list[Fault]:
    """Strikes and outages that begin outside the period, and edges of price bands that no planning step begins at.

    Without a period that can be read there is nothing to compare with: that fault is found elsewhere.
    """
    try:
        period = Period.model_validate(table.get("period"))
    except ValidationError:
        return []
    return [*_outside(table, period), *_windows(table, period), *_off_step(table, period)]


def late_lots(spec: Spec) -> list[str]:
    """Deliveries that cannot come within the period, a line each.

    They are no fault: a period may be cut short to try something, and a lot that comes later misleads nobody.
    """
    if spec.hazard_h is None:
        return []
    left_h = spec.clock.duration_h - spec.hazard_h
    return [
        f"delivery.{name}: nothing comes, since first_after_h = {lot.first_after_h:g} and the period ends "
        f"{left_h:g} h after the strike"
        for name, lot in spec.delivery.items()
        if lot.first_after_h >= left_h
    ]


def _outside(table: Table, period: Period) -> Iterator[Fault]:
    for path, value in found(table, "hazard.start"):
        moment = _moment(value)
        if moment is not None and not period.holds(moment):
            yield _never(dotted(path), moment, "the strike", period)
    for path, outage in found(table, "feeder.*.outage.*"):
        moment = _moment(outage.get("start")) if isinstance(outage, Mapping) else None
        if moment is not None and not period.holds(moment) and not _under_way(outage, moment, period):
            yield _never(dotted((*path, "start")), moment, "the outage", period)


def _under_way(outage: Table, start: datetime, period: Period) -> bool:
    """Whether an outage from before the period may last into it."""
    hours = outage.get("hours")
    if start >= period.start or not isinstance(hours, int | float):
        return start < period.start
    return (period.start - start).total_seconds() / SECONDS_PER_HOUR < hours


def _windows(table: Table, period: Period) -> Iterator[Fault]:
    """Starts that are drawn from a window which reaches past the end: some draws would have no outage."""
    strikes = [value for _, value in found(table, "hazard.start")]
    for path, outage in found(table, "feeder.*.outage.*"):
        if not isinstance(outage, Mapping):
            continue
        first, window_h = _moment(outage.get("start", *strikes)), outage.get("start_window_h")
        if first is None or not period.holds(first) or not isinstance(window_h, int | float):
            continue
        left_h = (period.end - first).total_seconds() / SECONDS_PER_HOUR
        if window_h > left_h:
            yield Fault(
                where=dotted((*path, "start_window_h")),
                given=f"{brief(window_h)}, which reaches past the end of the period ({_said(period.end)})",
                legal=f"at most {left_h:g} h after the start at {_said(first)}",
                hint="shorten the window, or lengthen period.days",
            )


def _off_step(table: Table, period: Period) -> Iterator[Fault]:
    """Edges of bands inside a step, which would take the price at its start for the whole of it."""
    step_min = period.planning_step_min
    for path, bands in found(table, "tariff.*.band"):
        for i, band in enumerate(bands if isinstance(bands, list | tuple) else ()):
            for key in ("from_hour", "to_hour"):
                hour = band.get(key) if isinstance(band, Mapping) else None
                if isinstance(hour, bool) or not isinstance(hour, int | float) or not 0 <= hour <= 24:
                    continue
                if abs(hour * MINUTES_PER_HOUR / step_min - round(hour * MINUTES_PER_HOUR / step_min)) > 1e-9:
                    yield Fault(
                        where=dotted((*path, i, key)),
                        given=f"{brief(hour)}, inside a planning step of {step_min} min",
                        legal=f"an hour at which a planning step begins: a multiple of {step_min / MINUTES_PER_HOUR:g}",
                        hint="move the edge, or choose a shorter period.planning_step_min",
                    )


def _never(where: str, moment: datetime, what: str, period: Period) -> Fault:
    before = moment < period.start
    move = "begin period.start earlier" if before else "lengthen period.days"
    return Fault(
        where=where,
        given=f"{moment.isoformat()}, {'before' if before else 'after'} the period",
        legal=f"from {_said(period.start)} to before {_said(period.end)}, as [period] says",
        hint=f"move {what} into the period, or {move}; outside it {what} would never be seen",
    )


def _moment(value: object) -> datetime | None:
    """A local moment as a file may write it; None where it is no such thing, which is found elsewhere."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return value if isinstance(value, datetime) and value.tzinfo is None else None


def _said(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
