"""Normal equations of the interchange problem, A D A' + E D_e E' + delta, for a block of scenarios at once.

Rows come in two kinds.  *Bus* rows (everything but the balances of stores) couple nothing in time: they are eliminated
first, for all steps and scenarios in whole-array operations, one pivot after another in an order that keeps the factor
sparse.  What is left is block-tridiagonal in time over the rows of the stores, with diagonal coupling; see
``block_tridiagonal.py``.  The batch goes last: a row is a contiguous vector of T x S numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float, Int

from simulation.interchange.block_tridiagonal import OddEven, Piece, Recursion

__all__ = ["MOST_STORES_BY_REDUCTION", "Forward", "NormalEquations", "Pattern", "elimination_order"]

MOST_STORES_BY_REDUCTION = 16
"""Stores up to which whole-array operations beat one stacked LAPACK call after the other."""


def elimination_order(matrix: Float[np.ndarray, "R N"], store_row: Int[np.ndarray, " K"]) -> Int[np.ndarray, " R"]:
    """Rows in the order in which they are eliminated: bus rows by least degree (ties by index), then stores."""
    neighbours = _neighbours(matrix)
    stores = set(store_row.tolist())
    waiting = [row for row in range(len(matrix)) if row not in stores]
    order: list[int] = []
    while waiting:
        pivot = min(waiting, key=lambda row: (len(neighbours[row] - stores), row))
        waiting.remove(pivot)
        order.append(pivot)
        around = neighbours.pop(pivot)
        for row in around:
            neighbours[row] = (neighbours[row] | around) - {row, pivot}
    return np.array(order + store_row.tolist(), dtype=np.int64)


def _neighbours(matrix: Float[np.ndarray, "R N"]) -> dict[int, set[int]]:
    """For every row, the rows that share a column with it."""
    touched = sp.csr_array(np.abs(matrix) > 0).astype(np.int64)
    shared = sp.coo_array(touched @ touched.T)
    out: dict[int, set[int]] = {row: set() for row in range(len(matrix))}
    for one, other in zip(shared.row.tolist(), shared.col.tolist(), strict=True):
        if one != other:
            out[one].add(other)
    return out


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """What is the same for all steps and scenarios: which entries exist and which columns feed them.

    ``below[j]`` lists (row i > j, entry) of the factor of the bus rows, ``updates[j]`` the entries (target, i, k) that
    pivot j changes, ``attached`` the (store, bus row, entry) of the rows of the stores, ``reach[j]`` the stores that
    pivot j touches, as a range.  ``assemble`` turns weights of columns into entries: diagonal of the bus rows, then
    the factor below it, then ``attached``; ``assemble_stores`` into the K x K entries of the rows of the stores.
    """

    n_rows: int
    n_stores: int
    below: tuple[tuple[tuple[int, int], ...], ...]
    updates: tuple[tuple[tuple[int, int, int], ...], ...]
    attached: tuple[tuple[int, int, int], ...]
    reach: tuple[tuple[int, int], ...]
    assemble: sp.csr_array
    assemble_stores: sp.csr_array

    @property
    def n_bus(self) -> int:
        """Number of rows that are eliminated first."""
        return self.n_rows - self.n_stores

    @classmethod
    def of(cls, matrix: Float[np.ndarray, "R N"], n_stores: int) -> Pattern:
        """The pattern of a matrix whose rows are in elimination order, those of the stores last."""
        n_rows = len(matrix)
        n_bus = n_rows - n_stores
        neighbours = _neighbours(matrix)
        later = [sorted(row for row in neighbours[j] if j < row < n_bus) for j in range(n_bus)]
        stores = [{row - n_bus for row in neighbours[j] if row >= n_bus} for j in range(n_bus)]
        entry = {(j, j): j for j in range(n_bus)}
        for j in range(n_bus):
            for i in later[j]:
                later[i] = sorted({*later[i], *(k for k in later[j] if k > i)})
            entry.update({(i, j): len(entry) + place for place, i in enumerate(later[j])})
        pairs = list(entry)
        attached = []
        for j in range(n_bus):
            for k in sorted(stores[j]):
                attached.append((k, j, len(pairs)))
                pairs.append((n_bus + k, j))
        for j in range(n_bus):
            for i in later[j]:
                stores[i] |= stores[j]
        lower = [(n_bus + k, n_bus + m) if m <= k else None for k in range(n_stores) for m in range(n_stores)]
        return cls(
            n_rows=n_rows,
            n_stores=n_stores,
            below=tuple(tuple((i, entry[i, j]) for i in later[j]) for j in range(n_bus)),
            updates=tuple(
                tuple((entry[i, k], entry[i, j], entry[k, j]) for k, i in combinations_with_replacement(later[j], 2))
                for j in range(n_bus)
            ),
            attached=tuple(attached),
            reach=tuple((min(touched), max(touched) + 1) if touched else (0, 0) for touched in stores),
            assemble=_products(matrix, pairs),
            assemble_stores=_products(matrix, lower),
        )


def _products(matrix: Float[np.ndarray, "R N"], pairs: Sequence[tuple[int, int] | None]) -> sp.csr_array:
    """Sparse matrix [pairs, N] whose row (i, j) holds A_in A_jn, so that its product with D gives entries of A D A'."""
    rows = [sp.csr_array(matrix[pair[0]] * matrix[pair[1]]) if pair else None for pair in pairs]
    indices = [row.indices if row is not None else [] for row in rows]
    data = [row.data if row is not None else [] for row in rows]
    pointer = np.concatenate([[0], np.cumsum([len(part) for part in indices])]).astype(np.int64)
    flat = np.concatenate([np.zeros(0), *data])
    where = np.concatenate([np.zeros(0), *indices]).astype(np.int64)
    return sp.csr_array((flat, where, pointer), shape=(len(pairs), matrix.shape[1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """Right-hand sides gone forward: the solution of the bus rows alone, and L^-1 of what it leaves of the stores'."""

    bus: Float[np.ndarray, "J m t S"]
    stores: tuple[Piece, ...]


class NormalEquations:
    """Factor for given weights, then solve for any number of right-hand sides; buffers serve every iteration."""

    def __init__(self, pattern: Pattern, n_steps: int, n_scenarios: int, delta: float) -> None:
        self.pattern, self.delta = pattern, delta
        K, n_bus = pattern.n_stores, pattern.n_bus
        self._shape = (n_steps, n_scenarios)
        length = n_steps * n_scenarios
        self._inverse = np.empty((n_bus, length))
        self._ratio = np.empty(length)
        self._product = np.empty(length)
        self._entries = np.empty((0, length))
        self._towards = np.empty((n_bus, K, length))
        self._wide = np.empty((K, length))
        self._by_reduction = K <= MOST_STORES_BY_REDUCTION
        self._in_time = (OddEven if self._by_reduction else Recursion)(K, n_steps, n_scenarios, delta)

    def factor(
        self,
        flow_weight: Float[np.ndarray, "N T S"],
        level_weight: Float[np.ndarray, "K T S"],
        retention: Float[np.ndarray, "K T 1"],
    ) -> None:
        """Factor A D A' + E D_e E' + delta, D and D_e being the weights (inverse curvatures, 0 where fixed)."""
        pattern = self.pattern
        K, n_bus = pattern.n_stores, pattern.n_bus
        weights = flow_weight.reshape(len(flow_weight), -1)
        self._entries = pattern.assemble @ weights
        self._entries[:n_bus] += self.delta
        self._eliminate_buses()
        if not K:
            return
        blocks = pattern.assemble_stores @ weights
        every = np.arange(K)
        if self._by_reduction:
            C = self._subtract_by_rows(blocks.reshape(K, K, -1)).reshape(K, K, *self._shape)
            C[every, every] += self.delta
        else:
            C = self._subtract_by_product(blocks.reshape(K, K, *self._shape))
            C[:, :, every, every] += self.delta
        self._in_time.factor(C, level_weight, retention)

    def forward(self, r: Float[np.ndarray, "R m t S"], first: int = 0) -> Forward:
        """Take m right-hand sides half the way, given in the t steps from ``first`` on and 0 in all others."""
        n_bus, (_, _, t, S) = self.pattern.n_bus, r.shape
        here = slice(first * S, (first + t) * S)
        bus = r[:n_bus].reshape(n_bus, r.shape[1], -1).copy()
        self._solve_buses(bus, here)
        pieces: tuple[Piece, ...] = ()
        if self.pattern.n_stores:
            store = r[n_bus:].copy()
            self._subtract_attached(store.reshape(len(store), r.shape[1], -1), bus, here)
            pieces = self._in_time.forward(store, first)
        return Forward(bus=bus.reshape(n_bus, *r.shape[1:]), stores=pieces)

    def scaled(self, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
        """D^-1 times what went forward of the rows of the stores."""
        return self._in_time.scaled(pieces) if pieces else ()

    def backward(self, r: Float[np.ndarray, "R m T S"], pieces: tuple[Piece, ...]) -> Float[np.ndarray, "R m T S"]:
        """The solutions, given the right-hand sides ``r`` in all steps and what went forward of their stores."""
        n_bus, product = self.pattern.n_bus, np.empty((r.shape[1], r[0, 0].size))
        out = r.copy()
        bus = out[:n_bus].reshape(n_bus, *product.shape)
        if self.pattern.n_stores:
            out[n_bus:] = self._in_time.backward(pieces)
            store = out[n_bus:].reshape(-1, *product.shape)
            for k, j, entry in self.pattern.attached:
                np.multiply(self._entries[entry], store[k], out=product)
                np.subtract(bus[j], product, out=bus[j])
        self._solve_buses(bus, slice(None))
        return out

    def _subtract_attached(
        self, store: Float[np.ndarray, "K m X"], bus: Float[np.ndarray, "J m X"], here: slice
    ) -> None:
        """Take what the solution of the bus rows brings into the rows of the stores from those."""
        product = np.empty(bus.shape[1:])
        for k, j, entry in self.pattern.attached:
            np.multiply(self._entries[entry, here], bus[j], out=product)
            np.subtract(store[k], product, out=store[k])

    def _eliminate_buses(self) -> None:
        """L D L' of the bus rows, in place; at the same time L^-1 times the columns of the stores."""
        entries, inverse, product = self._entries, self._inverse, self._product
        towards, wide, reach = self._towards, self._wide, self.pattern.reach
        if self.pattern.n_stores:
            towards[:] = 0.0
        for k, j, entry in self.pattern.attached:
            towards[j, k] = entries[entry]
        for j, (below, updates) in enumerate(zip(self.pattern.below, self.pattern.updates, strict=True)):
            np.maximum(entries[j], self.delta, out=entries[j])
            np.divide(1.0, entries[j], out=inverse[j])
            scaled: dict[int, np.ndarray] = {}
            for _, entry in below:
                scaled[entry] = entries[entry] * inverse[j]
            for target, one, other in updates:
                np.multiply(scaled[one], entries[other], out=product)
                np.subtract(entries[target], product, out=entries[target])
            start, stop = reach[j]
            for i, entry in below:
                entries[entry] = scaled[entry]
                if stop > start:
                    part = np.multiply(towards[j, start:stop], scaled[entry], out=wide[: stop - start])
                    towards[i, start:stop] -= part

    def _subtract_by_rows(self, F: Float[np.ndarray, "K K X"]) -> Float[np.ndarray, "K K X"]:
        """F - Y' D^-1 Y with Y = L^-1 (columns of the stores), row by row of whole-batch vectors (lower triangle)."""
        for j, (start, stop) in enumerate(self.pattern.reach):
            for k in range(start, stop):
                np.multiply(self._towards[j, k], self._inverse[j], out=self._ratio)
                part = np.multiply(self._towards[j, start : k + 1], self._ratio, out=self._wide[: k + 1 - start])
                F[k, start : k + 1] -= part
        return F

    def _subtract_by_product(self, blocks: Float[np.ndarray, "K K T S"]) -> Float[np.ndarray, "T S K K"]:
        """The same as stacked matrix products, batch first and whole."""
        F = np.ascontiguousarray(blocks.transpose(2, 3, 0, 1))
        K = self.pattern.n_stores
        below = np.tril_indices(K, -1)
        F[:, :, below[1], below[0]] = F[:, :, below[0], below[1]]
        towards = np.ascontiguousarray(self._towards.reshape(-1, K, *self._shape).transpose(2, 3, 0, 1))
        inverse = self._inverse.reshape(-1, *self._shape).transpose(1, 2, 0)
        F -= np.matmul((towards * inverse[..., None]).swapaxes(-1, -2), towards)
        return F

    def _solve_buses(self, r: Float[np.ndarray, "J m X"], here: slice) -> None:
        """Replace ``r``, given in a stretch of the steps, by the solutions with the bus rows alone."""
        entries, product = self._entries[:, here], np.empty(r.shape[1:])
        below = self.pattern.below
        for j, lines in enumerate(below):
            for i, entry in lines:
                np.multiply(entries[entry], r[j], out=product)
                np.subtract(r[i], product, out=r[i])
        r *= self._inverse[:, None, here]
        for j in range(len(below) - 1, -1, -1):
            for i, entry in below[j]:
                np.multiply(entries[entry], r[i], out=product)
                np.subtract(r[j], product, out=r[j])
