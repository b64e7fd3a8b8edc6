"""Bounds on plain numbers or on arrays, so that a formula with a bound in it stands once for both."""

from __future__ import annotations

import numpy as np

__all__ = ["at_least", "at_most"]


def at_most(value, limit):
    """The value, or the limit where that is less; numbers or arrays.

    On plain numbers numpy would take ten times as long, and hand back numbers that slow down all that follows.

    >>> at_most(90.0, 71.0), at_most(np.array([50.0, 90.0]), 71.0)
    (71.0, array([50., 71.]))
    """
    if isinstance(value, np.ndarray) or isinstance(limit, np.ndarray):
        return np.minimum(value, limit)
    return min(value, limit)


def at_least(value, limit):
    """The value, or the limit where that is more; numbers or arrays.

    >>> at_least(-3.0, 0.0), at_least(np.array([-3.0, 4.0]), 0.0)
    (0.0, array([0., 4.]))
    """
    if isinstance(value, np.ndarray) or isinstance(limit, np.ndarray):
        return np.maximum(value, limit)
    return max(value, limit)
