"""Survival: the share of scenarios in which a service has held for so many hours, with its interval.

An *interruption* is a stretch of time in which less than ``served_threshold_frac`` of what is asked for is served.
A service ends at the start of the first interruption that is longer than its ``allowed_gap_min``; a gap of zero and
a threshold of one give the definition of REopt's backup reliability, under which any start delay means no survival.
A service of the whole area ends with the first building that loses it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from simulation.events.trajectory import Trajectory
from simulation.metrics.estimate import wilson
from simulation.metrics.quantity import Kind, Quantity, Topic, key, step_means
from simulation.metrics.reference import Reference
from simulation.scenario.spec import Spec
from simulation.units import HOURS_PER_DAY, MINUTES_PER_HOUR, TIERS

__all__ = ["Interruptions", "Service", "SurvivalCurve", "curve", "ends_h", "from_steps", "services", "survived"]

MARK_DAYS = (1, 3, 7)
"""Days after which survival is also given as a number, where the period reaches so far."""

_SHARE_DUST = 1e-6
"""A share this little below the threshold is rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruptions:
    """Stretches below the threshold, in no order: their scenario, start and end [h from the start of the period]."""

    scenario: Int[np.ndarray, " I"]
    start_h: Float[np.ndarray, " I"]
    end_h: Float[np.ndarray, " I"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Something that may be lost, what counts as losing it, and when it was below that.

    ``parts`` are the services that it consists of; it then ends with the first of them, each by its own rule, and its
    gap and threshold are the strictest of theirs.
    """

    name: str
    meaning: str
    allowed_gap_min: float
    served_threshold_frac: float
    interruptions: Interruptions
    parts: tuple[Service, ...] = ()

    @property
    def rule(self) -> str:
        """When it counts as lost, in words, to stand beside a curve."""
        gaps = sorted({part.allowed_gap_min for part in self.parts} or {self.allowed_gap_min})
        shares = sorted({part.served_threshold_frac for part in self.parts} or {self.served_threshold_frac})
        below = " to ".join(f"{100 * share:g} %" for share in (shares[0], shares[-1])[: len(shares)])
        gap = " to ".join(_minutes(minutes) for minutes in (gaps[0], gaps[-1])[: len(gaps)])
        return f"below {below} served for more than {gap}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalCurve:
    """Share of n scenarios in which a service had held for so many hours, with pointwise 95 % Wilson intervals."""

    service: str
    meaning: str
    rule: str
    hours: Float[np.ndarray, " H"]
    alive: Float[np.ndarray, " H"]
    low: Float[np.ndarray, " H"]
    high: Float[np.ndarray, " H"]
    allowed_gap_min: float
    served_threshold_frac: float
    n: int

    def at(self, hour: float) -> tuple[float, float, float]:
        """Share alive after so many hours, and the ends of its interval; the last where the hour is later."""
        i = min(int(np.searchsorted(self.hours, hour - 1e-9)), len(self.hours) - 1)
        return float(self.alive[i]), float(self.low[i]), float(self.high[i])


def services(spec: Spec, trajectory: Trajectory) -> tuple[Service, ...]:
    """Every service of the scenario: power by tier of the area and of each building, water, fuel, radio, shelter."""
    power = tuple(_power(spec, trajectory))
    whole = []
    for tier in TIERS:
        parts = tuple(service for service in power if service.name.split(".")[1] == tier)
        if len(parts) > 1:
            whole.append(
                Service(
                    name=f"area.{tier}",
                    meaning=f"{tier} power in all buildings that have {tier} loads",
                    allowed_gap_min=min(part.allowed_gap_min for part in parts),
                    served_threshold_frac=max(part.served_threshold_frac for part in parts),
                    interruptions=_join(part.interruptions for part in parts),
                    parts=parts,
                )
            )
    return (*whole, *power, *_water(spec, trajectory), *_fuel(spec, trajectory), *_people(spec, trajectory))


def ends_h(service: Service, reference: Reference) -> Float[np.ndarray, " S"]:
    """Hours from the reference to the end of a service in every scenario; infinite where it lasts [h].

    An interruption under way at the reference counts from the reference.
    """
    if service.parts:
        return np.min([ends_h(part, reference) for part in service.parts], axis=0)
    found = service.interruptions
    from_h = reference.start_h[found.scenario]
    start_h = np.maximum(found.start_h, from_h)
    counts = found.end_h - start_h > service.allowed_gap_min / MINUTES_PER_HOUR + 1e-9
    ends = np.full(len(reference.start_h), np.inf)
    np.minimum.at(ends, found.scenario[counts], (start_h - from_h)[counts])
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
        alive=alive,
        low=low,
        high=high,
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
            meaning=f"hours that {service.meaning} held, counted from {reference.words}, of the {horizon_h:g} h simulated",
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


def from_steps(below: Bool[np.ndarray, "S T"], step_h: float) -> Interruptions:
    """Stretches of whole steps in which a service was below its threshold, by the means of the steps."""
    padded = np.zeros((below.shape[0], below.shape[1] + 2), dtype=np.int8)
    padded[:, 1:-1] = below
    change = np.diff(padded, axis=1)
    scenario, first = np.nonzero(change == 1)
    _, end = np.nonzero(change == -1)
    return Interruptions(scenario=scenario, start_h=first * step_h, end_h=end * step_h)


def _below(
    demand: Float[np.ndarray, "S T"], lacking: Float[np.ndarray, "S T"], threshold_frac: float
) -> Bool[np.ndarray, "S T"]:
    """Where less than the threshold of a demand was served; never where nothing was asked for."""
    return lacking > (1.0 - threshold_frac + _SHARE_DUST) * demand


def _power(spec: Spec, trajectory: Trajectory) -> Iterable[Service]:
    demand = step_means(trajectory, "demand_kw")
    lacking = step_means(trajectory, "unserved_kw")
    for name, building in spec.building.items():
        for tier in TIERS:
            element = f"{name}.{tier}"
            if element not in demand or not demand[element].any():
                continue
            threshold = building.served_threshold_frac
            below = _below(demand[element], lacking[element], threshold)
            yield Service(
                name=element,
                meaning=f"{tier} power in {building.title or name}",
                allowed_gap_min=building.allowed_gap_min.get(tier, 0.0),
                served_threshold_frac=threshold,
                interruptions=from_steps(below, trajectory.clock.step_h),
            )


def _water(spec: Spec, trajectory: Trajectory) -> Iterable[Service]:
    demand = step_means(trajectory, "water_demand_m3ph")
    lacking = step_means(trajectory, "water_unserved_m3ph")
    for tank in spec.water_tanks:
        if tank.name in demand and demand[tank.name].any():
            below = _below(demand[tank.name], lacking[tank.name], tank.part.served_threshold_frac)
            yield Service(
                name=tank.name,
                meaning=f"water from {tank.name}",
                allowed_gap_min=tank.part.allowed_gap_min,
                served_threshold_frac=tank.part.served_threshold_frac,
                interruptions=from_steps(below, trajectory.clock.step_h),
            )


def _fuel(spec: Spec, trajectory: Trajectory) -> Iterable[Service]:
    demand = step_means(trajectory, "vehicle_demand_lph")
    lacking = step_means(trajectory, "vehicle_unserved_lph")
    for tank in spec.fuel_tanks:
        if tank.name in demand and demand[tank.name].any():
            below = _below(demand[tank.name], lacking[tank.name], tank.part.served_threshold_frac)
            yield Service(
                name=tank.name,
                meaning=f"fuel for emergency vehicles from {tank.name}",
                allowed_gap_min=tank.part.allowed_gap_min,
                served_threshold_frac=tank.part.served_threshold_frac,
                interruptions=from_steps(below, trajectory.clock.step_h),
            )


def _people(spec: Spec, trajectory: Trajectory) -> Iterable[Service]:
    """Base stations and shelter floor carry no gap or threshold: any loss ends them."""
    step_h = trajectory.clock.step_h
    up = step_means(trajectory, "communications_up_frac")
    for station in spec.communications:
        if station.name in up:
            yield Service(
                name=station.name,
                meaning=f"communications by {station.name}",
                allowed_gap_min=0.0,
                served_threshold_frac=1.0,
                interruptions=from_steps(up[station.name] < 1.0 - _SHARE_DUST, step_h),
            )
    inside, away = step_means(trajectory, "people"), step_means(trajectory, "turned_away")
    for shelter in spec.shelters:
        if shelter.name in inside:
            wanting = inside[shelter.name] + away[shelter.name]
            yield Service(
                name=shelter.name,
                meaning=f"room for everybody in {shelter.name}",
                allowed_gap_min=0.0,
                served_threshold_frac=1.0,
                interruptions=from_steps(away[shelter.name] > _SHARE_DUST * wanting, step_h),
            )


def _join(parts: Iterable[Interruptions]) -> Interruptions:
    found: Sequence[Interruptions] = list(parts)
    return Interruptions(
        scenario=np.concatenate([part.scenario for part in found]),
        start_h=np.concatenate([part.start_h for part in found]),
        end_h=np.concatenate([part.end_h for part in found]),
    )


def _minutes(minutes: float) -> str:
    return f"{minutes:g} min" if minutes < MINUTES_PER_HOUR else f"{minutes / MINUTES_PER_HOUR:g} h"
