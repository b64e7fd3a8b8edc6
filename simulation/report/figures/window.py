"""Which scenario stands for all, and which days of a long period are drawn step by step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulation.events.trajectory import Trajectory
from simulation.metrics.metrics import Metrics
from simulation.metrics.reference import dark
from simulation.scenario.spec import Spec
from simulation.units import HOURS_PER_DAY

__all__ = ["Window", "choose"]

_LONGEST_DAYS = 10
_SHOWN_DAYS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Row and number of the scenario that is shown, and the steps from ``first`` to before ``end``."""

    row: int
    scenario_id: int
    first: int
    end: int
    words: str


def choose(spec: Spec, trajectory: Trajectory, metrics: Metrics) -> Window:
    """The scenario with the median of cost and losses; all days, or about a week round what matters."""
    worth = metrics.per_scenario["cost_jpy"].values + metrics.per_scenario["lost_jpy"].values
    row = int(np.argsort(worth, kind="stable")[(len(worth) - 1) // 2])
    number = int(trajectory.scenario_ids[row])
    words = f"scenario {number}, the median of {len(worth):,} by cost and losses"
    if len(worth) == 1:
        words = f"scenario {number}, the only one"
    clock = trajectory.clock
    if clock.days <= _LONGEST_DAYS:
        return Window(row=row, scenario_id=number, first=0, end=clock.n_steps, words=words)
    steps_a_day = HOURS_PER_DAY / clock.step_h
    centre = _moment_step(spec, trajectory, row)
    first = int(max(0, centre - 1.5 * steps_a_day) // steps_a_day * steps_a_day)
    end = min(clock.n_steps, first + round(_SHOWN_DAYS * steps_a_day))
    return Window(
        row=row, scenario_id=number, first=first, end=end, words=f"{words}; {_SHOWN_DAYS} of {clock.days:g} days"
    )


def _moment_step(spec: Spec, trajectory: Trajectory, row: int) -> int:
    """Step of the strike; else of the first outage; else of the highest import."""
    clock = trajectory.clock
    if spec.hazard_h is not None and 0.0 <= spec.hazard_h < clock.duration_h:
        return int(spec.hazard_h / clock.step_h)
    lost = dark(trajectory)[row].any(axis=1)
    if lost.any():
        return int(np.argmax(lost))
    return int(np.argmax(trajectory.flows["import_kw"].values[row].sum(axis=1)))
