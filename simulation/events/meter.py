"""A demand meter at run time: means over even intervals, and the highest of them in each local month."""

from __future__ import annotations

from collections import deque

__all__ = ["Meter"]


class Meter:
    """Counts imported energy; keeps the highest mean over a metering interval of the local month [kW].

    ``energy_kwh`` is what the interval that runs has counted so far, ``edge_h`` its end in hours from the start of the
    period.

    ``month_ends_h`` are the hours, from the start of the period, at which the local month changes.  A
    period begins with an interval.  ``so_far_kw`` is the highest demand of the months before; like every month's it
    counts in the ``ratchet_months - 1`` months after it, and at least in the first.
    """

    __slots__ = (
        "_earlier_kw",
        "_index",
        "_month_ends_h",
        "_remembers",
        "edge_h",
        "energy_kwh",
        "interval_h",
        "name",
        "peak_kw",
    )

    def __init__(
        self,
        name: str,
        step_h: float,
        month_ends_h: list[float],
        *,
        so_far_kw: float = 0.0,
        ratchet_months: int = 12,
    ) -> None:
        self.name = name
        self.peak_kw = 0.0
        kept = max(ratchet_months - 1, 1)
        self._earlier_kw = deque([so_far_kw] * kept, maxlen=kept)
        self._remembers = ratchet_months > 1
        self.interval_h = step_h
        self._month_ends_h = list(reversed(month_ends_h))
        self._index = 0
        self.edge_h = step_h
        self.energy_kwh = 0.0

    def earlier_kw(self, months: int) -> list[float]:
        """Highest demand of the months before that still counts in this month, and in each of those after it [kW]."""
        counts = list(self._earlier_kw)
        return [max(counts[ahead:], default=0.0) for ahead in range(months)]

    def count(self, start_h: float, end_h: float, import_kw: float) -> None:
        """Count a steady import between two moments [h, kW]."""
        while True:
            edge_h = self.edge_h
            if end_h < edge_h - 1e-9:
                self.energy_kwh += import_kw * (end_h - start_h)
                return
            self.energy_kwh += import_kw * (edge_h - start_h)
            self._close(edge_h)
            start_h = edge_h
            if end_h <= edge_h + 1e-9:
                return

    def _close(self, edge_h: float) -> None:
        mean_kw = self.energy_kwh / self.interval_h
        self.energy_kwh = 0.0
        self._index += 1
        self.edge_h = (self._index + 1) * self.interval_h
        if mean_kw > self.peak_kw:
            self.peak_kw = mean_kw
        if self._month_ends_h and edge_h >= self._month_ends_h[-1] - 1e-9:
            self._month_ends_h.pop()
            self._earlier_kw.append(self.peak_kw if self._remembers else 0.0)
            self.peak_kw = 0.0
