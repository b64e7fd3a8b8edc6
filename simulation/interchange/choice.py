"""Which solver plans where nobody names one."""

from __future__ import annotations

from simulation.interchange.highs import HiGHS
from simulation.interchange.interior_point import InteriorPoint
from simulation.interchange.problem import Problem

__all__ = ["MOST_GLOBAL_COLUMNS", "MOST_STORES", "solver_for"]

MOST_STORES = 24
"""Stores up to which the core plans: its dense blocks cost the cube of them, a step of HiGHS's simplex far less."""

MOST_GLOBAL_COLUMNS = 48
"""Global columns up to which it does: each is one more right-hand side through all steps of its factors."""


def solver_for(problem: Problem) -> HiGHS | InteriorPoint:
    """HiGHS beyond ``MOST_STORES`` or ``MOST_GLOBAL_COLUMNS``, where it was measured to be the quicker; else the core.

    The size is that of one scenario.  How many there are must not matter, though the core gains most where they are
    many: one alone would else be planned otherwise than among others, and its plan be another of equal cost.
    Quadratic costs, which come from the parts of a scenario and are there in all or none, stay with the core.

    >>> from simulation.bench.family import standard_problem
    >>> [solver_for(standard_problem(n, 2, 1, seed=1, stressed=False)).name for n in (2, 50)]
    ['InteriorPoint', 'HiGHS']
    """
    large = len(problem.stores) > MOST_STORES or len(problem.peaks) > MOST_GLOBAL_COLUMNS
    return HiGHS() if large and not (problem.curvature > 0.0).any() else InteriorPoint()
