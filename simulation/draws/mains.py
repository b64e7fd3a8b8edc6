"""When mains water returns: one draw per water district and scenario, from a restoration curve; lost by aftershocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from simulation.draws.outage import OutageDraws, merged, restoration_curve
from simulation.draws.seeds import Stream, generator
from simulation.draws.shaking import MAIN, ShakingDraws, mains_districts
from simulation.physics.restoration import restored_h
from simulation.scenario.fragility import read_fragility
from simulation.scenario.spec import Spec

__all__ = ["MainsDraws", "sample_mains"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MainsDraws:
    """Mains of every water tank (axis W): hour from which they run again after the strike, and later losses [h].

    Infinity stands for mains that do not fail or do not return; ``again`` is None where no aftershock can take them.
    """

    return_h: Float[np.ndarray, "S W"]
    again: OutageDraws | None = None


def sample_mains(
    spec: Spec, scenario_ids: Int[np.ndarray, " S"], seed: int, shaking: ShakingDraws | None = None
) -> MainsDraws | None:
    """Draw when the mains of every water tank return after the strike, and what aftershocks do to them.

    Tanks of one district see their mains return together, any other by itself.  None for an area in which none returns.
    An aftershock that damages mains takes them again, or puts off their return, until that damage is mended.
    """
    districts = mains_districts(spec)
    if not districts or spec.hazard_h is None:
        return None
    names = [tank.name for tank in spec.water_tanks]
    return_h = np.full((len(scenario_ids), len(names)), np.inf)
    for district, tanks in districts.items():
        evenly = np.array([generator(seed, int(s), Stream.MAINS, district).random() for s in scenario_ids])
        for tank in tanks:
            assert tank.part.mains_return is not None, "only those that return are in a district"
            curve = restoration_curve(tank.part.mains_return)
            return_h[:, names.index(tank.name)] = spec.hazard_h + restored_h(curve, 1.0 - evenly)
    again = None
    if shaking is not None and spec.shaking is not None and spec.shaking.fragility.mains is not None:
        again = _hit_again(spec, shaking, return_h, read_works(spec.shaking.fragility.mains))
    return_h.setflags(write=False)
    return MainsDraws(return_h=return_h, again=again)


def read_works(fragility: str) -> Float[np.ndarray, " d"]:
    """1 for every state of a preset in which a component does its work, no damage first, else 0."""
    return np.array([1.0, *(float(state.works) for state in read_fragility(fragility).state)])


def _hit_again(
    spec: Spec, shaking: ShakingDraws, return_h: Float[np.ndarray, "S W"], works: Float[np.ndarray, " d"]
) -> OutageDraws:
    """Losses by aftershocks; one that comes before the mains are back only puts off their return, in ``return_h``."""
    names = [tank.name for tank in spec.water_tanks]
    S, A = shaking.shock_h.shape
    start_h, end_h = np.full((S, len(names), A), np.inf), np.full((S, len(names), A), np.inf)
    for district, tanks in mains_districts(spec).items():
        drawn = shaking.of(spec, "mains", district)
        assert drawn is not None, "every district is a component"
        state, mended_h = drawn
        lost = works[state] == 0.0
        from_h, until_h = np.where(lost, shaking.shock_h, np.inf), np.where(lost, mended_h, np.inf)
        for tank in tanks:
            w = names.index(tank.name)
            from_h[:, MAIN], until_h[:, MAIN] = shaking.shock_h[:, MAIN], return_h[:, w]
            start_h[:, w], end_h[:, w] = merged(from_h, until_h)
            return_h[:, w] = end_h[:, w, 0]
    start_h, end_h = start_h[:, :, 1:], end_h[:, :, 1:]
    start_h.setflags(write=False)
    end_h.setflags(write=False)
    return OutageDraws(start_h=start_h, end_h=end_h)
