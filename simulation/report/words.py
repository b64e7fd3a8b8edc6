"""Names of elements, stocks and services as people read them."""

from __future__ import annotations

from typing import Final

from simulation.metrics.survival import SurvivalCurve
from simulation.units import TIERS

__all__ = ["element_words", "service_words", "stock_words"]

_AREA: Final = "area"
_FOOD: Final = " food"
_PLAIN_KINDS: Final = ("communications", "item")
"""Kinds of element whose own name says what they are."""

_FOR_ALL: Final = (" for everybody who uses it", " for everybody")
"""Said in full beside a number, but not in every row of a table."""


def element_words(name: str) -> str:
    """An element's full name, the building last.

    >>> element_words("hub.fuel_tank.day"), element_words("hub.communications.base"), element_words("town_hall")
    ('fuel tank day at hub', 'base at hub', 'town hall')
    >>> element_words("hub.shelter.hall.item.blankets"), element_words("hub.service_station.regular.public")
    ('blankets of shelter hall at hub', 'service station regular public at hub')
    """
    building, *rest = name.replace("_", " ").split(".")
    if not rest:
        return building
    if "item" in rest[2:]:
        place = rest.index("item")
        return f"{' '.join(rest[place + 1 :])} of {' '.join(rest[:place])} at {building}"
    words = rest[1:] if len(rest) > 1 and rest[0] in _PLAIN_KINDS else rest
    return f"{' '.join(words)} at {building}"


def stock_words(name: str) -> str:
    """A stock by the name that the metrics give it.

    >>> stock_words("hub.shelter.hall food"), stock_words("hub.battery.main")
    ('food in shelter hall at hub', 'battery main at hub')
    """
    if name.endswith(_FOOD):
        return f"food in {element_words(name.removesuffix(_FOOD))}"
    return element_words(name)


def service_words(curve: SurvivalCurve) -> str:
    """What a service is: power by its tier and building; any other by its meaning, with the element in words."""
    head, _, tail = curve.service.partition(".")
    if tail in TIERS:
        where = "all buildings" if head == _AREA else head.replace("_", " ")
        return f"{tail.capitalize()} power, {where}"
    words, parts = curve.meaning, curve.service.split(".")
    for ending in _FOR_ALL:
        words = words.replace(ending, "")
    for length in range(len(parts), 1, -1):
        element = ".".join(parts[:length])
        if element in words:
            words = words.replace(element, element_words(element))
            break
    return (words[:1].upper() + words[1:]).replace("_", " ")
