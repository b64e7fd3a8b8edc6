"""People who want a place in a shelter, over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

__all__ = ["ArrivalDraws"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalDraws:
    """People who want a place, at the edges of the control steps (axis H in the order of ``Spec.shelters``)."""

    wanting_people: Float[np.ndarray, "S T1 H"]
    expected_people: Float[np.ndarray, "T1 H"]
