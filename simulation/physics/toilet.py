"""Toilet equations: how many people the toilets serve by the standard, who uses which, and how fast a pit fills."""

from __future__ import annotations

from simulation.units import HOURS_PER_DAY

__all__ = ["fill_lph", "users", "without_toilet_people"]


def without_toilet_people(people: float, toilets: float, people_per_toilet: float) -> float:
    """People beyond those that the toilets serve [people].

    >>> without_toilet_people(120.0, 2.0, 50.0)
    20.0
    """
    return max(0.0, people - toilets * people_per_toilet)


def users(people: float, drained_places: float, pit_places: float) -> tuple[float, float]:
    """Those who use toilets that drain, and those who use pits [people].

    Toilets that drain are used first, up to the standard; everybody else uses the pits, also beyond it, and where there
    is no pit, the toilets that drain.

    Args:
        people: people present.
        drained_places: people that the toilets which drain serve by the standard.
        pit_places: people that the pits serve by the standard.

    >>> users(120.0, 50.0, 50.0), users(120.0, 50.0, 0.0), users(120.0, 0.0, 0.0)
    ((50.0, 70.0), (120.0, 0.0), (0.0, 0.0))
    """
    if pit_places <= 0.0:
        return (people if drained_places > 0.0 else 0.0), 0.0
    drained = min(people, drained_places)
    return drained, people - drained


def fill_lph(people: float, l_per_person_day: float) -> float:
    """How fast pits fill [L/h].

    >>> fill_lph(100.0, 1.2)
    5.0
    """
    return people * l_per_person_day / HOURS_PER_DAY
