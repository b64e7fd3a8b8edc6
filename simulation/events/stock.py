"""A stock at run time: level and rate, with exact crossing times between two changes of rate."""

from __future__ import annotations

from math import inf

from simulation.physics.stock import crossing_h, level_after

__all__ = ["SAME_H", "Stock"]

SAME_H = 1e-9
"""Two moments closer than this are one: 4 microseconds [h]."""

_GRAIN = 1e-12  # share of the scale below which two levels are the same: above rounding, far below any answer
_GRAIN_H = 1.1 * SAME_H  # with a margin: a tick that is nearer than that is reached at once
_DUST = 1e-9  # a rate below this, per hour, is rounding of the flows that make it up


class Stock:
    """Anything that can run out: ``0 <= level <= capacity`` at every moment, or it is a bug and says so.

    ``simpy.Container`` will not do: a lot that does not fit waits for days, and nothing runs out between two puts.

    >>> tank = Stock(level=950.0, capacity=950.0)
    >>> hours = tank.set_rate(-30.0 * 0.28769)
    >>> tank.advance(hours)
    >>> round(hours, 4), tank.level
    (110.0722, 0.0)
    """

    __slots__ = ("aim", "capacity", "grain", "level", "loss_frac_per_h", "rate")

    def __init__(self, level: float, capacity: float, loss_frac_per_h: float = 0.0, scale: float | None = None) -> None:
        if not 0.0 <= level <= capacity:
            raise ValueError(f"level: given {level!r}; legal: 0 to the capacity of {capacity!r}")
        self.capacity = capacity
        self.loss_frac_per_h = loss_frac_per_h
        self.grain = _GRAIN * (capacity if scale is None else scale)
        self.rate = 0.0
        self.aim = inf
        self.level = self._snapped(level, self.grain)

    def set_rate(self, rate: float, marks: tuple[float, ...] = ()) -> float:
        """Let ``rate`` flow from now on [unit/h]; hours until the level meets empty, full or one of ``marks``."""
        if rate == 0.0 and self.loss_frac_per_h == 0.0:  # most stocks stand still at most moments
            self.rate = 0.0
            self.aim = inf
            return inf
        level = self.level
        slope = rate - self.loss_frac_per_h * level
        if (level <= 0.0 and slope < 0.0) or (level >= self.capacity and slope > 0.0):
            if abs(slope) > max(_DUST, 1e3 * self.grain):
                raise AssertionError(f"rate {rate} on a stock at {level} of {self.capacity}: it would leave its bounds")
            rate = slope = 0.0
        self.rate = rate
        self.aim = inf
        if slope < 0.0:
            self.aim = 0.0
            for mark in marks:
                if self.aim < mark < level:
                    self.aim = mark
        elif slope > 0.0:
            self.aim = self.capacity
            for mark in marks:
                if level < mark < self.aim:
                    self.aim = mark
        if self.aim == inf:
            return inf
        return crossing_h(level, self.aim, rate, self.loss_frac_per_h)

    def advance(self, dt_h: float) -> None:
        """Let time pass at the rate that was set [h]."""
        rate = self.rate
        if self.loss_frac_per_h == 0.0:
            if rate == 0.0:
                return
            level = self.level + rate * dt_h
        else:
            level = level_after(self.level, rate, self.loss_frac_per_h, dt_h)
        near = (rate if rate > 0.0 else -rate) * _GRAIN_H
        if near < self.grain:
            near = self.grain
        if near < level < self.capacity - near and not -near <= level - self.aim <= near:
            self.level = level  # far from every edge, as at most moments
            return
        level = self._snapped(level, near)
        if not 0.0 <= level <= self.capacity:
            raise AssertionError(f"level {level} outside 0 to {self.capacity} after {dt_h} h at {self.rate}")
        self.level = level

    def _snapped(self, level: float, near: float) -> float:
        """A level that has met what it was heading for, or an edge, stands there exactly."""
        if abs(level - self.aim) <= near:
            return self.aim
        if abs(level) <= near:
            return 0.0
        if abs(level - self.capacity) <= near:
            return self.capacity
        return level

    def take(self, amount: float) -> float:
        """Take a lot out, or what there is of it; the part that there was."""
        taken = min(amount, self.level)
        self.level = 0.0 if taken >= self.level else self.level - taken
        return taken

    def add(self, amount: float) -> float:
        """Pour in as much of a lot as fits; the part that found room."""
        fits = min(amount, self.capacity - self.level)
        self.level = self.capacity if fits < amount else self.level + fits
        return fits
