"""One measured quantity over the scenarios, and the kind of Estimate that suits it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from jaxtyping import Float

from simulation.events.trajectory import Trajectory
from simulation.metrics.estimate import Estimate, of_mean, of_proportion, of_skewed_loss

__all__ = ["Kind", "Quantity", "Topic", "key", "row_of_scenario", "step_means", "total"]

_ROUNDING: Final = 1e-9
"""Means of a step smaller than this [kW, L/h, m3/h] are what rounding left of a difference, and no flow."""


class Kind(StrEnum):
    """What a quantity is like, and so how its error is found."""

    AMOUNT = "amount"
    """Varies about its mean: t-interval."""
    LOSS = "loss"
    """Never negative, zero in many scenarios, with a long tail: Hall's interval, and how many had one."""
    EVENT = "event"
    """1 where something was so, 0 where not: Wilson interval."""
    MOMENT = "moment"
    """An hour, infinite where it never came: the mean over the scenarios in which it came, and how many they are."""


class Topic(StrEnum):
    """Part of the report that a quantity belongs to."""

    COST = "cost"
    POWER = "power"
    WATER = "water"
    FUEL = "fuel"
    PEOPLE = "people"
    STOCKS = "stocks"
    SURVIVAL = "survival"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """One number per scenario, in ``unit``, with a sentence that says what it is."""

    values: Float[np.ndarray, " S"]
    unit: str
    meaning: str
    topic: Topic
    kind: Kind = Kind.AMOUNT

    def estimate(self) -> Estimate:
        """Mean over the scenarios with the interval that suits the kind."""
        if self.kind is Kind.LOSS:
            return of_skewed_loss(self.values, self.unit)
        if self.kind is Kind.EVENT:
            return of_proportion(int(self.values.sum()), len(self.values))
        if self.kind is Kind.MOMENT:
            return of_mean(self.values[np.isfinite(self.values)], self.unit)
        return of_mean(self.values, self.unit)


def key(quantity: str, element: str = "") -> str:
    """Name of a quantity of one element, as in tables: ``peak_kw[mall]``.

    >>> key("peak_kw", "mall"), key("area_peak_kw")
    ('peak_kw[mall]', 'area_peak_kw')
    """
    return f"{quantity}[{element}]" if element else quantity


def step_means(trajectory: Trajectory, quantity: str) -> Mapping[str, Float[np.ndarray, "S T"]]:
    """A flow by element, without what rounding left; empty where the area has no such element."""
    series = trajectory.flows.get(quantity)
    if series is None:
        return {}
    return {element: _flow(series.values[:, :, i]) for i, element in enumerate(series.elements)}


def total(
    flow: Float[np.ndarray, "S T"], per_step: float, *, unit: str, meaning: str, topic: Topic, kind: Kind = Kind.AMOUNT
) -> Quantity:
    """A flow added up over the period, each step times ``per_step``; a loss is never negative, whatever rounding left.

    >>> total(np.array([[2.0, 4.0]]), 0.5, unit="L", meaning="fuel burnt", topic=Topic.FUEL).values
    array([3.])
    """
    values = flow.sum(axis=1) * per_step
    values = values.clip(min=0.0) if kind is Kind.LOSS else values
    return Quantity(values=values, unit=unit, meaning=meaning, topic=topic, kind=kind)


def _flow(means: Float[np.ndarray, "S T"]) -> Float[np.ndarray, "S T"]:
    left = (means != 0.0) & (np.abs(means) < _ROUNDING)
    return np.where(left, 0.0, means) if left.any() else means


def row_of_scenario(trajectory: Trajectory) -> Mapping[int, int]:
    """Row of every scenario by its number; events carry the number, arrays have the row."""
    return {int(number): row for row, number in enumerate(trajectory.scenario_ids)}
