"""Block-tridiagonal systems in time with diagonal coupling: odd-even reduction, and the recursion.

One system per scenario, with K stores and T steps, symmetric and positive definite::

    (C_t + D_t + a_t^2 D_{t-1}) u_t - a_t D_{t-1} u_{t-1} - a_{t+1} D_t u_{t+1} = r_t          D_0 = 0

with D (weights of the levels) and a (retention) diagonal, and C at least ``floor`` times the identity, so that no
pivot of an exact elimination is below ``floor``; one that rounding has pushed below is lifted to it.  The batch goes
last.

``OddEven`` eliminates every other step at once, so that time is an axis of whole-array operations: log2(T) levels,
whose coupling is dense from the second level on (R. W. Hockney 1965, J. ACM 12, 95-113).  ``Recursion`` walks through
time with stacked LAPACK calls; its coupling stays diagonal, which is less arithmetic, and pays for many stores.

Both stand for a factor L D L' of the whole system.  ``forward`` gives L^-1 r and takes right-hand sides that are 0
outside of some steps as those steps alone: a column of one month costs a month, for odd-even reduction carries it only
to the neighbours of each level (the recursion carries it to the last step).  ``backward`` gives L'^-1 D^-1 of that.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from scipy.linalg.lapack import dtrtri  # pyright: ignore[reportAttributeAccessIssue] (made by f2py: no stub names it)

__all__ = ["OddEven", "Piece", "Recursion"]

_SHIFTS = (0.0, 1e-14, 1e-12, 1e-10)
"""Added in turn to a unit diagonal until a matrix has a Cholesky factor: from about its rounding upwards."""


class Piece(NamedTuple):
    """A part of right-hand sides that went ``forward``: ``values`` of some steps in a row from index ``start`` on.

    A level of the reduction has a piece each, its odd steps, and the last step one; the recursion has a single piece.
    """

    start: int
    values: Float[np.ndarray, "K m n S"]

    @property
    def after(self) -> int:
        """The index after its last step."""
        return self.start + self.values.shape[2]

    def between(self, start: int, after: int) -> Float[np.ndarray, "K m h S"]:
        """Its values from an index on to before another."""
        return self.values[:, :, start - self.start : after - self.start]


class OddEven:
    """Odd-even (block cyclic) reduction: ``factor`` first, then ``forward`` and ``backward`` as often as needed."""

    def __init__(self, n_stores: int, n_steps: int, n_scenarios: int, floor: float) -> None:
        self._levels: list[_Level] = []
        length = n_steps
        while length > 1:
            self._levels.append(_Level(n_stores, length, n_scenarios, floor))
            length -= length // 2
        self._last = _Factors(n_stores, 1, n_scenarios, floor)

    def factor(
        self,
        C: Float[np.ndarray, "K K T S"],
        weight: Float[np.ndarray, "K T S"],
        retention: Float[np.ndarray, "K T 1"],
    ) -> None:
        """Factor with blocks ``C`` (lower triangles, overwritten), weights D and retention a."""
        F, above = C, retention[:, 1:] * weight[:, :-1]
        for k in range(len(weight)):
            F[k, k] += weight[k]
            F[k, k, 1:] += retention[k, 1:] * above[k]
        for level in self._levels:
            F, above = level.reduce(F, above)
        self._last.factor(F)

    def forward(self, r: Float[np.ndarray, "K m n S"], first: int = 0) -> tuple[Piece, ...]:
        """L^-1 r for m right-hand sides, given in the n steps from ``first`` on and 0 in all others."""
        pieces: list[Piece] = []
        for level in self._levels:
            odd, r = level.forward(r, first)
            first //= 2
            pieces.append(Piece(first, odd))
        return (*pieces, Piece(0, np.einsum("ijts,jmts->imts", self._last.inverse_lower(), r)))

    def scaled(self, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
        """D^-1 times what went forward."""
        pivots = [*(level.odd.inverse_pivot for level in self._levels), self._last.inverse_pivot]
        return tuple(
            Piece(piece.start, piece.values * pivot[:, None, piece.start : piece.after])
            for piece, pivot in zip(pieces, pivots, strict=True)
        )

    def backward(self, pieces: tuple[Piece, ...]) -> Float[np.ndarray, "K m T S"]:
        """The solutions, of what went forward in all steps."""
        *odd, last = (piece.values for piece in self.scaled(pieces))
        even = np.einsum("jits,jmts->imts", self._last.inverse_lower(), last)
        for level in self._levels[::-1]:
            even = level.backward(odd.pop(), even)
        return even


class _Level:
    """One halving: the steps of odd index are eliminated, the even ones remain.

    With L D L' the factors of the odd steps, ``sides`` holds L^-1 times their coupling to the left and to the right and
    times the identity, side by side; ``towards`` the first two times D^-1.
    """

    def __init__(self, n_stores: int, length: int, n_scenarios: int, floor: float) -> None:
        self.n_odd, self.n_right = length // 2, (length - 1) // 2
        self.n_stores = n_stores
        self.odd = _Factors(n_stores, self.n_odd, n_scenarios, floor)
        self.sides = np.zeros((n_stores, 3 * n_stores, self.n_odd, n_scenarios))
        self.towards = np.empty((n_stores, 2 * n_stores, self.n_odd, n_scenarios))

    def reduce(
        self, F: Float[np.ndarray, "K K t S"], coupling: Float[np.ndarray, "... K n S"]
    ) -> tuple[Float[np.ndarray, "K K h S"], Float[np.ndarray, "K K u S"]]:
        """Factor the odd steps; hand back the blocks of the even ones and the coupling from each to the next."""
        K, n_right, sides = self.n_stores, self.n_right, self.sides
        self.odd.factor(F[:, :, 1::2])
        left, right, every = sides[:, :K], sides[:, K : 2 * K], np.arange(K)
        if coupling.ndim == 3:
            sides[:] = 0.0
            left[every, every] = coupling[:, 0::2]
            right[every, every, :n_right] = coupling[:, 1::2]
        else:
            left[:] = coupling[:, :, 0::2].swapaxes(0, 1)
            right[:, :, :n_right] = coupling[:, :, 1::2]
            right[:, :, n_right:] = 0.0
            sides[:, 2 * K :] = 0.0
        sides[every, 2 * K + every] = 1.0
        self.odd.forward(sides)
        np.multiply(sides[:, : 2 * K], self.odd.inverse_pivot[:, None], out=self.towards)
        even = F[:, :, 0::2].copy()
        even[:, :, : self.n_odd] -= np.einsum("iats,ibts->abts", self.towards[:, :K], left)
        onwards, right = self.towards[:, K:, :n_right], right[:, :, :n_right]
        even[:, :, 1 : 1 + n_right] -= np.einsum("iats,ibts->abts", onwards, right)
        return even, np.einsum("iats,ibts->abts", self.towards[:, :K, :n_right], right)

    def forward(
        self, r: Float[np.ndarray, "K m t S"], first: int
    ) -> tuple[Float[np.ndarray, "K m u S"], Float[np.ndarray, "K m h S"]]:
        """Eliminate the odd right-hand sides, the first given being step ``first``; hand back them and the even ones.

        Both begin with index ``first // 2``; the even ones reach one step beyond those given, where there is one.
        """
        K, n_even = self.n_stores, self.n_right + 1
        after = first + r.shape[2]
        start, stop = first // 2, after // 2
        odd = np.einsum("ijts,jmts->imts", self.sides[:, 2 * K :, start:stop], r[:, :, 1 - first % 2 :: 2].copy())
        pull = np.einsum("jkts,jmts->kmts", self.towards[:, :, start:stop], odd)
        given = r[:, :, first % 2 :: 2]
        even = np.zeros((K, r.shape[1], min(stop + 1, n_even) - start, r.shape[3]))
        even[:, :, first % 2 : first % 2 + given.shape[2]] = given
        even[:, :, : stop - start] += pull[:K]
        to_right = even[:, :, 1:]
        to_right += pull[K:, :, : to_right.shape[2]]
        return odd, even

    def backward(
        self, odd: Float[np.ndarray, "K m u S"], even: Float[np.ndarray, "K m h S"]
    ) -> Float[np.ndarray, "K m t S"]:
        """The solution, given that of the even steps, and of the odd ones D^-1 times what went forward."""
        K, n_right = self.n_stores, self.n_right
        odd += np.einsum("jkts,kmts->jmts", self.towards[:, :K], even[:, :, : self.n_odd].copy())
        odd[:, :, :n_right] += np.einsum("jkts,kmts->jmts", self.towards[:, K:, :n_right], even[:, :, 1 : 1 + n_right])
        out = np.empty((K, odd.shape[1], self.n_odd + even.shape[2], odd.shape[3]))
        out[:, :, 1::2] = np.einsum("jits,jmts->imts", self.sides[:, 2 * K :], odd)
        out[:, :, 0::2] = even
        return out


class _Factors:
    """L D L' of a batch of small symmetric matrices ``[K, K, n, S]``."""

    def __init__(self, size: int, length: int, n_scenarios: int, floor: float) -> None:
        self.size, self.floor = size, floor
        self.lower = np.empty((size, size, length, n_scenarios))
        self.inverse_pivot = np.empty((size, length, n_scenarios))
        self._raw = np.empty_like(self.lower)

    def factor(self, F: Float[np.ndarray, "K K n S"]) -> None:
        """Left-looking, one column at a time; ``_raw`` is L D."""
        raw, lower, inverse = self._raw, self.lower, self.inverse_pivot
        raw[:] = F
        for k in range(self.size):
            if k:
                raw[k:, k] -= np.einsum("ijts,jts->its", raw[k:, :k], lower[k, :k])
            np.maximum(raw[k, k], self.floor, out=raw[k, k])
            np.divide(1.0, raw[k, k], out=inverse[k])
            np.multiply(raw[k + 1 :, k], inverse[k], out=lower[k + 1 :, k])

    def forward(self, r: Float[np.ndarray, "K m n S"]) -> None:
        """Replace the columns of ``r`` by L^-1 r."""
        for i in range(1, self.size):
            r[i] -= np.einsum("jts,jkts->kts", self.lower[i, :i], r[:i])

    def inverse_lower(self) -> Float[np.ndarray, "K K n S"]:
        """L^-1."""
        out = np.zeros_like(self.lower)
        every = np.arange(self.size)
        out[every, every] = 1.0
        self.forward(out)
        return out


class Recursion:
    """Factor and solve step by step with stacked LAPACK calls on ``[S, K, K]``; inverse Cholesky factors are kept.

    H_1 = C_1,  F_t = H_t + D_t = L L',  H_{t+1} = C_{t+1} + a D_t F_t^-1 H_t a: the product form of a D_t a less
    a D_t F_t^-1 D_t a, which loses no digits where D is large.  L^-1 instead of F^-1, because two products with it
    leave a small residual and one with F^-1 does not.
    """

    def __init__(self, n_stores: int, n_steps: int, n_scenarios: int, floor: float) -> None:
        self._floor = floor
        self._root = np.empty((n_steps, n_scenarios, n_stores, n_stores))
        self._coupling = np.zeros((n_steps, n_scenarios, n_stores))

    def factor(
        self,
        C: Float[np.ndarray, "T S K K"],
        weight: Float[np.ndarray, "K T S"],
        retention: Float[np.ndarray, "K T 1"],
    ) -> None:
        """Factor with blocks ``C`` (whole, batch first, overwritten), weights D and retention a."""
        D = np.ascontiguousarray(weight.transpose(1, 2, 0))
        a = retention.transpose(1, 2, 0)
        self._coupling[1:] = a[1:] * D[:-1]
        every = np.arange(len(weight))
        for t, root in enumerate(self._root):
            H = C[t]
            F = H.copy()
            F[:, every, every] += D[t]
            root[:] = _inverse_root(F, self._floor)
            if t + 1 < len(C):
                passed = (root * self._coupling[t + 1][:, None, :]).swapaxes(-1, -2) @ (root @ H)
                passed *= a[t + 1][:, None, :]
                C[t + 1] += 0.5 * (passed + passed.swapaxes(-1, -2))

    def forward(self, r: Float[np.ndarray, "K m n S"], first: int = 0) -> tuple[Piece, ...]:
        """L^-1 r for m right-hand sides, given in the n steps from ``first`` on and 0 in all others; D is 1."""
        c, root = self._coupling[first:, ..., None], self._root[first:]
        n, (K, m, given, S) = len(root), r.shape
        u = np.zeros((n, S, K, m))
        u[:given] = r.transpose(2, 3, 0, 1)
        turned = root.swapaxes(-1, -2)
        for t in range(n):
            if t:
                u[t] += c[t] * (turned[t - 1] @ u[t - 1])
            u[t] = root[t] @ u[t]
        return (Piece(first, np.ascontiguousarray(u.transpose(2, 3, 0, 1))),)

    def scaled(self, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
        """D^-1 times what went forward: the same."""
        return pieces

    def backward(self, pieces: tuple[Piece, ...]) -> Float[np.ndarray, "K m T S"]:
        """The solutions, of what went forward in all steps."""
        (piece,) = pieces
        u = np.ascontiguousarray(piece.values.transpose(2, 3, 0, 1))
        c, root = self._coupling[..., None], self._root
        turned = root.swapaxes(-1, -2)
        u[-1] = turned[-1] @ u[-1]
        for t in range(len(u) - 2, -1, -1):
            u[t] = turned[t] @ (u[t] + root[t] @ (c[t + 1] * u[t + 1]))
        return np.ascontiguousarray(u.transpose(2, 3, 0, 1))


def _inverse_root(stack: Float[np.ndarray, "S K K"], floor: float) -> Float[np.ndarray, "S K K"]:
    """Inverse Cholesky factors of a stack, scaled to a unit diagonal first: weights span fifteen orders of magnitude.

    A matrix that rounding has made indefinite is shifted a little; one that is not finite spoils only its own scenario.
    """
    scale = 1.0 / np.sqrt(np.maximum(np.diagonal(stack, axis1=-2, axis2=-1), floor))
    unit = stack * scale[:, :, None] * scale[:, None, :]
    try:
        return _inverse_triangles(np.linalg.cholesky(unit)) * scale[:, None, :]
    except np.linalg.LinAlgError:
        out = np.full_like(stack, np.nan)
        for s, matrix in enumerate(unit):
            for shift in _SHIFTS:
                try:
                    shifted = np.linalg.cholesky(matrix + shift * np.eye(len(matrix)))
                    out[s] = _inverse_triangles(shifted[None])[0] * scale[s]
                    break
                except np.linalg.LinAlgError:
                    continue
        return out


def _inverse_triangles(lower: Float[np.ndarray, "S K K"]) -> Float[np.ndarray, "S K K"]:
    """Inverses of lower triangles, in place, one LAPACK call each: ``numpy.linalg.inv`` would take them for full."""
    for matrix in lower:
        matrix[:] = dtrtri(matrix.T, lower=0, overwrite_c=1)[0].T
    return lower
