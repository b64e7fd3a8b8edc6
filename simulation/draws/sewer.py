"""When sewers stop and are restored: drawn as the outages of feeders are, each from its own stream."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int

from simulation.draws.outage import OutageDraws, sample_outages
from simulation.scenario.grid import Feeder
from simulation.scenario.spec import Spec

__all__ = ["sample_sewers"]


def sample_sewers(spec: Spec, scenario_ids: Int[np.ndarray, " S"], seed: int) -> OutageDraws | None:
    """Stops of every sewer, on the axis F in their order; None where nothing may stop any."""
    if not any(sewer.stop for sewer in spec.sewer.values()):
        return None
    pipes = {f"sewer {name}": Feeder.model_construct(outage=sewer.stop) for name, sewer in spec.sewer.items()}
    return sample_outages(spec.model_copy(update={"feeder": pipes}), scenario_ids, seed)
