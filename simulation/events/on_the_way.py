"""Vehicles on their way to a service station, for the first time or again, until each is there."""

from __future__ import annotations

from collections.abc import Callable
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
    """One vehicle in a queue or at a pump, for this try: its number in its class, what it wants [L], its wait [h]."""

    class_index: int
    number: int
    litres: float
    joined_h: float
    waits: bool = True
    waited_h: float = 0.0


class OnTheWay:
    """All vehicles of one class, by number; only the next to come has an alarm, as there are thousands in a world.

    ``meet`` is called with each, and whether it comes for the first time.  While all come ``in_vain`` nothing happens
    at all: whoever wants to know of them has them ``pass_by``.
    """

    __slots__ = (
        "_again",
        "_alarm_h",
        "_drawn",
        "_env",
        "_hours",
        "_in_vain",
        "_meet",
        "_number",
        "_returns_after_h",
        "_tries_left",
        "coming_again_l",
        "litres",
        "patience_h",
        "service_factor",
    )

    def __init__(self, env: Environment, meet: Callable[[int, bool], None]) -> None:
        self._env = env
        self._meet = meet
        self._hours = [inf]  # of coming for the first time, and never behind the last
        self._drawn = 0  # the next to come for the first time
        self._again: list[tuple[float, int, int]] = []  # a heap of those who come again
        self._number = count()  # of those who come again in the same moment the first to set out is the first there
        self._tries_left: list[int] = []
        self._returns_after_h: list[float] = []
        self._in_vain = False
        self._alarm_h = inf
        self.coming_again_l = 0.0
        self.litres: list[float] = []
        self.patience_h: list[float] = []
        self.service_factor: list[float] = []

    def begin(self, visits: Visits, class_index: int) -> None:
        """From now on vehicles come as drawn."""
        mine = visits.class_index == class_index
        self._hours = [*visits.hour[mine].tolist(), inf]
        self._tries_left = visits.tries[mine].tolist()
        self._returns_after_h = visits.returns_after_h[mine].tolist()
        self.litres = visits.litres[mine].tolist()
        self.patience_h = visits.patience_h[mine].tolist()
        self.service_factor = visits.service_factor[mine].tolist()
        self._wake()

    @property
    def in_vain(self) -> bool:
        """Whether all who come get nothing, so that none needs to be met."""
        return self._in_vain

    @in_vain.setter
    def in_vain(self, in_vain: bool) -> None:
        self._in_vain = in_vain
        self._wake()

    def send_away(self, vehicle: int, hour: float) -> bool:
        """One that gets nothing at an hour: whether it will try again later."""
        self._tries_left[vehicle] -= 1
        if self._tries_left[vehicle] <= 0:
            return False
        self.coming_again_l += self.litres[vehicle]
        heappush(self._again, (hour + self._returns_after_h[vehicle], next(self._number), vehicle))
        self._wake()
        return True

    def pass_by(self, until_h: float) -> tuple[list[float], list[float], int]:
        """Let those come in vain who come before an hour: litres asked for and given up for good, and visits.

        Most of a fortnight's visits are in vain once public sale has stopped, so that this loop calls nobody.
        """
        hours, again, litres, tries_left = self._hours, self._again, self.litres, self._tries_left
        first = drawn = self._drawn
        coming_again_l = self.coming_again_l
        lost_l: list[float] = []
        visits = 0
        while True:
            hour = hours[drawn]
            if again and again[0][0] < hour:
                hour, _, vehicle = again[0]
                if hour >= until_h:
                    break
                heappop(again)
                coming_again_l -= litres[vehicle]
            elif hour < until_h:
                vehicle = drawn
                drawn += 1
            else:
                break
            visits += 1
            tries_left[vehicle] -= 1
            if tries_left[vehicle] > 0:
                coming_again_l += litres[vehicle]
                heappush(again, (hour + self._returns_after_h[vehicle], next(self._number), vehicle))
            else:
                lost_l.append(litres[vehicle])
        self._drawn = drawn
        self.coming_again_l = coming_again_l
        return litres[first:drawn], lost_l, visits

    def _next_h(self) -> float:
        hour = self._hours[self._drawn]
        return min(hour, self._again[0][0]) if self._again else hour

    def _wake(self) -> None:
        """See to an alarm for the next to come, unless it comes in vain."""
        hour = self._next_h()
        if hour < self._alarm_h and not self._in_vain:
            self._alarm_h = hour
            self._env.timeout(max(0.0, hour - self._env.now)).callbacks.append(self._look)  # type: ignore[union-attr]

    def _look(self, _event: Event) -> None:
        """Have those met that are due."""
        due_h = self._env.now + SAME_H
        if self._alarm_h > due_h:
            return  # an earlier alarm has done it
        self._alarm_h = -inf  # none is set before it is known who is next
        while not self._in_vain and self._next_h() <= due_h:
            if self._hours[self._drawn] <= due_h:
                self._drawn += 1
                self._meet(self._drawn - 1, True)
            else:
                _, _, vehicle = heappop(self._again)
                self.coming_again_l -= self.litres[vehicle]
                self._meet(vehicle, False)
        self._alarm_h = inf
        self._wake()
