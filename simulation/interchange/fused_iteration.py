"""Kernels of one iteration: residuals and gradients, then predictor, corrector and step; see ``interior_point.py``."""

from __future__ import annotations

import numpy as np

from simulation.interchange import fused_columns as columns
from simulation.interchange import fused_newton, fused_products
from simulation.interchange.fused import fused
from simulation.interchange.interior_point import BLOCKED, PROXIMAL_SHARE

__all__ = ["advance", "measure"]

LEAST_REACH = 1e-30


@fused
def measure(iterate, main, side, system, border):
    """Residuals, gradients, complementarity and objective at the iterates."""
    n, X = main.x.shape
    P, S = iterate.peaks.shape
    _pull(system, iterate.y, main.pulled)
    _gradient(iterate.cost, main.pulled, main.curvature, main.x, main.gradient)
    fused_products.product(
        system.row_pointer, system.row_column, system.row_value, system.retention, main.x, iterate.levels,
        iterate.residual,
    )  # fmt: skip
    for row in range(iterate.residual.shape[0]):
        for i in range(X):
            iterate.residual[row, i] = iterate.rhs[row, i] - iterate.residual[row, i]
    iterate.peak_gradient[:] = iterate.peak_cost
    for p in range(P):
        for row in range(border.matrix.shape[0]):
            if border.matrix[row, p] != 0.0:
                for t in range(border.first[p], border.last[p]):
                    value = border.matrix[row, p] * border.active[t, p]
                    for s in range(S):
                        iterate.residual[row, t * S + s] += value * iterate.peaks[p, s]
                        iterate.peak_gradient[p, s] += value * iterate.y[row, t * S + s]
    for m in range(border.rows.shape[0]):
        for s in range(S):
            iterate.peak_residual[m, s] = iterate.peak_rhs[m, s] + side.x[P + m, s]
        for p in range(P):
            for s in range(S):
                iterate.peak_residual[m, s] -= border.rows[m, p] * iterate.peaks[p, s]
                iterate.peak_gradient[p, s] -= border.rows[m, p] * iterate.q[m, s]
    main.found[:2] = 0.0
    columns.complementarity(main.x, main.w, main.z, main.v, main.found[0])
    columns.objective(iterate.cost, main.curvature, main.x, iterate.levels, main.found[1])
    side.found[0] = 0.0
    columns.complementarity(side.x, side.w, side.z, side.v, side.found[0])
    iterate.complementarity[:] = side.found[0]
    _sum(main.found[0], iterate.complementarity)
    iterate.objective[:] = 0.0
    for p in range(P):
        for s in range(S):
            iterate.objective[s] += iterate.peak_cost[p, s] * iterate.peaks[p, s]
    _sum(main.found[1], iterate.objective)


@fused
def advance(iterate, main, side, system, border, knobs):
    """One predictor and one corrector with the same factors, then the step."""
    n_pairs, least_proximal, most_proximal, to_boundary = knobs
    P, S = iterate.peaks.shape
    K, X = iterate.levels.shape
    n = main.x.shape[0]
    level_weight = main.weight[n - K :].reshape(K, X // S, S)
    mean = iterate.complementarity / n_pairs
    wide, narrow = np.empty((2, X)), np.empty((2, S))
    for s in range(S):
        narrow[0, s] = min(max(PROXIMAL_SHARE * mean[s], least_proximal), most_proximal)
    _spread(narrow[0], wide[0])
    side.gradient[:P] = iterate.peak_gradient
    side.gradient[P:] = iterate.q
    _weigh(main, wide[0])
    _weigh(side, narrow[0])
    fused_newton.factor(system, border, level_weight, main, side)
    _newton(iterate, main, side, system, border, level_weight)
    main.found[:] = 0.0
    side.found[:] = 0.0
    _predict(main)
    _predict(side)
    primal, dual = _extremes(main.found[0], side.found[0]), _extremes(main.found[1], side.found[1])
    linear, square = side.found[2], side.found[3]
    _sum(main.found[2], linear)
    _sum(main.found[3], square)
    for s in range(S):
        dual[s] += 1.0
    _lengths(primal, dual, 1.0, main.curvature.shape[0] > 0)
    for s in range(S):
        gap, along, up = iterate.complementarity[s], primal[s], dual[s]
        ahead = (1.0 - up) * gap + (along * (1.0 - up) - up) * linear[s] - along * up * square[s]
        narrow[0, s] = mean[s] * min(max(ahead / gap, 0.0), 1.0) ** 3
        narrow[1, s] = 0.0 if min(along, up) < BLOCKED else 1.0
    _spread(narrow[0], wide[0])
    _spread(narrow[1], wide[1])
    _correct(main, wide[0], wide[1])
    _correct(side, narrow[0], narrow[1])
    _newton(iterate, main, side, system, border, level_weight)
    main.found[:2] = 0.0
    side.found[:2] = 0.0
    _aim(main)
    _aim(side)
    primal, dual = _extremes(main.found[0], side.found[0]), _extremes(main.found[1], side.found[1])
    _lengths(primal, dual, to_boundary, main.curvature.shape[0] > 0)
    _spread(primal, wide[0])
    _spread(dual, wide[1])
    _move(main, wide[0], wide[1])
    _move(side, primal, dual)
    _step(iterate.levels, main.dx[n - K :], wide[0])
    _step(iterate.peaks, side.dx[:P], primal)
    _step(iterate.y, system.dy, wide[1])
    _step(iterate.q, border.dq, dual)


@fused
def _newton(iterate, main, side, system, border, level_weight):
    """Solve the Newton system and pull it back to the two boxes.

    The global columns come out of the border themselves: what is handed back gives them as D (A'dy - h).
    """
    fused_newton.solve(system, border, level_weight, main, side, iterate.residual, iterate.peak_residual)
    _pull(system, system.dy, main.pulled)
    P, S = border.d_peak.shape
    for p in range(P):
        for s in range(S):
            weight = side.weight[p, s]
            move = border.d_peak[p, s] / weight if weight > 0.0 else 0.0
            side.pulled[p, s] = move + side.gradient[p, s]
    side.pulled[P:] = -border.dq


@fused
def _pull(system, y, out):
    fused_products.pull(system.column_pointer, system.column_row, system.column_value, system.retention, y, out)


@fused
def _gradient(cost, pulled, curvature, x, out):
    for n in range(out.shape[0]):
        for i in range(out.shape[1]):
            out[n, i] = cost[n, i] - pulled[n, i]
    for n in range(curvature.shape[0]):
        for i in range(out.shape[1]):
            out[n, i] += curvature[n, i] * x[n, i]


@fused
def _weigh(box, floor):
    columns.weigh(box.x, box.w, box.z, box.v, box.free, floor, box.curvature, box.gradient, box.weight, box.dx)


@fused
def _predict(box):
    columns.predict(
        box.x, box.w, box.z, box.v, box.weight, box.gradient, box.pulled, box.dx,
        box.found[0], box.found[1], box.found[2], box.found[3],
    )  # fmt: skip


@fused
def _correct(box, goal, keep):
    columns.correct(box.x, box.w, box.z, box.v, box.weight, goal, keep, box.dx, box.gradient, box.dz, box.dv)


@fused
def _aim(box):
    columns.aim(
        box.x, box.w, box.z, box.v, box.weight, box.gradient, box.pulled, box.dx, box.dz, box.dv,
        box.found[0], box.found[1],
    )  # fmt: skip


@fused
def _move(box, along, up):
    columns.move(box.x, box.w, box.z, box.v, along, up, box.dx, box.dz, box.dv)


@fused
def _step(values, increments, length):
    for n in range(values.shape[0]):
        for i in range(values.shape[1]):
            values[n, i] += length[i] * increments[n, i]


@fused
def _spread(values, out):
    S = values.shape[0]
    for first in range(0, out.shape[0], S):
        row = out[first : first + S]
        row[:] = values


@fused
def _sum(values, out):
    """Add every step of ``values`` [X] to ``out`` [S]."""
    S = out.shape[0]
    for first in range(0, values.shape[0], S):
        row = values[first : first + S]
        for s in range(S):
            out[s] += row[s]


@fused
def _extremes(wide, narrow):
    """The greatest over the steps of ``wide`` [X] and over ``narrow`` [S]."""
    S = narrow.shape[0]
    out = narrow.copy()
    for first in range(0, wide.shape[0], S):
        row = wide[first : first + S]
        for s in range(S):
            out[s] = row[s] if row[s] > out[s] else out[s]
    return out


@fused
def _lengths(primal, dual, share, quadratic):
    """Turn reaches into step lengths; one for both where costs are quadratic, so that dual residuals shrink."""
    for s in range(primal.shape[0]):
        along = min(1.0, share / max(primal[s], LEAST_REACH))
        up = min(1.0, share / max(dual[s], LEAST_REACH))
        if quadratic:
            along = up = min(along, up)
        primal[s], dual[s] = along, up
