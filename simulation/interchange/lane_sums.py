"""Sums over everything but the lanes, in an order that the number of lanes does not change.

numpy adds the rows of a matrix one after the other, but halves a single column again and again; BLAS picks its kernel
by the number of columns.  Either would let the last digits of a scenario depend on who shares its batch.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

__all__ = ["ROWS_TOGETHER", "add_products", "over_lanes"]

ROWS_TOGETHER = 8
"""Rows whose products are added up before they join the total."""


def over_lanes(values: Float[np.ndarray, "... S"]) -> Float[np.ndarray, " S"]:
    """The sum for each lane, one number after the other.

    >>> over_lanes(np.array([[1.0, 2.0], [3.0, 4.0]])).tolist()
    [4.0, 6.0]
    """
    lanes = values.shape[-1]
    rows = np.ascontiguousarray(values).reshape(-1, lanes) if values.size else np.zeros((1, lanes))
    return np.add.accumulate(rows)[-1] if lanes == 1 else rows.sum(axis=0)


def add_products(
    one: Float[np.ndarray, "n X"], other: Float[np.ndarray, "n X"], total: Float[np.ndarray, " X"]
) -> None:
    """Add the products of two arrays to ``total``, rows in groups that begin at every eighth."""
    for first in range(0, len(one), ROWS_TOGETHER):
        rows = slice(first, first + ROWS_TOGETHER)
        total += np.einsum("nx,nx->x", one[rows], other[rows])
