"""First-order autoregressive noise, the memory of every error that strays in time."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from jaxtyping import Float

__all__ = ["autoregressive"]


def autoregressive(normal: Float[np.ndarray, "S N"], correlation: float) -> Float[np.ndarray, "S N"]:
    """Standard normal numbers with ``correlation`` between neighbours, stationary from the first.

    ``x_0 = e_0`` and ``x_n = correlation * x_(n-1) + sqrt(1 - correlation^2) * e_n``.

    Args:
        normal: independent standard normal numbers, a row for each scenario.
        correlation: of each number with the next, from 0 to 1.

    >>> autoregressive(np.array([[1.0, 0.0, 1.0]]), 0.6).round(2)
    array([[1.  , 0.6 , 1.16]])
    """
    shocks = normal * np.sqrt(1.0 - correlation**2)
    shocks[:, 0] = normal[:, 0]
    noise = np.ascontiguousarray(shocks.T)  # a loop: importing scipy.signal for its filter takes most of a second
    for before, here in pairwise(noise):
        here += correlation * before
    return np.ascontiguousarray(noise.T)
