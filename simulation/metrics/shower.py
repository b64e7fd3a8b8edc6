"""Showers: how many were wanted, and how many were taken."""

from __future__ import annotations

from simulation.events.trajectory import Trajectory
from simulation.metrics.quantity import Quantity, Topic, key, step_means

__all__ = ["showers"]


def showers(trajectory: Trajectory) -> dict[str, Quantity]:
    """Showers wanted and taken at every place over the whole period."""
    step_h = trajectory.clock.step_h
    found: dict[str, Quantity] = {}
    for word in ("wanted", "taken"):
        for place, flow in step_means(trajectory, f"showers_{word}_ph").items():
            found[key(f"showers_{word}", place)] = Quantity(
                values=flow.sum(axis=1) * step_h,
                unit="showers",
                meaning=f"hot showers {word} at {place}",
                topic=Topic.PEOPLE,
            )
    return found
