"""The Builder: components add labelled columns, rows, stores and peaks; it lays them out as the Problem's arrays.

The letters are those of ``problem.py``.  A datum may be a number, one value per step ``[T]``, one per scenario
``[S, 1]`` or both ``[S, T]``; what all scenarios share is kept once and handed out as a broadcast view.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from simulation.interchange.problem import Label, Problem
from simulation.scenario.clock import Clock

__all__ = ["Builder", "Datum", "Store"]

Datum = float | np.ndarray


@dataclass(frozen=True, slots=True)
class _Column:
    upper: Datum
    cost: Datum
    enters: dict[int, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A level: ``initial`` before the first step (a number or ``[S, 1]``), its band and price at the end of each step.

    ``retention`` is the share that is kept over a step without any flow, a number or ``[T]``.
    """

    initial: Datum
    level_min: Datum
    level_max: Datum
    retention: Datum = 1.0
    level_cost: Datum = 0.0


@dataclass(frozen=True, slots=True)
class _Peak:
    cost: float
    low: Datum
    high: Datum
    active: dict[int, Float[np.ndarray, " T"]]


@dataclass(slots=True)
class Builder:
    """A Problem in the making, for ``n_scenarios`` scenarios on the planning grid ``clock``.

    ``own_source`` collects, per building, the columns that count as its own source (PV, battery, engine).
    """

    clock: Clock
    n_scenarios: int
    own_source: dict[int, list[int]] = field(default_factory=dict)
    _rows: dict[Label, Datum] = field(default_factory=dict)
    _columns: dict[Label, _Column] = field(default_factory=dict)
    _stores: dict[Label, tuple[int, Store]] = field(default_factory=dict)
    _peaks: dict[Label, _Peak] = field(default_factory=dict)
    _peak_rows: list[Mapping[int, float]] = field(default_factory=list)
    _exclusive: list[tuple[int, int]] = field(default_factory=list)

    @property
    def step_h(self) -> float:
        """Length of a step [h]."""
        return self.clock.step_h

    def row(self, element: str, quantity: str, rhs: Datum = 0.0) -> int:
        """Add a row whose entries sum up to ``rhs``; its index."""
        return _add(self._rows, Label(element, quantity), rhs)

    def find_row(self, element: str, quantity: str) -> int:
        """Index of a row by its name; raises ValueError where there is none."""
        return list(self._rows).index(Label(element, quantity))

    def column(
        self, element: str, quantity: str, *, upper: Datum, enters: Mapping[int, float], cost: Datum = 0.0
    ) -> int:
        """Add a flow between 0 and ``upper`` with its entries in rows [per unit of flow] and cost [yen per unit]."""
        return _add(self._columns, Label(element, quantity), _Column(upper, cost, dict(enters)))

    def find(self, element: str, quantity: str) -> int | None:
        """Index of a column by its name; None where there is none."""
        label = Label(element, quantity)
        return list(self._columns).index(label) if label in self._columns else None

    def enter(self, row: int, columns: Iterable[int], coefficient: float = 1.0) -> None:
        """Let columns enter one more row."""
        data = list(self._columns.values())
        for column in columns:
            data[column].enters[row] = data[column].enters.get(row, 0.0) + coefficient

    def store(self, element: str, quantity: str, row: int, store: Store) -> int:
        """Add a level that the given row balances."""
        return _add(self._stores, Label(element, quantity), (row, store))

    def peak(self, element: str, quantity: str, *, cost: float, low: Datum, high: Datum) -> int:
        """Add a global column between ``low`` and ``high``; its index."""
        return _add(self._peaks, Label(element, quantity), _Peak(cost, low, high, {}))

    def enter_peak(self, row: int, peak: int, active: Float[np.ndarray, " T"]) -> None:
        """Let a global column be taken off a row, times a factor per step."""
        list(self._peaks.values())[peak].active[row] = active

    def at_least(self, coefficients: Mapping[int, float]) -> None:
        """Add a row among global columns: their weighted sum is at least 0."""
        self._peak_rows.append(coefficients)

    def exclude(self, one: int, other: int) -> None:
        """Declare two columns that must not flow at once."""
        self._exclusive.append((one, other))

    def build(self) -> Problem:
        """The Problem; its arrays are read-only."""
        S, T = self.n_scenarios, self.clock.n_steps
        columns, peaks = list(self._columns.values()), list(self._peaks.values())
        stores = [store for _, store in self._stores.values()]
        matrix = np.zeros((len(self._rows), len(columns)))
        for n, column in enumerate(columns):
            matrix[list(column.enters), n] = list(column.enters.values())
        peak_matrix, peak_active = np.zeros((len(self._rows), len(peaks))), np.zeros((T, len(peaks)))
        for p, peak in enumerate(peaks):
            for row, active in peak.active.items():
                peak_matrix[row, p] = 1.0
                peak_active[:, p] = active
        peak_rows = np.zeros((len(self._peak_rows), len(peaks)))
        for m, coefficients in enumerate(self._peak_rows):
            peak_rows[m, list(coefficients)] = list(coefficients.values())
        arrays = {
            "matrix": matrix,
            "store_row": np.array([row for row, _ in self._stores.values()], dtype=np.int64),
            "retention": _stack([store.retention for store in stores], 1, T)[0].copy(),
            "peak_matrix": peak_matrix,
            "peak_active": peak_active,
            "peak_rows": peak_rows,
            "peak_rhs": np.broadcast_to(0.0, (S, len(peak_rows))),
            "cost": _stack([column.cost for column in columns], S, T),
            "curvature": np.broadcast_to(0.0, (S, T, len(columns))),
            "upper": _stack([column.upper for column in columns], S, T),
            "rhs": _stack(list(self._rows.values()), S, T),
            "initial_level": _stack([store.initial for store in stores], S, 1)[:, 0],
            "level_min": _stack([store.level_min for store in stores], S, T),
            "level_max": _stack([store.level_max for store in stores], S, T),
            "level_cost": _stack([store.level_cost for store in stores], S, T),
            "peak_cost": _stack([peak.cost for peak in peaks], S, 1)[:, 0],
            "peak_min": _stack([peak.low for peak in peaks], S, 1)[:, 0],
            "peak_max": _stack([peak.high for peak in peaks], S, 1)[:, 0],
            "exclusive": np.array(self._exclusive, dtype=np.int64).reshape(-1, 2),
        }
        for array in arrays.values():
            array.flags.writeable = False
        return Problem(
            clock=self.clock,
            columns=tuple(self._columns),
            rows=tuple(self._rows),
            stores=tuple(self._stores),
            peaks=tuple(self._peaks),
            **arrays,
        )


def _add(table: dict, label: Label, value: object) -> int:
    if label in table:
        raise ValueError(f"{label}: added twice; legal: one of each name")
    table[label] = value
    return len(table) - 1


def _stack(data: Sequence[Datum], n_scenarios: int, n_steps: int) -> Float[np.ndarray, "S T N"]:
    """Data side by side on a last axis; one copy for all scenarios where none of them differs between scenarios."""
    arrays = [np.asarray(datum, dtype=float) for datum in data]
    shared = all(array.ndim < 2 or array.shape[0] == 1 for array in arrays)
    out = np.empty((1 if shared else n_scenarios, n_steps, len(arrays)))
    for n, array in enumerate(arrays):
        out[:, :, n] = array
    return np.broadcast_to(out, (n_scenarios, n_steps, len(arrays)))
