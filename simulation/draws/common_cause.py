"""Failures that like engines have in common: the beta factor of reliability engineering.

Of a failure rate, a share beta strikes all engines of a group at once, the rest each alone (Fleming's beta-factor
model).  An engine's own chance of failing is unchanged by it; what changes is how much a second engine is worth.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from jaxtyping import Bool, Float, Int

from simulation.draws.seeds import Stream, generator
from simulation.scenario.genset import Genset
from simulation.scenario.spec import Spec

__all__ = ["CommonCauseDraws", "common_prob", "own_prob", "sample_common_causes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonCauseDraws:
    """What strikes groups of like engines (axis C: genset tables with a beta factor).

    Occasion A is one moment at which engines of the group are started; ``shock_h`` are hours from the start of the
    period at which every engine of the group that runs fails, padded with infinity.  ``group_of`` gives the group of
    each engine, -1 for none.
    """

    unfit: Bool[np.ndarray, "S C"]
    start_fails: Bool[np.ndarray, "S C A"]
    shock_h: Float[np.ndarray, "S C N"]
    seed: Int[np.ndarray, "S C"]
    group_of: tuple[int, ...]


def common_prob(prob: float, beta: float) -> float:
    """Chance of the common part of a failure."""
    return beta * prob


def own_prob(prob: float, beta: float) -> float:
    """Chance of an engine's own part, such that both together strike it with ``prob``.

    >>> own = own_prob(0.1, 0.2)
    >>> round(1.0 - (1.0 - own) * (1.0 - common_prob(0.1, 0.2)), 12)
    0.1
    """
    common = common_prob(prob, beta)
    return (prob - common) / (1.0 - common) if common < 1.0 else 0.0


def sample_common_causes(spec: Spec, scenario_ids: Int[np.ndarray, " S"], seed: int) -> CommonCauseDraws | None:
    """Draw the common fate of every group, each from its own stream; None where no engine has a beta factor."""
    groups: dict[str, Genset] = {}
    group_of: list[int] = []
    for building, key, part in _tables(spec):
        name = f"{building}.genset.{key}"
        if part.common_cause_frac > 0.0:
            groups[name] = part
        group_of += [list(groups).index(name) if name in groups else -1] * part.count
    if not groups:
        return None
    S, C, A = len(scenario_ids), len(groups), ceil(spec.clock.days) + 4
    unfit, start_fails = np.zeros((S, C), dtype=bool), np.zeros((S, C, A), dtype=bool)
    shocks = [[np.empty(0)] * C for _ in range(S)]
    seeds = np.empty((S, C), dtype=np.int64)
    for c, (name, part) in enumerate(groups.items()):
        beta = part.common_cause_frac
        for row, scenario in enumerate(scenario_ids):
            chance = generator(seed, int(scenario), Stream.COMMON_CAUSE, name)
            unfit[row, c] = chance.random() < common_prob(1.0 - part.availability_frac, beta)
            start_fails[row, c] = chance.random(A) < common_prob(part.start_failure_prob, beta)
            if part.mean_time_to_failure_h is not None:
                shocks[row][c] = _shocks_h(chance, part.mean_time_to_failure_h / beta, spec.clock.duration_h)
            seeds[row, c] = chance.integers(2**62)
    shock_h = np.full((S, C, max(len(hours) for row in shocks for hours in row)), np.inf)
    for row, of_groups in enumerate(shocks):
        for c, hours in enumerate(of_groups):
            shock_h[row, c, : len(hours)] = hours
    for array in (unfit, start_fails, shock_h, seeds):
        array.setflags(write=False)
    return CommonCauseDraws(unfit=unfit, start_fails=start_fails, shock_h=shock_h, seed=seeds, group_of=tuple(group_of))


def _tables(spec: Spec) -> list[tuple[str, str, Genset]]:
    return [(building, key, part) for building, table in spec.building.items() for key, part in table.genset.items()]


def _shocks_h(chance: np.random.Generator, mean_h: float, duration_h: float) -> Float[np.ndarray, " n"]:
    """All arrivals of a Poisson process before the end of the period [h]."""
    expected = duration_h / mean_h
    at_once = ceil(expected + 6.0 * sqrt(expected)) + 2
    hours = np.cumsum(mean_h * chance.standard_exponential(at_once))
    while hours[-1] < duration_h:
        hours = np.append(hours, hours[-1] + np.cumsum(mean_h * chance.standard_exponential(at_once)))
    return hours[hours < duration_h]
