"""One quantity that is written down of a world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulation.events.world import World

__all__ = ["Quantity"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """Its name, unit and meaning, the names of its elements, and how it is read from a world."""

    name: str
    unit: str
    meaning: str
    elements: Callable[[World], list[str]]
    read: Callable[[World], list[float]]
