"""One iteration of the interior point on fused kernels: the twin of ``Step`` in ``interior_point.py``.

Measuring and advancing are one compiled call each, so that a block of lanes can be small enough to stay in cache.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from simulation.interchange.batch import Form, Lanes
from simulation.interchange.fused_iteration import advance, measure
from simulation.interchange.fused_state import border_of, bounded, flat, system_of
from simulation.interchange.interior_point import InteriorPoint, Step

__all__ = ["FusedStep"]


class Iterate(NamedTuple):
    """Costs, iterates and residuals of a block of lanes beside its bounded variables."""

    cost: Float[np.ndarray, "n X"]
    rhs: Float[np.ndarray, "R X"]
    peak_cost: Float[np.ndarray, "P S"]
    peak_rhs: Float[np.ndarray, "M S"]
    levels: Float[np.ndarray, "K X"]
    peaks: Float[np.ndarray, "P S"]
    y: Float[np.ndarray, "R X"]
    q: Float[np.ndarray, "M S"]
    residual: Float[np.ndarray, "R X"]
    peak_residual: Float[np.ndarray, "M S"]
    peak_gradient: Float[np.ndarray, "P S"]
    complementarity: Float[np.ndarray, " S"]
    objective: Float[np.ndarray, " S"]


class FusedStep(Step):
    """Measures a block of lanes and moves it by one predictor-corrector step."""

    LEAST_LANES = 1

    def __init__(self, form: Form, state: Lanes, knobs: InteriorPoint) -> None:
        self._begin(form, state, knobs)
        self._main = bounded(state.box, state.curvature)
        self._side = bounded(state.globals, state.curvature[:0, :1])
        self._system, self._border = system_of(form, state, knobs.proximal), border_of(form, state)
        S = state.width
        self.residual, self.gradient = np.empty_like(state.rhs), self._main.gradient.reshape(state.box.x.shape)
        self.peak_residual, self.peak_gradient = np.empty_like(state.peak_rhs), np.empty_like(state.peak_cost)
        self.complementarity, self.objective = np.empty(S), np.empty(S)
        self._iterate = Iterate(
            cost=flat(state.cost),
            rhs=flat(state.rhs),
            peak_cost=state.peak_cost,
            peak_rhs=state.peak_rhs,
            levels=flat(state.levels),
            peaks=state.peaks,
            y=flat(state.y),
            q=state.q,
            residual=flat(self.residual),
            peak_residual=self.peak_residual,
            peak_gradient=self.peak_gradient,
            complementarity=self.complementarity,
            objective=self.objective,
        )

    def _look(self) -> None:
        """Residuals, gradients, complementarity and objective at the iterates."""
        measure(self._iterate, self._main, self._side, self._system, self._border)

    def advance(self) -> None:
        """One predictor and one corrector with the same factors, then the step."""
        knobs = self.knobs
        advance(
            self._iterate,
            self._main,
            self._side,
            self._system,
            self._border,
            (self.n_pairs, knobs.least_proximal, knobs.proximal, knobs.to_boundary),
        )
