"""Which solver suits a problem: the vectorised core, or HiGHS where the core has more to do than it gains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulation.interchange.highs import HiGHS
from simulation.interchange.interior_point import InteriorPoint
from simulation.interchange.problem import Problem
from simulation.interchange.schedule import Solution, Solver

__all__ = ["Automatic"]


@dataclass(frozen=True, kw_only=True)
class Automatic:
    """Choose the solver by the size of each Problem; a frozen set of knobs.

    The core carries every global column through its factors, so that HiGHS is ahead above ``most_global_columns`` (a
    year of months for several meters).  How many scenarios there are does not matter: a scenario alone gets the plan
    that it gets among many.

    >>> from simulation.bench.family import standard_problem
    >>> Automatic().choose(standard_problem(2, 24, 64, seed=1, stressed=False)).name
    'InteriorPoint'
    """

    most_global_columns: int = 24

    @property
    def name(self) -> str:
        """Name for tables and files."""
        return "Automatic"

    def choose(self, problem: Problem) -> Solver:
        """The solver for this problem; quadratic costs are always the core's."""
        if np.any(problem.curvature > 0):
            return InteriorPoint()
        return HiGHS() if len(problem.peaks) > self.most_global_columns else InteriorPoint()

    def solve(self, problem: Problem) -> Solution:
        """Solve every scenario with the solver chosen; ``solve.solve`` also mends leaks and rescues scenarios."""
        return self.choose(problem).solve(problem)
