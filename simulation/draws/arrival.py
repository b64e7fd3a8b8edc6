"""People who want a place in a shelter, over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from simulation.draws.people import sample_evacuees, sample_visitors
from simulation.draws.road import RoadDraws
from simulation.draws.seeds import Stream, generator
from simulation.draws.shaking import ShakingDraws
from simulation.physics.shelter import wanting_frac
from simulation.scenario.spec import Spec

__all__ = ["ArrivalDraws", "sample_arrivals"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalDraws:
    """People who want a place, at the edges of the control steps (axis H in the order of ``Spec.shelters``).

    ``expected_people`` is the mean over draws; ``stranded_people`` are the visitors whom the strike found there among
    those who want a place, None where no shelter has any.
    """

    wanting_people: Float[np.ndarray, "S T1 H"]
    expected_people: Float[np.ndarray, "T1 H"]
    stranded_people: Float[np.ndarray, "S T1 H"] | None = None


def sample_arrivals(
    spec: Spec,
    scenario_ids: Int[np.ndarray, " S"],
    seed: int,
    links: RoadDraws | None = None,
    shaking: ShakingDraws | None = None,
) -> ArrivalDraws:
    """Draw how many people want a place in every shelter: its course times a lognormal factor of median 1.

    Evacuees by cause, stranded visitors and staff come on top, each with chance of its own; ``links`` of the road
    graph hold up visitors who go home by it, ``shaking`` damages homes.
    """
    shelters = spec.shelters
    hours = spec.clock.hours
    course = np.zeros((len(hours), len(shelters)))
    factor = np.empty((len(scenario_ids), len(shelters)))
    mean_factor = np.array([np.exp(item.part.people_sigma**2 / 2.0) for item in shelters])
    for h, item in enumerate(shelters):
        shelter = item.part
        assert spec.hazard_h is not None, "the Spec refuses a shelter where there is no hazard"
        course[:, h] = shelter.peak_people * wanting_frac(hours - spec.hazard_h, shelter.arrival_h, shelter.stay_h)
        for row, scenario in enumerate(scenario_ids):
            normal = generator(seed, int(scenario), Stream.ARRIVAL, item.name).standard_normal()
            factor[row, h] = np.exp(shelter.people_sigma * normal)
    wanting, expected = factor[:, None, :] * course, mean_factor * course
    stranded = np.zeros_like(wanting) if any(item.part.visitors is not None for item in shelters) else None
    for h, item in enumerate(shelters):
        if item.part.evacuees is not None:
            came, mean = sample_evacuees(spec, item.name, item.part.evacuees, scenario_ids, seed, shaking)
            wanting[:, :, h] += came
            expected[:, h] += mean
        if item.part.visitors is not None and stranded is not None:
            stranded[:, :, h], mean = sample_visitors(spec, item.name, item.part.visitors, scenario_ids, seed, links)
            wanting[:, :, h] += stranded[:, :, h]
            expected[:, h] += mean
        if item.part.staff_people > 0.0:
            on_duty = item.part.staff_people * (hours >= spec.hazard_h)
            wanting[:, :, h] += on_duty
            expected[:, h] += on_duty
    for array in (wanting, expected, *(() if stranded is None else (stranded,))):
        array.setflags(write=False)
    return ArrivalDraws(wanting_people=wanting, expected_people=expected, stranded_people=stranded)
