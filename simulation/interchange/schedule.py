"""What a solver hands back, and the Schedule that carries it with its proof."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol, runtime_checkable

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from simulation.interchange.certificate import Certificate
from simulation.interchange.problem import Problem

__all__ = ["Schedule", "Solution", "Solver", "Status"]


class Status(IntEnum):
    """How a scenario ended; the text tells what to do."""

    OPTIMAL = 0
    ITERATION_LIMIT = 1
    NUMERICAL_TROUBLE = 2
    NOT_A_NUMBER = 3
    RULE = 4
    INFEASIBLE = 5
    UNBOUNDED = 6

    @property
    def advice(self) -> str:
        """One sentence for a person."""
        return {
            Status.OPTIMAL: "optimal within the tolerance; the certificate proves it",
            Status.ITERATION_LIMIT: "stopped at the iteration limit: raise max_iterations or loosen tol",
            Status.NUMERICAL_TROUBLE: "numbers broke down on the way: check units and bounds, or solve it with HiGHS",
            Status.NOT_A_NUMBER: "the data hold NaN or infinity where a number belongs: check this scenario's inputs",
            Status.INFEASIBLE: "no plan keeps to all rows and bounds: widen a bound, or price a shortage or a spill",
            Status.UNBOUNDED: "cost falls without end: bound the flow that earns, or check the sign of its price",
            Status.RULE: "made by a rule of thumb: feasible, not optimal",
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """Primal and dual values for the scenarios of one Problem (letters as in ``problem.py``)."""

    flows: Float[np.ndarray, "S T N"]
    levels: Float[np.ndarray, "S T K"]
    peaks: Float[np.ndarray, "S P"]
    row_price: Float[np.ndarray, "S T R"]
    peak_row_price: Float[np.ndarray, "S M"]
    status: Int[np.ndarray, " S"]
    iterations: Int[np.ndarray, " S"]


@runtime_checkable
class Solver(Protocol):
    """Anything that turns a Problem into a Solution; a frozen set of knobs."""

    @property
    def name(self) -> str:
        """Name for tables and files."""
        ...

    def solve(self, problem: Problem) -> Solution:
        """Solve every scenario of ``problem`` as it stands; a status per scenario, never an exception for one."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Decisions for S scenarios on the planning grid, with their proof.

    ``problem`` is the one the certificate holds for: where a plan leaked, the smaller of each exclusive pair is
    bounded to 0 in it.  ``relaxed_objective_jpy`` belongs to the problem before that, and bounds it from below.
    ``second_pass`` lists the scenarios that leaked, ``rescued`` those that HiGHS finished because the interior point
    stopped short of its tolerance, ``borrowed`` those where the other of the core and HiGHS had directions,
    or a plan in the same ones, that cost less.
    """

    problem: Problem
    solution: Solution
    certificate: Certificate
    relaxed_objective_jpy: Float[np.ndarray, " S"]
    second_pass: Int[np.ndarray, " s"]
    rescued: Int[np.ndarray, " r"]
    borrowed: Int[np.ndarray, " b"]
    solver: str
    wall_s: float

    @property
    def objective_jpy(self) -> Float[np.ndarray, " S"]:
        """Cost of every scenario's plan [yen]."""
        return self.certificate.objective_jpy

    @property
    def plans(self) -> dict[str, int]:
        """How many scenarios each solver planned, or made cheaper for another; only those with any."""
        rescued, borrowed = len(self.rescued), len(self.borrowed)
        counts = Counter({self.solver: self.problem.n_scenarios - rescued - borrowed})
        counts["HiGHS"] += rescued
        counts["InteriorPoint" if self.solver == "HiGHS" else "HiGHS"] += borrowed
        return {name: n for name, n in counts.items() if n}

    def flow(self, element: str, quantity: str) -> Float[np.ndarray, "S T"]:
        """One column by its label."""
        return self.solution.flows[:, :, self.problem.find(element, quantity)]

    def table(self, scenario: int = 0) -> pd.DataFrame:
        """All flows and levels of one scenario as a readable table: local time by element and quantity."""
        problem = self.problem
        labels = [(label.element, label.quantity) for label in (*problem.columns, *problem.stores)]
        values = np.concatenate([self.solution.flows[scenario], self.solution.levels[scenario]], axis=1)
        columns = pd.MultiIndex.from_tuples(labels, names=["element", "quantity"])
        return pd.DataFrame(values, index=problem.clock.local, columns=columns)
