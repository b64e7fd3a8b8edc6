"""Showers: how many were wanted and taken, and the service that they are."""

from __future__ import annotations

from collections.abc import Iterator

from simulation.events.trajectory import Trajectory
from simulation.metrics.interruptions import Lack, lacking_share, refine
from simulation.metrics.quantity import Quantity, Topic, key, step_means
from simulation.metrics.survival import Service, Trouble
from simulation.scenario.spec import Spec
from simulation.units import HOURS_PER_DAY

__all__ = ["shower_services", "showers"]


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


def shower_services(spec: Spec, trajectory: Trajectory) -> Iterator[Service]:
    """A hot shower for everybody who wants one in the opening hours.

    One that is missed leaves a person without for as long as it is until the next one is wanted.
    """
    wanted, taken = step_means(trajectory, "showers_wanted_ph"), step_means(trajectory, "showers_taken_ph")
    step_h = trajectory.clock.step_h
    for placed in spec.showers:
        name, part = placed.name, placed.part
        if name not in wanted or not wanted[name].any():
            continue
        missed_ph = (wanted[name] - taken[name]).clip(min=0.0)
        share = lacking_share(wanted[name], missed_ph)
        lack = Lack(share=share, allowed=1.0 - part.served_threshold_frac, step_h=step_h)
        began = ("showers_short", "showers_still_short")
        yield Service(
            name=name,
            meaning=f"hot showers at {name}",
            allowed_gap_min=part.allowed_gap_min,
            served_threshold_frac=part.served_threshold_frac,
            interruptions=refine(lack, None),
            unserved_person_h=missed_ph * step_h * part.every_days * HOURS_PER_DAY,
            troubles=(Trouble(element=name, began=began, over="showers_enough"),),
        )
