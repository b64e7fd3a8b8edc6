"""People: who finds a place on the floor or in a car, and how many come and go; numbers or arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from simulation.physics.bounds import at_least, at_most
from simulation.physics.shelter import housed_people

__all__ = ["Room", "damaged_home_frac", "driven_out_frac", "left_behind_frac", "settled", "with_socket"]


class Room(NamedTuple):
    """What there is room for.

    Args:
        staff: people among those present who always want the floor.
        places: people for whom there is floor.
        car_frac: share of all but staff who want their car rather than the floor.
        car_places: people who can sleep in cars.
        overflow_frac: share of those without floor who sleep in their car instead.
    """

    staff: float
    places: float
    car_frac: float
    car_places: float
    overflow_frac: float

    def floor_of(self, present: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
        """Those on the floor among so many present, the inverse of ``settled`` added up.

        Both rise with those who want a place, between edges in straight lines.

        >>> Room(0.0, 100.0, 0.2, 30.0, 1.0).floor_of(np.array([50.0, 130.0]))
        array([ 40., 100.])
        """
        edges = np.array(self._edges())
        floor, cars, _ = settled(edges, self)
        return np.interp(present, floor + cars, floor)

    def _edges(self) -> list[float]:
        """Numbers of people wanting a place at which staff are all there, cars or floor are full, or both."""
        staff, car, over = self.staff, self.car_frac, self.overflow_frac
        by_staff = car * staff
        found = [0.0, staff, min(staff, self.places)]
        if car > 0.0:
            found.append(staff + self.car_places / car)
        if car < 1.0:
            found.append((self.places - by_staff) / (1.0 - car))
        pace = over * (1.0 - car) + car
        if pace > 0.0:
            found.append((self.car_places + by_staff + over * (self.places - by_staff)) / pace)
        found = sorted(max(edge, 0.0) for edge in found)
        return [*found, 2.0 * found[-1] + 1.0]


def settled(wanting, room: Room):
    """People on the floor, in cars and turned away, of so many who want a place; together they are those.

    Who wants the car and finds no parking place drives on.  Who finds no floor may take to the car.

    >>> [part.tolist() for part in settled(np.array([100.0, 200.0, 300.0]), Room(0.0, 120.0, 0.2, 60.0, 1.0))]
    [[80.0, 120.0, 120.0], [20.0, 60.0, 60.0], [0.0, 20.0, 120.0]]
    """
    want_car = room.car_frac * at_least(wanting - room.staff, 0.0)
    want_floor = wanting - want_car
    floor = housed_people(want_floor, room.places)
    cars = at_most(want_car, room.car_places)
    crowded_out = want_floor - floor
    overflow = at_most(room.overflow_frac * crowded_out, room.car_places - cars)
    return floor, cars + overflow, (want_car - cars) + (crowded_out - overflow)


def with_socket(present, floor, share_frac):
    """Of a group that needs power, those on the floor: they come before others, as far as there is any.

    >>> with_socket(150.0, 100.0, 0.02), with_socket(150.0, 0.0, 0.02)
    (3.0, 0.0)
    """
    return at_most(share_frac * present, floor)


def damaged_home_frac(after_h: Float[np.ndarray, "..."], arrival_h: float, stay_h: float) -> Float[np.ndarray, "..."]:
    """Share present, ``after_h`` hours after the strike, of those who come because their homes are damaged.

    ``(1 - exp(-t / arrival)) exp(-t / stay)``; with an endless stay it is the share of those on their way who came.

    >>> damaged_home_frac(np.array([-1.0, 6.0, 32.0]), 12.0, np.inf).round(2)
    array([0.  , 0.39, 0.93])
    """
    since_h = np.maximum(after_h, 0.0)
    return -np.expm1(-since_h / arrival_h) * np.exp(-since_h / stay_h)


def driven_out_frac(reached: Float[np.ndarray, "*S D"], leaving: Float[np.ndarray, " D"]) -> Float[np.ndarray, "*S"]:
    """Share of people who leave their homes, of which so many are in each damage state or a worse one.

    ``leaving`` is the share that leaves a home in each state: half of the homes half collapsed or worse, a tenth
    destroyed, make ``0.4 * 0.503 + 0.1``.

    >>> driven_out_frac(np.array([[0.5, 0.1], [0.0, 0.0]]), np.array([0.503, 1.0])).round(4)
    array([0.3012, 0.    ])
    """
    worse = np.concatenate([reached[..., 1:], np.zeros_like(reached[..., :1])], axis=-1)
    return (reached - worse) @ leaving


def left_behind_frac(hours: Float[np.ndarray, "..."], from_h, leave_h: float) -> Float[np.ndarray, "..."]:
    """Share of stranded visitors still there, who leave with a time constant from ``from_h`` on.

    >>> left_behind_frac(np.array([1.0, 10.0, 22.0]), 10.0, 12.0).round(3)
    array([1.   , 1.   , 0.368])
    """
    return np.exp(-np.maximum(np.subtract(hours, from_h), 0.0) / leave_h)
