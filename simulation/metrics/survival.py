"""Survival: the share of scenarios in which a service has held for so many hours, with its interval.

An *interruption* is a stretch of time in which less than ``served_threshold_frac`` of what is asked for is served.
A service ends at the start of the first interruption that is longer than its ``allowed_gap_min``; a gap of zero and
a threshold of one give the definition of REopt's backup reliability, under which any start delay means no survival.
A service of the whole area ends with the first building that loses it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from simulation.metrics.estimate import wilson
from simulation.metrics.interruptions import Interruptions
from simulation.metrics.quantity import Kind, Quantity, Topic, key
from simulation.metrics.reference import Reference
from simulation.units import HOURS_PER_DAY, MINUTES_PER_HOUR

__all__ = ["Loss", "Service", "SurvivalCurve", "Trouble", "curve", "ends_h", "given", "survived"]

_DUST_PERSON_H = 1e-6
"""Person-hours below this are rounding, and no loss."""

MARK_DAYS = (1, 3, 7)
"""Days after which survival is also given as a number, where the period reaches so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Events by which the log tells that an element lacks something: kinds that begin it (again), the one that ends it.

    ``told_late_h`` is how long after the loss they come: deferrable load is lost in the step before its event [h].
    One that ``lingers`` is behind what still lacks after its end, until the next begins or nothing lacks any more.
    """

    element: str
    began: tuple[str, ...]
    over: str
    told_late_h: float = 0.0
    lingers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """An amount that was not given in each step, in ``unit``, for reasons that its own events tell."""

    unit: str
    amount: Float[np.ndarray, "S T"]
    troubles: tuple[Trouble, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Something that may be lost, what counts as losing it, and when it was below that.

    ``parts`` are the services that it consists of; it then ends with the first of them, each by its own rule, and its
    gap and threshold are the strictest of theirs.  ``unserved_kwh`` and ``unserved_person_h`` are what was lost in each
    step, where it is energy or people who went without (of ``parts``, theirs); ``troubles`` are the events by which to
    trace it back.  ``losses`` are litres and cubic metres, each with the events that tell them.  ``lost_when`` is said
    in place of the threshold by one whose interruptions the log tells.
    """

    name: str
    meaning: str
    allowed_gap_min: float
    served_threshold_frac: float
    interruptions: Interruptions
    parts: tuple[Service, ...] = ()
    unserved_kwh: Float[np.ndarray, "S T"] | None = None
    unserved_person_h: Float[np.ndarray, "S T"] | None = None
    troubles: tuple[Trouble, ...] = ()
    losses: tuple[Loss, ...] = ()
    lost_when: str | None = None

    @property
    def rule(self) -> str:
        """When it counts as lost, in words, to stand beside a curve."""
        gaps = sorted({part.allowed_gap_min for part in self.parts} or {self.allowed_gap_min})
        shares = sorted({part.served_threshold_frac for part in self.parts} or {self.served_threshold_frac})
        below = " to ".join(f"{100 * share:g} %" for share in (shares[0], shares[-1])[: len(shares)])
        gap = " to ".join(_minutes(minutes) for minutes in (gaps[0], gaps[-1])[: len(gaps)])
        lost = self.lost_when or f"below {below} served"
        return f"{lost} for more than {gap}" if gaps[-1] > 0 else f"{lost} at any moment"


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalCurve:
    """Share of n scenarios in which a service had held for so many hours, with pointwise 95 % Wilson intervals."""

    service: str
    meaning: str
    rule: str
    hours: Float[np.ndarray, " H"]
    alive_frac: Float[np.ndarray, " H"]
    low_frac: Float[np.ndarray, " H"]
    high_frac: Float[np.ndarray, " H"]
    allowed_gap_min: float
    served_threshold_frac: float
    n: int

    def at(self, hour: float) -> tuple[float, float, float]:
        """Share alive after so many hours, and the ends of its interval; the last where the hour is later."""
        i = min(int(np.searchsorted(self.hours, hour - 1e-9)), len(self.hours) - 1)
        return float(self.alive_frac[i]), float(self.low_frac[i]), float(self.high_frac[i])


def ends_h(service: Service, reference: Reference) -> Float[np.ndarray, " S"]:
    """Hours from the reference to the end of a service in every scenario; infinite where it lasts [h].

    An interruption under way at the reference counts from the reference.
    """
    if service.parts:
        return np.min([ends_h(part, reference) for part in service.parts], axis=0)
    found = service.interruptions
    from_h = reference.start_h[found.row]
    start_h = np.maximum(found.start_h, from_h)
    counts = found.end_h - start_h > service.allowed_gap_min / MINUTES_PER_HOUR + 1e-9
    ends = np.full(len(reference.start_h), np.inf)
    np.minimum.at(ends, found.row[counts], (start_h - from_h)[counts])
    return ends


def curve(service: Service, ends: Float[np.ndarray, " S"], reference: Reference, step_h: float) -> SurvivalCurve:
    """Share alive at every step of the horizon: a service that ends at hour h has lasted h hours."""
    hours = np.arange(round(reference.horizon_h / step_h) + 1) * step_h
    lasted = np.sort(ends)
    n = len(ends)
    alive = 1.0 - np.searchsorted(lasted, hours - 1e-9, side="left") / n
    low, high = wilson(alive, n)
    return SurvivalCurve(
        service=service.name,
        meaning=service.meaning,
        rule=service.rule,
        hours=hours,
        alive_frac=alive,
        low_frac=low,
        high_frac=high,
        allowed_gap_min=service.allowed_gap_min,
        served_threshold_frac=service.served_threshold_frac,
        n=n,
    )


def survived(service: Service, ends: Float[np.ndarray, " S"], reference: Reference) -> dict[str, Quantity]:
    """Hours survived within the horizon, and whether the service lasted for 1, 3 and 7 days and to the end."""
    horizon_h = reference.horizon_h
    found = {
        key("survived_h", service.name): Quantity(
            values=np.minimum(ends, horizon_h),
            unit="h",
            meaning=f"hours that {service.meaning} held, counted {reference.words}, of the {horizon_h:g} h simulated",
            topic=Topic.SURVIVAL,
        )
    }
    marks = [days * HOURS_PER_DAY for days in MARK_DAYS if days * HOURS_PER_DAY < horizon_h]
    for hour in (*marks, horizon_h):
        found[key(f"alive_at_{hour:g}_h", service.name)] = Quantity(
            values=(ends >= hour - 1e-9).astype(float),
            unit="-",
            meaning=f"share of scenarios in which {service.meaning} held for {hour:g} h",
            topic=Topic.SURVIVAL,
            kind=Kind.EVENT,
        )
    return found


def given(service: Service, reference: Reference) -> dict[str, Quantity]:
    """Hours served within the horizon, and the person-hours of the whole period that people went without it."""
    found: dict[str, Quantity] = {}
    if not service.parts:
        stretch = service.interruptions
        from_h = reference.start_h[stretch.row]
        until_h = np.minimum(stretch.end_h, from_h + reference.horizon_h)
        lost_h = np.zeros(len(reference.start_h))
        np.add.at(lost_h, stretch.row, (until_h - np.maximum(stretch.start_h, from_h)).clip(min=0.0))
        found[key("served_h", service.name)] = Quantity(
            values=(reference.horizon_h - lost_h).clip(min=0.0),
            unit="h",
            meaning=f"hours with {service.meaning}, counted {reference.words}, of {reference.horizon_h:g} h simulated",
            topic=Topic.SURVIVAL,
        )
    counted = [one.unserved_person_h for one in (service, *service.parts) if one.unserved_person_h is not None]
    if counted:
        missed = np.sum(counted, axis=0).sum(axis=1)
        found[key("unserved_person_h", service.name)] = Quantity(
            values=np.where(missed > _DUST_PERSON_H, missed, 0.0),
            unit="person-h",
            meaning=f"hours that people went without {service.meaning}",
            topic=Topic.PEOPLE,
            kind=Kind.LOSS,
        )
    return found


def _minutes(minutes: float) -> str:
    return f"{minutes:g} min" if minutes < MINUTES_PER_HOUR else f"{minutes / MINUTES_PER_HOUR:g} h"
