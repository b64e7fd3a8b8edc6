"""From power on the control grid to what a meter reads: means over the metering interval, by month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from simulation.scenario.clock import Clock
from simulation.units import MINUTES_PER_HOUR

__all__ = ["Metered", "metered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metered:
    """Means over J metering intervals, and the month of each: 0 for the first of the period."""

    mean_kw: Float[np.ndarray, "S J"]
    month: Int[np.ndarray, " J"]

    def monthly_peak_kw(self) -> Float[np.ndarray, "S Mo"]:
        """Highest mean of every month that the period touches [kW]."""
        n_months = int(self.month[-1]) + 1
        return np.stack([self.mean_kw[:, self.month == month].max(axis=1) for month in range(n_months)], axis=1)


def metered(clock: Clock, power_kw: Float[np.ndarray, "S T"], metering_step_min: int) -> Metered:
    """Mean power over every metering interval; the intervals begin on the wall clock's full hour.

    Power is taken as constant within a control step, so an interval shorter than the step has the mean of the step,
    which understates a peak.  An interval that the period cuts is averaged over the part that lies inside.
    """
    total_min = clock.n_steps * clock.step_min
    local = clock.local
    offset_min = int(local.minute[0]) % metering_step_min
    edges_min = np.arange(-offset_min, total_min + metering_step_min, metering_step_min)
    edges_min = np.unique(np.clip(edges_min, 0, total_min))
    energy = np.concatenate([np.zeros((len(power_kw), 1)), np.cumsum(power_kw, axis=1) * clock.step_h], axis=1)
    step = np.minimum(edges_min // clock.step_min, clock.n_steps - 1)
    part_h = (edges_min - step * clock.step_min) / MINUTES_PER_HOUR
    at_edge = energy[:, step] + power_kw[:, step] * part_h
    mean_kw = np.diff(at_edge, axis=1) / (np.diff(edges_min) / MINUTES_PER_HOUR)
    months = (local.year.to_numpy() * 12 + local.month.to_numpy()).astype(np.int64)
    return Metered(mean_kw=mean_kw, month=(months - months[0])[step[:-1]])
