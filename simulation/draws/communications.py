"""How long the own batteries of base stations last: one draw per station and scenario."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from simulation.draws.seeds import Stream, generator
from simulation.scenario.spec import Spec

__all__ = ["sample_batteries"]


def sample_batteries(spec: Spec, scenario_ids: Int[np.ndarray, " S"], seed: int) -> Float[np.ndarray, "S C"] | None:
    """Hours that each base station runs without power, lognormal about its median; None where all are certain [h]."""
    if not any(placed.part.battery_sigma > 0.0 for placed in spec.communications):
        return None
    hours = np.array(
        [
            [
                placed.part.battery_h
                * np.exp(
                    placed.part.battery_sigma
                    * generator(seed, int(s), Stream.COMMUNICATIONS, placed.name).standard_normal()
                )
                for placed in spec.communications
            ]
            for s in scenario_ids
        ]
    )
    hours.setflags(write=False)
    return hours
