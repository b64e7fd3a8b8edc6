"""Which solver plans where nobody names one: the one that is quicker at problems of that size."""

from __future__ import annotations

from simulation.interchange.highs import HiGHS
from simulation.interchange.interior_point import InteriorPoint
from simulation.interchange.problem import Problem

__all__ = ["MOST_STORES", "solver_for"]

MOST_STORES = 24
"""Stores up to which the core plans: its dense blocks cost the cube of them, a step of HiGHS's simplex far less."""


def solver_for(problem: Problem) -> HiGHS | InteriorPoint:
    """The core up to ``MOST_STORES`` stores, HiGHS beyond; the core for quadratic costs of any size.

    The size is that of one scenario.  How many there are must not matter, though the core gains most where they are
    many: one alone would else be planned otherwise than among others, and its plan be another of equal cost.

    >>> from simulation.bench.family import standard_problem
    >>> [solver_for(standard_problem(n, 2, 1, seed=1, stressed=False)).name for n in (2, 50)]
    ['InteriorPoint', 'HiGHS']
    """
    wide = len(problem.stores) > MOST_STORES
    return HiGHS() if wide and not problem.curvature.any() else InteriorPoint()
