"""Who comes to a service station for fuel: drawn for one world at a time, as there are thousands in each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from simulation.draws.seeds import Stream, generator
from simulation.scenario.clock import Clock
from simulation.scenario.service_station import Customers, ServiceStation
from simulation.scenario.spec import Placed, Spec
from simulation.units import HOURS_PER_DAY, MINUTES_PER_HOUR

__all__ = ["Visits", "sample_visits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """Vehicles that come within the period, in the order of coming (axis V).

    ``class_index`` counts in the order of ``CLASSES``; ``patience_h`` is infinite for those who stay; one that gets
    nothing comes again ``returns_after_h`` later, until it has tried ``tries`` times.  ``service_factor`` times the
    time at the pump is how long it stands there.
    """

    hour: Float[np.ndarray, " V"]
    class_index: Int[np.ndarray, " V"]
    litres: Float[np.ndarray, " V"]
    patience_h: Float[np.ndarray, " V"]
    tries: Int[np.ndarray, " V"]
    returns_after_h: Float[np.ndarray, " V"]
    service_factor: Float[np.ndarray, " V"]


def sample_visits(spec: Spec, placed: Placed[ServiceStation], scenario: int, seed: int) -> Visits:
    """Vehicles at one station in one scenario, each class from its own stream."""
    station = placed.part
    of_class = [
        _of_class(spec, station, customers, generator(seed, scenario, Stream.VISIT, f"{placed.name}.{c}"), c)
        for c, customers in enumerate(station.customers())
    ]
    columns = [np.concatenate(parts) for parts in zip(*of_class, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    hour, class_index, litres, patience_h, tries, returns_after_h, service_factor = (c[order] for c in columns)
    return Visits(
        hour=hour,
        class_index=class_index,
        litres=litres,
        patience_h=patience_h,
        tries=tries,
        returns_after_h=returns_after_h,
        service_factor=service_factor,
    )


def _of_class(
    spec: Spec, station: ServiceStation, customers: Customers, chance: np.random.Generator, class_index: int
) -> tuple[np.ndarray, ...]:
    """The columns of ``Visits`` for one class, a Poisson process whose rate changes from step to step."""
    clock = spec.clock
    expected = np.concatenate([[0.0], np.cumsum(_rate_per_h(station, customers, clock, spec.hazard_h) * clock.step_h)])
    n = int(chance.poisson(expected[-1]))
    hour = np.interp(np.sort(chance.random(n)) * expected[-1], expected, clock.hours)
    sigma = customers.litres_sigma
    litres = customers.litres * np.exp(sigma * chance.standard_normal(n) - sigma**2 / 2.0)
    waits_h = chance.exponential(size=n)
    patience_h = np.full(n, np.inf)
    if customers.patience_min is not None:
        patience_h = waits_h * customers.patience_min / MINUTES_PER_HOUR
    tries = _tries(chance.random(n), customers.returns_prob)
    returns_after_h = chance.exponential(size=n) * customers.returns_after_h
    stands = chance.exponential(size=n)
    service_factor = stands if station.exponential_service else np.ones(n)
    return hour, np.full(n, class_index), litres, patience_h, tries, returns_after_h, service_factor


def _rate_per_h(
    station: ServiceStation, customers: Customers, clock: Clock, hazard_h: float | None
) -> Float[np.ndarray, " T"]:
    """Vehicles an hour in each step: the day's number over the opening hours, another one from the strike on."""
    per_day = np.full(clock.n_steps, customers.per_day)
    if hazard_h is not None and customers.per_day_after is not None:
        per_day[clock.hours[:-1] >= hazard_h] = customers.per_day_after
    hour = clock.local_hour
    open_now = (hour >= station.opens_hour) & (hour < station.closes_hour)
    return np.where(open_now, per_day / min(station.closes_hour - station.opens_hour, HOURS_PER_DAY), 0.0)


def _tries(evenly: Float[np.ndarray, " V"], returns_prob: float) -> Int[np.ndarray, " V"]:
    """How often one tries: once, and again with the given chance each time.

    >>> _tries(np.array([0.9, 0.5, 0.2]), 0.5).tolist()
    [1, 2, 3]
    """
    if returns_prob <= 0.0:
        return np.ones(len(evenly), dtype=np.int64)
    if returns_prob >= 1.0:
        return np.full(len(evenly), np.iinfo(np.int64).max)
    return 1 + np.floor(np.log(np.maximum(evenly, 1e-300)) / np.log(returns_prob)).astype(np.int64)
