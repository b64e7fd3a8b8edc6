"""Interruptions: the stretches of time in which less than the agreed share of a service was given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from simulation.events.trajectory import Trajectory
from simulation.metrics.quantity import row_of_scenario

__all__ = ["Interruptions", "Lack", "Pieces", "cut", "from_steps", "join", "lacking_share", "refine", "stretches"]

SHARE_DUST = 1e-6
"""A share this little below the threshold is rounding."""

_SAME_H = 1e-7
"""Two stretches that lie closer than this are one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruptions:
    """Stretches below the threshold: their row of the arrays, start and end [h from the start of the period]."""

    row: Int[np.ndarray, " I"]
    start_h: Float[np.ndarray, " I"]
    end_h: Float[np.ndarray, " I"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """Parts of stretches, each within one step: of which stretch, in which row and step, from when to when [h]."""

    which: Int[np.ndarray, " p"]
    row: Int[np.ndarray, " p"]
    step: Int[np.ndarray, " p"]
    start_h: Float[np.ndarray, " p"]
    end_h: Float[np.ndarray, " p"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """Share of what was asked for that was not served, as step means, and the share that may be lacking."""

    share: Float[np.ndarray, "S T"]
    allowed: float
    step_h: float

    @property
    def too_deep(self) -> Bool[np.ndarray, "S T"]:
        """Steps in which more was lacking than may be."""
        return self.share > self.allowed + SHARE_DUST


def lacking_share(demand: Float[np.ndarray, "S T"], lacking: Float[np.ndarray, "S T"]) -> Float[np.ndarray, "S T"]:
    """Share of a demand that was not served; zero where nothing was asked for."""
    return np.divide(lacking, demand, out=np.zeros_like(lacking), where=demand > 0)


def from_steps(lack: Lack, *, on_off: bool) -> Interruptions:
    """Interruptions by the means of the steps.

    Whole steps; or, for a service that is either there or not (``on_off``), the first and last step of a stretch
    count for the share of them that was lacking, which is exact.
    """
    padded = np.zeros((lack.share.shape[0], lack.share.shape[1] + 2), dtype=np.int8)
    padded[:, 1:-1] = lack.too_deep
    change = np.diff(padded, axis=1)
    row, first = np.nonzero(change == 1)
    _, end = np.nonzero(change == -1)
    start_h, end_h = first * lack.step_h, end * lack.step_h
    if on_off:
        single = end - first == 1
        start_h = start_h + np.where(single, 0.0, 1.0 - lack.share[row, first].clip(0.0, 1.0)) * lack.step_h
        end_h = end_h - (1.0 - lack.share[row, end - 1].clip(0.0, 1.0)) * lack.step_h
    return Interruptions(row=row, start_h=start_h, end_h=end_h)


def stretches(trajectory: Trajectory, began: str, ended: str) -> dict[str, Interruptions]:
    """By element, the time between events of two kinds; what has not ended lasts to the end of the period."""
    row = row_of_scenario(trajectory)
    open_since: dict[tuple[str, int], float] = {}
    found: dict[str, list[tuple[int, float, float]]] = {}
    for event in trajectory.events:
        place = (event.element, row[event.scenario])
        if event.kind == began:
            open_since.setdefault(place, event.time_h)
        elif event.kind == ended and place in open_since:
            found.setdefault(event.element, []).append((place[1], open_since.pop(place), event.time_h))
    for (element, s), since_h in open_since.items():
        found.setdefault(element, []).append((s, since_h, trajectory.clock.duration_h))
    return {element: _of(sorted(spans)) for element, spans in found.items()}


def refine(lack: Lack, told: Interruptions | None, *, on_off: bool = False) -> Interruptions:
    """Interruptions to the minute: stretches that events tell, as far as they are too deep by the step means.

    A stretch is cut at the edges of the steps; a piece is as deep as what its step lacks, spread over the part of the
    step that stretches cover.  Steps that lack too much and that no stretch covers count by their means.
    """
    if told is None or not len(told.row):
        return from_steps(lack, on_off=on_off)
    pieces = cut(told, lack.share.shape[1], lack.step_h)
    row, step, start_h, end_h = pieces.row, pieces.step, pieces.start_h, pieces.end_h
    covered = np.zeros_like(lack.share)
    np.add.at(covered, (row, step), (end_h - start_h) / lack.step_h)
    depth = lack.share[row, step] / np.maximum(covered[row, step], 1e-12)
    deep = depth > lack.allowed + SHARE_DUST
    rest = from_steps(
        Lack(share=np.where(covered > 0.0, 0.0, lack.share), allowed=lack.allowed, step_h=lack.step_h), on_off=on_off
    )
    return join([Interruptions(row=row[deep], start_h=start_h[deep], end_h=end_h[deep]), rest])


def join(parts: Iterable[Interruptions]) -> Interruptions:
    """All of them in one, those that touch made one."""
    found = list(parts)
    row = np.concatenate([part.row for part in found])
    start_h = np.concatenate([part.start_h for part in found])
    end_h = np.concatenate([part.end_h for part in found])
    order = np.lexsort((start_h, row))
    row, start_h, end_h = row[order], start_h[order], end_h[order]
    if not len(row):
        return Interruptions(row=row, start_h=start_h, end_h=end_h)
    apart_h = float(end_h.max()) + 1.0  # one time line for all rows, each beyond the last one's end
    latest_h = np.maximum.accumulate(end_h + row * apart_h)
    fresh = np.ones(len(row), dtype=bool)
    fresh[1:] = (row[1:] != row[:-1]) | (start_h[1:] + row[1:] * apart_h > latest_h[:-1] + _SAME_H)
    heads = np.nonzero(fresh)[0]
    return Interruptions(row=row[heads], start_h=start_h[heads], end_h=np.maximum.reduceat(end_h, heads))


def _of(spans: list[tuple[int, float, float]]) -> Interruptions:
    return Interruptions(
        row=np.array([s for s, _, _ in spans], dtype=np.int64),
        start_h=np.array([start for _, start, _ in spans]),
        end_h=np.array([end for _, _, end in spans]),
    )


def cut(told: Interruptions, n_steps: int, step_h: float) -> Pieces:
    """Every stretch cut at the edges of the steps, one piece after the other [h]."""
    first = np.clip(np.floor(told.start_h / step_h + 1e-9).astype(np.int64), 0, n_steps - 1)
    last = np.clip(np.ceil(told.end_h / step_h - 1e-9).astype(np.int64) - 1, first, n_steps - 1)
    count = last - first + 1
    which = np.repeat(np.arange(len(first)), count)
    step = first[which] + np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    start_h = np.maximum(told.start_h[which], step * step_h)
    end_h = np.maximum(np.minimum(told.end_h[which], (step + 1) * step_h), start_h)
    return Pieces(which=which, row=told.row[which], step=step, start_h=start_h, end_h=end_h)
