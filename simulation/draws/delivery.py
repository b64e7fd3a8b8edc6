"""Deliveries and roads: when a road reopens, how long each lot travels, which never come."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.special import ndtri

from simulation.draws.road import RoadDraws, sample_roads
from simulation.draws.seeds import Stream, generator
from simulation.draws.shaking import ShakingDraws
from simulation.scenario.delivery import Delivery, Road
from simulation.scenario.spec import Spec

__all__ = ["DeliveryDraws", "road_opens_h", "sample_deliveries"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryDraws:
    """Roads (axis R in the order of ``Spec.road``) and lots (axis D in the order of ``Spec.delivery``, N lots each).

    ``road_opens_h`` is the hour, from the start of the period, from which the road is open (minus infinity where it
    was never closed); ``travel_h`` the drawn travel time of every lot on an open road of a normal day [h]; ``links``
    what happens to the links of the road graph, None without any.
    """

    road_opens_h: Float[np.ndarray, "S R"]
    travel_h: Float[np.ndarray, "S D N"]
    cancelled: Bool[np.ndarray, "S D N"]
    links: RoadDraws | None = None


def sample_deliveries(
    spec: Spec, scenario_ids: Int[np.ndarray, " S"], seed: int, shaking: ShakingDraws | None = None
) -> DeliveryDraws:
    """Draw the roads and the lots, each road and each delivery from its own stream.

    A closed road reopens a lognormal time after the strike.  A lot travels ``travel_h`` times a lognormal factor of
    median 1.
    """
    S, R, D = len(scenario_ids), len(spec.road), len(spec.delivery)
    n_lots = max((_lots(delivery, spec) for delivery in spec.delivery.values()), default=1)
    opens_h = np.empty((S, R))
    travel_h, cancelled = np.empty((S, D, n_lots)), np.empty((S, D, n_lots), dtype=bool)
    for row, scenario in enumerate(scenario_ids):
        for r, (name, road) in enumerate(spec.road.items()):
            opens_h[row, r] = road_opens_h(seed, int(scenario), name, road, spec.hazard_h)
        for d, (name, delivery) in enumerate(spec.delivery.items()):
            chance = generator(seed, int(scenario), Stream.DELIVERY, f"delivery.{name}")
            evenly = chance.random((n_lots, 2))
            travel_h[row, d] = delivery.travel_h * np.exp(delivery.delay_sigma * ndtri(evenly[:, 0]))
            cancelled[row, d] = evenly[:, 1] < delivery.cancel_prob
    for array in (opens_h, travel_h, cancelled):
        array.setflags(write=False)
    links = sample_roads(spec, scenario_ids, seed, shaking)
    return DeliveryDraws(road_opens_h=opens_h, travel_h=travel_h, cancelled=cancelled, links=links)


def road_opens_h(seed: int, scenario: int, name: str, road: Road, hazard_h: float | None) -> float:
    """Hour from which a road is open in a scenario; minus infinity where it was never closed [h]."""
    chance = generator(seed, scenario, Stream.DELIVERY, f"road.{name}")
    evenly, factor = chance.random(), chance.standard_normal()
    if hazard_h is None or evenly >= road.closed_prob:
        return -np.inf
    return hazard_h + road.closed_median_h * float(np.exp(road.closed_sigma * factor))


def _lots(delivery: Delivery, spec: Spec) -> int:
    """Lots that can be sent within the period: by schedule from the strike on, or one after another all the time.

    Orders go out before a strike, too, as fast as the lorry travels.
    """
    if delivery.order == "schedule":
        left_h = max(spec.clock.duration_h - (spec.hazard_h or 0.0) - delivery.first_after_h, 0.0)
        return ceil(left_h / delivery.every_h) + 1
    return ceil(spec.clock.duration_h / max(delivery.travel_h, spec.clock.step_h)) + 1
