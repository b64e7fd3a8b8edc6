"""What a component of the event model brings along, so that adding one touches no other.

A component is one file with a ``PART``, named in ``parts.py``.  The world makes its units, starts its processes, lets
it act after every dispatch and at the end of every control step, and writes down what it measures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

from simulation.events.quantity import Quantity

if TYPE_CHECKING:
    from simulation.draws.draws import Draws
    from simulation.events.world import World

__all__ = ["Part"]


def _nothing(world: World) -> None:
    return None


def _never(world: World) -> float:
    return inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One component.

    Args:
        name: key of its units in ``World.parts``.
        build: makes its units from the Spec and row ``s`` of the draws, and connects them to what stands there.
        start: starts its processes.
        close: writes down, as the last thing in a control step, what it has put off until then.
        act: sets its flows after every dispatch; hours until one of its stocks meets an edge [h].
        flows: what is written down as means of the step.
        levels: what is written down at the edges of the steps.
    """

    name: str
    build: Callable[[World, Draws, int], list[Any]]
    start: Callable[[World], None] = _nothing
    close: Callable[[World], None] = _nothing
    act: Callable[[World], float] = _never
    flows: tuple[Quantity, ...] = ()
    levels: tuple[Quantity, ...] = ()

    @property
    def acts(self) -> bool:
        """Whether it does anything after a dispatch."""
        return self.act is not _never

    @property
    def closes(self) -> bool:
        """Whether it does anything at the end of a control step."""
        return self.close is not _nothing
