"""Damage by shaking in the planner's arrays: what works in each step, as drawn or as the plant stands now.

Leaks, lost floor and the wait for a crew are not foreseen, even with perfect information: the plan then counts on water
that runs out, and on engines at the hour at which their mending alone would be over.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float

from simulation.draws.shaking import ShakingDraws, components
from simulation.scenario.clock import Clock
from simulation.scenario.spec import Spec

__all__ = ["held_frac", "standing_frac"]


def standing_frac(
    spec: Spec, shaking: ShakingDraws | None, clock: Clock, kind: str, names: Sequence[str]
) -> Float[np.ndarray, "S T E"] | float:
    """Share of each step in which components of a kind do their work, as drawn; 1 where nothing shakes.

    A component is out from a shock that stops it until that shock's damage is mended; damage that overlaps counts once.
    """
    if shaking is None:
        return 1.0
    up = np.ones((len(shaking.shock_h), clock.n_steps, len(names)))
    edges_h = clock.hours
    for c, component in enumerate(components(spec)):
        if component.kind != kind or component.name not in names:
            continue
        works = np.array([True, *(state.works for state in component.fragility.state)])
        mended_h = np.full(len(up), -np.inf)
        for a in range(shaking.shock_h.shape[1]):
            stops = ~works[shaking.state[:, a, c]]
            from_h = np.where(stops, np.maximum(shaking.shock_h[:, a], mended_h), np.inf)
            until_h = np.where(stops, shaking.mended_h[:, a, c], -np.inf)
            out_h = np.minimum(edges_h[1:], until_h[:, None]) - np.maximum(edges_h[:-1], from_h[:, None])
            up[:, :, names.index(component.name)] -= out_h.clip(min=0.0) / clock.step_h
            mended_h = np.maximum(mended_h, until_h)
    return up.clip(min=0.0)


def held_frac(works: Bool[np.ndarray, "S E"] | None) -> Float[np.ndarray, "S 1 E"] | float:
    """What works now, held over a whole plan: nobody knows when it is mended; 1 where nothing is known of it."""
    return 1.0 if works is None else works[:, None, :].astype(float)
