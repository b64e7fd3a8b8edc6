"""Warm starts: the interior point begins at a plan that was made before, shifted in time and pushed inside its bounds.

A solution lies on the boundary, from which an interior point cannot walk away.  So every distance x to a bound and the
price z of that bound are replaced by the point of the central path of mean complementarity ``mu`` that keeps ``x - z``
(the smoothing function of Chen and Harker 1993, SIAM J. Matrix Anal. Appl. 14, and Kanzow 1996, SIAM J. Matrix Anal.
Appl. 17)::

    x - z = d,   x z = mu      =>      x = (d + sqrt(d^2 + 4 mu)) / 2

What is off by this, and by what has changed since, becomes residual.  A point whose residual is large beside its
complementarity is worse than none (E. A. Yildirim and S. J. Wright 2002, SIAM J. Optim. 12, 782-810; A. Skajaa, E. D.
Andersen and Y. Ye 2013, Math. Program. Comput. 5, 1-25): such a scenario starts cold.  Each scenario is judged by its
own numbers alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Bool, Float, Int

from simulation.interchange.batch import UNBOUNDED, Box, Form, Lanes
from simulation.interchange.newton import Constraints
from simulation.interchange.problem import Label, Problem
from simulation.interchange.schedule import Solution, Status

__all__ = ["PastPlan", "Start", "past_plans", "place", "start_from"]

MEAN = 0.003
"""Complementarity at which a warm start begins, in scaled units: less saves steps, but a nearer bound blocks sooner."""

MOST_RESIDUAL = 0.25
"""Share of a cold start's residual above which a warm one is no gain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A guess of primal and dual values for the scenarios of a Problem (as in ``Solution``), where one is ``known``."""

    flows: Float[np.ndarray, "S T N"]
    levels: Float[np.ndarray, "S T K"]
    peaks: Float[np.ndarray, "S P"]
    row_price: Float[np.ndarray, "S T R"]
    peak_row_price: Float[np.ndarray, "S M"]
    known: Bool[np.ndarray, " S"]

    def take(self, rows: Int[np.ndarray, " s"]) -> Start:
        """The same for some of the scenarios."""
        return Start(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


@dataclass(frozen=True, slots=True, kw_only=True)
class PastPlan:
    """One scenario's last plan, made at step ``step`` of the period."""

    step: int
    columns: tuple[Label, ...]
    peak_labels: tuple[Label, ...]
    flows: Float[np.ndarray, "T N"]
    levels: Float[np.ndarray, "T K"]
    peaks: Float[np.ndarray, " P"]
    row_price: Float[np.ndarray, "T R"]
    peak_row_price: Float[np.ndarray, " M"]

    def fits(self, problem: Problem, step: int) -> bool:
        """Whether it says something about a problem that begins at ``step``."""
        widths = (self.levels.shape[1], self.row_price.shape[1], len(self.peak_row_price))
        wanted = (len(problem.stores), len(problem.rows), len(problem.peak_rows))
        same = self.columns == problem.columns and self.peak_labels == problem.peaks and widths == wanted
        return same and 0 <= step - self.step < len(self.flows)


def past_plans(problem: Problem, solution: Solution, step: int) -> list[PastPlan | None]:
    """What to keep of plans made at ``step``, scenario by scenario; nothing of one that is not optimal."""
    return [
        PastPlan(
            step=step,
            columns=problem.columns,
            peak_labels=problem.peaks,
            flows=solution.flows[s],
            levels=solution.levels[s],
            peaks=solution.peaks[s],
            row_price=solution.row_price[s],
            peak_row_price=solution.peak_row_price[s],
        )
        if solution.status[s] == Status.OPTIMAL
        else None
        for s in range(problem.n_scenarios)
    ]


def start_from(past: Sequence[PastPlan | None], problem: Problem, step: int) -> Start:
    """Last plans shifted by the steps that have passed; new last steps repeat the last that was planned."""
    S, T, N = problem.cost.shape
    start = Start(
        flows=np.zeros((S, T, N)),
        levels=np.zeros((S, T, len(problem.stores))),
        peaks=np.zeros((S, len(problem.peaks))),
        row_price=np.zeros((S, T, len(problem.rows))),
        peak_row_price=np.zeros((S, len(problem.peak_rows))),
        known=np.array([plan is not None and plan.fits(problem, step) for plan in past], dtype=bool),
    )
    for s, plan in enumerate(past):
        if plan is None or not start.known[s]:
            continue
        when = np.minimum(np.arange(T) + step - plan.step, len(plan.flows) - 1)
        start.flows[s], start.levels[s], start.row_price[s] = plan.flows[when], plan.levels[when], plan.row_price[when]
        start.peaks[s], start.peak_row_price[s] = plan.peaks, plan.peak_row_price
    return start


def place(form: Form, cold: Lanes, start: Start) -> Lanes:
    """Lanes at their warm start where that is better than the ``cold`` one that they have, scenario by scenario."""
    if not start.known.any():
        return cold
    warm = _pushed_inside(form, cold, start)
    good = start.known & (_residual(form, warm) <= MOST_RESIDUAL * _residual(form, cold))
    chosen = np.flatnonzero(good)
    cold.put(chosen, warm.take(chosen))
    return cold


def _pushed_inside(form: Form, cold: Lanes, start: Start) -> Lanes:
    """Copies of the lanes, at the start on the central path."""
    N, P = form.n_flows, len(cold.peaks)
    lanes = cold.take(np.arange(cold.width))
    lanes.y[:] = _last(start.row_price[:, :, form.order]) * form.row_scale[:, None, None] / lanes.money
    lanes.q[:] = start.peak_row_price.T * form.peak_row_scale[:, None] / lanes.money
    flows = _last(start.flows) / form.column_scale[:, None, None]
    levels = _last(start.levels) / form.level_scale[:, None, None]
    peaks = start.peaks.T / form.peak_scale[:, None]
    gradient, peak_gradient = _gradients(form, lanes, flows)
    slack = form.peak_links @ peaks - lanes.peak_rhs
    lanes.levels[:] = _centre(
        lanes.box,
        np.concatenate([lanes.box.x[:N], lanes.levels]),
        np.concatenate([flows, levels]),
        gradient,
    )[N:]
    lanes.peaks[:] = _centre(
        lanes.globals,
        np.concatenate([lanes.peaks, lanes.globals.x[P:, 0]])[:, None],
        np.concatenate([peaks, slack])[:, None],
        np.concatenate([peak_gradient, lanes.q])[:, None],
    )[:P, 0]
    return lanes


def _centre(
    box: Box,
    value: Float[np.ndarray, "n m S"],
    wish: Float[np.ndarray, "n m S"],
    gradient: Float[np.ndarray, "n m S"],
) -> Float[np.ndarray, "n m S"]:
    """Move a Box, whose variables stand at ``value``, to the central path near ``wish``; the new values.

    The bound on the side to which the reduced cost pushes is the one whose pair is smoothed.
    """
    free, has_low, has_high = box.free > 0, box.x < 0.5 * UNBOUNDED, box.w < 0.5 * UNBOUNDED
    both = has_low & has_high
    width = np.where(both, box.x + box.w, np.inf)
    from_low = has_low & ((gradient >= 0) | ~has_high)
    low, high = value - box.x, value + box.w
    towards = np.where(from_low, gradient, -gradient)
    apart = np.where(from_low, wish - low, high - wish) - towards
    root = np.sqrt(apart**2 + 4.0 * MEAN)
    near = np.where(apart >= 0, 0.5 * (apart + root), 2.0 * MEAN / (root + np.abs(apart)))
    near = np.minimum(near, np.where(both, width - 1.0 / (2.0 / width + 1.0 / np.sqrt(MEAN)), np.inf))
    far = np.where(both, width - near, UNBOUNDED)
    movable = free & (has_low | has_high)
    box.x[:] = np.where(movable, np.where(from_low, near, far), box.x)
    box.w[:] = np.where(movable, np.where(from_low, far, near), box.w)
    box.z[:] = np.where(movable & has_low, MEAN / box.x, box.z)
    box.v[:] = np.where(movable & has_high, MEAN / box.w, box.v)
    moved = np.where(from_low, low + box.x, high - box.w)
    return np.where(movable, moved, np.where(free, wish, value))


def _gradients(
    form: Form, lanes: Lanes, flows: Float[np.ndarray, "N T S"]
) -> tuple[Float[np.ndarray, "n T S"], Float[np.ndarray, "P S"]]:
    """Reduced costs of flows and levels, and of the global columns."""
    system = Constraints(form)
    gradient = lanes.cost - system.pull(lanes.y)
    if len(lanes.curvature):
        gradient[: form.n_flows] += lanes.curvature * flows
    return gradient, lanes.peak_cost + system.peak_pull(lanes.y) - form.peak_links_turned @ lanes.q


def _residual(form: Form, lanes: Lanes) -> Float[np.ndarray, " S"]:
    """Root of the sum of squares of what the rows lack, each scenario summed by itself whatever stands beside it."""
    system = Constraints(form)
    lacking = lanes.rhs - system.product(lanes.box.x, lanes.levels)
    system.peak_product(lanes.peaks, lacking)
    return np.sqrt((_last(lacking).reshape(lanes.width, -1) ** 2).sum(axis=1))


def _last(values: Float[np.ndarray, "a b c"]) -> Float[np.ndarray, "c b a"]:
    """The first axis last and the other way round, contiguous."""
    return np.ascontiguousarray(values.transpose(2, 1, 0))
