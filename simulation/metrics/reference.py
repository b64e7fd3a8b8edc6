"""From when survival is counted: the strike, else the first outage, else the start of the period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from simulation.events.trajectory import Trajectory
from simulation.scenario.spec import Spec

__all__ = ["Reference", "dark", "reference"]

_ROUNDING = 1e-6
"""A step that had power for all of it but this share had it for all of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Hour of every scenario from which it is counted, how long all of them are then seen, and its name."""

    start_h: Float[np.ndarray, " S"]
    horizon_h: float
    words: str


def reference(spec: Spec, trajectory: Trajectory) -> Reference:
    """The start of [hazard]; without one the first loss of any feeder, scenario by scenario; else the period's start.

    The horizon is what every scenario still has before it, so that no curve rests on a part of them.
    """
    clock = trajectory.clock
    n = len(trajectory.scenario_ids)
    hazard_h = spec.hazard_h
    if hazard_h is not None and 0.0 <= hazard_h < clock.duration_h:
        return Reference(start_h=np.full(n, hazard_h), horizon_h=clock.duration_h - hazard_h, words="from the strike")
    lost = dark(trajectory)
    any_lost = np.any(lost, axis=2)
    if lost.any():
        first = np.argmax(any_lost, axis=1)
        share_up = trajectory.flows["grid_up_frac"].values.min(axis=2)[np.arange(n), first]
        start = np.where(np.any(any_lost, axis=1), (first + share_up) * clock.step_h, 0.0)
        return Reference(
            start_h=start,
            horizon_h=clock.duration_h - float(start.max()),
            words="from the first outage",
        )
    return Reference(start_h=np.zeros(n), horizon_h=clock.duration_h, words="from the start of the period")


def dark(trajectory: Trajectory) -> Bool[np.ndarray, "S T F"]:
    """Steps in which a feeder was without power for a part of it at least."""
    up = trajectory.flows.get("grid_up_frac")
    if up is None:
        return np.zeros((len(trajectory.scenario_ids), trajectory.clock.n_steps, 0), dtype=bool)
    return up.values < 1.0 - _ROUNDING
