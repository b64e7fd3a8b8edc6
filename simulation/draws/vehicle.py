"""Vehicles sent for: whether they come, and how long they take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from simulation.draws.seeds import Stream, generator
from simulation.scenario.spec import Spec

__all__ = ["VehicleDraws", "sample_vehicles"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleDraws:
    """What becomes of every call for a vehicle (axis Ve in the order of ``Spec.vehicles``), the same in each outage."""

    comes: Bool[np.ndarray, "S Ve"]
    travel_h: Float[np.ndarray, "S Ve"]


def sample_vehicles(spec: Spec, scenario_ids: Int[np.ndarray, " S"], seed: int) -> VehicleDraws | None:
    """Draw every vehicle's answer from its own stream; None where there is no vehicle."""
    if not spec.vehicles:
        return None
    S, E = len(scenario_ids), len(spec.vehicles)
    comes, travel_h = np.empty((S, E), dtype=bool), np.empty((S, E))
    for e, placed in enumerate(spec.vehicles):
        part = placed.part
        for row, scenario in enumerate(scenario_ids):
            chance = generator(seed, int(scenario), Stream.VEHICLE, placed.name)
            comes[row, e] = chance.random() < part.comes_prob
            travel_h[row, e] = part.travel_h * np.exp(part.delay_sigma * chance.standard_normal())
    comes.setflags(write=False)
    travel_h.setflags(write=False)
    return VehicleDraws(comes=comes, travel_h=travel_h)
