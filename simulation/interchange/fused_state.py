"""What one block of lanes consists of, as flat tuples of arrays that fused kernels take whole."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from simulation.interchange.batch import Box, Form, Lanes
from simulation.interchange.fused_pattern import Lists, lists_of

__all__ = ["Bounded", "Border", "System", "bounded", "border_of", "flat", "system_of"]

_STRETCH = 128
"""How many numbers of a bus row go through the elimination together: enough for vectors, few enough for the cache."""


class Bounded(NamedTuple):
    """Bounded variables with their distances, prices, weights and increments, all ``[n, X]`` or scratch ``[4, X]``."""

    x: Float[np.ndarray, "n X"]
    w: Float[np.ndarray, "n X"]
    z: Float[np.ndarray, "n X"]
    v: Float[np.ndarray, "n X"]
    free: Float[np.ndarray, "n X"]
    curvature: Float[np.ndarray, "c X"]
    gradient: Float[np.ndarray, "n X"]
    weight: Float[np.ndarray, "n X"]
    dx: Float[np.ndarray, "n X"]
    dz: Float[np.ndarray, "n X"]
    dv: Float[np.ndarray, "n X"]
    pulled: Float[np.ndarray, "n X"]
    found: Float[np.ndarray, "4 X"]


class System(NamedTuple):
    """Constraint matrix and its transpose, row by row, and the factors of the normal equations."""

    lists: Lists
    row_pointer: Int[np.ndarray, " r"]
    row_column: Int[np.ndarray, " z"]
    row_value: Float[np.ndarray, " z"]
    column_pointer: Int[np.ndarray, " n"]
    column_row: Int[np.ndarray, " y"]
    column_value: Float[np.ndarray, " y"]
    retention: Float[np.ndarray, "K T"]
    steps: int
    delta: float
    entries: Float[np.ndarray, "e X"]
    inverse: Float[np.ndarray, "J X"]
    blocks: Float[np.ndarray, "T K K S"]
    pivots: Float[np.ndarray, "T K S"]
    store: Float[np.ndarray, "T K S"]
    dy: Float[np.ndarray, "R X"]


class Border(NamedTuple):
    """The global columns, the rows among them, and what their elimination leaves.

    Global column p acts from step ``first[p]`` to before ``last[p]``, one that acts in no step from T on; ``inner``
    holds its bus rows one after the other, ``carried`` is L^-1 G on the stores, ``small`` the P x P system, ``slack``
    the inverse weights of the rows' slacks.
    """

    matrix: Float[np.ndarray, "R P"]
    active: Float[np.ndarray, "T P"]
    rows: Float[np.ndarray, "M P"]
    first: Int[np.ndarray, " P"]
    last: Int[np.ndarray, " P"]
    inner: Float[np.ndarray, " i"]
    carried: Float[np.ndarray, "P T K S"]
    small: Float[np.ndarray, "P P S"]
    slack: Float[np.ndarray, "M S"]
    d_peak: Float[np.ndarray, "P S"]
    dq: Float[np.ndarray, "M S"]


def bounded(box: Box, curvature: Float[np.ndarray, "c m S"]) -> Bounded:
    """A Box with room for its increments."""
    shape = (box.x.shape[0], box.x.shape[1] * box.x.shape[2])
    gradient, weight, dx, dz, dv, pulled = (np.zeros(shape) for _ in range(6))
    return Bounded(
        x=flat(box.x),
        w=flat(box.w),
        z=flat(box.z),
        v=flat(box.v),
        free=flat(box.free),
        curvature=flat(curvature),
        gradient=gradient,
        weight=weight,
        dx=dx,
        dz=dz,
        dv=dv,
        pulled=pulled,
        found=np.zeros((4, shape[1])),
    )


def system_of(form: Form, state: Lanes, delta: float) -> System:
    """Matrices of the form, and room for the factors of as many scenarios as there are lanes."""
    R, T, S = state.rhs.shape
    K, n_bus = form.pattern.n_stores, form.pattern.n_bus
    return System(
        lists=lists_of(form.pattern),
        row_pointer=form.matrix.indptr.astype(np.int64),
        row_column=form.matrix.indices.astype(np.int64),
        row_value=form.matrix.data,
        column_pointer=form.transposed.indptr.astype(np.int64),
        column_row=form.transposed.indices.astype(np.int64),
        column_value=form.transposed.data,
        retention=np.ascontiguousarray(form.retention[:, :, 0]),
        steps=max(1, _STRETCH // S),
        delta=delta,
        entries=np.zeros((form.pattern.assemble.indptr.size - 1, T * S)),
        inverse=np.zeros((n_bus, T * S)),
        blocks=np.zeros((T, K, K, S)),
        pivots=np.zeros((T, K, S)),
        store=np.zeros((T, K, S)),
        dy=np.zeros((R, T * S)),
    )


def border_of(form: Form, state: Lanes) -> Border:
    """The border of the form, and room for its elimination."""
    R, T, S = state.rhs.shape
    K, (M, P) = form.pattern.n_stores, form.peak_rows.shape
    acts = [np.flatnonzero(form.peak_active[:, p]) for p in range(P)]
    first = np.array([steps[0] if steps.size else T for steps in acts], dtype=np.int64)
    last = np.array([steps[-1] + 1 if steps.size else T for steps in acts], dtype=np.int64)
    return Border(
        matrix=np.ascontiguousarray(form.peak_matrix),
        active=np.ascontiguousarray(form.peak_active),
        rows=np.ascontiguousarray(form.peak_rows),
        first=first,
        last=last,
        inner=np.zeros(R * int((last - first).sum()) * S),
        carried=np.zeros((P, T, K, S)),
        small=np.zeros((P, P, S)),
        slack=np.zeros((M, S)),
        d_peak=np.zeros((P, S)),
        dq=np.zeros((M, S)),
    )


def flat(values: Float[np.ndarray, "n m S"]) -> Float[np.ndarray, "n X"]:
    """Steps and scenarios as one axis."""
    return values.reshape(len(values), values.shape[1] * values.shape[2])
