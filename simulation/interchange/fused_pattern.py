"""The pattern of the normal equations as flat lists, which fused kernels walk through."""

from __future__ import annotations

from itertools import chain
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float, Int

from simulation.interchange.normal_equations import Pattern

__all__ = ["Lists", "lists_of"]


class Lists(NamedTuple):
    """What ``Pattern`` holds, flat; ``*_pointer[j]`` is where the part of bus row j (or of an entry) begins.

    Rows below a pivot j and their entries in the factor, the updates (target, place below j, other entry), the entries
    that attach stores (store, bus row, entry), the stores that L^-1 carries to bus row j (each a *slot*), and the slots
    that a pivot's stores have in the rows below it.
    """

    entry_pointer: Int[np.ndarray, " e"]
    entry_column: Int[np.ndarray, " z"]
    entry_value: Float[np.ndarray, " z"]
    block_pointer: Int[np.ndarray, " b"]
    block_column: Int[np.ndarray, " y"]
    block_value: Float[np.ndarray, " y"]
    below_pointer: Int[np.ndarray, " j"]
    below_row: Int[np.ndarray, " l"]
    below_entry: Int[np.ndarray, " l"]
    update_pointer: Int[np.ndarray, " j"]
    update: Int[np.ndarray, "u 3"]
    attached: Int[np.ndarray, "a 3"]
    attached_slot: Int[np.ndarray, " a"]
    store_pointer: Int[np.ndarray, " j"]
    store: Int[np.ndarray, " f"]
    target_slot: Int[np.ndarray, " g"]


def lists_of(pattern: Pattern) -> Lists:
    """Flatten a pattern.

    >>> pattern = Pattern.of(np.array([[1.0, 1.0, 0.0], [0.0, -1.0, 1.0], [0.0, 0.0, 1.0]]), 1)
    >>> lists_of(pattern).below_row, lists_of(pattern).store
    (array([1]), array([0]))
    """
    below, n_bus, K = pattern.below, pattern.n_bus, pattern.n_stores
    carried: list[set[int]] = [set() for _ in range(n_bus)]
    for k, j, _ in pattern.attached:
        carried[j].add(k)
    for j in range(n_bus):
        for i, _ in below[j]:
            carried[i] |= carried[j]
    stores = [sorted(found) for found in carried]
    store_pointer = _pointer([len(found) for found in stores])
    slot = {(k, j): int(store_pointer[j]) + place for j in range(n_bus) for place, k in enumerate(stores[j])}
    place = [{entry: place for place, (_, entry) in enumerate(lines)} for lines in below]
    updates = [(target, place[j][one], other) for j in range(n_bus) for target, one, other in pattern.updates[j]]
    lower = np.flatnonzero(np.tril(np.ones((K, K))).reshape(-1))
    entries, blocks = pattern.assemble, sp.csr_array(pattern.assemble_stores[lower])
    return Lists(
        entry_pointer=_whole(entries.indptr),
        entry_column=_whole(entries.indices),
        entry_value=entries.data,
        block_pointer=_whole(blocks.indptr),
        block_column=_whole(blocks.indices),
        block_value=blocks.data,
        below_pointer=_pointer([len(lines) for lines in below]),
        below_row=_whole([row for row, _ in chain(*below)]),
        below_entry=_whole([entry for _, entry in chain(*below)]),
        update_pointer=_pointer([len(changes) for changes in pattern.updates]),
        update=_whole(updates).reshape(-1, 3),
        attached=_whole(pattern.attached).reshape(-1, 3),
        attached_slot=_whole([slot[k, j] for k, j, _ in pattern.attached]),
        store_pointer=store_pointer,
        store=_whole(list(chain(*stores))),
        target_slot=_whole([slot[k, i] for j in range(n_bus) for i, _ in below[j] for k in stores[j]]),
    )


def _pointer(lengths: list[int]) -> Int[np.ndarray, " j"]:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def _whole(numbers: object) -> Int[np.ndarray, "..."]:
    return np.array(numbers, dtype=np.int64)
