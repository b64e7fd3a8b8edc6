"""A number with its error: how every metric is reported."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Estimate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Mean over n scenarios and its standard error, in ``unit``; prints only the digits that the error allows.

    ``low`` and ``high`` bound a 95 % interval by the method named in ``method``.
    """

    mean: float
    stderr: float
    n: int
    unit: str
    low: float
    high: float
    method: str
