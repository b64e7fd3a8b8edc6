"""Time to depletion as a distribution: quantiles of the hour at which a stock runs out, with their intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Final

import numpy as np
from jaxtyping import Float
from scipy.special import bdtr

from simulation.metrics.estimate import LEVEL, Estimate, of_proportion

__all__ = ["QUANTILES", "Depletion", "Quantile", "depletions", "quantile"]

QUANTILES: Final = (0.1, 0.5, 0.9)
"""Shares of the scenarios by which a time to depletion is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantile:
    """The hour by which a share of all scenarios had it happen, and a 95 % interval; infinite where fewer did [h]."""

    frac: float
    hours: float
    low_h: float
    high_h: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Depletion:
    """When a stock ran out: in what share of the scenarios at all, and by which hour in a tenth, half, nine tenths."""

    stock: str
    ran_out: Estimate
    quantiles: tuple[Quantile, ...]


def depletions(hours: Mapping[str, Float[np.ndarray, " S"]]) -> tuple[Depletion, ...]:
    """One for every stock, from the hours of ``stocks.hours_to_empty``; scenarios without depletion count too."""
    return tuple(
        Depletion(
            stock=name,
            ran_out=of_proportion(int(np.isfinite(hour).sum()), len(hour)),
            quantiles=tuple(quantile(hour, frac) for frac in QUANTILES),
        )
        for name, hour in hours.items()
    )


def quantile(hours: Float[np.ndarray, " n"], frac: float) -> Quantile:
    """A quantile of n independent hours, and two of them between which it lies with at least 95 %.

    How many of n lie below the quantile is binomial whatever their distribution, so that two order statistics bound it
    (H. A. David and H. N. Nagaraja, Order Statistics, 3rd ed., 2003, section 7.1).  With too few hours an end of the
    interval is open: 0 or infinity.

    >>> quantile(np.arange(1.0, 101.0), 0.5)
    Quantile(frac=0.5, hours=50.0, low_h=40.0, high_h=61.0)
    """
    n = len(hours)
    ordered = np.concatenate([[0.0], np.sort(hours), [inf]])
    below = bdtr(np.arange(n + 1), n, frac)
    tail = (1.0 - LEVEL) / 2.0
    low = int(np.searchsorted(below, tail, side="right"))
    high = int(np.searchsorted(below, 1.0 - tail)) + 1
    place = max(int(np.ceil(n * frac - 1e-9)), 1)
    return Quantile(
        frac=frac, hours=float(ordered[place]), low_h=float(ordered[low]), high_h=float(ordered[min(high, n + 1)])
    )
