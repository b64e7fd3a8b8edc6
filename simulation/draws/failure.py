"""Failures of engines: fit for service or not, starts that fail, running lives and repairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

__all__ = ["FailureDraws"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureDraws:
    """What befalls every engine (axis G in the order of ``Spec.gensets``; N successive attempts or lives).

    A life is counted in running hours; infinity where the engine never fails or is never repaired.
    """

    available: Bool[np.ndarray, "S G"]
    start_fails: Bool[np.ndarray, "S G N"]
    life_h: Float[np.ndarray, "S G N"]
    repair_h: Float[np.ndarray, "S G N"]
