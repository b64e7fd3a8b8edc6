"""Kernels of the block-tridiagonal system of the stores: the recursion in time, scenarios as vector lanes.

    F_t = C_t + D_t + a_t^2 D_{t-1} - c_t F_{t-1}^-1 c_t        c_t = a_t D_{t-1} (diagonal)

Each F = L D L' is kept as M = L^-1, so that F^-1 r = M' D^-1 M r.  This is block Cholesky as it stands in the books;
see ``block_tridiagonal.py`` for the system, and for the twins in numpy.
"""

from __future__ import annotations

import numpy as np

from simulation.interchange.fused import fused

__all__ = ["backward", "border_add", "border_dot", "factor", "forward"]


@fused
def factor(blocks, weight, retention, floor, inverse):
    """Replace ``blocks`` C [T, K, K, S] (lower triangles) by M, and set ``inverse`` [T, K, S] to D^-1.

    ``weight`` [K, T, S] holds the weights of the levels, ``retention`` is [K, T].
    """
    T, K, S = inverse.shape
    coupling = np.empty((K, S))
    column = np.empty((K, S))
    line = np.empty((K, S))
    for t in range(T):
        F = blocks[t]
        for k in range(K):
            for s in range(S):
                F[k, k, s] += weight[k, t, s]
        if t:
            for k in range(K):
                for s in range(S):
                    coupling[k, s] = retention[k, t] * weight[k, t - 1, s]
                    F[k, k, s] += retention[k, t] * coupling[k, s]
            _subtract_inverse(F, blocks[t - 1], inverse[t - 1], coupling, line)
        _decompose(F, inverse[t], floor, column)
        _invert(F, line)


@fused
def _subtract_inverse(F, M, inverse, coupling, line):
    """F -= c M' D^-1 M c."""
    K, S = coupling.shape
    for i in range(K):
        for k in range(i):
            for s in range(S):
                line[k, s] = M[i, k, s] * coupling[k, s]
        for s in range(S):
            line[i, s] = coupling[i, s]
        for k in range(i + 1):
            for m in range(k + 1):
                for s in range(S):
                    F[k, m, s] -= line[k, s] * inverse[i, s] * line[m, s]


@fused
def _decompose(F, inverse, floor, column):
    """L D L' in place, L below the diagonal; pivots are lifted to ``floor``."""
    K, S = inverse.shape
    for j in range(K):
        for s in range(S):
            pivot = floor if F[j, j, s] < floor else F[j, j, s]
            inverse[j, s] = 1.0 / pivot
        for i in range(j + 1, K):
            for s in range(S):
                column[i, s] = F[i, j, s]
                F[i, j, s] *= inverse[j, s]
            for m in range(j + 1, i + 1):
                for s in range(S):
                    F[i, m, s] -= F[i, j, s] * column[m, s]


@fused
def _invert(F, line):
    """Replace L, below the diagonal, by L^-1."""
    K, S = line.shape
    for i in range(1, K):
        for j in range(i):
            for s in range(S):
                line[j, s] = F[i, j, s]
                F[i, j, s] = -F[i, j, s]
        for j in range(1, i):
            for m in range(j):
                for s in range(S):
                    F[i, m, s] -= line[j, s] * F[j, m, s]


@fused
def _multiply(M, r):
    """r becomes M r."""
    K, S = r.shape
    for i in range(K - 1, 0, -1):
        for j in range(i):
            for s in range(S):
                r[i, s] += M[i, j, s] * r[j, s]


@fused
def _multiply_turned(M, inverse, r, out):
    """out = M' D^-1 r."""
    K, S = r.shape
    for k in range(K):
        for s in range(S):
            out[k, s] = inverse[k, s] * r[k, s]
        for m in range(k):
            for s in range(S):
                out[m, s] += M[k, m, s] * out[k, s]


@fused
def forward(M, inverse, weight, retention, first, r):
    """Replace ``r`` [T, K, S], which is 0 before step ``first``, by M (r_t + c_t F_{t-1}^-1 ...)."""
    T, K, S = r.shape
    before = np.empty((K, S))
    for t in range(first, T):
        if t > first:
            _multiply_turned(M[t - 1], inverse[t - 1], r[t - 1], before)
            for k in range(K):
                for s in range(S):
                    r[t, k, s] += retention[k, t] * weight[k, t - 1, s] * before[k, s]
        _multiply(M[t], r[t])


@fused
def backward(M, inverse, weight, retention, r):
    """Replace what ``forward`` left in ``r`` by the solution."""
    T, K, S = r.shape
    after = np.empty((K, S))
    for t in range(T - 1, -1, -1):
        if t + 1 < T:
            for k in range(K):
                for s in range(S):
                    after[k, s] = retention[k, t + 1] * weight[k, t, s] * r[t + 1, k, s]
            _multiply(M[t], after)
            for k in range(K):
                for s in range(S):
                    after[k, s] += r[t, k, s]
        else:
            after[:] = r[t]
        _multiply_turned(M[t], inverse[t], after, r[t])


@fused
def border_dot(V, first, inverse, begins, r, out):
    """``out[p]`` += sum over steps and stores of V_p D^-1 r; V_p is 0 before step ``first[p]``, r before ``begins``."""
    T, K, S = r.shape
    for p in range(V.shape[0]):
        for t in range(max(first[p], begins), T):
            for k in range(K):
                for s in range(S):
                    out[p, s] += V[p, t, k, s] * inverse[t, k, s] * r[t, k, s]


@fused
def border_add(V, first, amount, r):
    """r += sum over p of V_p times ``amount[p]``."""
    T, K, S = r.shape
    for p in range(V.shape[0]):
        for t in range(first[p], T):
            for k in range(K):
                for s in range(S):
                    r[t, k, s] += V[p, t, k, s] * amount[p, s]
