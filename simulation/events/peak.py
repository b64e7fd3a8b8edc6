"""Holding the demand peak: a plan knows the expected load, the meter counts the real one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.events.balance import less_charge, more_discharge
from simulation.events.building import DUST_KW

if TYPE_CHECKING:
    from simulation.events.world import World

__all__ = ["hold_peaks"]


def hold_peaks(world: World) -> None:
    """Keep every meter below the peak that the plan counts on, as far as the batteries behind it can.

    Where more is asked for than was expected, the grid would bring the difference and the month would pay for it.
    Batteries behind the meter first charge less, then give more, down to their reserve.  A peak that was metered
    already is no lower bound of its own: the plan's peak is never below it.
    """
    plan = world.plan
    step = -1 if plan is None else plan.step_at(world.tick_minute)
    if plan is None or step < 0:
        return
    for m, limit_kw in enumerate(plan.peak_kw[step]):
        behind = [bus for bus, meter in zip(world.buses, world.meter_of, strict=True) if meter == m]
        over_kw = sum(bus.import_kw for bus in behind) - limit_kw
        for bus in behind:
            if over_kw <= DUST_KW:
                break
            if bus.planned and bus.grid_up:
                asked_kw = min(over_kw, bus.import_kw)
                cut_kw = asked_kw - more_discharge(bus, less_charge(bus, asked_kw))
                bus.import_kw -= cut_kw
                over_kw -= cut_kw
