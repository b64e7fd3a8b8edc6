"""What the plant is told: the row of a plan that serves this step, or local rules where there is none."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from simulation.events.building import Bus
from simulation.events.commitment import called_kw, commit_engines
from simulation.events.water import ask_for_power
from simulation.interchange.setpoints import SetPoints
from simulation.scenario.clock import Clock

if TYPE_CHECKING:
    from simulation.events.world import World

__all__ = ["Plan", "aim"]


class Plan:
    """One world's row of the set-points as plain lists, looked up by the hour.

    ``feeder_up`` is the state of the feeders when the plan was made: a building whose feeder is in another state has
    no use for it, unless the plan foresaw all outages (``foreseen``).
    """

    __slots__ = (
        "charge_kw",
        "deferrable_kw",
        "discharge_kw",
        "essential_frac",
        "feeder_up",
        "foreseen",
        "genset_kw",
        "n_steps",
        "peak_kw",
        "pump_kw",
        "sent_kw",
        "start_min",
        "step_min",
        "vehicle_kw",
    )

    def __init__(self, points: SetPoints, row: int, clock: Clock, feeder_up: list[bool], foreseen: bool) -> None:
        self.start_min = round((points.clock.start_utc - clock.start_utc) / timedelta(minutes=1))
        self.step_min = points.clock.step_min
        self.n_steps = points.clock.n_steps
        self.feeder_up = feeder_up
        self.foreseen = foreseen
        self.charge_kw = points.charge_kw[row].tolist()
        self.discharge_kw = points.discharge_kw[row].tolist()
        self.genset_kw = points.genset_kw[row].tolist()
        self.sent_kw = points.sent_kw[row].reshape(self.n_steps, -1).tolist()
        self.pump_kw = points.pump_kw[row].tolist()
        self.deferrable_kw = points.deferrable_kw[row].tolist()
        self.essential_frac = points.essential_frac[row].tolist()
        self.peak_kw = points.peak_kw[row].tolist()
        taken_kw, given_kw = points.vehicle_charge_kw, points.vehicle_discharge_kw
        if taken_kw is None or given_kw is None:
            self.vehicle_kw: list[list[list[float]]] = [[]] * self.n_steps
        else:
            self.vehicle_kw = np.stack([taken_kw[row], given_kw[row]], axis=-1).tolist()

    def step_at(self, minute: int) -> int:
        """Step of the plan that holds a minute of the period; -1 outside of it."""
        step = (minute - self.start_min) // self.step_min
        return step if 0 <= step < self.n_steps else -1


def aim(world: World, *, at_tick: bool) -> None:
    """Set what every element is to do until the next dispatch."""
    plan = world.plan
    step = -1 if plan is None else plan.step_at(world.tick_minute)
    if plan is not None:
        _choose_followers(world, plan, step)
    if plan is not None and step >= 0:
        _aim_as_planned(world, plan, step, at_tick)
    elif at_tick:
        for lane in world.lanes:
            lane.sent_kw = 0.0
    if plan is not None:  # a world without a plan has nothing to forget
        for bus in world.buses:
            if not bus.planned:
                _forget(bus)
    ask_for_power(world)
    for bus in world.buses:
        _want(world, bus, plan.deferrable_kw[step][bus.index] if plan is not None and bus.planned else None)
        if bus.engines:
            commit_engines(world, bus)


def _choose_followers(world: World, plan: Plan, step: int) -> None:
    """Say which buildings have a use for a plan in one of its steps, and where it rations."""
    for bus in world.buses:
        bus.planned = step >= 0 and (plan.foreseen or bus.feeder < 0 or plan.feeder_up[bus.feeder] == bus.grid_up)
        bus.sparing = bus.planned and not bus.grid_up


def _aim_as_planned(world: World, plan: Plan, step: int, at_tick: bool) -> None:
    for unit, charge, discharge in zip(world.batteries, plan.charge_kw[step], plan.discharge_kw[step], strict=True):
        unit.target_charge_kw = charge
        unit.target_discharge_kw = discharge
    for vehicle, (charge, discharge) in zip(world.parts["vehicle"], plan.vehicle_kw[step], strict=False):
        vehicle.battery.target_charge_kw = charge
        vehicle.battery.target_discharge_kw = discharge
    planned_kw = iter(plan.genset_kw[step])
    for bus, share in zip(world.buses, plan.essential_frac[step], strict=True):
        bus.essential_frac = share
        if bus.engines:
            targets_kw = called_kw(bus, list(islice(planned_kw, len(bus.engines))))
            for engine, power in zip(bus.engines, targets_kw, strict=True):
                engine.target_kw = power
    for pump, power in zip(world.pumps, plan.pump_kw[step], strict=True):
        pump.target_kw = power
    if at_tick:
        for lane, power in zip(world.lanes, plan.sent_kw[step], strict=True):
            sends = lane.closed and world.buses[lane.start].planned and power > 0.0
            lane.sent_kw = min(power, lane.capacity_kw) if sends else 0.0


def _forget(bus: Bus) -> None:
    """No plan: batteries wait, pumps go by their float switch, engines share the load."""
    for battery in bus.batteries:
        battery.target_charge_kw = battery.target_discharge_kw = 0.0
    for pump in bus.pumps:
        pump.target_kw = None
    for engine in bus.engines:
        engine.target_kw = 0.0


def _want(world: World, bus: Bus, planned_kw: float | None) -> None:
    """Set what the building's five uses ask for."""
    critical, essential, deferrable, comfort = bus.demand_kw
    pumps = 0.0
    for pump in bus.pumps:
        pumps += pump.wanted_kw
    backlog = bus.backlog
    waiting = backlog.stock.level > 0.0
    if planned_kw is None:
        if waiting:
            deferrable += backlog.spread_kw(world.now_h, world.step_h)
    elif not waiting:
        deferrable = min(planned_kw, deferrable)
    else:
        left_h = world.hours[world.tick + 1] - world.now_h
        deferrable = max(planned_kw, backlog.urgent_kwh(world.hours[world.tick + 1]) / left_h)
    bus.wanted = [critical, essential, pumps, deferrable, comfort]
