"""Block-tridiagonal systems in time with diagonal coupling: odd-even reduction, and the recursion.

One system per scenario, with K stores and T steps, symmetric and positive definite::

    F_t u_t - c_t u_{t-1} - c_{t+1} u_{t+1} = r_t          c_t diagonal, c_1 = 0

The batch goes last, ``F[K, K, T, S]``, and only lower triangles are read.

``OddEven`` eliminates every other step at once, so that time is an axis of whole-array operations: log2(T) levels, whose
coupling is dense from the second level on (R. W. Hockney 1965, J. ACM 12, 95-113).  ``Recursion`` walks through time
with stacked LAPACK calls; its coupling stays diagonal, which is less arithmetic, and pays from about a dozen stores on.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

__all__ = ["OddEven", "Recursion"]


class OddEven:
    """Factor and solve by odd-even (block cyclic) reduction; ``factor`` first, then ``solve`` as often as needed."""

    def __init__(self, n_stores: int, n_steps: int, n_scenarios: int) -> None:
        self._levels: list[_Level] = []
        length = n_steps
        while length > 1:
            self._levels.append(_Level(n_stores, length, n_scenarios))
            length -= length // 2
        self._last = _Factors(n_stores, 1, n_scenarios)

    def factor(self, F: Float[np.ndarray, "K K T S"], coupling: Float[np.ndarray, "K t S"]) -> None:
        """Factor with diagonal blocks ``F`` (lower triangles) and ``coupling`` c_2..c_T."""
        above = coupling
        for level in self._levels:
            F, above = level.reduce(F, above)
        self._last.factor(F)

    def solve(self, r: Float[np.ndarray, "K T S"]) -> None:
        """Replace ``r`` by the solution."""
        halves = [r]
        for level in self._levels:
            halves.append(level.forward(halves[-1]))
        self._last.forward(halves[-1])
        self._last.backward(halves[-1])
        for level in self._levels[::-1]:
            even = halves.pop()
            level.backward(halves[-1], even)


class _Level:
    """One halving: the steps of odd index are eliminated, the even ones remain.

    ``towards`` holds D^-1 L^-1 times the coupling of every odd step to its left and right neighbour, side by side.
    """

    def __init__(self, n_stores: int, length: int, n_scenarios: int) -> None:
        self.n_odd, self.n_right = length // 2, (length - 1) // 2
        self.n_stores = n_stores
        self.odd = _Factors(n_stores, self.n_odd, n_scenarios)
        self.couplings = np.empty((n_stores, 2 * n_stores, self.n_odd, n_scenarios))
        self.towards = np.empty_like(self.couplings)

    def reduce(
        self, F: Float[np.ndarray, "K K t S"], coupling: Float[np.ndarray, "... K n S"]
    ) -> tuple[Float[np.ndarray, "K K h S"], Float[np.ndarray, "K K m S"]]:
        """Factor the odd steps; hand back the blocks of the even ones and the coupling from each to the next."""
        K, n_right = self.n_stores, self.n_right
        self.odd.factor(F[:, :, 1::2])
        sides = self.couplings
        left, right = sides[:, :K], sides[:, K:]
        if coupling.ndim == 3:
            sides[:] = 0.0
            for k in range(K):
                left[k, k] = coupling[k, 0::2]
                right[k, k, :n_right] = coupling[k, 1::2]
        else:
            left[:] = coupling[:, :, 0::2].swapaxes(0, 1)
            right[:, :, :n_right] = coupling[:, :, 1::2]
            right[:, :, n_right:] = 0.0
        self.odd.forward_many(sides)
        np.multiply(sides, self.odd.inverse_pivot[:, None], out=self.towards)
        even = F[:, :, 0::2].copy()
        even[:, :, : self.n_odd] -= np.einsum("iats,ibts->abts", self.towards[:, :K], left)
        even[:, :, 1 : 1 + n_right] -= np.einsum(
            "iats,ibts->abts", self.towards[:, K:, :n_right], right[:, :, :n_right]
        )
        beyond = np.einsum("iats,ibts->abts", self.towards[:, :K, :n_right], right[:, :, :n_right])
        return even, beyond

    def forward(self, r: Float[np.ndarray, "K t S"]) -> Float[np.ndarray, "K h S"]:
        """Eliminate the odd right-hand sides (kept in ``r``); hand back those of the even steps."""
        K, n_right = self.n_stores, self.n_right
        odd = r[:, 1::2].copy()
        even = r[:, 0::2].copy()
        self.odd.forward(odd)
        pull = np.einsum("jkts,jts->kts", self.towards, odd)
        even[:, : self.n_odd] += pull[:K]
        even[:, 1 : 1 + n_right] += pull[K:, :n_right]
        r[:, 1::2] = odd
        return even

    def backward(self, r: Float[np.ndarray, "K t S"], even: Float[np.ndarray, "K h S"]) -> None:
        """Fill ``r`` with the solution, given that of the even steps."""
        K, n_right = self.n_stores, self.n_right
        odd = r[:, 1::2] * self.odd.inverse_pivot
        odd += np.einsum("jkts,kts->jts", self.towards[:, :K], even[:, : self.n_odd])
        odd[:, :n_right] += np.einsum(
            "jkts,kts->jts", self.towards[:, K:, :n_right], even[:, 1 : 1 + n_right]
        )
        self.odd.backward_unit(odd)
        r[:, 1::2] = odd
        r[:, 0::2] = even


class _Factors:
    """L D L' of a batch of small symmetric matrices ``[K, K, n, S]``."""

    def __init__(self, size: int, length: int, n_scenarios: int) -> None:
        self.size = size
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
            np.divide(1.0, raw[k, k], out=inverse[k])
            np.multiply(raw[k + 1 :, k], inverse[k], out=lower[k + 1 :, k])

    def forward(self, r: Float[np.ndarray, "K n S"]) -> None:
        """Replace ``r`` by L^-1 r."""
        for i in range(1, self.size):
            r[i] -= np.einsum("jts,jts->ts", self.lower[i, :i], r[:i])

    def forward_many(self, r: Float[np.ndarray, "K m n S"]) -> None:
        """Replace the columns of ``r`` by L^-1 r."""
        for i in range(1, self.size):
            r[i] -= np.einsum("jts,jkts->kts", self.lower[i, :i], r[:i])

    def backward(self, r: Float[np.ndarray, "K n S"]) -> None:
        """Replace ``r`` by L^-T D^-1 r."""
        r *= self.inverse_pivot
        self.backward_unit(r)

    def backward_unit(self, r: Float[np.ndarray, "K n S"]) -> None:
        """Replace ``r`` by L^-T r."""
        for i in range(self.size - 2, -1, -1):
            r[i] -= np.einsum("jts,jts->ts", self.lower[i + 1 :, i], r[i + 1 :])


class Recursion:
    """Factor and solve step by step with stacked LAPACK calls on ``[S, K, K]``.

    F_t - c_t F~_{t-1}^-1 c_t = F~_t, whose inverses are kept; each is used in one product per sweep and solve.
    """

    def __init__(self, n_stores: int, n_steps: int, n_scenarios: int) -> None:
        self._inverse = np.empty((n_steps, n_scenarios, n_stores, n_stores))
        self._coupling = np.zeros((n_steps, n_scenarios, n_stores))

    def factor(self, F: Float[np.ndarray, "T S K K"], coupling: Float[np.ndarray, "K t S"]) -> None:
        """Factor with diagonal blocks ``F`` (whole, batch first, overwritten) and ``coupling`` c_2..c_T."""
        self._coupling[1:] = coupling.transpose(1, 2, 0)
        for t, inverse in enumerate(self._inverse):
            block = F[t]
            if t:
                c = self._coupling[t]
                block -= c[:, :, None] * self._inverse[t - 1] * c[:, None, :]
            inverse[:] = _inverse(block)

    def solve(self, r: Float[np.ndarray, "K T S"]) -> None:
        """Replace ``r`` by the solution."""
        u = np.ascontiguousarray(r.transpose(1, 2, 0))[..., None]
        c = self._coupling[..., None]
        np.matmul(self._inverse[0], u[0].copy(), out=u[0])
        for t in range(1, len(u)):
            u[t] += c[t] * u[t - 1]
            u[t] = self._inverse[t] @ u[t]
        for t in range(len(u) - 2, -1, -1):
            u[t] += self._inverse[t] @ (c[t + 1] * u[t + 1])
        r[:] = u[..., 0].transpose(2, 0, 1)


def _inverse(stack: Float[np.ndarray, "S K K"]) -> Float[np.ndarray, "S K K"]:
    """Inverses of a stack; a matrix that has none becomes NaN and spoils only its own scenario."""
    try:
        return np.linalg.inv(stack)
    except np.linalg.LinAlgError:
        out = np.full_like(stack, np.nan)
        for s, matrix in enumerate(stack):
            try:
                out[s] = np.linalg.inv(matrix)
            except np.linalg.LinAlgError:
                continue
        return out
