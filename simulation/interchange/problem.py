"""The interchange problem as arrays: one linear (or diagonal quadratic) programme per scenario.

Per scenario s, over steps t = 1..T::

    minimise    sum_t ( c_t . x_t + 1/2 x_t' Q_t x_t + q_t . e_t )  +  g . P
    subject to  A x_t + E (a_t e_{t-1} - e_t) - (G * act_t) P = d_t           for every t
                0 <= x_t <= u_t,   lo_t <= e_t <= hi_t,   L <= P <= U,   B P >= b

| letter | field | meaning |
|---|---|---|
| x | ``columns`` | flows: import, charge, sent over a line, unserved, ... |
| e | ``stores`` | levels at the end of each step; ``e_0`` is ``initial_level`` |
| P | ``peaks`` | a few global columns: a peak per meter and month, ... |
| A | ``matrix`` | the same for every step and scenario |
| E | ``store_row`` | the row that balances each store, one row a store |
| a | ``retention`` | share of a level that is kept over a step; 0 where a store is reset |
| G, act | ``peak_matrix``, ``peak_active`` | which rows a global column enters, and in which steps (a factor) |
| B, b | ``peak_rows``, ``peak_rhs`` | rows among the global columns |

Only bounds, costs and right-hand sides differ between scenarios.  Arrays with an axis S may be broadcast views.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from jaxtyping import Bool, Float, Int

from simulation.errors import ProblemError
from simulation.scenario.clock import Clock

__all__ = ["SCENARIO_FIELDS", "Label", "Problem"]


@dataclass(frozen=True, slots=True, order=True)
class Label:
    """Name of a column, row, store or global column: an element of the area, and what is counted there.

    >>> str(Label("mall.battery.nas", "charge_kw"))
    'mall.battery.nas charge_kw'
    """

    element: str
    quantity: str

    def __str__(self) -> str:
        return f"{self.element} {self.quantity}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Arrays of the interchange problem for S scenarios; see the head of this file for the letters.

    Axes: S scenario, T step, N column, R row, K store, P global column, M row among global columns, X pair.
    Levels are in the unit of their store (kWh, L, m3), flows in kW, L/h or m3/h, money in yen.
    """

    clock: Clock
    columns: tuple[Label, ...]
    rows: tuple[Label, ...]
    stores: tuple[Label, ...]
    peaks: tuple[Label, ...]
    matrix: Float[np.ndarray, "R N"]
    store_row: Int[np.ndarray, " K"]
    retention: Float[np.ndarray, "T K"]
    peak_matrix: Float[np.ndarray, "R P"]
    peak_active: Float[np.ndarray, "T P"]
    peak_rows: Float[np.ndarray, "M P"]
    peak_rhs: Float[np.ndarray, "S M"]
    cost: Float[np.ndarray, "S T N"]
    curvature: Float[np.ndarray, "S T N"]
    upper: Float[np.ndarray, "S T N"]
    rhs: Float[np.ndarray, "S T R"]
    initial_level: Float[np.ndarray, "S K"]
    level_min: Float[np.ndarray, "S T K"]
    level_max: Float[np.ndarray, "S T K"]
    level_cost: Float[np.ndarray, "S T K"]
    peak_cost: Float[np.ndarray, "S P"]
    peak_min: Float[np.ndarray, "S P"]
    peak_max: Float[np.ndarray, "S P"]
    exclusive: Int[np.ndarray, "X 2"]

    @property
    def n_scenarios(self) -> int:
        """S, the number of scenarios."""
        return self.cost.shape[0]

    @property
    def n_steps(self) -> int:
        """T, the number of steps."""
        return self.cost.shape[1]

    def find(self, element: str, quantity: str) -> int:
        """Index of a column by its label; raises KeyError naming the columns that the element has."""
        label = Label(element, quantity)
        if label not in self.columns:
            there = [str(column) for column in self.columns if column.element == element]
            raise KeyError(f"no column {label}; {element} has {there or 'none'}")
        return self.columns.index(label)

    def take(self, scenarios: slice | Sequence[int] | Int[np.ndarray, " s"]) -> Problem:
        """The same problem for some of its scenarios (a slice or indices)."""
        chosen = {
            field.name: getattr(self, field.name)[scenarios] for field in fields(self) if field.name in SCENARIO_FIELDS
        }
        return replace(self, **chosen)

    def same_but_for_scenarios(self, other: Problem) -> bool:
        """Whether two Problems share all that is the same for every scenario, so that they could be one."""
        return all(
            np.array_equal(getattr(self, field.name), getattr(other, field.name))
            for field in fields(self)
            if field.name not in SCENARIO_FIELDS
        )

    def sound(self) -> Bool[np.ndarray, " S"]:
        """True for the scenarios whose data are numbers; a bound may be infinite, but only outwards."""
        numbers = ("peak_rhs", "cost", "curvature", "rhs", "initial_level", "level_cost", "peak_cost")
        masks = [np.isfinite(getattr(self, name)) for name in numbers]
        masks += [high > -np.inf for high in (self.upper, self.level_max, self.peak_max)]
        masks += [low < np.inf for low in (self.level_min, self.peak_min)]
        return np.all([mask.reshape(self.n_scenarios, -1).all(axis=1) for mask in masks], axis=0)

    def check(self) -> None:
        """Raise ProblemError where a lower bound lies above its upper bound or a number is not one.

        The message names the element, the scenario and the local time of the first contradiction.
        NaN is left alone: a scenario with NaN gets a status from the solver and harms no other.
        """
        crossed = self.level_min > self.level_max
        if crossed.any():
            s, t, k = (int(i) for i in np.argwhere(crossed)[0])
            raise ProblemError(
                f"{self.stores[k]}: scenario {s}, {self.clock.local_text(float(self.clock.hours[t + 1]))}: "
                f"lower bound {self.level_min[s, t, k]:g} above upper bound {self.level_max[s, t, k]:g}; "
                "legal: lower <= upper; widen one of them"
            )
        negative = self.upper < 0
        if negative.any():
            s, t, n = (int(i) for i in np.argwhere(negative)[0])
            raise ProblemError(
                f"{self.columns[n]}: scenario {s}, {self.clock.local_text(float(self.clock.hours[t]))}: "
                f"upper bound {self.upper[s, t, n]:g}; legal: at least 0 (flows are non-negative)"
            )
        concave = self.curvature < 0
        if concave.any():
            s, t, n = (int(i) for i in np.argwhere(concave)[0])
            raise ProblemError(
                f"{self.columns[n]}: scenario {s}, {self.clock.local_text(float(self.clock.hours[t]))}: "
                f"curvature {self.curvature[s, t, n]:g}; legal: at least 0 (costs are convex)"
            )
        crossed = self.peak_min > self.peak_max
        if crossed.any():
            s, p = (int(i) for i in np.argwhere(crossed)[0])
            raise ProblemError(
                f"{self.peaks[p]}: scenario {s}: lower bound {self.peak_min[s, p]:g} above upper bound "
                f"{self.peak_max[s, p]:g}; legal: lower <= upper"
            )


SCENARIO_FIELDS = frozenset(
    {
        "peak_rhs",
        "cost",
        "curvature",
        "upper",
        "rhs",
        "initial_level",
        "level_min",
        "level_max",
        "level_cost",
        "peak_cost",
        "peak_min",
        "peak_max",
    }
)
