"""Failures of engines: fit for service or not, starts that fail, running lives and repairs."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from jaxtyping import Bool, Float, Int

from simulation.draws.common_cause import CommonCauseDraws, own_prob, sample_common_causes
from simulation.draws.seeds import Stream, generator
from simulation.scenario.genset import Genset
from simulation.scenario.spec import Spec

__all__ = ["FailureDraws", "own_life_h", "sample_failures"]

STARTS_PER_DAY = 4
"""Starts provided for in each day of the period; four is one every six hours, day after day."""

_MOST_SEED = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureDraws:
    """What befalls every engine (axis G in the order of ``Spec.gensets``; N successive lives, A attempts to start).

    A life is counted in running hours; infinity where the engine never fails or is never repaired.  N and A are more
    than a period uses up but in rare cases; ``fate.Fate`` then draws on, from ``seed``.  Without ``seed`` (draws made
    by hand) nothing fails, and nothing is repaired, beyond them.

    ``common`` holds what strikes like engines together, where they have a beta factor; the rest is each one's own.
    ``available`` takes both into account.
    """

    available: Bool[np.ndarray, "S G"]
    start_fails: Bool[np.ndarray, "S G A"]
    life_h: Float[np.ndarray, "S G N"]
    repair_h: Float[np.ndarray, "S G N"]
    seed: Int[np.ndarray, "S G"] | None = None
    common: CommonCauseDraws | None = None


def sample_failures(spec: Spec, scenario_ids: Int[np.ndarray, " S"], seed: int) -> FailureDraws:
    """Draw the fate of every engine, each from its own stream.

    Lives and repairs are exponential with the means on the Spec; attempts to start fail independently.
    """
    engines = spec.gensets
    n_lives = max((_lives(item.part, spec.clock.duration_h) for item in engines), default=1)
    n_starts = ceil(STARTS_PER_DAY * spec.clock.days) + STARTS_PER_DAY
    S, G = len(scenario_ids), len(engines)
    available = np.empty((S, G), dtype=bool)
    start_fails = np.empty((S, G, n_starts), dtype=bool)
    life_h, repair_h = np.empty((S, G, n_lives)), np.empty((S, G, n_lives))
    seeds = np.empty((S, G), dtype=np.int64)
    for g, item in enumerate(engines):
        engine = item.part
        for row, scenario in enumerate(scenario_ids):
            chance = generator(seed, int(scenario), Stream.FAILURE, item.name)
            beta = engine.common_cause_frac
            available[row, g] = chance.random() < 1.0 - own_prob(1.0 - engine.availability_frac, beta)
            start_fails[row, g] = chance.random(n_starts) < own_prob(engine.start_failure_prob, beta)
            units = chance.standard_exponential((n_lives, 2))
            life_h[row, g] = own_life_h(engine) * units[:, 0]
            repair_h[row, g] = _or_never(engine.mean_time_to_repair_h) * units[:, 1]
            seeds[row, g] = chance.integers(_MOST_SEED)
    common = sample_common_causes(spec, scenario_ids, seed)
    if common is not None:
        for g, c in enumerate(common.group_of):
            if c >= 0:
                available[:, g] &= ~common.unfit[:, c]
    for array in (available, start_fails, life_h, repair_h, seeds):
        array.setflags(write=False)
    return FailureDraws(
        available=available, start_fails=start_fails, life_h=life_h, repair_h=repair_h, seed=seeds, common=common
    )


def own_life_h(engine: Genset) -> float:
    """Mean running hours to a failure that strikes one engine alone [h]."""
    if engine.mean_time_to_failure_h is None or engine.common_cause_frac == 1.0:
        return np.inf
    return engine.mean_time_to_failure_h / (1.0 - engine.common_cause_frac)


def _or_never(mean_h: float | None) -> float:
    return np.inf if mean_h is None else mean_h


def _lives(engine: Genset, duration_h: float) -> int:
    """Lives that one engine can hardly use up: the mean number of failures and six standard deviations more."""
    if engine.mean_time_to_failure_h is None or engine.mean_time_to_repair_h is None:
        return 1
    expected = duration_h / engine.mean_time_to_failure_h
    return ceil(expected + 6.0 * sqrt(expected)) + 2
