"""The only source of chance: one independent stream of random numbers for each cause in each scenario."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

__all__ = ["Stream", "generator"]


class Stream(IntEnum):
    """What chance decides.  The numbers are part of every result: add at the end, never renumber."""

    DEMAND = 0
    WEATHER = 1
    OUTAGE = 2
    FAILURE = 3
    DELIVERY = 4
    ARRIVAL = 5
    FORECAST = 6


def generator(root: int, scenario: int, stream: Stream) -> np.random.Generator:
    """Generator of one cause in one scenario.

    It depends on its three arguments alone, so a scenario is the same world whatever else is drawn, in whatever
    order, by however many workers.

    Args:
        root: root seed, 0 or more.
        scenario: number of the scenario, 0 or more.
        stream: the cause.

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
    return np.random.default_rng(np.random.SeedSequence(root, spawn_key=(scenario, int(stream))))
