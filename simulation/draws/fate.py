"""The fate of one engine in one world: its rows of the draws in order, and what comes after their end."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any

from simulation.draws.common_cause import CommonCauseDraws, common_prob, own_prob
from simulation.draws.failure import FailureDraws, own_life_h
from simulation.draws.seeds import continued
from simulation.scenario.genset import Genset

__all__ = ["CommonFate", "Fate", "common_fates"]

_BLOCK = 64
_STARTS, _LIVES, _REPAIRS = range(3)


class _Supply:
    """Draws one after the other: first those of an array, then block by block for ever."""

    __slots__ = ("_draw", "_kind", "_seed", "_used", "_values")

    def __init__(self, values: list, seed: int | None, kind: int, draw: Callable[[Any], list]) -> None:
        self._values = values
        self._seed = seed
        self._kind = kind
        self._draw = draw
        self._used = 0

    def next(self, never: Any) -> Any:
        """The next draw; ``never`` past the end of draws that were made by hand."""
        used = self._used
        if used >= len(self._values):
            if self._seed is None:
                return never
            self._values += self._draw(continued(self._seed, self._kind, used))
        self._used += 1
        return self._values[used]


class CommonFate:
    """Starts that fail for a whole group of like engines, and the hours at which those that run fail together [h]."""

    __slots__ = ("_failed", "_occasion_h", "_starts", "shocks_h")

    def __init__(self, draws: CommonCauseDraws, s: int, c: int, part: Genset) -> None:
        prob = common_prob(part.start_failure_prob, part.common_cause_frac)
        self.shocks_h = [hour for hour in draws.shock_h[s, c].tolist() if hour < inf]
        self._starts = _Supply(
            draws.start_fails[s, c].tolist(),
            int(draws.seed[s, c]),
            _STARTS,
            lambda chance: (chance.random(_BLOCK) < prob).tolist(),
        )
        self._occasion_h = -inf
        self._failed = False

    def start_fails(self, hour: float) -> bool:
        """Whether all that are started at this hour fail to."""
        if hour != self._occasion_h:
            self._occasion_h = hour
            self._failed = self._starts.next(False)
        return self._failed


class Fate:
    """Starts that fail, running lives [h] and repairs [h] of an engine, one after the other, without end.

    Each of the three supplies goes on by itself, so that an engine which is started more often fails no other way.
    """

    __slots__ = ("_lives", "_repairs", "_starts", "common", "fit")

    def __init__(self, draws: FailureDraws, s: int, g: int, part: Genset, common: CommonFate | None = None) -> None:
        seed = None if draws.seed is None else int(draws.seed[s, g])
        prob = own_prob(part.start_failure_prob, part.common_cause_frac)
        mean_repair_h = inf if part.mean_time_to_repair_h is None else part.mean_time_to_repair_h
        self.fit = bool(draws.available[s, g])
        self.common = common
        self._starts = _Supply(
            draws.start_fails[s, g].tolist(), seed, _STARTS, lambda chance: (chance.random(_BLOCK) < prob).tolist()
        )
        self._lives = _Supply(draws.life_h[s, g].tolist(), seed, _LIVES, _exponential(own_life_h(part)))
        self._repairs = _Supply(draws.repair_h[s, g].tolist(), seed, _REPAIRS, _exponential(mean_repair_h))

    def start_fails(self, hour: float) -> bool:
        """Whether the attempt to start at this hour fails, alone or with all of its kind."""
        alone = self._starts.next(False)
        return alone or (self.common is not None and self.common.start_fails(hour))

    def life_h(self) -> float:
        """Running hours to the next failure of its own [h]."""
        return self._lives.next(inf)

    def repair_h(self) -> float:
        """Duration of the next repair; infinity where nobody repairs it [h]."""
        return self._repairs.next(inf)


def common_fates(draws: FailureDraws, s: int, parts: list[Genset]) -> list[CommonFate | None]:
    """The common fate of every engine; like engines of a group share one."""
    common = draws.common
    if common is None:
        return [None] * len(parts)
    groups = {c: CommonFate(common, s, c, part) for c, part in zip(common.group_of, parts, strict=True) if c >= 0}
    return [groups.get(c) for c in common.group_of]


def _exponential(mean_h: float) -> Callable[[Any], list]:
    return lambda chance: (mean_h * chance.standard_exponential(_BLOCK)).tolist()
