"""Service stations: litres and vehicles that got fuel, that were lost and that still wait, and how long they waited."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from jaxtyping import Float

from simulation.events.station_tally import OUTCOMES, WAITS
from simulation.events.trajectory import Trajectory
from simulation.metrics.interruptions import Interruptions, join, stretches
from simulation.metrics.quantity import Kind, Quantity, Topic, key, step_means, total
from simulation.metrics.survival import Loss, Service, Trouble
from simulation.scenario.service_station import CLASSES, Customers
from simulation.scenario.spec import Spec

__all__ = ["fuel_services", "stations"]

_STOPPED = {
    "emergency": ("fuel_refused", "fuel_again"),
    "supply": ("fuel_refused", "fuel_again"),
    "public": ("public_sale_stopped", "public_sale_resumed"),
}
"""Kinds of event between which a class gets nothing."""

_DUST_L = 1e-6
"""Fuel wanted below this is what sums of vehicles that came again left [L]."""

_NONE = Interruptions(row=np.zeros(0, dtype=np.int64), start_h=np.zeros(0), end_h=np.zeros(0))
_LITRES = (
    ("asked", "fuel that {} vehicles came for at {}", Kind.AMOUNT),
    ("served", "fuel that {} vehicles got at {}", Kind.AMOUNT),
    ("lost", "fuel that {} vehicles wanted and never got at {}", Kind.LOSS),
)
_VISITS = {
    "served": "{} vehicles that got fuel at {}",
    "balked": "visits of {} vehicles that drove on at {}, the queue being too long",
    "reneged": "visits of {} vehicles that left the queue at {} for want of patience",
    "turned_away": "visits of {} vehicles for which there was nothing at {}",
}
_WAITED = {
    "median": "wait that half of the {} vehicles at {} did not exceed; who still queues counts with the wait so far",
    "p90": "wait that nine of ten {} vehicles at {} did not exceed; who still queues counts with the wait so far",
    "longest": "longest wait of a {} vehicle at {}; who still queues counts with the wait so far",
}


def stations(spec: Spec, trajectory: Trajectory) -> dict[str, Quantity]:
    """For every station and class that comes to it: litres asked for, given, lost and still wanted, visits, waits.

    Cars that got nothing are the litres lost over what one asks for in the mean.  The mean wait is by Little's law: the
    vehicle-hours in the queue over the vehicles that came, those who left it among them; its distribution is over the
    vehicles that were served and, with their wait so far, those still in the queue.
    """
    step_h = trajectory.clock.step_h
    flows = {word: step_means(trajectory, f"station_{word}_lph") for word, _, _ in _LITRES}
    queue = step_means(trajectory, "station_queue_vehicles")
    found: dict[str, Quantity] = {}
    for element, customers in _classes(spec):
        if element not in queue or not flows["asked"][element].any():
            continue
        where, _, who = element.rpartition(".")
        asked_l = flows["asked"][element].sum(axis=1) * step_h
        lost_l = (flows["lost"][element].sum(axis=1) * step_h).clip(min=0.0)
        for word, meaning, kind in _LITRES:
            found[key(f"station_{word}_l", element)] = total(
                flows[word][element], step_h, unit="L", meaning=meaning.format(who, where), topic=Topic.FUEL, kind=kind
            )
        found[key("station_still_wanted_l", element)] = Quantity(
            values=trajectory.level("station_waiting_l", element)[:, -1].clip(min=0.0),
            unit="L",
            meaning=f"fuel that {who} vehicles still wait for at {where} in the end",
            topic=Topic.FUEL,
        )
        found[key("station_lost_cars", element)] = Quantity(
            values=lost_l / customers.litres,
            unit="cars",
            meaning=f"{who} vehicles' worth of fuel that {where} never gave",
            topic=Topic.FUEL,
            kind=Kind.LOSS,
        )
        waited_h = queue[element].sum(axis=1) * step_h
        cars = np.maximum(asked_l / customers.litres, 1.0)
        found[key("station_wait_h", element)] = Quantity(
            values=waited_h / cars, unit="h", meaning=f"mean wait of {who} vehicles at {where}", topic=Topic.FUEL
        )
        found[key("station_longest_queue", element)] = Quantity(
            values=queue[element].max(axis=1),
            unit="cars",
            meaning=f"longest queue of {who} vehicles at {where}, as a mean over a step",
            topic=Topic.FUEL,
        )
        found |= _of_vehicles(trajectory, element, who, where)
    return found


def _of_vehicles(trajectory: Trajectory, element: str, who: str, where: str) -> dict[str, Quantity]:
    """Visits by what they end with, and the waits of those who were served or still queue."""
    found: dict[str, Quantity] = {}
    if "station_cars_ph" not in trajectory.flows:
        return found
    for outcome in OUTCOMES:
        found[key(f"station_{outcome}_visits", element)] = total(
            trajectory.flow("station_cars_ph", f"{element}.{outcome}"),
            trajectory.clock.step_h,
            unit="visits",
            meaning=_VISITS[outcome].format(who, where),
            topic=Topic.FUEL,
            kind=Kind.AMOUNT if outcome == "served" else Kind.LOSS,
        )
    for wait in WAITS:
        found[key(f"station_{wait}_wait_h", element)] = Quantity(
            values=trajectory.level("station_wait_h", f"{element}.{wait}")[:, -1],
            unit="h",
            meaning=_WAITED[wait].format(who, where),
            topic=Topic.FUEL,
        )
    return found


def fuel_services(spec: Spec, trajectory: Trajectory) -> Iterator[Service]:
    """Fuel for emergency vehicles, for supply and for the public: away from when a class is refused until it is served.

    It is away from all while the pumps stand still, also from those who wait without end and are never refused.
    Between two vehicles nothing is asked for, so that the log says when a service is away, not the litres.  Litres are
    lost to a ration, to a queue that nobody waits out, or refused, each with what brought it about.  People go without
    while they are in the queue or will try again, whether they will get fuel in the end or not.
    """
    step_h = trajectory.clock.step_h
    asked, lost = step_means(trajectory, "station_asked_lph"), step_means(trajectory, "station_lost_lph")
    rationed, left = step_means(trajectory, "station_rationed_lph"), step_means(trajectory, "station_left_lph")
    still = stretches(trajectory, "pumps_dark", "pumps_lit")
    for placed in spec.service_stations:
        dark = Trouble(element=placed.name, began=("pumps_dark", "pumps_by_hand"), over="pumps_lit")
        for who, customers in zip(CLASSES, placed.part.customers(), strict=True):
            element = f"{placed.name}.{who}"
            if element not in asked or not asked[element].any():
                continue
            refused = Trouble(element=element, began=(_STOPPED[who][0],), over=_STOPPED[who][1])
            ration = Trouble(element=element, began=("fuel_rationed",), over="ration_over")
            queue = Trouble(element=element, began=("queue_too_long",), over="queue_gone")
            parts = (
                (lost[element] - rationed[element] - left[element], refused),
                (rationed[element], ration),
                (left[element], queue),
            )
            yield Service(
                name=element,
                meaning=f"fuel for {'the public' if who == 'public' else f'{who} vehicles'} from {placed.name}",
                allowed_gap_min=placed.part.allowed_gap_min,
                served_threshold_frac=0.0,
                lost_when="refused, or its pumps standing still,",
                interruptions=join(
                    (stretches(trajectory, *_STOPPED[who]).get(element, _NONE), still.get(placed.name, _NONE))
                ),
                unserved_person_h=_vehicles_without(trajectory, element, customers) * customers.people * step_h,
                troubles=tuple(replace(trouble, lingers=True) for trouble in (refused, queue, dark)),
                losses=tuple(
                    Loss(unit="L", amount=(flow * step_h).clip(min=0.0), troubles=(trouble,)) for flow, trouble in parts
                ),
            )


def _vehicles_without(trajectory: Trajectory, element: str, customers: Customers) -> Float[np.ndarray, "S T"]:
    """Vehicles that came for fuel and are still without it, in the queue or about to try again, as means of the steps.

    They are what these still want over what one asks for in the mean, between the two edges of the step.
    """
    wanted_l = trajectory.level("station_waiting_l", element)
    vehicles = np.where(wanted_l > _DUST_L, wanted_l, 0.0) / customers.litres
    return 0.5 * (vehicles[:, :-1] + vehicles[:, 1:])


def _classes(spec: Spec) -> Iterator[tuple[str, Customers]]:
    for placed in spec.service_stations:
        for who, customers in zip(CLASSES, placed.part.customers(), strict=True):
            yield f"{placed.name}.{who}", customers
