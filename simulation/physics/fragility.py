"""Fragility and restoration of components: lognormal curves of damage by demand, and of repair by time."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from scipy.special import ndtr

__all__ = ["damage_state_probabilities", "damage_states", "restored_frac"]


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
