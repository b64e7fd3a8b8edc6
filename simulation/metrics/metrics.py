"""The Metrics: what a Trajectory came to, number by number, each with its error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from simulation.events.trajectory import Trajectory
from simulation.metrics import cost, power
from simulation.metrics.causes import CauseTable, cause_tables
from simulation.metrics.depletion import Depletion, depletions
from simulation.metrics.estimate import FEW_LOSSES, Estimate
from simulation.metrics.fuel import fuel
from simulation.metrics.people import people
from simulation.metrics.quantity import Quantity
from simulation.metrics.reference import reference
from simulation.metrics.service_station import stations
from simulation.metrics.services import services
from simulation.metrics.shower import showers
from simulation.metrics.stocks import first_to_run_out, hours_to_empty, run_out
from simulation.metrics.survival import SurvivalCurve, curve, ends_h, given, survived
from simulation.metrics.toilet import toilets
from simulation.metrics.water import water
from simulation.scenario.spec import Spec

__all__ = ["Metrics", "assess"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """Every quantity per scenario and as an Estimate, the survival curves, and what ran out first.

    ``depletion`` says when each stock ran out, as a distribution; ``causes`` traces what went unserved back to where it
    began.  ``notes`` says what to keep in mind about the numbers; ``rare`` names those that rest on few losses.
    """

    scenario_ids: Int[np.ndarray, " S"]
    per_scenario: Mapping[str, Quantity]
    estimates: Mapping[str, Estimate]
    survival: tuple[SurvivalCurve, ...]
    survival_from: str
    first_to_run_out: Mapping[str, int]
    rare: tuple[str, ...]
    notes: tuple[str, ...]
    perfect_information: bool
    depletion: tuple[Depletion, ...] = ()
    causes: tuple[CauseTable, ...] = ()


def assess(spec: Spec, trajectory: Trajectory) -> Metrics:
    """Metrics of a Trajectory, from its arrays and events alone.

    Every quantity has one value per scenario, aligned with ``trajectory.scenario_ids``, so that configurations run on
    the same draws can be compared pair by pair.
    """
    start = reference(spec, trajectory)
    lost = cost.lost(spec, trajectory)
    found = cost.cash(spec, trajectory) | lost | cost.yearly(spec, trajectory, lost["lost_jpy"].values)
    found |= power.peaks(spec, trajectory) | power.energy(spec, trajectory) | power.exchange(spec, trajectory)
    found |= power.carbon(spec, trajectory) | power.unserved(spec, trajectory)
    found |= water(spec, trajectory) | fuel(spec, trajectory) | people(spec, trajectory)
    found |= showers(trajectory) | toilets(spec, trajectory, start) | stations(spec, trajectory)
    hours = hours_to_empty(spec, trajectory, start)
    found |= run_out(hours)
    curves = []
    known = services(spec, trajectory)
    for service in known:
        ends = ends_h(service, start)
        curves.append(curve(service, ends, start, trajectory.clock.step_h))
        found |= survived(service, ends, start) | given(service, start)
    for quantity in found.values():
        quantity.values.flags.writeable = False
    estimates = {name: quantity.estimate() for name, quantity in found.items()}
    return Metrics(
        scenario_ids=trajectory.scenario_ids,
        per_scenario=found,
        estimates=estimates,
        survival=tuple(curves),
        survival_from=start.words,
        first_to_run_out=first_to_run_out(hours),
        rare=_rare(estimates),
        notes=_notes(spec, trajectory),
        perfect_information=trajectory.perfect_information,
        depletion=depletions(hours),
        causes=cause_tables(known, trajectory),
    )


def _rare(estimates: Mapping[str, Estimate]) -> tuple[str, ...]:
    """One sentence for every loss that only a few of the scenarios had."""
    return tuple(
        f"{name}: {estimate.losses} of {estimate.n:,} scenarios had a loss, fewer than {FEW_LOSSES}: take its "
        "interval as a rough guide, and draw more scenarios before resting a decision on it"
        for name, estimate in estimates.items()
        if estimate.few_losses
    )


def _notes(spec: Spec, trajectory: Trajectory) -> tuple[str, ...]:
    notes = []
    step_min, metering_min = trajectory.clock.step_min, spec.period.metering_step_min
    if step_min > metering_min:
        notes.append(
            f"Peaks are {step_min}-minute means, but the meter takes {metering_min} minutes: they understate the "
            f"demand charge. Set control_step_min to {metering_min} or less to mend this."
        )
    local = trajectory.clock.local
    months = len({(moment.year, moment.month) for moment in (local[0], local[-1])})
    if trajectory.clock.days < 28 or months > 1:
        notes.append(
            "The demand charge counts every month that the period touches as a whole month, as a bill would; it is not "
            "spread over the days."
        )
    return tuple(notes)
