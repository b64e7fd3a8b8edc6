"""People whom damaged homes drive out: shock by shock, as hard as their shelter's site is shaken in the draw."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from scipy.special import ndtri

from simulation.draws.shaking import ShakingDraws
from simulation.physics.fragility import reached_frac
from simulation.physics.people import damaged_home_frac, driven_out_frac
from simulation.scenario.fragility import read_fragility
from simulation.scenario.people import Evacuees, Homes
from simulation.scenario.shaking import Site
from simulation.scenario.spec import Spec

__all__ = ["sample_homes"]

_QUANTILES = 200  # midpoints over which the expected shaking and hour of a shock are averaged: 0.5 % of the people


def sample_homes(
    spec: Spec, shelter: str, part: Evacuees, homes: Homes, shaking: ShakingDraws
) -> tuple[Float[np.ndarray, "S T1"], Float[np.ndarray, " T1"]]:
    """People from damaged homes who want a place, at the edges of the control steps; and their expectation [people].

    What a shock adds to those whom the hardest shock before it drove out comes, and leaves again, from its hour on.
    """
    building, hours = shelter.partition(".")[0], spec.clock.hours
    hardest_g = np.maximum.accumulate(shaking.at(spec, building), axis=1)
    added = np.diff(_driven_out_people(homes, hardest_g), axis=1, prepend=0.0)
    wanting = np.zeros((len(added), len(hours)))
    for shock_h, more in zip(shaking.shock_h.T, added.T, strict=True):
        wanting += more[:, None] * damaged_home_frac(hours - shock_h[:, None], part.arrival_h, part.damaged_stay_h)
    return wanting, _expected_people(spec, building, part, homes)


def _driven_out_people(homes: Homes, hardest_g: Float[np.ndarray, "*S"]) -> Float[np.ndarray, "*S"]:
    """Those who come from homes that were shaken by no more than that [people]."""
    states = read_fragility(homes.fragility).state
    capacities, betas = np.array([one.median_g for one in states]), np.array([one.beta for one in states])
    reached = reached_frac(hardest_g, capacities, betas)
    return homes.people * homes.come_frac * driven_out_frac(reached, np.array([one.leaving_frac for one in states]))


def _expected_people(spec: Spec, building: str, part: Evacuees, homes: Homes) -> Float[np.ndarray, " T1"]:
    """Mean over draws: shocks shake one site independently, so that the chances of the hardest one multiply."""
    shaking, strike_h, hours = spec.shaking, spec.hazard_h, spec.clock.hours
    assert shaking is not None, "the Spec refuses homes where nothing shakes"
    assert strike_h is not None, "the Spec refuses shaking where there is no hazard"
    evenly = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
    shocks = list(shaking.aftershock.values())
    medians_g = np.array([shaking.median_g, *(one.median_g for one in shocks)])
    medians_g *= shaking.site.get(building, Site()).ground_factor
    shaken_g = medians_g[:, None] * np.exp(np.hypot(shaking.between_sigma, shaking.within_sigma) * ndtri(evenly))
    levels_g = np.unique(shaken_g)
    within = (shaken_g[:, None, :] <= levels_g[:, None]).mean(axis=2)
    comes = np.array([1.0, *(one.probability for one in shocks)])
    hardest_within = np.cumprod(1.0 - comes[:, None] * (1.0 - within), axis=0)
    people = np.diff(hardest_within, axis=1, prepend=0.0) @ _driven_out_people(homes, levels_g)
    mean = np.zeros(len(hours))
    spans = [(0.0, 0.0), *((one.after_h, one.window_h) for one in shocks)]
    for more, (after_h, window_h) in zip(np.diff(people, prepend=0.0), spans, strict=True):
        since_h = hours[:, None] - strike_h - after_h - window_h * evenly
        mean += more * damaged_home_frac(since_h, part.arrival_h, part.damaged_stay_h).mean(axis=1)
    return mean
