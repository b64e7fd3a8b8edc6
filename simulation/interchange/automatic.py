"""Which solver suits a problem: today the vectorised core, for every one."""

from __future__ import annotations

from dataclasses import dataclass

from simulation.interchange.interior_point import InteriorPoint
from simulation.interchange.problem import Problem
from simulation.interchange.schedule import Solution, Solver

__all__ = ["Automatic"]


@dataclass(frozen=True, kw_only=True)
class Automatic:
    """Choose the solver for each Problem.

    The core takes every problem, whatever its size and the number of scenarios: one alone gets the plan that it gets
    among many.

    >>> from simulation.bench.family import standard_problem
    >>> Automatic().choose(standard_problem(2, 24, 64, seed=1, stressed=False)).name
    'InteriorPoint'
    """

    @property
    def name(self) -> str:
        """Name for tables and files."""
        return "Automatic"

    def choose(self, problem: Problem) -> Solver:
        """The solver for this problem."""
        return InteriorPoint()

    def solve(self, problem: Problem) -> Solution:
        """Solve every scenario with the solver chosen; ``solve.solve`` also mends leaks and rescues scenarios."""
        return self.choose(problem).solve(problem)
