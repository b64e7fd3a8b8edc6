"""The global columns, eliminated from a Newton step: a border of the normal equations, a small system per scenario.

With K = L D L' the normal equations, V = L^-1 G and W = D^-1 V, what is left is H + V'W + B' (D_s + delta)^-1 B for dP,
of size P; right-hand sides that have gone forward, L^-1 r, are corrected by V dP and go backward once, whatever P is.
Columns that act in the same steps (the peaks of a month) are a group and are carried through those steps only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float, Int

from simulation.interchange.batch import Form
from simulation.interchange.block_tridiagonal import Piece
from simulation.interchange.normal_equations import Forward, NormalEquations

__all__ = ["Border"]

_HELD = 1e30
"""Curvature of a global column without width: it does not move."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Global columns that act from step ``first`` to before ``after``, and what they bring into the rows there."""

    columns: Int[np.ndarray, " m"]
    first: int
    after: int
    entries: Float[np.ndarray, "R m t"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Carried:
    """A group gone forward: V on the rows of the stores, and W = D^-1 V."""

    V: tuple[Piece, ...]
    W: tuple[Piece, ...]


def _groups(form: Form) -> tuple[_Group, ...]:
    """The global columns that act at all, by the steps in which they do."""
    entries = form.peak_matrix[:, :, None] * form.peak_active.T
    found: dict[tuple[int, int], list[int]] = {}
    for p in range(entries.shape[1]):
        steps = np.flatnonzero(entries[:, p].any(axis=0))
        if steps.size:
            found.setdefault((int(steps[0]), int(steps[-1]) + 1), []).append(p)
    return tuple(
        _Group(columns=np.array(p), first=first, after=after, entries=entries[:, p, first:after])
        for (first, after), p in sorted(found.items())
    )


class Border:
    """Carry the global columns through the factors, then correct right-hand sides that have gone forward."""

    def __init__(self, form: Form, delta: float) -> None:
        self._form, self._delta, self._groups = form, delta, _groups(form)
        self._products = _row_products(form.peak_rows)
        self._n_bus = form.pattern.n_bus
        self._carried: list[_Carried] = []

    def factor(self, normal: NormalEquations, global_weight: Float[np.ndarray, "p 1 S"]) -> None:
        """Form the small system from the factors and the weights of global columns (1 / H) and slacks."""
        P, S = self._form.peak_rows.shape[1], global_weight.shape[-1]
        weight, self._slack_weight = global_weight[:P, 0], global_weight[P:, 0]
        self._slack_inverse = 1.0 / (self._slack_weight + self._delta)
        small = (self._products @ self._slack_inverse).reshape(P, P, S)
        self._carried = []
        for place, group in enumerate(self._groups):
            forward = normal.forward(_spread(group.entries, S), group.first)
            self._carried.append(_Carried(V=forward.stores, W=normal.scaled(forward.stores)))
            for other, carried in zip(self._groups[: place + 1], self._carried, strict=True):
                met = self._met(other, carried, forward, group.first)
                small[np.ix_(other.columns, group.columns)] += met
                if other is not group:
                    small[np.ix_(group.columns, other.columns)] += met.swapaxes(0, 1)
        held = weight == 0
        small[np.arange(P), np.arange(P)] += np.divide(1.0, weight, out=np.full(held.shape, _HELD), where=~held)
        self._small = _decomposed(small)

    def solve(
        self,
        forward: Forward,
        b: Float[np.ndarray, "M S"],
        peak_gradient: Float[np.ndarray, "P S"],
        slack_gradient: Float[np.ndarray, "M S"],
    ) -> tuple[Float[np.ndarray, "P S"], Float[np.ndarray, "M S"]]:
        """dP and dq, given L^-1 r, whose rows of the stores become those of r + G dP."""
        pulled = np.zeros_like(peak_gradient)
        for group, carried in zip(self._groups, self._carried, strict=True):
            pulled[group.columns] = self._met(group, carried, forward, 0)[:, 0]
        rest = b - self._slack_weight * slack_gradient
        push = -peak_gradient - pulled + self._form.peak_links_turned @ (self._slack_inverse * rest)
        d_peak = _substituted(self._small, push)
        for group, carried in zip(self._groups, self._carried, strict=True):
            for piece, into in zip(carried.V, forward.stores, strict=True):
                part = into.between(piece.start, piece.after)[:, 0]
                part += np.einsum("kmts,ms->kts", piece.values, d_peak[group.columns])
        return d_peak, self._slack_inverse * (rest - self._form.peak_links @ d_peak)

    def _met(self, group: _Group, carried: _Carried, forward: Forward, first: int) -> Float[np.ndarray, "p m S"]:
        """G_p' K^-1 r for the columns of a group and right-hand sides gone forward, given from step ``first`` on."""
        bus = forward.bus
        out = np.zeros((len(group.columns), bus.shape[1], bus.shape[3]))
        start, after = max(group.first, first), min(group.after, first + bus.shape[2])
        if start < after:
            mine, theirs = slice(start - group.first, after - group.first), slice(start - first, after - first)
            for row in np.flatnonzero(group.entries[: self._n_bus].any(axis=(1, 2))):
                out += np.einsum("pt,mts->pms", group.entries[row, :, mine], bus[row, :, theirs])
        for one, other in zip(carried.W, forward.stores, strict=True):
            start, after = max(one.start, other.start), min(one.after, other.after)
            if start < after:
                out += np.einsum("kpts,kqts->pqs", one.between(start, after), other.between(start, after))
        return out


def _row_products(rows: Float[np.ndarray, "M P"]) -> sp.csr_array:
    """Sparse matrix [P P, M] whose product with weights of the rows gives B' diag(weights) B, entry by entry."""
    sparse = sp.csr_array(rows)
    columns = [sp.kron(sparse[[m]].T, sparse[[m]].T, format="csc") for m in range(len(rows))]
    return sp.csr_array(sp.hstack(columns)) if columns else sp.csr_array((rows.shape[1] ** 2, 0))


def _spread(entries: Float[np.ndarray, "R m t"], n_scenarios: int) -> Float[np.ndarray, "R m t S"]:
    return np.ascontiguousarray(np.broadcast_to(entries[..., None], (*entries.shape, n_scenarios)))


def _decomposed(a: Float[np.ndarray, "P P S"]) -> Float[np.ndarray, "P P S"]:
    """L D L' of symmetric, positive definite systems with the batch last, in place: D on the diagonal, L below it."""
    for j in range(len(a)):
        ratio = a[j + 1 :, j] / a[j, j]
        a[j + 1 :, j + 1 :] -= ratio[:, None] * a[j + 1 :, j]
        a[j + 1 :, j] = ratio
    return a


def _substituted(a: Float[np.ndarray, "P P S"], r: Float[np.ndarray, "P S"]) -> Float[np.ndarray, "P S"]:
    """The solution with the factors of ``_decomposed``."""
    x = r.copy()
    for j in range(len(x)):
        x[j + 1 :] -= a[j + 1 :, j] * x[j]
    x /= a[np.arange(len(x)), np.arange(len(x))]
    for j in range(len(x) - 1, 0, -1):
        x[:j] -= a[j, :j] * x[j]
    return x
