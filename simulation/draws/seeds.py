"""The only source of chance: one independent stream of random numbers for each cause in each scenario."""

from __future__ import annotations

from enum import IntEnum
from zlib import crc32

import numpy as np

__all__ = ["Stream", "continued", "generator"]


class Stream(IntEnum):
    """What chance decides.  The numbers are part of every result: add at the end, never renumber."""

    DEMAND = 0
    WEATHER = 1
    OUTAGE = 2
    FAILURE = 3
    DELIVERY = 4
    ARRIVAL = 5
    FORECAST = 6
    SHAKING = 7
    COMMON_CAUSE = 20
    VEHICLE = 21
    VISIT = 30
    MAINS = 40
    BLACK_START = 50
    COMMUNICATIONS = 51
    SNOW = 60


def generator(root: int, scenario: int, stream: Stream, element: str | None = None) -> np.random.Generator:
    """Generator of one cause in one scenario, and of one element where the cause strikes each by itself.

    It depends on its arguments alone, so a scenario is the same world whatever else is drawn, in whatever order, by
    however many workers.  With an element's name its fate does not depend on the others either, so that two
    configurations which share an engine see it fail at the same hour.

    Args:
        root: root seed, 0 or more.
        scenario: number of the scenario, 0 or more.
        stream: the cause.
        element: full name of the element; default: the cause is drawn for all at once.

    Raises:
        ValueError: if the root or the scenario is negative.

    >>> first = generator(7, 17, Stream.OUTAGE).random(3)
    >>> generator(7, 18, Stream.OUTAGE).random(3).tolist() == first.tolist()
    False
    >>> generator(7, 17, Stream.OUTAGE).random(3).tolist() == first.tolist()
    True
    """
    if root < 0 or scenario < 0:
        raise ValueError(f"root, scenario: given {root}, {scenario}; legal: 0 or more")
    key = (scenario, int(stream)) if element is None else (scenario, int(stream), crc32(element.encode()))
    return np.random.default_rng(np.random.SeedSequence(root, spawn_key=key))


def continued(seed: int, kind: int, block: int) -> np.random.Generator:
    """Generator of one more block of draws of a kind, for a supply that has no end.

    Args:
        seed: number that the element drew for itself in its own stream.
        kind: which of the element's supplies.
        block: how many blocks were used up before.

    >>> continued(5, 0, 1).random() == continued(5, 0, 1).random() != continued(5, 0, 2).random()
    True
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(kind, block)))
