"""A stock: anything that can run out.  Its level follows ``dL/dt = rate - loss * L``, solved exactly."""

from __future__ import annotations

from math import expm1, inf, log1p

__all__ = ["crossing_h", "effective_h", "level_after", "retention_frac"]


def retention_frac(loss_frac_per_h: float, dt_h: float) -> float:
    """Share of a level that is left after ``dt_h`` without any flow: ``exp(-loss * dt)``.

    >>> round(retention_frac(0.01, 24.0), 6)
    0.786628
    """
    return 1.0 + expm1(-loss_frac_per_h * dt_h)


def effective_h(loss_frac_per_h: float, dt_h: float) -> float:
    """Hours by which a steady inflow counts after standing loss: ``(1 - exp(-loss * dt)) / loss``, ``dt`` without loss.

    >>> effective_h(0.0, 0.5)
    0.5
    """
    if loss_frac_per_h == 0.0:
        return dt_h
    return -expm1(-loss_frac_per_h * dt_h) / loss_frac_per_h


def level_after(level: float, rate: float, loss_frac_per_h: float, dt_h: float) -> float:
    """Level after ``dt_h`` hours of a steady net inflow ``rate`` [unit/h].

    >>> level_after(10.0, -2.0, 0.0, 1.5)
    7.0
    """
    return level * retention_frac(loss_frac_per_h, dt_h) + rate * effective_h(loss_frac_per_h, dt_h)


def crossing_h(level: float, target: float, rate: float, loss_frac_per_h: float) -> float:
    """Hours until the level reaches ``target`` under a steady rate; infinity where it never does.

    >>> crossing_h(950.0, 0.0, -30.0 * 0.28769, 0.0)
    110.07218...
    """
    if level == target:
        return 0.0
    if loss_frac_per_h == 0.0:
        hours = (target - level) / rate if rate else inf
        return hours if hours > 0.0 else inf
    from_settled = level - rate / loss_frac_per_h
    if from_settled == 0.0:
        return inf
    gone = (target - level) / from_settled  # the share of the way to the settled level that is left, less 1
    if not -1.0 < gone < 0.0:
        return inf
    return -log1p(gone) / loss_frac_per_h
