"""Evacuees by what drives them out, and visitors whom the disaster finds there: their courses, drawn and expected."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int
from scipy.special import ndtri

from simulation.draws.delivery import road_opens_h
from simulation.draws.homes import sample_homes
from simulation.draws.outage import restoration_curve
from simulation.draws.road import RoadDraws, Roads, sample_roads
from simulation.draws.seeds import Stream, generator
from simulation.draws.shaking import ShakingDraws, sample_shaking
from simulation.errors import Fault, ScenarioError
from simulation.physics.people import damaged_home_frac, left_behind_frac
from simulation.physics.restoration import still_out_frac
from simulation.scenario.archetype import read_archetype
from simulation.scenario.delivery import Road
from simulation.scenario.people import Evacuees, Visitors
from simulation.scenario.spec import Spec

__all__ = ["sample_evacuees", "sample_visitors", "visitors_then"]

_SCENARIOS = 64  # over which what is expected of the road graph is averaged: within 6 % of the people
_QUANTILES = 200  # midpoints over which the expected reopening of a road is averaged: 0.1 % of the people and better

Course = tuple[Float[np.ndarray, "S T1"], Float[np.ndarray, " T1"]]


def sample_evacuees(
    spec: Spec,
    shelter: str,
    part: Evacuees,
    scenario_ids: Int[np.ndarray, " S"],
    seed: int,
    shaking: ShakingDraws | None = None,
) -> Course:
    """Draw the evacuees of a shelter at the edges of the control steps; and their expectation [people].

    ``shaking`` is that of the same scenarios, for homes that it damages.
    """
    since_h = spec.clock.hours - _struck_h(spec)
    out_frac = still_out_frac(restoration_curve(part.water_preset), np.maximum(since_h, 0.0))
    damaged = part.damaged_people * damaged_home_frac(since_h, part.arrival_h, part.damaged_stay_h)
    dry = part.water_out_people * part.water_out_frac * damaged_home_frac(since_h, part.arrival_h, np.inf) * out_frac
    factors = np.empty((len(scenario_ids), 2))
    for row, scenario in enumerate(scenario_ids):
        chance = generator(seed, int(scenario), Stream.ARRIVAL, f"{shelter}.evacuees")
        factors[row] = np.exp(np.array([part.damaged_sigma, part.water_sigma]) * chance.standard_normal(2))
    mean = damaged * np.exp(part.damaged_sigma**2 / 2.0) + dry * np.exp(part.water_sigma**2 / 2.0)
    wanting = factors @ np.stack([damaged, dry])
    if part.homes is None:
        return wanting, mean
    assert shaking is not None, "the Spec refuses homes where nothing shakes"
    driven_out, usual = sample_homes(spec, shelter, part, part.homes, shaking)
    return wanting + driven_out, mean + usual


def sample_visitors(
    spec: Spec,
    shelter: str,
    part: Visitors,
    scenario_ids: Int[np.ndarray, " S"],
    seed: int,
    links: RoadDraws | None = None,
) -> Course:
    """Draw the stranded visitors of a shelter at the edges of the control steps; and their expectation [people].

    ``links`` is what happens to the road graph in the same scenarios.  What is expected by the road graph is the mean
    over its first scenarios, whichever of them are played.

    Raises ScenarioError where their road does not exist, or the archetype says nothing about people.
    """
    hours, struck_h = spec.clock.hours, _struck_h(spec)
    there = np.where(hours >= struck_h, part.busiest_people * visitors_then(spec, part), 0.0)
    stay = left_behind_frac(hours, struck_h, part.leave_h)
    opens_h = np.full(len(scenario_ids), struck_h)
    if part.towards is not None and links is not None:
        opens_h = _way_opens_h(spec, shelter, part, links)
        first = np.arange(_SCENARIOS)
        usual = sample_roads(spec, first, seed, sample_shaking(spec, first, seed))
        assert usual is not None, "there are links, as just seen"
        expected_h = _way_opens_h(spec, shelter, part, usual)
        stay = left_behind_frac(hours[:, None], expected_h, part.leave_h).mean(axis=1)
    elif part.road is not None:
        road = spec.road.get(part.road)
        if road is None:
            fault = Fault(
                where="visitors.road", given=repr(part.road), legal=", ".join(spec.road) or "none: no [road.*]"
            )
            raise ScenarioError(shelter, [fault])
        opens_h = np.array([road_opens_h(seed, int(one), part.road, road, struck_h) for one in scenario_ids])
        stay = _expected_stay(hours, struck_h, road, part)
    streams = (generator(seed, int(one), Stream.ARRIVAL, f"{shelter}.visitors") for one in scenario_ids)
    factor = np.exp(part.sigma * np.array([stream.standard_normal() for stream in streams]))
    left = left_behind_frac(hours, np.maximum(opens_h, struck_h)[:, None], part.leave_h)
    return factor[:, None] * there * left, there * stay * np.exp(part.sigma**2 / 2.0)


def _way_opens_h(spec: Spec, shelter: str, part: Visitors, links: RoadDraws) -> Float[np.ndarray, " S"]:
    """Hour at which the first way home is open to cars, in every scenario of ``links``; infinity where never [h]."""
    building = shelter.partition(".")[0]
    missing = [place for place in (str(part.towards), building) if place not in spec.road_places]
    if missing:
        fault = Fault(where="visitors.towards", given=", ".join(missing), legal=", ".join(spec.road_places))
        raise ScenarioError(shelter, [fault])
    rows = range(len(links.opens_h))
    return np.array(
        [Roads(spec, links, row).sets_out(str(part.towards), building, part.car_t, _struck_h(spec))[0] for row in rows]
    )


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
