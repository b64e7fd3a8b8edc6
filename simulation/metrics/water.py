"""Water: what was asked for at every tank, and what was not served."""

from __future__ import annotations

from simulation.events.trajectory import Trajectory
from simulation.metrics.quantity import Kind, Quantity, Topic, key, step_means, total
from simulation.scenario.spec import Spec

__all__ = ["water"]


def water(spec: Spec, trajectory: Trajectory) -> dict[str, Quantity]:
    """Demand and shortage of every tank over the whole period [m3]."""
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
    for pump, flow in step_means(trajectory, "pump_m3ph").items():
        found[key("pumped_m3", pump)] = total(
            flow, step_h, unit="m³", meaning=f"water lifted by {pump}", topic=Topic.WATER
        )
    return found
