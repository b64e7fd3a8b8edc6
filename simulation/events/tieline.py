"""A tie-line at run time: two lanes, one each way."""

from __future__ import annotations

from simulation.scenario.tieline import Tieline

__all__ = ["Lane", "lanes_of"]


class Lane:
    """One direction of a tie-line; ``sent_kw`` is counted at the sending end."""

    __slots__ = (
        "back",
        "broken",
        "capacity_kw",
        "closed",
        "keep_frac",
        "line",
        "name",
        "operation",
        "own_only",
        "sent_kw",
        "start",
        "stop",
    )

    def __init__(self, name: str, line: Tieline, start: int, stop: int, capacity_kw: float) -> None:
        self.name = name
        self.line = name.partition(":")[0]
        self.broken = False
        self.start = start
        self.stop = stop
        self.capacity_kw = capacity_kw
        self.keep_frac = 1.0 - line.loss_frac
        self.own_only = line.own_source_only
        self.operation = line.operation
        self.closed = False
        self.sent_kw = 0.0
        self.back: Lane | None = None

    def belongs_closed(self, start_up: bool, stop_up: bool) -> bool:
        """Whether the line is to be closed, given which ends have their grid."""
        if self.broken:
            return False
        if self.operation == "always":
            return True
        both_up = start_up and stop_up
        return both_up if self.operation == "normal" else not both_up

    @property
    def room_kw(self) -> float:
        """What it could still send [kW]."""
        return self.capacity_kw - self.sent_kw if self.closed else 0.0


def lanes_of(tielines: dict[str, Tieline], buildings: tuple[str, ...]) -> list[Lane]:
    """Both lanes of every line, a to b first."""
    lanes: list[Lane] = []
    for name, line in tielines.items():
        a, b = buildings.index(line.a), buildings.index(line.b)
        there = Lane(f"{name}:{line.a}>{line.b}", line, a, b, line.capacity_ab_kw)
        back = Lane(f"{name}:{line.b}>{line.a}", line, b, a, line.capacity_ba_kw)
        there.back, back.back = back, there
        lanes += [there, back]
    return lanes
