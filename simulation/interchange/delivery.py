"""Deliveries in the planner's arrays: lots that are sent by schedule, at the hour at which they arrive."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from simulation.draws.delivery import DeliveryDraws
from simulation.scenario.clock import Clock
from simulation.scenario.spec import Spec

__all__ = ["delivered"]


def delivered(spec: Spec, draws: DeliveryDraws, clock: Clock, targets: tuple[str, ...]) -> Float[np.ndarray, "S T E"]:
    """Amount that reaches each target within each step, in the unit of the target.

    Lot n leaves ``first_after_h + n * every_h`` after the strike, or when its road opens, and arrives its travel time
    later.  Lots that are ordered when a stock runs low are not among them.
    """
    amounts = np.zeros((draws.travel_h.shape[0], clock.n_steps, len(targets)))
    roads = list(spec.road)
    for d, delivery in enumerate(spec.delivery.values()):
        if delivery.to not in targets or delivery.order != "schedule" or spec.hazard_h is None:
            continue
        lots = np.arange(draws.travel_h.shape[2])
        travel_h = draws.travel_h[:, d]
        leaves_h = spec.hazard_h + delivery.first_after_h + lots * delivery.every_h + 0.0 * travel_h
        if delivery.road is not None:
            leaves_h = np.maximum(leaves_h, draws.road_opens_h[:, [roads.index(delivery.road)]])
            travel_h = travel_h * spec.road[delivery.road].slow_factor
        arrives_h = np.where(draws.cancelled[:, d], np.inf, leaves_h + travel_h)
        inside = (arrives_h >= 0.0) & (arrives_h < clock.duration_h)
        s, lot = np.nonzero(inside)
        step = np.minimum((arrives_h[s, lot] / clock.step_h).astype(int), clock.n_steps - 1)
        np.add.at(amounts[:, :, targets.index(delivery.to)], (s, step), delivery.amount)
    return amounts
