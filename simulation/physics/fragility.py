"""Shaking, fragility and restoration: how alike two sites shake, what breaks at a demand, how long repair takes."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int
from scipy.special import ndtr

__all__ = [
    "damage_state_probabilities",
    "damage_states",
    "lognormal_of",
    "ordered_states",
    "reached_frac",
    "reached_probabilities",
    "restored_frac",
    "shaking_correlation",
]


def damage_state_probabilities(
    demand: tuple[float, float], capacities: Float[np.ndarray, " D"], capacity_beta: float
) -> Float[np.ndarray, " D1"]:
    """Probability of no damage and of each damage state, for an uncertain demand.

    Demand and capacities are lognormal; one draw of the capacity's deviation holds for all states of a component, so
    that states are ordered.  State ``d`` or worse has probability ``Phi(ln(demand / capacity_d) / beta)`` with
    ``beta^2 = demand_beta^2 + capacity_beta^2`` (the usual convolution of HAZUS and FEMA P-58).

    Args:
        demand: median and lognormal deviation of the demand (peak acceleration, drift, ...).
        capacities: median capacities of the states, rising, in the unit of the demand.
        capacity_beta: lognormal deviation of the capacities.

    Raises:
        ValueError: if the capacities do not rise or are not positive.

    >>> damage_state_probabilities((0.015, 0.6), np.array([0.015, 0.02]), 0.5).round(5)
    array([0.5    , 0.14369, 0.35631])
    """
    if (capacities <= 0).any() or (np.diff(capacities) <= 0).any():
        raise ValueError(f"capacities: given {capacities.tolist()}; legal: positive and rising")
    median, demand_beta = demand
    reached = ndtr(np.log(median / capacities) / np.hypot(demand_beta, capacity_beta))
    return -np.diff(np.concatenate([[1.0], reached, [0.0]]))


def damage_states(
    demand: Float[np.ndarray, " S"], capacities: Float[np.ndarray, " D"], deviation: Float[np.ndarray, " S"]
) -> Float[np.ndarray, " S"]:
    """Damage state of a component in every scenario, 0 for none, from a drawn demand and one deviation for all states.

    ``deviation`` is the lognormal deviation of the capacity, ``beta`` times a standard normal.

    >>> damage_states(np.array([0.01, 0.017, 0.03]), np.array([0.015, 0.02]), np.zeros(3))
    array([0., 1., 2.])
    """
    reached = demand[:, None] >= capacities[None, :] * np.exp(deviation)[:, None]
    return reached.sum(axis=1).astype(np.float64)


def restored_frac(days: Float[np.ndarray, " T"], mu: float, sigma: float) -> Float[np.ndarray, " T"]:
    """Share of components restored after some days, lognormal with parameters ``mu`` and ``sigma`` of ln(days).

    >>> restored_frac(np.array([15.0, 30.0, 80.0]), 3.09, 0.51).round(6)
    array([0.226952, 0.729132, 0.994352])
    """
    return ndtr((np.log(days) - mu) / sigma)


def reached_probabilities(
    demand: tuple[float, float], capacities: Float[np.ndarray, " D"], betas: Float[np.ndarray, " D"]
) -> Float[np.ndarray, " D"]:
    """Probability of each damage state or a worse one, each with its own deviation, for an uncertain demand.

    ``Phi(ln(demand / capacity_d) / sqrt(demand_beta^2 + beta_d^2))``, exact while the curves do not cross within the
    range of the demand; see ``ordered_states``.

    >>> reached_probabilities((0.015, 0.6), np.array([0.015, 0.02]), np.array([0.5, 0.5])).round(5)
    array([0.5    , 0.35631])
    """
    median, demand_beta = demand
    return ndtr(np.log(median / capacities) / np.hypot(demand_beta, betas))


def ordered_states(
    demand: Float[np.ndarray, "*S"],
    capacities: Float[np.ndarray, " D"],
    betas: Float[np.ndarray, " D"],
    normal: Float[np.ndarray, "*S"],
) -> Int[np.ndarray, "*S"]:
    """Damage states, 0 for none, where each state has its own deviation; one normal number a component orders them.

    State d is reached where ``ln(demand / capacity_d) / beta_d >= normal`` and every lesser state is reached too: where
    two curves of unlike deviations cross, the worse state cannot come without the lesser.

    >>> ordered_states(np.array([0.01, 0.017, 0.03]), np.array([0.015, 0.02]), np.array([0.5, 0.6]), np.zeros(3))
    array([0, 1, 2])
    """
    reached = np.log(demand[..., None] / capacities) / betas >= normal[..., None]
    return np.logical_and.accumulate(reached, axis=-1).sum(axis=-1)


def reached_frac(
    demand: Float[np.ndarray, "*S"], capacities: Float[np.ndarray, " D"], betas: Float[np.ndarray, " D"]
) -> Float[np.ndarray, "*S D"]:
    """Share of many like components in each damage state or a worse one, for a known demand, which may be zero.

    ``Phi(ln(demand / capacity_d) / beta_d)``, no more than reach every lesser state; see ``ordered_states``.

    >>> reached_frac(np.array([0.0, 0.61, 0.95]), np.array([0.61, 0.95]), np.array([0.64, 0.64])).round(3)
    array([[0.   , 0.   ],
           [0.5  , 0.244],
           [0.756, 0.5  ]])
    """
    some = np.maximum(demand, np.finfo(np.float64).tiny)
    return np.minimum.accumulate(ndtr(np.log(some[..., None] / capacities) / betas), axis=-1)


def shaking_correlation(distance_km: Float[np.ndarray, "N N"], range_km: float) -> Float[np.ndarray, "N N"]:
    """Correlation of the within-event residuals of shaking at two sites, ``exp(-3 h / range)``.

    Form and, for peak ground acceleration, ranges of tens of kilometres after N. Jayaram and J. W. Baker, Correlation
    model for spatially distributed ground-motion intensities, Earthquake Engng Struct. Dyn. 38, 2009, 1687-1708.

    >>> shaking_correlation(np.array([[0.0, 10.0], [10.0, 0.0]]), 30.0).round(3)
    array([[1.   , 0.368],
           [0.368, 1.   ]])
    """
    return np.exp(-3.0 * distance_km / range_km)


def lognormal_of(mean: float, sd: float) -> tuple[float, float]:
    """Parameters mu and sigma of the lognormal with a given mean and standard deviation.

    Restoration times are published as normal; a normal with a wide spread would mend things before they break.

    >>> mu, sigma = lognormal_of(3.1, 2.7)
    >>> round(float(np.exp(mu + sigma**2 / 2)), 6)
    3.1
    """
    variance = np.log1p((sd / mean) ** 2)
    return float(np.log(mean) - variance / 2.0), float(np.sqrt(variance))
