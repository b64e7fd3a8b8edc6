"""What is written down of a service station: litres, queues, what becomes of vehicles, how long those served waited."""

from __future__ import annotations

from bisect import insort
from math import ceil
from typing import TYPE_CHECKING, Final

from simulation.events.quantity import Quantity
from simulation.scenario.service_station import CLASSES

if TYPE_CHECKING:
    from simulation.events.world import World

__all__ = [
    "ASKED_LPH",
    "BALKED",
    "FLOWS",
    "LEFT_LPH",
    "LEVELS",
    "LOST_LPH",
    "OUTCOMES",
    "RATIONED_LPH",
    "RENEGED",
    "SERVED",
    "SERVED_LPH",
    "TURNED_AWAY",
    "WAITING",
    "WAITS",
    "Tally",
]

OUTCOMES: Final = ("served", "balked", "reneged", "turned_away")
"""What a visit ends with: fuel; a queue too long to join; no more patience; nothing there for that class."""
SERVED, BALKED, RENEGED, TURNED_AWAY = range(len(OUTCOMES))

WAITS: Final = {"median": 0.5, "p90": 0.9, "longest": 1.0}
"""Shares of the vehicles served so far, or still in the queue, that have waited no longer."""

ASKED_LPH, SERVED_LPH, LOST_LPH = "station_asked_lph", "station_served_lph", "station_lost_lph"
RATIONED_LPH, LEFT_LPH = "station_rationed_lph", "station_left_lph"
"""Of what is lost: beyond a ration, and for want of patience with the queue; the rest is refused."""
WAITING = "station_queue_vehicles"
_CARS = "station_cars_ph"


class Tally:
    """Visits by class and outcome, and waits of the vehicles served, in order [h]."""

    __slots__ = ("_first", "_waits_h", "waits_h")

    def __init__(self, first: int) -> None:
        self._first = first * len(OUTCOMES)  # where the station's own begin among those of all
        self._waits_h: list[list[float]] = [[] for _ in CLASSES]
        self.waits_h = [0.0] * (len(CLASSES) * len(WAITS))  # class by class those of WAITS

    def count(self, world: World, class_index: int, outcome: int, visits: int = 1) -> None:
        """So many visits of a class are over, all in the same way."""
        world.add(_CARS, self._first + class_index * len(OUTCOMES) + outcome, float(visits))

    def waited(self, class_index: int, hours: float) -> None:
        """A vehicle that is served has waited so long [h]."""
        waits_h = self._waits_h[class_index]
        insort(waits_h, hours)
        first = class_index * len(WAITS)
        self.waits_h[first : first + len(WAITS)] = _at_most_h(waits_h)

    def wait_h(self, class_index: int, frac: float) -> float:
        """What that share of the vehicles served has waited at most; 0 before the first [h].

        >>> tally = Tally(0)
        >>> for hours in (0.3, 0.0, 0.2, 0.1):
        ...     tally.waited(2, hours)
        >>> tally.wait_h(2, 0.5), tally.wait_h(2, 0.9), tally.wait_h(0, 1.0)
        (0.1, 0.3, 0.0)
        """
        waits_h = self._waits_h[class_index]
        return waits_h[ceil(frac * len(waits_h)) - 1] if waits_h else 0.0

    def with_queue_h(self, class_index: int, queued_h: list[float]) -> list[float]:
        """Those of ``WAITS`` over the vehicles served and those that have waited so long in the queue until now [h].

        Who still waits will have waited longer: a lower bound, without which waits look best where nobody is served.
        """
        return _at_most_h(sorted([*self._waits_h[class_index], *queued_h]))


def _at_most_h(waits_h: list[float]) -> list[float]:
    """What the shares in ``WAITS`` of some waits in order are at most [h]."""
    n = len(waits_h)
    return [waits_h[ceil(frac * n) - 1] for frac in WAITS.values()]


def _visits(world: World) -> list[str]:
    return [
        f"{unit.name}.{one}.{outcome}"
        for unit in world.parts["service_station"]
        for one in CLASSES
        for outcome in OUTCOMES
    ]


def _waits(world: World) -> list[str]:
    return [f"{unit.name}.{one}.{wait}" for unit in world.parts["service_station"] for one in CLASSES for wait in WAITS]


def _elements(world: World) -> list[str]:
    return [f"{unit.name}.{one}" for unit in world.parts["service_station"] for one in CLASSES]


def _gate_l(world: World) -> list[float]:
    row: list[float] = []
    for unit in world.parts["service_station"]:
        wanted_l = [on_the_way.coming_again_l for on_the_way in unit.on_the_way]
        if any(unit.waiting_n):
            for one, queue in enumerate(unit.waiting):
                wanted_l[one] += sum(vehicle.litres for vehicle in queue if vehicle.waits)
        row += wanted_l
    return row


def _waits_h(world: World) -> list[float]:
    row: list[float] = []
    for unit in world.parts["service_station"]:
        if not any(unit.waiting_n):
            row += unit.tally.waits_h
            continue
        for one, queue in enumerate(unit.waiting):
            queued_h = [world.now_h - vehicle.joined_h for vehicle in queue if vehicle.waits] if queue else []
            served_h = unit.tally.waits_h[one * len(WAITS) : (one + 1) * len(WAITS)]
            row += unit.tally.with_queue_h(one, queued_h) if queued_h else served_h
    return row


FLOWS: Final = (
    Quantity(name=ASKED_LPH, unit="L/h", meaning="fuel that vehicles come for", elements=_elements),
    Quantity(name=SERVED_LPH, unit="L/h", meaning="fuel that vehicles get", elements=_elements),
    Quantity(
        name=LOST_LPH,
        unit="L/h",
        meaning="fuel that vehicles wanted and will not come for again, rations included",
        elements=_elements,
    ),
    Quantity(name=RATIONED_LPH, unit="L/h", meaning="of that, beyond the ration", elements=_elements),
    Quantity(
        name=LEFT_LPH,
        unit="L/h",
        meaning="of that, of vehicles that would not wait in the queue",
        elements=_elements,
    ),
    Quantity(name=WAITING, unit="vehicles", meaning="vehicles in the queue", elements=_elements),
    Quantity(
        name=_CARS,
        unit="1/h",
        meaning="visits of vehicles by what they end with",
        elements=_visits,
    ),
)
LEVELS: Final = (
    Quantity(
        name="station_waiting_l",
        unit="L",
        meaning="fuel that vehicles in the queue, and those who will try again, still want",
        elements=_elements,
        read=_gate_l,
    ),
    Quantity(
        name="station_wait_h",
        unit="h",
        meaning="wait of vehicles served, and so far of those in the queue: median, of nine in ten at most, longest",
        elements=_waits,
        read=_waits_h,
    ),
)
