"""Kernels of products with the constraint matrix A, with E, which couples levels in time, and their transposes."""

from __future__ import annotations

from simulation.interchange.fused import fused

__all__ = ["product", "pull"]


@fused
def product(pointer, column, value, retention, x, levels, out):
    """``out`` [R, X] = A x + E (a e_{t-1} - e_t); ``levels`` are [K, X], ``retention`` [K, T], stores the last rows."""
    K, T = retention.shape
    S = levels.shape[1] // max(T, 1)
    for row in range(out.shape[0]):
        for i in range(out.shape[1]):
            out[row, i] = 0.0
        for place in range(pointer[row], pointer[row + 1]):
            factor, n = value[place], column[place]
            for i in range(out.shape[1]):
                out[row, i] += factor * x[n, i]
    for k in range(K):
        row = out.shape[0] - K + k
        for i in range(out.shape[1]):
            out[row, i] -= levels[k, i]
        for t in range(1, T):
            now, before = out[row, t * S : (t + 1) * S], levels[k, (t - 1) * S : t * S]
            for s in range(S):
                now[s] += retention[k, t] * before[s]


@fused
def pull(pointer, row, value, retention, y, out):
    """``out`` [n, X] = A'y for the flows, then E'y for the levels."""
    K, T = retention.shape
    S = y.shape[1] // max(T, 1)
    for n in range(out.shape[0]):
        for i in range(out.shape[1]):
            out[n, i] = 0.0
        for place in range(pointer[n], pointer[n + 1]):
            factor, r = value[place], row[place]
            for i in range(out.shape[1]):
                out[n, i] += factor * y[r, i]
    for k in range(K):
        n, r = out.shape[0] - K + k, y.shape[0] - K + k
        for t in range(1, T):
            now, after = out[n, (t - 1) * S : t * S], y[r, t * S : (t + 1) * S]
            for s in range(S):
                now[s] += retention[k, t] * after[s]
