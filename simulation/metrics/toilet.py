"""Toilets: how long each was out of use after the strike, and how much trucks took away."""

from __future__ import annotations

from simulation.events.trajectory import Trajectory
from simulation.metrics.quantity import Kind, Quantity, Topic, key, step_means, total
from simulation.metrics.reference import Reference
from simulation.scenario.spec import Spec

__all__ = ["toilets"]


def toilets(spec: Spec, trajectory: Trajectory, reference: Reference) -> dict[str, Quantity]:
    """Hours after the reference in which toilets could not be used, and litres that trucks took away."""
    step_h = trajectory.clock.step_h
    after = trajectory.clock.hours[None, :-1] >= reference.start_h[:, None] - 1e-9
    found: dict[str, Quantity] = {}
    for name, up in step_means(trajectory, "toilet_up_frac").items():
        found[key("toilets_out_h", name)] = total(
            (1.0 - up) * after,
            step_h,
            unit="h",
            meaning=f"time in which nobody could use {name}",
            topic=Topic.PEOPLE,
            kind=Kind.LOSS,
        )
    for name, taken in step_means(trajectory, "delivered").items():
        if spec.delivery[name].to.split(".")[1] == "toilet":
            found[key("toilets_emptied_l", name)] = total(
                taken, step_h, unit="L", meaning=f"taken out of toilets by {name}", topic=Topic.PEOPLE
            )
    return found
