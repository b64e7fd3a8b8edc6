"""Snow on panels as a planner sees it: what covers them now, sliding off as on an average day, and no new fall."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from simulation.draws.snow import SnowDraws
from simulation.physics.snow import lost_frac
from simulation.scenario.spec import Spec

__all__ = ["uncovered_ahead_frac"]


def uncovered_ahead_frac(
    spec: Spec, snow: SnowDraws, rows: Int[np.ndarray, " S"] | slice, window: slice
) -> Float[np.ndarray, "S t V"]:
    """Share of each array that gives power over a window, for a planner who stands at its begin.

    The cover is seen as the step before left it, and slides off as it does on average over the weather of the month.
    A fall is taken to end now, and the next is not expected, as no outage is.

    Args:
        spec: the scenario.
        snow: its snow, of which nothing from the window on is read but expectations.
        rows: scenarios to plan for.
        window: steps of the control grid.
    """
    before = slice(max(window.start, 1) - 1, max(window.start, 1))
    covered = snow.covered_frac[rows, before] if window.start > 0 else np.zeros_like(snow.covered_frac[rows, before])
    ahead = np.maximum(covered - np.cumsum(snow.slide_expected_frac[window], axis=0), 0.0)
    uncovered = np.empty_like(ahead)
    for v, item in enumerate(spec.pvs):
        uncovered[:, :, v] = 1.0 - lost_frac(ahead[:, :, v], item.part.strings_up_slope)
    return uncovered
