"""When vehicles are there, in the planner's eyes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from simulation.draws.draws import Draws
from simulation.interchange.outage import down_frac
from simulation.physics.vehicle import arrival_kwh
from simulation.scenario.clock import Clock
from simulation.scenario.spec import Spec
from simulation.scenario.vehicle import Vehicle

__all__ = ["VehicleOutlook", "expected_vehicles", "first_level_kwh", "there_daily", "true_vehicles"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleOutlook:
    """Energy of every vehicle at the first edge, and the share of each step in which it is there."""

    level_kwh: Float[np.ndarray, "S Ve"]
    there_frac: Float[np.ndarray, "S T Ve"]


def there_daily(part: Vehicle, clock: Clock) -> Bool[np.ndarray, " T"]:
    """Whether the timetable has it there in each step, by the clock on the wall; the hours may pass midnight.

    >>> car = Vehicle(discharge_kw=6, capacity_kwh=40, presence="timetable", there_from_hour=18, there_until_hour=8)
    >>> from datetime import datetime
    >>> there_daily(car, Clock(start_utc=datetime(2026, 8, 2, 15), step_min=60, n_steps=24, zone="Asia/Tokyo")).sum()
    np.int64(14)
    """
    first, last, hour = part.there_from_hour, part.there_until_hour, clock.local_hour
    if first <= last:
        return (hour >= first) & (hour < last)
    return (hour >= first) | (hour < last)


def expected_vehicles(
    spec: Spec, clock: Clock, level_kwh: Float[np.ndarray, "S Ve"] | None, there: Bool[np.ndarray, "S Ve"] | None
) -> VehicleOutlook | None:
    """What a planner expects: the timetable; of those sent for, that one who is there stays, and no other comes."""
    if level_kwh is None or there is None or not spec.vehicles:
        return None
    there_frac = np.empty((len(there), clock.n_steps, len(spec.vehicles)))
    for e, placed in enumerate(spec.vehicles):
        daily = placed.part.presence == "timetable"
        there_frac[:, :, e] = there_daily(placed.part, clock) if daily else there[:, [e]]
    return VehicleOutlook(level_kwh=level_kwh, there_frac=there_frac)


def true_vehicles(spec: Spec, draws: Draws) -> VehicleOutlook | None:
    """PERFECT INFORMATION of when each is there; what it brings when it comes a second time is not counted on."""
    if draws.vehicle is None:
        return None
    fine, clock = draws.clock, spec.planning_clock
    per, feeders = clock.step_min // fine.step_min, list(spec.feeder)
    there_frac = np.zeros((draws.n_scenarios, clock.n_steps, len(spec.vehicles)))
    level_kwh = np.zeros((draws.n_scenarios, len(spec.vehicles)))
    for e, placed in enumerate(spec.vehicles):
        part, grid = placed.part, spec.building[spec.building_names[placed.building]].grid
        level_kwh[:, e] = first_level_kwh(part)
        if part.presence == "timetable":
            there_frac[:, :, e] = there_daily(part, fine).reshape(-1, per).mean(axis=1)
        elif grid is not None:
            f = feeders.index(grid.feeder)
            for s in range(draws.n_scenarios):
                if draws.vehicle.comes[s, e]:
                    down = down_frac(draws.outage, clock.hours, float(draws.vehicle.travel_h[s, e]))
                    there_frac[s, :, e] = down[s, :, f]
    return VehicleOutlook(level_kwh=level_kwh, there_frac=there_frac)


def first_level_kwh(part: Vehicle) -> float:
    """Energy when it is first there [kWh]."""
    start_kwh = part.initial_frac * part.capacity_kwh
    return start_kwh if part.presence == "timetable" else arrival_kwh(start_kwh, part.distance_km, part.use_kwh_per_km)
