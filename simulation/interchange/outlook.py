"""The Outlook: what a planner sees over its horizon, be it a forecast or the truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from simulation.draws.draws import Draws
from simulation.interchange.damage import standing_frac
from simulation.interchange.delivery import earliest_lots, scheduled_lots
from simulation.interchange.hazard import (
    mains_m3ph,
    mains_returned_m3ph,
    pump_up_frac,
    usual_returned_m3ph,
    usual_water_m3ph,
    vehicle_demand_lph,
)
from simulation.interchange.outage import down_frac, lost_frac, share_after
from simulation.interchange.presence import VehicleOutlook, true_vehicles
from simulation.interchange.shelter import housed_people, people_power, people_water
from simulation.interchange.water_use import asked_of_tanks, rain_m3ph
from simulation.scenario.clock import Clock
from simulation.scenario.fuel_tank import FuelTank
from simulation.scenario.spec import Placed, Spec
from simulation.units import MINUTES_PER_HOUR, MONTHS_PER_YEAR

__all__ = ["Outlook", "step_means", "truth"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Everything `assemble` needs beside the Spec, on the planning grid of the horizon.

    Axes as in ``units.py``; levels are those at the first edge.  ``peak_kw`` is the highest that was metered so far in
    the month of the first step, ``earlier_kw`` the highest of the months before it that still counts in that month and
    in each after it, ``metered_kwh`` what the metering interval that runs has counted.
    ``grid_up_frac`` says which feeders have power in each step, in the planner's eyes (share of the step).
    Deliveries pour in when they arrive; what is on order may be taken in from its step on.
    """

    clock: Clock
    demand_kw: Float[np.ndarray, "S T B Q"]
    pv_kw: Float[np.ndarray, "S T V"]
    grid_up_frac: Float[np.ndarray, "S T F"]
    genset_up_frac: Float[np.ndarray, "S T G"]
    pump_up_frac: Float[np.ndarray, "S T Pu"]
    line_up_frac: Float[np.ndarray, "S T L"] | Float[np.ndarray, "S 1 L"] | float
    water_use_m3ph: Float[np.ndarray, "S T W C"]
    rain_m3ph: Float[np.ndarray, "S T W"]
    mains_m3ph: Float[np.ndarray, "S T W"]
    vehicle_demand_lph: Float[np.ndarray, "S T U"]
    fuel_delivery_l: Float[np.ndarray, "S T U"]
    water_delivery_m3: Float[np.ndarray, "S T W"]
    fuel_on_order_l: Float[np.ndarray, "S T U"]
    water_on_order_m3: Float[np.ndarray, "S T W"]
    battery_kwh: Float[np.ndarray, "S K"]
    fuel_l: Float[np.ndarray, "S U"]
    water_m3: Float[np.ndarray, "S W"]
    backlog_kwh: Float[np.ndarray, "S B"]
    peak_kw: Float[np.ndarray, "S M"]
    earlier_kw: Float[np.ndarray, "S M R"]
    metered_kwh: Float[np.ndarray, "S M"]
    perfect: bool
    vehicles: VehicleOutlook | None = None

    @property
    def water_demand_m3ph(self) -> Float[np.ndarray, "S T W"]:
        """What is asked of each tank for all uses together [m3/h]."""
        return self.water_use_m3ph.sum(axis=-1)


def truth(spec: Spec, draws: Draws) -> Outlook:
    """PERFECT INFORMATION: the whole period as drawn, in means over the planning steps.

    Emergency engines may run once their feeder has been down for their start delay; that an engine fails to start or
    while it runs is not foreseen.  Lots come as drawn; those on order may come at any time from the earliest one on.
    """
    clock, fine = spec.planning_clock, draws.clock
    S, T = draws.n_scenarios, clock.n_steps
    per = clock.step_min // fine.step_min
    down = down_frac(draws.outage, fine.hours)
    lost = lost_frac(spec, 1.0 - down)[..., None]
    never_h = np.inf if spec.hazard_h is None else spec.hazard_h
    struck = share_after(fine.hours, never_h)
    people = housed_people(spec, draws.arrival.wanting_people[:, :-1])
    demand_kw = draws.demand.demand_kw * (1.0 - lost) + draws.demand.islanded_kw * lost + people_power(spec, people)
    fuel, water = (tuple(tank.name for tank in tanks) for tanks in (spec.fuel_tanks, spec.water_tanks))

    def for_all(values: Float[np.ndarray, "t E"]) -> Float[np.ndarray, "S T E"]:
        return np.broadcast_to(step_means(values[None], per), (S, T, values.shape[1]))

    def standing(kind: str, names: list[str]) -> Float[np.ndarray, "S T E"] | float:
        return standing_frac(spec, draws.shaking, clock, kind, names)

    def start(levels: list[float]) -> Float[np.ndarray, "S E"]:
        return np.broadcast_to(np.array(levels, dtype=float), (S, len(levels)))

    usual = step_means(usual_water_m3ph(spec, struck)[None], per)
    back = _mains_back(draws, clock)
    if back is not None:
        usual = usual + usual_returned_m3ph(spec, back)
    people_m3ph = people_water(spec, fine.hours, people)
    water_m3 = start([item.part.initial_frac * item.part.capacity_m3 for item in spec.water_tanks])
    return Outlook(
        clock=clock,
        demand_kw=step_means(demand_kw, per),
        pv_kw=step_means(draws.pv_kw, per),
        grid_up_frac=1.0 - step_means(down, per),
        genset_up_frac=_engines_up_frac(spec, draws, clock) * standing("genset", [one.name for one in spec.gensets]),
        pump_up_frac=for_all(pump_up_frac(spec, struck)) * standing("pump", [pump.name for pump in spec.pumps]),
        line_up_frac=standing("tieline", list(spec.tieline)),
        water_use_m3ph=asked_of_tanks(spec, clock, usual, step_means(people_m3ph, per), water_m3),
        rain_m3ph=np.broadcast_to(rain_m3ph(spec, clock), (S, T, len(water))),
        mains_m3ph=for_all(mains_m3ph(spec, struck)) + (0.0 if back is None else mains_returned_m3ph(spec, back)),
        vehicle_demand_lph=for_all(vehicle_demand_lph(spec, struck)),
        fuel_delivery_l=scheduled_lots(spec, draws.delivery, clock, fuel),
        water_delivery_m3=scheduled_lots(spec, draws.delivery, clock, water),
        fuel_on_order_l=earliest_lots(spec, draws.delivery, clock, fuel),
        water_on_order_m3=earliest_lots(spec, draws.delivery, clock, water),
        battery_kwh=start([item.part.initial_level_frac * item.part.capacity_kwh for item in spec.batteries]),
        fuel_l=start([initial_fuel_l(spec, item) for item in spec.fuel_tanks]),
        water_m3=water_m3,
        backlog_kwh=np.broadcast_to(0.0, (S, len(spec.building))),
        peak_kw=np.zeros((S, len(spec.meters))),
        earlier_kw=np.broadcast_to(_earlier_kw(spec), (S, len(spec.meters), MONTHS_PER_YEAR - 1)),
        metered_kwh=np.zeros((S, len(spec.meters))),
        perfect=True,
        vehicles=true_vehicles(spec, draws),
    )


def _mains_back(draws: Draws, clock: Clock) -> Float[np.ndarray, "S T W"] | None:
    """Share of each step in which mains run again that the strike had stopped; None where none return."""
    if draws.mains is None:
        return None
    back = np.moveaxis(share_after(clock.hours, draws.mains.return_h), 1, 2)
    return back if draws.mains.again is None else back - down_frac(draws.mains.again, clock.hours)


def initial_fuel_l(spec: Spec, placed: Placed[FuelTank]) -> float:
    """Fuel at the start in a tank and in the engines' own tanks that it fills, within its capacity [L]."""
    tank, level_l = placed.part, placed.part.initial_frac * placed.part.capacity_l
    for engine in spec.gensets:
        own, here = engine.part.day_tank, spec.building_names[engine.building]
        if own is not None and f"{here}.fuel_tank.{engine.part.fuel_tank}" == placed.name:
            level_l += own.initial_frac * own.capacity_l
    return min(level_l, tank.capacity_l)


def step_means(values: Float[np.ndarray, "S t ..."], per: int) -> Float[np.ndarray, "S T ..."]:
    """Means over every ``per`` steps of the second axis."""
    if per == 1:
        return values
    return values.reshape(values.shape[0], values.shape[1] // per, per, *values.shape[2:]).mean(axis=2)


def _engines_up_frac(spec: Spec, draws: Draws, clock: Clock) -> Float[np.ndarray, "S T G"]:
    """Share of each step in which an engine may run, if it is fit for service at all.

    Emergency ones while the grid is lost, from their start delay on; the others always, but for that delay where they
    trip with the grid.
    """
    up = np.ones((draws.n_scenarios, clock.n_steps, len(spec.gensets)))
    feeders = list(spec.feeder)
    for g, placed in enumerate(spec.gensets):
        engine, grid = placed.part, spec.building[spec.building_names[placed.building]].grid
        if grid is None or (engine.operation == "always" and engine.rides_through):
            continue
        f = feeders.index(grid.feeder)
        drawn_h = draws.start_delay_h
        delay_h = engine.start_delay_min / MINUTES_PER_HOUR if drawn_h is None else drawn_h[:, g]
        started = down_frac(draws.outage, clock.hours, delay_h)[:, :, f]
        if engine.operation == "emergency":
            up[:, :, g] = started
        else:
            up[:, :, g] = 1.0 - (down_frac(draws.outage, clock.hours)[:, :, f] - started)
    return up * draws.failure.available[:, None, :] * _piped_frac(spec, draws, clock)


def _piped_frac(spec: Spec, draws: Draws, clock: Clock) -> Float[np.ndarray, "S T G"]:
    """Share of each step in which an engine's pipe, if it hangs on one, brings gas."""
    piped = np.ones((draws.n_scenarios, clock.n_steps, len(spec.gensets)))
    if draws.gas is not None:
        stopped, pipes = down_frac(draws.gas, clock.hours), list(spec.gas)
        for g, engine in enumerate(spec.gensets):
            if engine.part.pipe is not None:
                piped[:, :, g] = 1.0 - stopped[:, :, pipes.index(engine.part.pipe)]
    return piped


def _earlier_kw(spec: Spec) -> Float[np.ndarray, "M R"]:
    """Highest demand before the period, of meters that buildings may share, in the months in which it may count [kW].

    It stands for an unknown month, so it counts in the ``ratchet_months - 1`` after it, and at least in the first.
    """
    earlier_kw = np.zeros((len(spec.meters), MONTHS_PER_YEAR - 1))
    for m, meter in enumerate(spec.meters):
        behind = [name for name in spec.building if spec.meter_of(name) == meter]
        so_far_kw = max(grid.peak_so_far_kw for name in behind if (grid := spec.building[name].grid) is not None)
        tariff = spec.tariff_of(behind[0])
        earlier_kw[m, : max(1 if tariff is None else tariff.ratchet_months - 1, 1)] = so_far_kw
    return earlier_kw
