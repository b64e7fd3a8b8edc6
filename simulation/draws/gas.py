"""When gas networks stop and are restored: drawn as the outages of feeders are, each from its own stream."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int

from simulation.draws.outage import OutageDraws, sample_outages
from simulation.scenario.grid import Feeder
from simulation.scenario.spec import Spec

__all__ = ["sample_gas"]


def sample_gas(spec: Spec, scenario_ids: Int[np.ndarray, " S"], seed: int) -> OutageDraws | None:
    """Stops of every gas network, on the axis F in their order; None where there is none."""
    if not spec.gas:
        return None
    pipes = {f"gas {name}": Feeder.model_construct(outage=network.stop) for name, network in spec.gas.items()}
    return sample_outages(spec.model_copy(update={"feeder": pipes}), scenario_ids, seed)
