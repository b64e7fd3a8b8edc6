"""When the scenario happens, and its three time steps."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from pydantic import Field, field_validator, model_validator

from simulation.scenario.clock import Clock
from simulation.scenario.part import LocalTime, Part
from simulation.units import SECONDS_PER_HOUR, STEP_MINUTES

__all__ = ["Period"]

_FIRST_YEAR, _LAST_YEAR = 1949, 2099
"""Years of the Japanese calendar of holidays: from the law of 1948 on, to the last computed equinox."""


class Period(Part):
    """First local midnight (or moment), length in local calendar days, and the planning, control and metering steps."""

    start: LocalTime = Field(description="local wall-clock time of the first step, e.g. 2026-08-03 or 2026-08-03T06:00")
    days: int = Field(ge=1, le=3660, description="length in calendar days of the place [days]")
    planning_step_min: int = Field(default=30, description="step of the optimiser's plan [min]")
    control_step_min: int = Field(default=30, description="step at which the plant is redispatched [min]")
    metering_step_min: int = Field(
        default=30, description="interval over which the demand charge's mean is taken [min]"
    )

    @field_validator("start", mode="before")
    @classmethod
    def _from_midnight(cls, value: object) -> object:
        if isinstance(value, date) and not isinstance(value, datetime):
            return datetime(value.year, value.month, value.day)
        return value

    @field_validator("start")
    @classmethod
    def _has_a_calendar(cls, value: datetime) -> datetime:
        if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
            raise ValueError(f"legal: a year from {_FIRST_YEAR} to {_LAST_YEAR}, for which public holidays are known")
        return value

    @field_validator("planning_step_min", "control_step_min", "metering_step_min")
    @classmethod
    def _legal_step(cls, value: int) -> int:
        if value not in STEP_MINUTES:
            raise ValueError(f"legal: one of {', '.join(map(str, STEP_MINUTES))} minutes")
        return value

    @model_validator(mode="after")
    def _steps_fit(self) -> Period:
        if self.planning_step_min % self.control_step_min:
            raise ValueError(
                f"control_step_min {self.control_step_min} does not divide planning_step_min {self.planning_step_min}; "
                "legal: a control step that divides the planning step"
            )
        if self.start.second or self.start.microsecond or self.start.minute % self.planning_step_min:
            raise ValueError(
                f"start {self.start} is not on a planning step; legal: whole minutes that are a multiple of "
                f"{self.planning_step_min} after the hour"
            )
        if self.start.minute % self.metering_step_min:
            raise ValueError(
                f"start {self.start} is within a metering interval, whose mean nobody would know; legal: whole minutes "
                f"that are a multiple of {self.metering_step_min} after the hour"
            )
        if self.end.year > _LAST_YEAR + 1:
            raise ValueError(f"the period ends on {self.end:%Y-%m-%d}; legal: an end in {_LAST_YEAR} at the latest")
        return self

    @property
    def end(self) -> datetime:
        """Local wall-clock time at which the period is over."""
        return self.start + timedelta(days=self.days)

    def holds(self, moment: datetime) -> bool:
        """Whether a local moment, without an offset, lies in the period; its end no longer does."""
        return moment.tzinfo is None and self.start <= moment < self.end

    def clock(self, zone: ZoneInfo) -> Clock:
        """The control-step grid of the whole period in the given zone; a day may have 23 or 25 hours."""
        first = _utc(self.start, zone)
        last = _utc(self.end, zone)
        minutes = round((last - first).total_seconds() / 60)
        n_steps = minutes // self.control_step_min
        return Clock(start_utc=first, step_min=self.control_step_min, n_steps=n_steps, zone=zone.key)

    def hour_of(self, moment: datetime, zone: ZoneInfo) -> float:
        """Hours from the start of the period to a local wall-clock moment [h]."""
        return (_utc(moment, zone) - _utc(self.start, zone)).total_seconds() / SECONDS_PER_HOUR


def _utc(moment: datetime, zone: ZoneInfo) -> datetime:
    """A local wall-clock moment as naive UTC; in the hour that comes twice the first, in a skipped hour the next."""
    stamp = pd.DatetimeIndex([moment]).tz_localize(zone, ambiguous=np.array([True]), nonexistent="shift_forward")
    return stamp.tz_convert("UTC").tz_localize(None).to_pydatetime()[0]
