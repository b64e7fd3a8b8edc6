"""When mains water returns: one draw per water district and scenario, from a restoration curve."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from simulation.draws.outage import restoration_curve
from simulation.draws.seeds import Stream, generator
from simulation.physics.restoration import restored_h
from simulation.scenario.spec import Spec

__all__ = ["sample_mains"]


def sample_mains(spec: Spec, scenario_ids: Int[np.ndarray, " S"], seed: int) -> Float[np.ndarray, "S W"] | None:
    """Hour from which the mains of every water tank run again, from the start of the period [h].

    Tanks of one district see their mains return together, any other by itself.  Infinity stands for mains that do not
    fail or do not return; None for an area in which none returns.
    """
    returning = [
        (w, tank)
        for w, tank in enumerate(spec.water_tanks)
        if tank.part.mains_return is not None and tank.part.mains_fail_with_hazard and tank.part.mains_m3ph > 0.0
    ]
    if not returning or spec.hazard_h is None:
        return None
    return_h = np.full((len(scenario_ids), len(spec.water_tanks)), np.inf)
    for w, tank in returning:
        assert tank.part.mains_return is not None, "only those that return were taken"
        element = tank.name if tank.part.mains_district is None else f"district {tank.part.mains_district}"
        evenly = np.array([generator(seed, int(s), Stream.MAINS, element).random() for s in scenario_ids])
        return_h[:, w] = spec.hazard_h + restored_h(restoration_curve(tank.part.mains_return), 1.0 - evenly)
    return_h.setflags(write=False)
    return return_h
