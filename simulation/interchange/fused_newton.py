"""Kernels of one Newton step's linear system; see ``newton.py`` for the system, whose twin this is.

The border is eliminated as a factor of its own: with K = L D L' and V = L^-1 G, which begins where a global column
first acts, the small matrix is H + V' D^-1 V.  So a solve goes forward and backward once, whatever the number of
global columns, and a month's peak costs nothing before its month.
"""

from __future__ import annotations

import numpy as np

from simulation.interchange import fused_buses, fused_recursion
from simulation.interchange.fused import fused
from simulation.interchange.fused_products import product

__all__ = ["factor", "solve"]

HELD = 1e30


@fused
def factor(system, border, level_weight, main, side):
    """Factor for the weights in ``main`` and ``side``; ``level_weight`` [K, T, S] is the part of the levels."""
    fused_buses.factor(
        system.lists, main.weight, system.delta, system.steps, system.entries, system.inverse, system.blocks
    )
    fused_recursion.factor(system.blocks, level_weight, system.retention, system.delta, system.pivots)
    _eliminate_border(system, border, level_weight)
    P, S = border.d_peak.shape
    for m in range(border.slack.shape[0]):
        for s in range(S):
            border.slack[m, s] = 1.0 / (side.weight[P + m, s] + system.delta)
    for p in range(P):
        for q in range(P):
            for m in range(border.slack.shape[0]):
                for s in range(S):
                    border.small[p, q, s] += border.rows[m, p] * border.rows[m, q] * border.slack[m, s]
        for s in range(S):
            border.small[p, p, s] += 1.0 / side.weight[p, s] if side.weight[p, s] > 0.0 else HELD
    _decompose(border.small)


@fused
def _eliminate_border(system, border, level_weight):
    """V for every global column, and V' D^-1 V."""
    P, S = border.d_peak.shape
    R, n_bus, start = border.matrix.shape[0], system.inverse.shape[0], 0
    for p in range(P):
        first, last = border.first[p], border.last[p]
        length = (last - first) * S
        column = border.inner[start : start + R * length].reshape(R, length)
        start += R * length
        for row in range(R):
            for t in range(first, last):
                value = border.matrix[row, p] * border.active[t, p]
                for s in range(S):
                    column[row, (t - first) * S + s] = value
        carried = border.carried[p]
        carried[last:] = 0.0
        fused_buses.forward(system.lists, system.entries, system.inverse, system.steps, first, column, carried)
        fused_recursion.forward(system.blocks, system.pivots, level_weight, system.retention, first, carried)
        border.small[p] = 0.0
        others, meet = border.carried[: p + 1], border.small[p]
        fused_recursion.border_dot(others, border.first, system.pivots, first, carried, meet)
        _bus_dot(border, n_bus, p + 1, first, last, column, border.small[p])
        for q in range(p):
            border.small[q, p] = border.small[p, q]


@fused
def _bus_dot(border, n_bus, n_peaks, first, last, r, out):
    """``out[p]`` += G_p' r over the bus rows, from step ``first``, with which ``r`` begins, to ``last``."""
    S = out.shape[1]
    for p in range(n_peaks):
        for row in range(n_bus):
            if border.matrix[row, p] != 0.0:
                for t in range(max(first, border.first[p]), min(last, border.last[p])):
                    value = border.matrix[row, p] * border.active[t, p]
                    for s in range(S):
                        out[p, s] += value * r[row, (t - first) * S + s]


@fused
def solve(system, border, level_weight, main, side, residual, peak_residual):
    """dy (in ``system``), dP and dq (in ``border``), given residuals, D h and the gradients of the global part."""
    dy, K = system.dy, system.retention.shape[0]
    T, S = border.active.shape[0], border.d_peak.shape[1]
    n_bus = system.inverse.shape[0]
    product(
        system.row_pointer, system.row_column, system.row_value, system.retention, main.dx,
        main.dx[main.dx.shape[0] - K :], dy,
    )  # fmt: skip
    dy += residual
    fused_buses.forward(system.lists, system.entries, system.inverse, system.steps, 0, dy, system.store)
    fused_recursion.forward(system.blocks, system.pivots, level_weight, system.retention, 0, system.store)
    pulled = np.zeros(border.d_peak.shape)
    fused_recursion.border_dot(border.carried, border.first, system.pivots, 0, system.store, pulled)
    _bus_dot(border, n_bus, pulled.shape[0], 0, T, dy, pulled)
    _solve_border(border, pulled, side, peak_residual)
    fused_recursion.border_add(border.carried, border.first, border.d_peak, system.store)
    start = 0
    for p in range(pulled.shape[0]):
        first, last = border.first[p], border.last[p]
        length = (last - first) * S
        column = border.inner[start : start + border.matrix.shape[0] * length]
        start += border.matrix.shape[0] * length
        for row in range(n_bus):
            for t in range(first, last):
                for s in range(S):
                    dy[row, t * S + s] += column[row * length + (t - first) * S + s] * border.d_peak[p, s]
    fused_recursion.backward(system.blocks, system.pivots, level_weight, system.retention, system.store)
    fused_buses.backward(system.lists, system.entries, system.inverse, system.steps, system.store, dy)


@fused
def _solve_border(border, pulled, side, peak_residual):
    """dP and dq, given G' (A D A' + delta)^-1 r in ``pulled``."""
    P, S = border.d_peak.shape
    d_peak, dq = border.d_peak, border.dq
    for m in range(dq.shape[0]):
        for s in range(S):
            dq[m, s] = peak_residual[m, s] - side.weight[P + m, s] * side.gradient[P + m, s]
    for p in range(P):
        for s in range(S):
            d_peak[p, s] = -side.gradient[p, s] - pulled[p, s]
        for m in range(dq.shape[0]):
            for s in range(S):
                d_peak[p, s] += border.rows[m, p] * border.slack[m, s] * dq[m, s]
    _substitute(border.small, d_peak)
    for m in range(dq.shape[0]):
        for p in range(P):
            for s in range(S):
                dq[m, s] -= border.rows[m, p] * d_peak[p, s]
        for s in range(S):
            dq[m, s] *= border.slack[m, s]


@fused
def _decompose(a):
    """L D L' of small systems ``[P, P, S]`` in place: L below, D on the diagonal."""
    P, _, S = a.shape
    for j in range(P):
        for i in range(j + 1, P):
            for s in range(S):
                ratio = a[i, j, s] / a[j, j, s]
                for k in range(j + 1, i + 1):
                    a[i, k, s] -= ratio * a[k, j, s]
        for i in range(j + 1, P):
            for s in range(S):
                a[i, j, s] /= a[j, j, s]


@fused
def _substitute(a, r):
    """Replace ``r`` by the solution with the factors of ``_decompose``."""
    P, S = r.shape
    for i in range(P):
        for j in range(i):
            for s in range(S):
                r[i, s] -= a[i, j, s] * r[j, s]
    for i in range(P - 1, -1, -1):
        for s in range(S):
            r[i, s] /= a[i, i, s]
        for j in range(i + 1, P):
            for s in range(S):
                r[i, s] -= a[j, i, s] * r[j, s]
