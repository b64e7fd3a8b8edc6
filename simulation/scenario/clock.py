"""The time grid: steps of equal length in UTC, with the wall clock of the place beside each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import holidays
import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int

from simulation.units import HOURS_PER_DAY, MINUTES_PER_HOUR

__all__ = ["Clock"]


@dataclass(frozen=True, kw_only=True)
class Clock:
    """``n_steps`` steps of ``step_min`` minutes from ``start_utc``; every label marks the START of its step.

    The grid is even in UTC, so a day of 23 or 25 hours simply has fewer or more steps; what the clock on the wall
    shows at each step is derived, never counted.

    >>> clock = Clock(start_utc=datetime(2026, 8, 2, 15), step_min=30, n_steps=48, zone="Asia/Tokyo")
    >>> clock.local_hour[:3]
    array([0. , 0.5, 1. ])
    """

    start_utc: datetime
    step_min: int
    n_steps: int
    zone: str

    def __post_init__(self) -> None:
        if self.start_utc.tzinfo is not None:
            raise ValueError(f"start_utc: given {self.start_utc!r}; legal: a naive datetime in UTC")
        if self.n_steps < 1:
            raise ValueError(f"n_steps: given {self.n_steps}; legal: at least 1")

    @property
    def step_h(self) -> float:
        """Length of a step [h]."""
        return self.step_min / MINUTES_PER_HOUR

    @property
    def duration_h(self) -> float:
        """Length of the whole period [h]."""
        return self.n_steps * self.step_h

    @cached_property
    def hours(self) -> Float[np.ndarray, " T1"]:
        """Hours from the start, at the edges of the steps; computed from integers, so that they never drift [h]."""
        return np.arange(self.n_steps + 1) * self.step_min / MINUTES_PER_HOUR

    @cached_property
    def utc(self) -> pd.DatetimeIndex:
        """UTC start of every step, length T."""
        return pd.date_range(self.start_utc, periods=self.n_steps, freq=f"{self.step_min}min", tz="UTC")

    @cached_property
    def local(self) -> pd.DatetimeIndex:
        """Wall-clock start of every step in the zone, length T."""
        return self.utc.tz_convert(ZoneInfo(self.zone))

    @cached_property
    def local_hour(self) -> Float[np.ndarray, " T"]:
        """Hour of the local day at the start of every step, with its fraction [h]."""
        local = self.local
        return local.hour.to_numpy() + local.minute.to_numpy() / MINUTES_PER_HOUR

    @cached_property
    def local_month(self) -> Int[np.ndarray, " T"]:
        """Month of the local date, 1 to 12."""
        return self.local.month.to_numpy().astype(np.int64)

    @cached_property
    def local_day(self) -> Int[np.ndarray, " T"]:
        """Number of the local calendar day, 0 for the day of the first step."""
        dates = self.local.tz_localize(None).normalize()
        return ((dates - dates[0]) // pd.Timedelta(days=1)).to_numpy().astype(np.int64)

    @cached_property
    def weekday(self) -> Int[np.ndarray, " T"]:
        """Day of the local week, 0 Monday to 6 Sunday."""
        return self.local.day_of_week.to_numpy().astype(np.int64)

    @cached_property
    def is_holiday(self) -> Bool[np.ndarray, " T"]:
        """True on a Japanese public holiday (substitute holidays included)."""
        dates = self.local.date
        calendar = holidays.country_holidays("JP", years=range(dates[0].year, dates[-1].year + 1))
        known = {day: day in calendar for day in set(dates)}
        return np.array([known[day] for day in dates], dtype=bool)

    def window(self, first_step: int, n_steps: int) -> Clock:
        """The part of this grid that begins at ``first_step``, ``n_steps`` long (it may reach past the end)."""
        start = self.start_utc + timedelta(minutes=first_step * self.step_min)
        return Clock(start_utc=start, step_min=self.step_min, n_steps=n_steps, zone=self.zone)

    def refined(self, step_min: int) -> Clock:
        """The same period on steps of another length, which must divide it evenly [min]."""
        total_min = self.n_steps * self.step_min
        if total_min % step_min:
            raise ValueError(f"step_min: given {step_min}; legal: a divisor of the period of {total_min} min")
        return Clock(start_utc=self.start_utc, step_min=step_min, n_steps=total_min // step_min, zone=self.zone)

    def local_text(self, hour: float) -> str:
        """The wall clock ``hour`` hours after the start, as ``2019-09-09 03:00``."""
        moment = pd.Timestamp(self.start_utc, tz="UTC") + pd.Timedelta(hours=hour)
        return moment.round("min").tz_convert(ZoneInfo(self.zone)).strftime("%Y-%m-%d %H:%M")

    @property
    def days(self) -> float:
        """Length of the period in days of 24 hours."""
        return self.duration_h / HOURS_PER_DAY
