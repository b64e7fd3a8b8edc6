"""Deliveries in the planner's arrays: lots by schedule arrive when they do, lots on order wait at the gate."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from simulation.draws.delivery import DeliveryDraws
from simulation.draws.road import Roads
from simulation.interchange.builder import Builder, Store
from simulation.interchange.names import FROM_GATE
from simulation.physics.delivery import arrival_by_way_h, arrival_h
from simulation.physics.genset import fuel_lph
from simulation.scenario.clock import Clock
from simulation.scenario.delivery import Delivery
from simulation.scenario.spec import Spec
from simulation.units import HOURS_PER_DAY

__all__ = ["earliest_lots", "is_ordered", "is_scheduled", "scheduled_lots", "take_from_gate"]

Hours = Float[np.ndarray, " S"]


def scheduled_lots(
    spec: Spec, draws: DeliveryDraws, clock: Clock, targets: tuple[str, ...]
) -> Float[np.ndarray, "S T E"]:
    """Amount that reaches each target by schedule within each step, in the unit of the target.

    Lot n leaves ``first_after_h + n * every_h`` after the strike, or when its road opens, and arrives its travel time
    later.
    """
    amounts = np.zeros((draws.travel_h.shape[0], clock.n_steps, len(targets)))
    for d, delivery in enumerate(spec.delivery.values()):
        if delivery.to not in targets or delivery.order != "schedule" or spec.hazard_h is None:
            continue
        for lot in range(draws.travel_h.shape[2]):
            sent_h = np.full(len(amounts), spec.hazard_h + delivery.first_after_h + lot * delivery.every_h)
            arrives_h = _arrives_h(spec, draws, (d, lot), sent_h)
            come = ~draws.cancelled[:, d, lot]
            _pour(amounts[:, :, targets.index(delivery.to)], clock, np.where(come, arrives_h, np.inf), delivery.amount)
    return amounts


def earliest_lots(
    spec: Spec, draws: DeliveryDraws, clock: Clock, targets: tuple[str, ...]
) -> Float[np.ndarray, "S T E"]:
    """Amount on order that could at the earliest reach each target within each step, in the unit of the target.

    A lot is ordered when the one before it has come (or should have) and the stock has run low.  How fast it runs low
    depends on the plan: at the earliest with everything that draws on it at full flow.  That a lot may come at any
    later time makes this a bound.
    """
    amounts = np.zeros((draws.travel_h.shape[0], clock.n_steps, len(targets)))
    for d, delivery in enumerate(spec.delivery.values()):
        if delivery.to not in targets or delivery.order != "reorder" or spec.hazard_h is None:
            continue
        sent_h = np.zeros(len(amounts))
        poured = np.zeros(len(amounts))
        for lot in range(draws.travel_h.shape[2]):
            not_before_h = spec.hazard_h + delivery.first_after_h
            sent_h = np.maximum(sent_h, _low_h(spec, delivery, poured))
            sent_h = np.where(sent_h >= spec.hazard_h, np.maximum(sent_h, not_before_h), sent_h)
            arrives_h = _arrives_h(spec, draws, (d, lot), sent_h)
            come = ~draws.cancelled[:, d, lot]
            _pour(amounts[:, :, targets.index(delivery.to)], clock, np.where(come, arrives_h, np.inf), delivery.amount)
            sent_h = np.where(come, arrives_h, sent_h + delivery.travel_h)
            poured = poured + np.where(come, delivery.amount, 0.0)
    return amounts


def _low_h(spec: Spec, delivery: Delivery, poured: Hours) -> Hours:
    """Hour before which a fuel tank cannot be low enough for another lot, whatever is burnt; 0 for other stocks [h]."""
    tanks = [tank for tank in spec.fuel_tanks if tank.name == delivery.to]
    if not tanks or spec.hazard_h is None:
        return np.zeros_like(poured)
    tank = tanks[0]
    engines = [
        engine.part
        for engine in spec.gensets
        if engine.building == tank.building and tank.name.endswith(f".{engine.part.fuel_tank}")
    ]
    burnt_lph = sum(
        fuel_lph(part.rated_kw, part.rated_kw, part.fuel_slope_l_per_kwh, part.fuel_intercept_lph_per_kw)
        for part in engines
    )
    drawn_lph = burnt_lph + tank.part.vehicle_demand_l_per_day / HOURS_PER_DAY
    above_l = (tank.part.initial_frac - delivery.reorder_frac) * tank.part.capacity_l + poured
    if drawn_lph == 0.0:
        return np.where(above_l > 0.0, np.inf, 0.0)
    from_h = 0.0 if any(part.operation == "always" for part in engines) else _first_loss_h(spec)
    return np.where(above_l > 0.0, from_h + above_l / drawn_lph, 0.0)


def _first_loss_h(spec: Spec) -> float:
    """Earliest hour at which any feeder may be lost, or the strike: nothing burns stored fuel before [h]."""
    starts = [spec.hour_of(outage.start) for feeder in spec.feeder.values() for outage in feeder.outage.values()]
    return max(0.0, min(hour for hour in (*starts, spec.hazard_h) if hour is not None))


def is_scheduled(spec: Spec, target: str) -> bool:
    """Whether lots come to a target by schedule."""
    return any(delivery.to == target and delivery.order == "schedule" for delivery in spec.delivery.values())


def is_ordered(spec: Spec, target: str) -> bool:
    """Whether lots come to a target when its stock runs low."""
    return any(delivery.to == target and delivery.order == "reorder" for delivery in spec.delivery.values())


def take_from_gate(builder: Builder, element: str, balance: int, arrives: Float[np.ndarray, "S T"]) -> None:
    """Let lots wait at the gate until there is room for them in the stock that ``balance`` balances."""
    step_h = builder.step_h
    most = np.cumsum(arrives, axis=1)
    gate = builder.row(element, "gate_balance", rhs=-arrives)
    builder.column(element, FROM_GATE, upper=most / step_h, enters={balance: step_h, gate: -step_h})
    builder.store(element, "at_gate", gate, Store(initial=0.0, level_min=0.0, level_max=most))


def _arrives_h(spec: Spec, draws: DeliveryDraws, which: tuple[int, int], sent_h: Hours) -> Hours:
    """Hour at which a lot arrives: after the strike it waits for its road, which is slow."""
    d, lot = which
    travel_h = draws.travel_h[:, d, lot]
    delivery: Delivery = list(spec.delivery.values())[d]
    if delivery.depot is not None and draws.links is not None:
        return _by_graph(spec, draws, delivery, sent_h, travel_h)
    if delivery.road is None:
        return sent_h + travel_h
    opens_h = draws.road_opens_h[:, list(spec.road).index(delivery.road)]
    struck_h = np.inf if spec.hazard_h is None else spec.hazard_h
    return arrival_h(sent_h, travel_h, struck_h, opens_h, spec.road[delivery.road].slow_factor)


def _by_graph(spec: Spec, draws: DeliveryDraws, delivery: Delivery, sent_h: Hours, travel_h: Hours) -> Hours:
    """Hour at which a lot arrives by the road graph: it sets out when a way is open; infinity where it gives up."""
    assert draws.links is not None
    assert delivery.depot is not None
    patience_h = np.inf if delivery.gives_up_after_h is None else delivery.gives_up_after_h
    arrives_h = np.full(len(sent_h), np.inf)
    for s in np.flatnonzero(np.isfinite(sent_h)):
        roads = Roads(spec, draws.links, int(s))
        ends = (delivery.depot, delivery.to.partition(".")[0], delivery.vehicle_t)
        sets_out_h, slow, round_h = roads.sets_out(*ends, float(sent_h[s]))
        arrives_h[s] = arrival_by_way_h(sent_h[s], travel_h[s], sets_out_h, slow, round_h, patience_h)
    return arrives_h


def _pour(amounts: Float[np.ndarray, "S T"], clock: Clock, arrives_h: Hours, amount: float) -> None:
    rows = np.flatnonzero(arrives_h < clock.duration_h)
    step = np.minimum((arrives_h[rows] / clock.step_h).astype(int), clock.n_steps - 1)
    np.add.at(amounts, (rows, step), amount)
