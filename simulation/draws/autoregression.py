"""First-order autoregressive noise, the memory of every error that strays in time."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from scipy.linalg.lapack import dtbtrs

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
    # a unit bidiagonal system: the same bits as scipy.signal.lfilter, whose import alone takes most of a second
    bands = np.stack([np.ones(normal.shape[1]), np.full(normal.shape[1], -correlation)])
    return np.ascontiguousarray(dtbtrs(bands, shocks.T, uplo="L", diag="U")[0].T)
