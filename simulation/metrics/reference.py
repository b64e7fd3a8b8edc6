"""From when survival is counted: the strike, else the first outage, else the start of the period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from simulation.events.trajectory import Trajectory
from simulation.scenario.spec import Spec

__all__ = ["Reference", "reference"]


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
    up = trajectory.flows.get("grid_up_frac")
    dark = np.zeros((n, clock.n_steps), dtype=bool) if up is None else np.any(up.values < 1.0, axis=2)
    if up is not None and dark.any():
        first = np.argmax(dark, axis=1)
        share_up = up.values.min(axis=2)[np.arange(n), first]
        start = np.where(dark.any(axis=1), (first + share_up) * clock.step_h, 0.0)
        return Reference(
            start_h=start,
            horizon_h=clock.duration_h - float(start.max()),
            words="from the first outage",
        )
    return Reference(start_h=np.zeros(n), horizon_h=clock.duration_h, words="from the start of the period")
