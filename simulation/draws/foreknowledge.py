"""What is known of a load before its weather is: its expected course, given how warm it is now."""

from __future__ import annotations

from math import factorial

import numpy as np
from jaxtyping import Float

__all__ = ["N_ORDERS", "given_warmth", "warmth_nodes", "warmth_series"]

N_ORDERS = 4
"""Terms of the series in warmth: the mean over all weather, the slope, the bend, and what tells cold from heat."""

N_NODES = 64
"""Nodes of the Gauss-Hermite quadrature over warmth, as many as over clearness."""

FARTHEST = 2.0
"""Warmth, in standard deviations, beyond which the short series is no longer like the course; it is held there."""


def warmth_nodes() -> Float[np.ndarray, " J"]:
    """Warmth, in standard deviations, at which a course has to be known for ``warmth_series``."""
    return np.polynomial.hermite_e.hermegauss(N_NODES)[0]


def warmth_series(course: Float[np.ndarray, "J T"]) -> Float[np.ndarray, "K T"]:
    """Coefficients of a course in the Hermite polynomials of warmth; the first is its mean over all weather.

    ``f(z) = sum_k a_k He_k(z)`` with ``a_k = E[f He_k] / k!`` for a standard normal ``z``.

    Args:
        course: values at the J nodes of ``warmth_nodes``.

    >>> warmth_series(3.0 + 2.0 * warmth_nodes()[:, None]).ravel().round(9) + 0.0
    array([3., 2., 0., 0.])
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(N_NODES)
    orders = np.polynomial.hermite_e.hermevander(nodes, N_ORDERS - 1) / [factorial(k) for k in range(N_ORDERS)]
    return (orders * (weights / weights.sum())[:, None]).T @ course


def given_warmth(
    series: Float[np.ndarray, "K T ..."], warmth: Float[np.ndarray, "S T"], kept: Float[np.ndarray, " T"]
) -> Float[np.ndarray, "S T ..."]:
    """Expected course of each scenario, given a warmth that was seen; never below 0.

    Of two standard normal numbers with correlation r, ``E[He_k(later) | now] = r^k He_k(now)`` (Mehler): a forecast
    fades to the mean over all weather as fast as the weather forgets, and bends sooner than it tilts.

    Args:
        series: coefficients from ``warmth_series``.
        warmth: seen, in standard deviations over what is usual.
        kept: correlation of the warmth at each step with the one seen; 1 for what is seen now, 0 for what is not.
    """
    near = np.clip(warmth, -FARTHEST, FARTHEST)
    orders = np.polynomial.hermite_e.hermevander(near, len(series) - 1)
    faded = orders * kept[:, None] ** np.arange(len(series))
    weights = faded.reshape(*faded.shape, *(1 for _ in series.shape[2:]))
    # term by term: a scenario gets the same bits alone as among others
    return np.maximum(sum(weights[:, :, k] * term for k, term in enumerate(series)), 0.0)
