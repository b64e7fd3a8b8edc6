"""How a world is written down: a row of all its quantities, and the means of the control steps that rows add up to."""

from __future__ import annotations

import re
from array import array
from functools import lru_cache
from struct import Struct
from types import CodeType
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float

from simulation.events.quantity import Attributes, Quantity

if TYPE_CHECKING:
    from simulation.events.world import World

__all__ = ["FlowRows", "Reader", "columns_of"]

_IT = re.compile(r"\bit\b")


def columns_of(quantities: tuple[Quantity, ...], world: World) -> dict[str, slice]:
    """Where each quantity stands in a row that joins them all."""
    columns: dict[str, slice] = {}
    at = 0
    for quantity in quantities:
        width = len(quantity.elements(world))
        columns[quantity.name] = slice(at, at + width)
        at += width
    return columns


class Reader:
    """Reads what stands in a world now: all quantities side by side, those without elements left out.

    ``row`` is one list display with an entry for every element, put together as ``dataclasses`` puts together its
    methods: a world reads some four thousand rows, and a loop over the quantities takes several times as long.
    ``read_columns`` says where its entries belong: nothing is read of a quantity that only moves in single moments.
    """

    __slots__ = ("_pack", "columns", "read_columns", "row")

    def __init__(self, quantities: tuple[Quantity, ...], world: World) -> None:
        self.columns = columns_of(quantities, world)
        self.read_columns: list[int] = []
        known: dict[str, Any] = {"world": world}
        names: dict[int, str] = {}
        entries: list[str] = []
        for quantity in quantities:
            part = self.columns[quantity.name]
            if quantity.read is None or part.start == part.stop:
                continue
            self.read_columns += range(part.start, part.stop)
            if isinstance(quantity.read, Attributes):
                for unit, expression in quantity.read.places(world):
                    name = names.setdefault(id(unit), f"unit_{len(names)}")
                    known[name] = unit
                    entries.append(_IT.sub(name, expression))
            else:
                known[quantity.name] = quantity.read
                entries.append(f"*{quantity.name}(world)")
        self._pack = Struct(f"{len(self.read_columns)}d").pack
        self.row = eval(_code(f"lambda: [{', '.join(entries)}]"), known)

    def packed(self) -> bytes:
        """A row as doubles one behind the other."""
        return self._pack(*self.row())

    @property
    def width(self) -> int:
        """Number of columns, read or not."""
        return max((part.stop for part in self.columns.values()), default=0)


@lru_cache(maxsize=16)
def _code(expression: str) -> CodeType:
    """Compiled once for all worlds of a Spec: their units have the same names."""
    return compile(expression, "<row of a world>", "eval")


class FlowRows:
    """Means over the control steps of what stood for a while, and of what moved in one moment.

    Nothing is added up before somebody asks for it: a world writes some thousand rows, and one sum over all of them
    takes a small part of what a sum at each takes.

    ``set_columns`` are the columns of what stands for a while; the others have single moments only.

    >>> rows = FlowRows(n_steps=2, width=2, set_columns=[1])
    >>> rows.set([8.0])
    >>> rows.stand(0, 0.5)
    >>> rows.add(1, 0, 3.0)
    >>> rows.means().tolist()
    [[0.0, 4.0], [3.0, 0.0]]
    """

    __slots__ = (
        "_amounts",
        "_at",
        "_flows",
        "_n_steps",
        "_pack",
        "_set_columns",
        "_shares",
        "_steps",
        "_stood",
        "_width",
    )

    def __init__(self, *, n_steps: int, width: int, set_columns: list[int]) -> None:
        self._n_steps = n_steps
        self._width = width
        self._set_columns = np.array(set_columns, dtype=np.int64)
        self._pack = Struct(f"{len(set_columns)}d").pack
        self._flows = bytearray(8 * len(set_columns))  # row behind row, as they were set; at first nothing flows
        self._stood = 0  # which of them stands now
        self._steps = array("q")  # step by step: the step, and which row stood in it
        self._shares = array("d")  # of that step, for how long
        self._at = array("q")
        self._amounts = array("d")

    def set(self, flows: list[float]) -> None:
        """These flows stand from now on."""
        self._flows += self._pack(*flows)
        self._stood += 1

    def stand(self, step: int, share: float) -> None:
        """The flows that were set last stood for a share of a step; steps come in the order of time."""
        self._steps.append(step)
        self._steps.append(self._stood)
        self._shares.append(share)

    def add(self, step: int, column: int, mean: float) -> None:
        """So much more is the mean of one flow over a step."""
        self._at.append(step * self._width + column)
        self._amounts.append(mean)

    def add_all(self, step: int, column: int, means: list[float]) -> None:
        """So much more is the mean of one flow over a step, one amount after the other."""
        self._at.fromlist([step * self._width + column] * len(means))
        self._amounts.fromlist(means)

    def means(self) -> Float[np.ndarray, "T Q"]:
        """What it all comes to."""
        means = np.zeros((self._n_steps, self._width))
        if self._shares:
            flows = np.frombuffer(self._flows).reshape(-1, len(self._set_columns))
            step, which = np.frombuffer(self._steps, dtype=np.int64).reshape(-1, 2).T
            first = np.flatnonzero(np.diff(step, prepend=-1))
            stood = np.add.reduceat(flows[which] * np.frombuffer(self._shares)[:, None], first)
            means[np.ix_(step[first], self._set_columns)] = stood
        if self._amounts:
            np.add.at(means.ravel(), np.frombuffer(self._at, dtype=np.int64), np.frombuffer(self._amounts))
        return means
