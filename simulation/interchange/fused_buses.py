"""Kernels of the bus rows: entries of A D A', their elimination with the Schur complement of the stores, and solves.

Bus rows couple nothing in time, so a few steps of all scenarios go through all of it together, as vectors that stay in
cache.  See ``fused_pattern.py`` for the lists, and ``normal_equations.py`` for the readable twin.
"""

from __future__ import annotations

import numpy as np

from simulation.interchange.fused import fused

__all__ = ["backward", "factor", "forward"]


@fused
def _add(out, factor, values):
    for i in range(out.shape[0]):
        out[i] += factor * values[i]


@fused
def _subtract_product(out, one, other):
    for i in range(out.shape[0]):
        out[i] -= one[i] * other[i]


@fused
def _multiply(one, other, out):
    for i in range(out.shape[0]):
        out[i] = one[i] * other[i]


@fused
def _scale(out, by):
    for i in range(out.shape[0]):
        out[i] *= by[i]


@fused
def _invert(pivot, floor, inverse):
    for i in range(pivot.shape[0]):
        lifted = floor if pivot[i] < floor else pivot[i]
        inverse[i] = 1.0 / lifted


@fused
def factor(lists, weight, delta, steps, entries, inverse, blocks):
    """Factor the bus rows into ``entries`` and ``inverse``; leave A D A' + delta of the stores in ``blocks``.

    ``blocks`` is ``[T, K, K, S]``, of which the lower triangles are filled; ``steps`` of them are done at a time.
    """
    n_bus = inverse.shape[0]
    T, K, _, S = blocks.shape
    towards = np.empty((lists.store_pointer[n_bus], steps * S))
    scaled = np.empty((n_bus, steps * S))
    schur = np.empty((K * (K + 1) // 2, steps * S))
    for start in range(0, T, steps):
        stop = min(start + steps, T)
        here, near = slice(start * S, stop * S), slice(0, (stop - start) * S)
        for entry in range(entries.shape[0]):
            out = entries[entry, here]
            out[:] = delta if entry < n_bus else 0.0
            for place in range(lists.entry_pointer[entry], lists.entry_pointer[entry + 1]):
                _add(out, lists.entry_value[place], weight[lists.entry_column[place], here])
        for entry in range(schur.shape[0]):
            out = schur[entry, near]
            out[:] = 0.0
            for place in range(lists.block_pointer[entry], lists.block_pointer[entry + 1]):
                _add(out, lists.block_value[place], weight[lists.block_column[place], here])
        towards[:] = 0.0
        for place in range(lists.attached.shape[0]):
            out = towards[lists.attached_slot[place], near]
            out[:] = entries[lists.attached[place, 2], here]
        _eliminate(lists, delta, here, entries, inverse, towards, scaled)
        _complement(lists, here, inverse, towards, schur, scaled[0, near])
        _hand_over(schur, delta, blocks[start:stop])


@fused
def _eliminate(lists, delta, here, entries, inverse, towards, scaled):
    """L D L' of the bus rows in place, and L^-1 times the columns of the stores in ``towards``."""
    near, update, slot = slice(0, here.stop - here.start), 0, 0
    for j in range(inverse.shape[0]):
        _invert(entries[j, here], delta, inverse[j, here])
        head, tail = lists.below_pointer[j], lists.below_pointer[j + 1]
        for place in range(head, tail):
            _multiply(entries[lists.below_entry[place], here], inverse[j, here], scaled[place - head, near])
        while update < lists.update_pointer[j + 1]:
            target, one, other = lists.update[update, 0], lists.update[update, 1], lists.update[update, 2]
            _subtract_product(entries[target, here], scaled[one, near], entries[other, here])
            update += 1
        for place in range(head, tail):
            out = entries[lists.below_entry[place], here]
            out[:] = scaled[place - head, near]
            for store in range(lists.store_pointer[j], lists.store_pointer[j + 1]):
                _subtract_product(
                    towards[lists.target_slot[slot], near], scaled[place - head, near], towards[store, near]
                )
                slot += 1


@fused
def _complement(lists, here, inverse, towards, schur, ratio):
    """Subtract Y' D^-1 Y from the packed lower triangles of the stores."""
    near = slice(0, here.stop - here.start)
    for j in range(inverse.shape[0]):
        for one in range(lists.store_pointer[j], lists.store_pointer[j + 1]):
            _multiply(towards[one, near], inverse[j, here], ratio)
            k = lists.store[one]
            for other in range(lists.store_pointer[j], one + 1):
                _subtract_product(schur[k * (k + 1) // 2 + lists.store[other], near], ratio, towards[other, near])


@fused
def _hand_over(schur, delta, blocks):
    """Unpack lower triangles to ``[t, K, K, S]`` and add delta to their diagonals."""
    S = blocks.shape[3]
    for t in range(blocks.shape[0]):
        for k in range(blocks.shape[1]):
            for m in range(k + 1):
                out = blocks[t, k, m]
                out[:] = schur[k * (k + 1) // 2 + m, t * S : (t + 1) * S]
            diagonal = blocks[t, k, k]
            diagonal += delta


@fused
def _solve(lists, entries, inverse, here, r, there):
    """Replace the bus rows of a stretch of ``r`` by the solution with them alone."""
    n_bus = inverse.shape[0]
    for j in range(n_bus):
        for place in range(lists.below_pointer[j], lists.below_pointer[j + 1]):
            i = lists.below_row[place]
            _subtract_product(r[i, there], entries[lists.below_entry[place], here], r[j, there])
    for j in range(n_bus - 1, -1, -1):
        _scale(r[j, there], inverse[j, here])
        for place in range(lists.below_pointer[j], lists.below_pointer[j + 1]):
            i = lists.below_row[place]
            _subtract_product(r[j, there], entries[lists.below_entry[place], here], r[i, there])


@fused
def forward(lists, entries, inverse, steps, first, r, store):
    """Replace the bus rows of ``r`` by their solution alone; what is left of the stores goes into ``store`` [T, K, S].

    ``r`` begins with step ``first`` and need not reach to the last.
    """
    n_bus = inverse.shape[0]
    _, K, S = store.shape
    last = first + r.shape[1] // S
    for start in range(first, last, steps):
        stop = min(start + steps, last)
        here, there = slice(start * S, stop * S), slice((start - first) * S, (stop - first) * S)
        _solve(lists, entries, inverse, here, r, there)
        for place in range(lists.attached.shape[0]):
            k, j, entry = lists.attached[place, 0], lists.attached[place, 1], lists.attached[place, 2]
            _subtract_product(r[n_bus + k, there], entries[entry, here], r[j, there])
        for t in range(start, stop):
            for k in range(K):
                out = store[t, k]
                out[:] = r[n_bus + k, (t - first) * S : (t - first + 1) * S]


@fused
def backward(lists, entries, inverse, steps, store, r):
    """Complete the solution in ``r``, whose bus rows ``forward`` has left, by that of the stores."""
    n_bus = inverse.shape[0]
    T, K, S = store.shape
    back = np.empty((n_bus, steps * S))
    for start in range(0, T, steps):
        stop = min(start + steps, T)
        here, near = slice(start * S, stop * S), slice(0, (stop - start) * S)
        for t in range(start, stop):
            for k in range(K):
                out = r[n_bus + k, t * S : (t + 1) * S]
                out[:] = store[t, k]
        back[:] = 0.0
        for place in range(lists.attached.shape[0]):
            k, j, entry = lists.attached[place, 0], lists.attached[place, 1], lists.attached[place, 2]
            _subtract_product(back[j, near], entries[entry, here], r[n_bus + k, here])
        _solve(lists, entries, inverse, here, back, near)
        for j in range(n_bus):
            _add(r[j, here], 1.0, back[j, near])
