"""Outages in the planner's arrays: who has the public grid, for which share of each step."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from simulation.draws.outage import OutageDraws
from simulation.scenario.spec import Spec

__all__ = ["down_frac", "lost_frac", "share_after", "up_frac"]


def share_after(edges_h: Float[np.ndarray, " T1"], hour: Float[np.ndarray, "..."] | float) -> Float[np.ndarray, "..."]:
    """Share of each step that lies after an hour, 0 to 1; steps on a new last axis.

    >>> share_after(np.array([0.0, 1.0, 2.0]), 0.75)
    array([0.25, 1.  ])
    """
    return np.clip((edges_h[1:] - np.asarray(hour)[..., None]) / np.diff(edges_h), 0.0, 1.0)


def down_frac(
    outage: OutageDraws, edges_h: Float[np.ndarray, " T1"], delay_h: Float[np.ndarray, " S"] | float = 0.0
) -> Float[np.ndarray, "S T F"]:
    """Share of each step in which a feeder has been down for ``delay_h`` or longer, from the exact hours."""
    start_h, end_h = outage.start_h + np.reshape(delay_h, (-1, 1, 1)), outage.end_h
    down = np.zeros((*start_h.shape[:2], len(edges_h) - 1))
    for n in range(start_h.shape[2]):
        begun = share_after(edges_h, start_h[:, :, n])
        down += np.maximum(begun - share_after(edges_h, end_h[:, :, n]), 0.0)
    return np.minimum(np.moveaxis(down, 1, 2), 1.0)


def up_frac(spec: Spec, grid_up_frac: Float[np.ndarray, "S T F"]) -> Float[np.ndarray, "S T B"]:
    """Share of each step in which a building has its public grid; 0 for one without a connection."""
    feeders = list(spec.feeder)
    up = np.zeros((*grid_up_frac.shape[:2], len(spec.building)))
    for b, building in enumerate(spec.building.values()):
        if building.grid is not None:
            up[:, :, b] = grid_up_frac[:, :, feeders.index(building.grid.feeder)]
    return up


def lost_frac(spec: Spec, grid_up_frac: Float[np.ndarray, "S T F"]) -> Float[np.ndarray, "S T B"]:
    """Share of each step in which a building has lost its public grid; 0 for one that never had a connection."""
    connected = np.array([building.grid is not None for building in spec.building.values()])
    return (1.0 - up_frac(spec, grid_up_frac)) * connected
