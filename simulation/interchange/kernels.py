"""Which kernels the interior point runs on: those of numpy, or the fused ones of the optional extra ``fast``."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

from simulation.errors import ProblemError

__all__ = ["KernelName", "block_numbers", "fused_step"]

KernelName = Literal["auto", "numpy", "numba"]

WORTH_LOADING = 100_000
"""Columns x steps of one scenario from which loading or compiling the kernels takes less than it saves."""

MOST_GLOBAL_COLUMNS = 16
"""Global columns up to which the fused kernels are ahead: they carry each to the last step, numpy's to its month's."""


def fused_step(name: KernelName, size: int, global_columns: int = 0) -> Any | None:
    """The fused twin of ``Step`` for kernels of that name and scenarios of ``size`` numbers each; None for numpy's.

    ``auto`` takes the fused ones where numba is installed and each scenario is large enough, unless it has many
    ``global_columns`` (those that act in some step): how many scenarios there are must not matter, or one alone would
    not be solved as it is among others.  Raises ProblemError for another name, or where numba is asked for
    and not there.

    >>> fused_step("numpy", 1000), fused_step("auto", 1000)
    (None, None)
    """
    if name not in ("auto", "numpy", "numba"):
        raise ProblemError(f'kernels = "{name}"; legal: "auto", "numpy", "numba"')
    if name == "numpy" or (name == "auto" and (size < WORTH_LOADING or global_columns > MOST_GLOBAL_COLUMNS)):
        return None
    if find_spec("numba") is None:
        if name == "numba":
            raise ProblemError('kernels = "numba", but numba is not installed; install yuimaru[fast] or take "auto"')
        return None
    return import_module("simulation.interchange.fused_step").FusedStep


def block_numbers(*, fused: bool) -> int:
    """How many numbers an array over the columns of a block should hold."""
    return 40_000 if fused else 600_000
