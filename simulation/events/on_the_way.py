"""Vehicles on their way to a service station, for the first time or again, until each is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from math import inf

from simpy import Environment
from simpy.events import Event

from simulation.draws.service_station import Visits
from simulation.events.stock import SAME_H

__all__ = ["OnTheWay", "Vehicle"]


@dataclass(slots=True, eq=False)
class Vehicle:
    """One vehicle: what it wants [L], how long it waits and has waited [h], how often it may still try."""

    class_index: int
    litres: float
    patience_h: float
    tries_left: int
    returns_after_h: float
    service_factor: float
    waits: bool = False
    joined_h: float = 0.0
    waited_h: float = 0.0

    def waiting(self, hour: float) -> Vehicle:
        """It in a queue from an hour on: its place there and its patience belong to this try alone."""
        return Vehicle(
            self.class_index,
            self.litres,
            self.patience_h,
            self.tries_left,
            self.returns_after_h,
            self.service_factor,
            waits=True,
            joined_h=hour,
        )


class OnTheWay:
    """All of them in one heap, of which only the first has an alarm: there are thousands in a world.

    ``meet`` is called with each, the hour, and whether it comes for the first time.  One that comes in vain is met
    ahead of its hour where nothing else happens anywhere before it.
    """

    __slots__ = ("_alarm_h", "_drawn", "_env", "_heap", "_in_vain", "_meet", "_number")

    def __init__(
        self, env: Environment, meet: Callable[[Vehicle, float, bool], None], in_vain: Callable[[Vehicle], bool]
    ) -> None:
        self._env = env
        self._meet = meet
        self._in_vain = in_vain
        self._heap: list[tuple[float, int, Vehicle, bool]] = []
        self._number = count()  # of those who come in the same moment the first to set out is the first to be there
        self._drawn: Iterator[tuple[float, Vehicle]] = iter(())
        self._alarm_h = inf

    def begin(self, visits: Visits) -> None:
        """From now on vehicles come as drawn."""
        self._drawn = _vehicles(visits)
        self._expect_drawn()

    def expect(self, hour: float, vehicle: Vehicle) -> None:
        """A vehicle will come again at an hour."""
        self._add(hour, vehicle, first=False)

    def _expect_drawn(self) -> None:
        """Only the next of those drawn is in the heap, which stays small."""
        found = next(self._drawn, None)
        if found is not None:
            self._add(*found, first=True)

    def _add(self, hour: float, vehicle: Vehicle, *, first: bool) -> None:
        heappush(self._heap, (hour, next(self._number), vehicle, first))
        if hour < self._alarm_h:
            self._wake_at(hour)

    def _wake_at(self, hour: float) -> None:
        self._alarm_h = hour
        self._env.timeout(max(0.0, hour - self._env.now)).callbacks.append(self._look)  # type: ignore[union-attr]

    def _look(self, _event: Event) -> None:
        """Have those met that are due, and those that come in vain before anything else happens."""
        due_h = self._env.now + SAME_H
        if self._alarm_h > due_h:
            return  # an earlier alarm has done it
        self._alarm_h = -inf  # none is set before it is known who is next
        heap, alone_until_h = self._heap, self._env.peek()
        while heap:
            hour, _, vehicle, first = heap[0]
            early = hour > due_h
            if early and not (hour < alone_until_h and self._in_vain(vehicle)):
                break
            heappop(heap)
            if first:
                self._expect_drawn()
            self._meet(vehicle, hour, first)
            if not early:
                alone_until_h = self._env.peek()
        self._alarm_h = inf
        if heap:
            self._wake_at(heap[0][0])


def _vehicles(visits: Visits) -> Iterator[tuple[float, Vehicle]]:
    """Those that come as drawn, each with its hour, in the order of coming."""
    columns = (
        visits.class_index,
        visits.litres,
        visits.patience_h,
        visits.tries,
        visits.returns_after_h,
        visits.service_factor,
    )
    rows = zip(*(column.tolist() for column in columns), strict=True)
    for hour, row in zip(visits.hour.tolist(), rows, strict=True):
        yield hour, Vehicle(*row)
