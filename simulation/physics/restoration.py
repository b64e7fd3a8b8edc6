"""Restoration curves: the share of those who lost service that is still without it, and how long it may yet take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

__all__ = ["Curve", "PointsCurve", "WeibullCurve", "remaining_quantile_h", "restored_h", "still_out_frac"]

Hours = Float[np.ndarray, "..."] | float
Share = Float[np.ndarray, "..."] | float


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsCurve:
    """Observed shares, from 1 at hour 0, joined by exponentials: customers return at an even rate between two counts.

    The same rate goes on beyond a last share above 0.  From the last share above 0 down to a share of 0, where there is
    one, the line is straight.
    """

    hours: Float[np.ndarray, " N"]
    out_frac: Float[np.ndarray, " N"]

    def __post_init__(self) -> None:
        if len(self.hours) < 2 or self.hours[0] != 0.0 or np.any(np.diff(self.hours) <= 0.0):
            raise ValueError(f"hours: given {self.hours}; legal: two or more, rising from 0")
        if self.out_frac[0] != 1.0 or np.any(np.diff(self.out_frac) > 0.0) or not 0.0 <= self.out_frac[-1] < 1.0:
            raise ValueError(f"out_frac: given {self.out_frac}; legal: falling from 1, never below 0")

    @property
    def n_above_zero(self) -> int:
        """Number of points with a share above 0; they come first."""
        return int(np.count_nonzero(self.out_frac))

    @property
    def end_h(self) -> float:
        """Hour at which nobody is out any more; infinity where the last share is above 0 [h]."""
        n = self.n_above_zero
        return float(self.hours[n]) if n < len(self.hours) else np.inf

    @property
    def tail_per_h(self) -> float:
        """Rate between the last two points whose shares differ, both above 0; 0 where there are none [1/h]."""
        n = self.n_above_zero
        before = np.flatnonzero(self.out_frac[:n] > self.out_frac[n - 1])
        if len(before) == 0:
            return 0.0
        first, last = before[-1], n - 1
        return float(np.log(self.out_frac[first] / self.out_frac[last]) / (self.hours[last] - self.hours[first]))


@dataclass(frozen=True, slots=True, kw_only=True)
class WeibullCurve:
    """``S(t) = exp(-(t / scale_h) ** shape)``; below a shape of 1 the start is quick and the tail long."""

    shape: float
    scale_h: float

    def __post_init__(self) -> None:
        if not (self.shape > 0.0 and self.scale_h > 0.0):
            raise ValueError(f"shape, scale_h: given {self.shape}, {self.scale_h}; legal: above 0")


Curve = PointsCurve | WeibullCurve


def still_out_frac(curve: Curve, hours: Hours) -> Share:
    """Share still without service ``hours`` after it was lost.

    >>> still_out_frac(WeibullCurve(shape=0.84, scale_h=224.0), np.array([0.0, 224.0])).round(4)
    array([1.    , 0.3679])
    """
    if isinstance(curve, WeibullCurve):
        return np.exp(-((np.maximum(hours, 0.0) / curve.scale_h) ** curve.shape))
    n = curve.n_above_zero
    joined = np.exp(np.interp(hours, curve.hours[:n], np.log(curve.out_frac[:n])))
    beyond_h = np.maximum(np.subtract(hours, curve.hours[n - 1]), 0.0)
    if np.isfinite(curve.end_h):
        return joined * np.maximum(1.0 - beyond_h / (curve.end_h - curve.hours[n - 1]), 0.0)
    return joined * np.exp(-curve.tail_per_h * beyond_h)


def restored_h(curve: Curve, out_frac: Share) -> Hours:
    """Hours after which only ``out_frac`` is still without service, the inverse of ``still_out_frac`` [h].

    With ``out_frac`` drawn evenly from 0 to 1 this is the length of an outage.  Infinity for 0 on a curve that
    never gets there.

    >>> restored_h(WeibullCurve(shape=3.12, scale_h=32.0), np.array([0.5, 0.1])).round(2)
    array([28.45, 41.81])
    """
    with np.errstate(divide="ignore"):
        if isinstance(curve, WeibullCurve):
            return curve.scale_h * (-np.log(out_frac)) ** (1.0 / curve.shape)
        n = curve.n_above_zero
        joined_h = np.interp(-np.log(out_frac), -np.log(curve.out_frac[:n]), curve.hours[:n])
        left = np.minimum(np.divide(out_frac, curve.out_frac[n - 1]), 1.0)
        if np.isfinite(curve.end_h):
            return joined_h + (1.0 - left) * (curve.end_h - curve.hours[n - 1])
        return joined_h - np.log(left) / curve.tail_per_h


def remaining_quantile_h(curve: Curve, elapsed_h: Hours, quantile: float) -> Hours:
    """Quantile of the time until service returns, given that it has been out for ``elapsed_h`` [h].

    Solves ``S(elapsed + x) = (1 - quantile) S(elapsed)``.  It is 0 where the curve says that everybody is back.

    Args:
        curve: the restoration curve that is believed in.
        elapsed_h: hours since service was lost [h].
        quantile: chance that service returns within the answer, from 0 to 1.

    >>> exponential = WeibullCurve(shape=1.0, scale_h=10.0)
    >>> remaining_quantile_h(exponential, np.array([0.0, 50.0]), 0.5).round(3)
    array([6.931, 6.931])
    """
    left = (1.0 - quantile) * still_out_frac(curve, elapsed_h)
    return np.maximum(np.subtract(restored_h(curve, left), elapsed_h), 0.0)
