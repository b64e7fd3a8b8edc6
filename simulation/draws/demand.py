"""Electric demand by building and tier: expected course and AR(1) errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

__all__ = ["DemandDraws"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandDraws:
    """Demand of every building in every tier.

    ``demand = expected * (1 + error)`` in every step; while the grid of the building is lost the demand is
    ``islanded`` instead (loads switched off or added by hand in an emergency), with the same error.
    """

    expected_kw: Float[np.ndarray, "S T B Q"]
    islanded_expected_kw: Float[np.ndarray, "S T B Q"]
    demand_kw: Float[np.ndarray, "S T B Q"]
    islanded_kw: Float[np.ndarray, "S T B Q"]
