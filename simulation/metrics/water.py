"""Water: what was asked for at every tank and for every use, what was not served, and where it came from."""

from __future__ import annotations

from simulation.events.trajectory import Trajectory
from simulation.metrics.quantity import Kind, Quantity, Topic, key, step_means, total
from simulation.scenario.spec import Spec

__all__ = ["water"]


def water(spec: Spec, trajectory: Trajectory) -> dict[str, Quantity]:
    """Demand and shortage of every tank and of every use, rain and raw water over the whole period [m3]."""
    step_h = trajectory.clock.step_h
    found: dict[str, Quantity] = {}
    for tank, flow in step_means(trajectory, "water_demand_m3ph").items():
        found[key("water_demand_m3", tank)] = total(
            flow, step_h, unit="m³", meaning=f"water asked for at {tank}", topic=Topic.WATER
        )
    for tank, flow in step_means(trajectory, "water_unserved_m3ph").items():
        found[key("water_unserved_m3", tank)] = total(
            flow, step_h, unit="m³", meaning=f"water not served at {tank}", topic=Topic.WATER, kind=Kind.LOSS
        )
    for user, flow in step_means(trajectory, "water_use_demand_m3ph").items():
        found[key("water_use_demand_m3", user)] = total(
            flow, step_h, unit="m³", meaning=f"water asked for: {user}", topic=Topic.WATER
        )
    for user, flow in step_means(trajectory, "water_use_unserved_m3ph").items():
        found[key("water_use_unserved_m3", user)] = total(
            flow, step_h, unit="m³", meaning=f"water not served: {user}", topic=Topic.WATER, kind=Kind.LOSS
        )
    for tank, flow in step_means(trajectory, "rain_m3ph").items():
        found[key("rain_m3", tank)] = total(
            flow, step_h, unit="m³", meaning=f"rain that ran into {tank}", topic=Topic.WATER
        )
    for unit, flow in step_means(trajectory, "raw_water_m3ph").items():
        found[key("raw_water_m3", unit)] = total(
            flow, step_h, unit="m³", meaning=f"raw water that {unit} took in", topic=Topic.WATER
        )
    for pump, flow in step_means(trajectory, "pump_m3ph").items():
        found[key("pumped_m3", pump)] = total(
            flow, step_h, unit="m³", meaning=f"water lifted by {pump}", topic=Topic.WATER
        )
    return found
