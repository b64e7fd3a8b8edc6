"""Holding the demand peak: a plan knows the expected load, the meter counts the real one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.events.balance import less_charge, more_discharge
from simulation.events.building import DUST_KW, Bus
from simulation.events.meter import Meter

if TYPE_CHECKING:
    from simulation.events.world import World

__all__ = ["hold_peaks"]


def hold_peaks(world: World) -> None:
    """Keep every meter below the peak that the plan counts on, as far as the batteries behind it can.

    Where more is asked for than was expected, the grid would bring the difference and the month would pay for it.
    Batteries behind the meter first charge less, then give more, down to their reserve.  A meter takes the mean of an
    interval, so they wait while the later control steps of the interval could still make up for what is drawn now.
    A peak that was metered already is no lower bound of its own: the plan's peak is never below it.  A plan made in
    full knowledge has weighed every step, and is left alone.
    """
    plan = world.plan
    if plan is None or plan.foreseen:
        return
    step = plan.step_at(world.tick_minute)
    if step < 0:
        return
    for m, limit_kw in enumerate(plan.peak_kw[step]):
        behind = [bus for bus, meter in zip(world.buses, world.meter_of, strict=True) if meter == m]
        over_kw = _over_kw(world, world.meters[m], behind, limit_kw)
        for bus in behind:
            if over_kw <= DUST_KW:
                break
            if bus.planned and bus.grid_up:
                asked_kw = min(over_kw, bus.import_kw)
                cut_kw = asked_kw - more_discharge(bus, less_charge(bus, asked_kw))
                bus.import_kw -= cut_kw
                over_kw -= cut_kw


def _over_kw(world: World, meter: Meter, behind: list[Bus], limit_kw: float) -> float:
    """How much less has to be drawn in this control step for the interval's mean to stay at the limit [kW]."""
    import_kw = sum(bus.import_kw for bus in behind)
    left_h = meter.edge_h - world.now_h
    over_kwh = meter.energy_kwh + import_kw * left_h - limit_kw * meter.interval_h
    if not over_kwh > 0.0:
        return 0.0
    now_h = min(left_h, world.hours[min(world.row + 1, len(world.hours) - 1)] - world.now_h)
    if now_h <= 0.0:
        return 0.0
    room_kw = sum(_room_kw(bus) for bus in behind if bus.planned and bus.grid_up)
    return (over_kwh - room_kw * (left_h - now_h)) / now_h


def _room_kw(bus: Bus) -> float:
    """Most by which batteries can lower what a building draws [kW]."""
    room_kw = sum(
        battery.charge_kw + battery.discharge_room_kw(bus.floor_kwh(battery)) - battery.discharge_kw
        for battery in bus.batteries
    )
    return min(bus.import_kw, room_kw)
