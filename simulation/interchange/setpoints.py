"""Set-points: the part of a Schedule that the plant is told to do, by element in the order of the Spec."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from simulation.scenario.clock import Clock

__all__ = ["SetPoints"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPoints:
    """What every controllable element is told, on the planning grid ``clock`` (its start is the plan's first step).

    ``sent_kw`` has the two directions of a line on its last axis, a to b first; ``deferrable_kw`` is the deferrable
    load to be served, backlog included.  Other loads are served as far as power goes and PV gives what the sun allows;
    neither carries a set-point.
    """

    clock: Clock
    charge_kw: Float[np.ndarray, "S T K"]
    discharge_kw: Float[np.ndarray, "S T K"]
    genset_kw: Float[np.ndarray, "S T G"]
    sent_kw: Float[np.ndarray, "S T L 2"]
    pump_kw: Float[np.ndarray, "S T Pu"]
    deferrable_kw: Float[np.ndarray, "S T B"]
