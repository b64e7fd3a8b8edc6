"""The fate of one engine in one world: its rows of the draws in order, and what comes after their end."""

from __future__ import annotations

from math import inf

from simulation.draws.failure import FailureDraws
from simulation.draws.seeds import continued
from simulation.scenario.genset import Genset

__all__ = ["Fate"]

_BLOCK = 64
_STARTS, _LIVES, _REPAIRS = range(3)


class Fate:
    """Starts that fail, running lives [h] and repairs [h] of an engine, one after the other, without end.

    Each of the three supplies goes on by itself, so that an engine which is started more often fails no other way.
    """

    __slots__ = ("_fails_prob", "_means_h", "_seed", "_supplies", "_used", "fit")

    def __init__(self, draws: FailureDraws, s: int, g: int, part: Genset) -> None:
        self.fit = bool(draws.available[s, g])
        self._seed = None if draws.seed is None else int(draws.seed[s, g])
        self._fails_prob = part.start_failure_prob
        self._means_h = {_LIVES: part.mean_time_to_failure_h, _REPAIRS: part.mean_time_to_repair_h}
        self._supplies: dict[int, list] = {
            _STARTS: draws.start_fails[s, g].tolist(),
            _LIVES: draws.life_h[s, g].tolist(),
            _REPAIRS: draws.repair_h[s, g].tolist(),
        }
        self._used = [0, 0, 0]

    def start_fails(self) -> bool:
        """Whether the next attempt to start fails."""
        return self._next(_STARTS, never=False)

    def life_h(self) -> float:
        """Running hours to the next failure [h]."""
        return self._next(_LIVES, never=inf)

    def repair_h(self) -> float:
        """Duration of the next repair; infinity where nobody repairs it [h]."""
        return self._next(_REPAIRS, never=inf)

    def _next(self, kind: int, never):
        supply, used = self._supplies[kind], self._used[kind]
        self._used[kind] += 1
        if used >= len(supply):
            if self._seed is None:
                return never
            supply += self._more(kind, used)
        return supply[used]

    def _more(self, kind: int, used: int) -> list:
        chance = continued(self._seed or 0, kind, used)
        if kind == _STARTS:
            return (chance.random(_BLOCK) < self._fails_prob).tolist()
        mean_h = self._means_h[kind]
        return [inf] * _BLOCK if mean_h is None else (mean_h * chance.standard_exponential(_BLOCK)).tolist()
