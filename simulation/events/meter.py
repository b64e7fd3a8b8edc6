"""A demand meter at run time: means over even intervals, and the highest of them in each local month."""

from __future__ import annotations

__all__ = ["Meter"]


class Meter:
    """Counts imported energy; keeps the highest mean over a metering interval of the local month [kW].

    ``month_ends_h`` are the hours, from the start of the period, at which the local month changes.
    """

    __slots__ = ("_energy_kwh", "_index", "_month_ends_h", "_step_h", "name", "peak_kw", "ratchet_kw")

    def __init__(self, name: str, step_h: float, month_ends_h: list[float], ratchet_kw: float) -> None:
        self.name = name
        self.peak_kw = 0.0
        self.ratchet_kw = ratchet_kw
        self._step_h = step_h
        self._month_ends_h = list(reversed(month_ends_h))
        self._index = 0
        self._energy_kwh = 0.0

    def count(self, start_h: float, end_h: float, import_kw: float) -> None:
        """Count a steady import between two moments [h, kW]."""
        while True:
            edge_h = (self._index + 1) * self._step_h
            if end_h < edge_h - 1e-9:
                self._energy_kwh += import_kw * (end_h - start_h)
                return
            self._energy_kwh += import_kw * (edge_h - start_h)
            self._close(edge_h)
            start_h = edge_h
            if end_h <= edge_h + 1e-9:
                return

    def _close(self, edge_h: float) -> None:
        mean_kw = self._energy_kwh / self._step_h
        self._energy_kwh = 0.0
        self._index += 1
        if mean_kw > self.peak_kw:
            self.peak_kw = mean_kw
        if self._month_ends_h and edge_h >= self._month_ends_h[-1] - 1e-9:
            self._month_ends_h.pop()
            self.ratchet_kw = max(self.ratchet_kw, self.peak_kw)
            self.peak_kw = 0.0
