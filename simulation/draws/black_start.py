"""How long engines take from the loss of the grid to power: one draw per table of like engines and scenario."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from simulation.draws.seeds import Stream, generator
from simulation.scenario.spec import Spec
from simulation.units import MINUTES_PER_HOUR

__all__ = ["sample_start_delays"]


def sample_start_delays(spec: Spec, scenario_ids: Int[np.ndarray, " S"], seed: int) -> Float[np.ndarray, "S G"] | None:
    """Start delay of every engine, lognormal about its median; None where all are certain [h].

    Like engines of one table have one delay: the same people start them, by the same steps, and in one scenario it is
    that of every start.
    """
    if not any(placed.part.start_delay_sigma > 0.0 for placed in spec.gensets):
        return None
    table_of = [
        f"{building}.genset.{key}"
        for building, parts in spec.building.items()
        for key, engine in parts.genset.items()
        for _ in range(engine.count)
    ]
    hours = np.empty((len(scenario_ids), len(spec.gensets)))
    for g, (placed, table) in enumerate(zip(spec.gensets, table_of, strict=True)):
        median_h, sigma = placed.part.start_delay_min / MINUTES_PER_HOUR, placed.part.start_delay_sigma
        normal = [generator(seed, int(s), Stream.BLACK_START, table).standard_normal() for s in scenario_ids]
        hours[:, g] = median_h * np.exp(sigma * np.array(normal))
    hours.setflags(write=False)
    return hours
