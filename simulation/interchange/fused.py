"""Compiler of the optional fused kernels: numba, loops over contiguous lanes, compiled once per machine.

The kernels do the work of their numpy twins in fewer passes over memory.  They want the *vector* axis last and
contiguous, and the arrays that they are given never overlap, which is what lets LLVM use vector instructions without
checking every pair of arrays at run time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit
from numba.core.compiler import Compiler

__all__ = ["fused"]


class _NoOverlap(Compiler):
    """Numba's compiler, told that the arrays among the arguments do not overlap."""

    def __init__(self, *arguments: Any) -> None:
        flags = arguments[5]
        flags.noalias = True
        super().__init__(*arguments)


def fused(function: Callable) -> Callable:
    """Compile a kernel at its first call and keep it in the cache on disk; division by zero gives an infinity."""
    return njit(cache=True, error_model="numpy", fastmath={"contract", "nsz"}, nogil=True, pipeline_class=_NoOverlap)(
        function
    )
