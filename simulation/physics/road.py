"""Roads as a graph: the quickest way between two places over the links that can be passed."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from math import inf

__all__ = ["Link", "quickest"]

Link = tuple[int, int, float]
"""Two ends as numbers of places, and the time from one to the other, either way [h]."""


def quickest(links: Sequence[Link], start: int, stop: int) -> tuple[float, tuple[int, ...]]:
    """Time of the quickest way, and the indices of its links in order; infinity and no links where there is none.

    E. W. Dijkstra, A note on two problems in connexion with graphs, Numerische Mathematik 1, 1959, 269-271.  Of two
    ways that take equally long, the one that is found first in the order of the links.

    >>> quickest([(0, 1, 1.0), (1, 2, 1.0), (0, 2, 3.0)], 0, 2)
    (2.0, (0, 1))
    >>> quickest([(0, 1, 1.0)], 0, 2)
    (inf, ())
    """
    beside: dict[int, list[tuple[int, float, int]]] = {}
    for index, (a, b, hours) in enumerate(links):
        beside.setdefault(a, []).append((b, hours, index))
        beside.setdefault(b, []).append((a, hours, index))
    best: dict[int, float] = {start: 0.0}
    came: dict[int, tuple[int, int]] = {}
    frontier = [(0.0, start)]
    while frontier:
        here_h, here = heapq.heappop(frontier)
        if here == stop:
            return here_h, _way_back(came, start, stop)
        if here_h > best[here]:
            continue
        for there, hours, index in beside.get(here, ()):
            if here_h + hours < best.get(there, inf):
                best[there] = here_h + hours
                came[there] = (here, index)
                heapq.heappush(frontier, (here_h + hours, there))
    return inf, ()


def _way_back(came: dict[int, tuple[int, int]], start: int, stop: int) -> tuple[int, ...]:
    way: list[int] = []
    while stop != start:
        stop, index = came[stop]
        way.append(index)
    return tuple(reversed(way))
