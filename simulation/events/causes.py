"""What stands: the events that are not over yet, from which others come.

An event *stands* from the record that tells it to the one that ends it.  What goes wrong is brought about by the LATEST
event that stands among those it could come from: the last defence that gave way, with the earlier ones behind it in the
chain.  A *public supply* that is lost, the grid or the mains, comes after all of these, whenever it was lost: what a
place has of its own is there to do without it, so that where some of that is out, that is what was missing.  A shock
takes feeder, engine and tank in one instant, and its aftershock the feeder alone; in which order the log tells of them
says nothing.  Where none stands there was no event, only too little of something.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulation.events.building import Bus
    from simulation.events.world import World

__all__ = ["GOES_ON", "NO_CAUSE", "SHOCK", "Causes", "feeder_key"]

NO_CAUSE = -1
"""The cause of an event that none brought about."""

SHOCK = "shock"
"""Under this key stands the latest strike or aftershock."""

GOES_ON: Mapping[str, str] = {
    "phones_dead": "phones_still_dead",
    "pump_dark": "pump_still_dark",
    "stock_empty": "stock_still_empty",
    "vehicles_wait": "vehicles_still_wait",
    "water_rationed": "water_still_rationed",
}
"""Kinds of trouble that are told again when something later keeps them up, and the kind of that record."""


class Causes:
    """Records that stand, as their index in the world's log, by key.

    A key is the full name of an element, with an aspect behind it where one element can suffer in several ways
    (``hub.water_tank.main mains``).  ``version`` changes with every event that begins or ends to stand.

    >>> causes = Causes()
    >>> causes.begin("hub.genset.diesel", 4), causes.begin("feeder main", 9, public=True)
    (4, 9)
    >>> causes.latest(["feeder main", "hub.genset.diesel", "hub.battery.b"])
    4
    >>> causes.end("hub.genset.diesel")
    >>> causes.latest(["feeder main", "hub.genset.diesel"])
    9
    """

    __slots__ = ("_public", "_standing", "version")

    def __init__(self) -> None:
        self._standing: dict[str, int] = {}
        self._public: set[str] = set()
        self.version = 0

    def begin(self, key: str, record: int, *, public: bool = False) -> int:
        """A record stands from now on under a key, in place of what stood there; the record.

        ``public`` says that under this key the loss of a public supply stands, which comes after what is a place's own.
        """
        self._standing[key] = record
        if public:
            self._public.add(key)
        self.version += 1
        return record

    def end(self, key: str) -> None:
        """Nothing stands under a key any more."""
        if self._standing.pop(key, None) is not None:
            self.version += 1

    def at(self, key: str) -> int:
        """The record that stands under a key; -1 where none does."""
        return self._standing.get(key, NO_CAUSE)

    def latest(self, keys: Iterable[str]) -> int:
        """The latest record that stands under any of the keys, public supplies only where no other does; else -1."""
        own = public = NO_CAUSE
        for key in keys:
            record = self._standing.get(key, NO_CAUSE)
            if key in self._public:
                public = max(public, record)
            else:
                own = max(own, record)
        return own if own != NO_CAUSE else public


def feeder_key(world: World, bus: Bus) -> str:
    """The key under which the loss of a building's feeder stands; none for a building without one."""
    return f"feeder {world.feeder_names[bus.feeder]}" if bus.feeder >= 0 else ""
