"""Shelter equations: how many find a place, and what they need in an hour."""

from __future__ import annotations

from math import floor

import numpy as np
from jaxtyping import Float

from simulation.physics.bounds import at_most
from simulation.units import HOURS_PER_DAY, LITRES_PER_M3

__all__ = [
    "housed_people",
    "people_power_kw",
    "people_water_m3ph",
    "places",
    "wanting_frac",
    "water_l_per_person",
]


def places(floor_area_m2: float, floor_m2_per_person: float) -> float:
    """People for whom there is floor [people].

    >>> places(250.0, 3.5)
    71.0
    """
    return float(floor(floor_area_m2 / floor_m2_per_person))


def housed_people(wanting, most):
    """Those of the people who want a place for whom there is one; numbers or arrays [people].

    >>> housed_people(90.0, 71.0)
    71.0
    """
    return at_most(wanting, most)


def people_power_kw(people, kwh_per_person_day):
    """Mean load of the people in a shelter; numbers or arrays [kW].

    >>> people_power_kw(50.0, 1.6)
    3.3333333333333335
    """
    return people * kwh_per_person_day / HOURS_PER_DAY


def people_water_m3ph(people, l_per_person_day):
    """Mean water use of the people in a shelter; numbers or arrays [m3/h].

    >>> round(people_water_m3ph(800.0, 3.0), 12)
    0.1
    """
    return people * l_per_person_day / LITRES_PER_M3 / HOURS_PER_DAY


def wanting_frac(after_h: Float[np.ndarray, "..."], arrival_h: float, stay_h: float) -> Float[np.ndarray, "..."]:
    """People who want a place ``after_h`` hours after the strike, as a share of the most who ever do.

    ``(1 - exp(-t / arrival)) exp(-t / stay)`` over its own highest value, at ``t = arrival ln(1 + stay / arrival)``.
    A jump within the first days, then a long decay, is what Kumamoto 2016 and Noto 2024 showed.

    Args:
        after_h: hours after the strike; before it nobody comes [h].
        arrival_h: time scale of arriving [h].
        stay_h: time scale of leaving [h].

    >>> wanting_frac(np.array([-1.0, 0.0, 36.53, 240.0]), 12.0, 240.0).round(3)
    array([0.  , 0.  , 1.  , 0.45])
    """
    since_h = np.maximum(after_h, 0.0)
    course = -np.expm1(-since_h / arrival_h) * np.exp(-since_h / stay_h)
    ratio = stay_h / arrival_h
    return course * (1.0 + 1.0 / ratio) * (1.0 + ratio) ** (1.0 / ratio)


def water_l_per_person(
    day: float, from_day: Float[np.ndarray, " N"], l_per_person_day: Float[np.ndarray, " N"]
) -> float:
    """Water that one person has used ``day`` days after the strike, with a need that changes in steps [L].

    Args:
        day: days after the strike [days].
        from_day: first day of each step, rising [days].
        l_per_person_day: need from that day on, until the next step [L per person and day].

    >>> water_l_per_person(7.0, np.array([0.0, 3.0]), np.array([3.0, 20.0]))
    89.0
    """
    until_day = np.append(from_day[1:], np.inf)
    spent_days = np.clip(day - from_day, 0.0, until_day - from_day)
    return float(spent_days @ l_per_person_day)
