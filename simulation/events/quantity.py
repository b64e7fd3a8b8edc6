"""One quantity that is written down of a world."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation.events.world import World

__all__ = ["Attributes", "Quantity", "attribute_of", "share_of_step"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """What is read off a world's units, which stay the same from its first moment to its last.

    ``places`` gives a unit and an expression for every element, in which the unit is ``it``: ``it.stock.level``,
    ``it.demand_kw[2]``, ``it.sun_kw - it.used_kw``.  What it gives is a number.
    """

    places: Callable[[World], Sequence[tuple[Any, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """Its name, unit and meaning, the names of its elements, and how it is read from a world.

    ``read`` is None where nothing stands between two moments: a lot, a vehicle's fill is written down when it happens.
    """

    name: str
    unit: str
    meaning: str
    elements: Callable[[World], list[str]]
    read: Callable[[World], Iterable[float]] | Attributes | None = None


def attribute_of(units: Callable[[World], Sequence[Any]], path: str, *, name: str, unit: str, meaning: str) -> Quantity:
    """The quantity that is one attribute of each of some units, under their names.

    Args:
        units: the units of a world.
        path: the attribute, with dots where it belongs to a part of the unit: ``stock.level``.
        name: name of the quantity.
        unit: what it is counted in.
        meaning: what it is, for people.
    """
    return _of_each(units, f"it.{path}", (name, unit, meaning))


def share_of_step(units: Callable[[World], Sequence[Any]], path: str, *, name: str, meaning: str) -> Quantity:
    """The share of the step for which an attribute of each of some units is true, under their names.

    It is read as a number: numbers are written down several times as fast as what is true or false.

    Args:
        units: the units of a world.
        path: the attribute.
        name: name of the quantity.
        meaning: what it is, for people.
    """
    return _of_each(units, f"1.0 if it.{path} else 0.0", (name, "-", meaning))


def _of_each(units: Callable[[World], Sequence[Any]], expression: str, named: tuple[str, str, str]) -> Quantity:
    def elements(world: World) -> list[str]:
        return [one.name for one in units(world)]

    def places(world: World) -> list[tuple[Any, str]]:
        return [(one, expression) for one in units(world)]

    name, unit, meaning = named
    return Quantity(name=name, unit=unit, meaning=meaning, elements=elements, read=Attributes(places=places))
