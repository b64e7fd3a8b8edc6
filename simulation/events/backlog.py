"""Deferrable load of a building: energy that waits, first come first served, until its deadline."""

from __future__ import annotations

from collections import deque
from math import inf

from simulation.events.stock import SAME_H, Stock

__all__ = ["Backlog"]


class Backlog:
    """Energy asked for and not yet given [kWh].

    What arrives within a control step is one parcel, due ``deadline_h`` after the end of the step; what is left of
    it then is lost, and counts as unserved in the step that ends there.

    >>> backlog = Backlog(deadline_h=1.0)
    >>> _ = backlog.flow(arriving_kw=10.0, served_kw=4.0)
    >>> for hour in (1.0, 2.0):
    ...     backlog.advance(1.0)
    ...     backlog.close_step(hour)
    >>> backlog.expire(2.0), backlog.level_kwh
    (2.0, 10.0)
    """

    __slots__ = ("_arrived", "_arriving_kw", "_due", "_gone", "_served_kw", "deadline_h", "stock")

    def __init__(self, deadline_h: float) -> None:
        self.deadline_h = deadline_h
        self.stock = Stock(0.0, inf, scale=1.0)
        self._due: deque[tuple[float, float]] = deque()  # (due hour, all that had arrived by the end of its step)
        self._arrived = 0.0
        self._gone = 0.0  # served or expired
        self._arriving_kw = 0.0
        self._served_kw = 0.0

    @property
    def level_kwh(self) -> float:
        """Energy that waits [kWh]."""
        return self.stock.level

    def flow(self, arriving_kw: float, served_kw: float) -> float:
        """Set what arrives and what is served [kW]; hours until nothing waits any more."""
        self._arriving_kw = arriving_kw
        self._served_kw = served_kw
        rate = arriving_kw - served_kw
        if rate == self.stock.rate == 0.0:
            return inf
        return self.stock.set_rate(rate)

    def advance(self, dt_h: float) -> None:
        """Let time pass at the flows that were set [h]."""
        self._arrived += self._arriving_kw * dt_h
        self._gone += self._served_kw * dt_h
        stock = self.stock
        if stock.rate != 0.0:
            stock.advance(dt_h)
        if stock.level == 0.0:
            self._gone = self._arrived  # both are sums of many steps; an empty backlog sets them right

    def close_step(self, now_h: float) -> None:
        """Seal the parcel of the step that ends now, and forget those that are served in full."""
        due, gone = self._due, self._gone
        while due and due[0][1] <= gone:
            due.popleft()
        due.append((now_h + self.deadline_h, self._arrived))

    def expire(self, now_h: float) -> float:
        """Take out what is overdue; how much that is [kWh]."""
        overdue = 0.0
        while self._due and self._due[0][0] <= now_h + SAME_H:
            overdue = max(overdue, self._due.popleft()[1] - self._gone)
        if overdue <= self.stock.grain:
            return 0.0
        overdue = min(overdue, self.stock.level)
        self._gone += overdue
        self.stock.level -= overdue
        return overdue

    def urgent_kwh(self, by_h: float) -> float:
        """Energy that expires by then unless it is served [kWh]."""
        urgent = 0.0
        for due_h, arrived in self._due:
            if due_h > by_h + SAME_H:
                break
            urgent = arrived - self._gone
        return max(0.0, urgent)

    def spread_kw(self, now_h: float, shortest_h: float) -> float:
        """Power that works the backlog off evenly, every parcel by its deadline [kW]."""
        power, before = 0.0, self._gone
        for due_h, arrived in self._due:
            if arrived > before:
                left_h = due_h - now_h
                power += (arrived - before) / (left_h if left_h > shortest_h else shortest_h)
                before = arrived
        return power
