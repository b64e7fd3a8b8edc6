"""Evacuees by what drives them out, and visitors whom the disaster finds there: their courses, drawn and expected."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int
from scipy.special import ndtri

from simulation.draws.delivery import road_opens_h
from simulation.draws.outage import restoration_curve
from simulation.draws.seeds import Stream, generator
from simulation.errors import Fault, ScenarioError
from simulation.physics.people import damaged_home_frac, left_behind_frac
from simulation.physics.restoration import still_out_frac
from simulation.scenario.archetype import read_archetype
from simulation.scenario.delivery import Road
from simulation.scenario.people import Evacuees, Visitors
from simulation.scenario.spec import Spec

__all__ = ["sample_evacuees", "sample_visitors", "visitors_then"]

_QUANTILES = 200  # midpoints over which the expected reopening of a road is averaged: 0.1 % of the people and better

Course = tuple[Float[np.ndarray, "S T1"], Float[np.ndarray, " T1"]]


def sample_evacuees(spec: Spec, shelter: str, part: Evacuees, scenario_ids: Int[np.ndarray, " S"], seed: int) -> Course:
    """Draw the evacuees of a shelter at the edges of the control steps; and their expectation [people]."""
    since_h = spec.clock.hours - _struck_h(spec)
    out_frac = still_out_frac(restoration_curve(part.water_preset), np.maximum(since_h, 0.0))
    damaged = part.damaged_people * damaged_home_frac(since_h, part.arrival_h, part.damaged_stay_h)
    dry = part.water_out_people * part.water_out_frac * damaged_home_frac(since_h, part.arrival_h, np.inf) * out_frac
    factors = np.empty((len(scenario_ids), 2))
    for row, scenario in enumerate(scenario_ids):
        chance = generator(seed, int(scenario), Stream.ARRIVAL, f"{shelter}.evacuees")
        factors[row] = np.exp(np.array([part.damaged_sigma, part.water_sigma]) * chance.standard_normal(2))
    mean = damaged * np.exp(part.damaged_sigma**2 / 2.0) + dry * np.exp(part.water_sigma**2 / 2.0)
    return factors @ np.stack([damaged, dry]), mean


def sample_visitors(spec: Spec, shelter: str, part: Visitors, scenario_ids: Int[np.ndarray, " S"], seed: int) -> Course:
    """Draw the stranded visitors of a shelter at the edges of the control steps; and their expectation [people].

    Raises ScenarioError where their road does not exist, or the archetype says nothing about people.
    """
    hours, struck_h = spec.clock.hours, _struck_h(spec)
    there = np.where(hours >= struck_h, part.busiest_people * visitors_then(spec, part), 0.0)
    road = None if part.road is None else spec.road.get(part.road)
    if part.road is not None and road is None:
        fault = Fault(where="visitors.road", given=repr(part.road), legal=", ".join(spec.road) or "none: no [road.*]")
        raise ScenarioError(shelter, [fault])
    came = np.empty((len(scenario_ids), len(hours)))
    for row, scenario in enumerate(scenario_ids):
        factor = np.exp(
            part.sigma * generator(seed, int(scenario), Stream.ARRIVAL, f"{shelter}.visitors").standard_normal()
        )
        opens_h = -np.inf
        if road is not None:
            opens_h = road_opens_h(seed, int(scenario), str(part.road), road, struck_h)
        came[row] = factor * there * left_behind_frac(hours, max(opens_h, struck_h), part.leave_h)
    stay = (
        left_behind_frac(hours, struck_h, part.leave_h) if road is None else _expected_stay(hours, struck_h, road, part)
    )
    return came, there * stay * np.exp(part.sigma**2 / 2.0)


def visitors_then(spec: Spec, part: Visitors) -> float:
    """Share of the most visitors who are there when the disaster strikes, by the hour and the Japanese calendar."""
    air = read_archetype(part.archetype).air
    if air is None:
        fault = Fault(where="visitors.archetype", given=repr(part.archetype), legal="one with people under its air")
        raise ScenarioError("presets/archetypes.toml", [fault])
    step = int(np.searchsorted(spec.clock.hours, _struck_h(spec), side="right")) - 1
    return float(air.people.course(spec.clock)[step])


def _expected_stay(
    hours: Float[np.ndarray, " T1"], struck_h: float, road: Road, part: Visitors
) -> Float[np.ndarray, " T1"]:
    """Mean share still there, over whether the road is closed and when it opens."""
    evenly = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
    opens_h = struck_h + road.closed_median_h * np.exp(road.closed_sigma * ndtri(evenly))
    closed = left_behind_frac(hours[:, None], opens_h, part.leave_h).mean(axis=1)
    free = left_behind_frac(hours, struck_h, part.leave_h)
    return road.closed_prob * closed + (1.0 - road.closed_prob) * free


def _struck_h(spec: Spec) -> float:
    assert spec.hazard_h is not None, "the Spec refuses a shelter where there is no hazard"
    return spec.hazard_h
