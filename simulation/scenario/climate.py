"""Climates as they stand in presets/climate.toml: the sun and temperature that daily weather is drawn from."""

from __future__ import annotations

from pydantic import Field, model_validator

from simulation.errors import Fault, ScenarioError
from simulation.scenario.part import Fraction, NonNegative, Part, Positive
from simulation.scenario.preset import preset_names, read_presets

__all__ = ["Climate", "read_climate"]

_MONTH_DAYS = (31.0, 28.25, 31.0, 30.0, 31.0, 30.0, 31.0, 31.0, 30.0, 31.0, 30.0, 31.0)


class Climate(Part):
    """Monthly means of a place, and how far days and hours stray from them.

    Clearness is the share of a cloudless sky's irradiance that reaches the ground.  It is drawn as::

        clearness = darkest + (brightest - darkest) * logistic(month's level + day_spread * z + hour_spread * y)

    with standard normal errors ``z`` from day to day and ``y`` within the day, both first-order autoregressive; the
    month's level is solved so that the mean irradiation is that of the climate.  Temperature is a yearly and a daily
    sine with a first-order autoregressive error from day to day.
    """

    title: str = Field(description="the place, for people")
    plane_10_kwh_per_m2_day: tuple[Positive, ...] = Field(
        min_length=12,
        max_length=12,
        description="mean irradiation on a plane 10 degrees to the south, by month [kWh/m2 per day]",
    )
    rain_mm_per_month: tuple[NonNegative, ...] | None = Field(
        default=None, min_length=12, max_length=12, description="mean rain and molten snow by month [mm]"
    )
    linke_turbidity: float = Field(default=3.0, ge=1, le=10, description="haze of the cloudless sky (Ineichen's model)")
    albedo_frac: Fraction = Field(default=0.2, description="share of light that the ground throws back")
    darkest_frac: Fraction = Field(default=0.05, description="lowest clearness")
    brightest_frac: Positive = Field(default=1.05, description="highest clearness")
    day_spread: NonNegative = Field(description="spread of clearness from day to day, in logits")
    day_correlation: Fraction = Field(description="correlation of one day's clearness with the next")
    hour_spread: NonNegative = Field(description="spread of clearness within the day, in logits")
    hour_correlation: Fraction = Field(description="correlation of that within-day error over one hour")
    mean_c: float = Field(description="mean temperature of the year [C]")
    seasonal_swing_c: NonNegative = Field(description="warmest day over the mean of the year [C]")
    warmest_day: float = Field(ge=1, le=366, description="day of the year that is warmest on average")
    daily_swing_c: NonNegative = Field(description="warmest hour over the mean of the day [C]")
    warmest_hour: float = Field(ge=0, lt=24, description="local hour that is warmest on average [h]")
    temperature_std_c: NonNegative = Field(description="standard deviation of a day's error [C]")
    temperature_correlation: Fraction = Field(description="correlation of one day's error with the next")

    @property
    def rain_mm_per_day(self) -> tuple[float, ...]:
        """Mean rain by month [mm/day]; ValueError where it is not known."""
        if self.rain_mm_per_month is None:
            raise ValueError(f"{self.title}: rain_mm_per_month is not known; legal: a climate with rain")
        return tuple(month / days for month, days in zip(self.rain_mm_per_month, _MONTH_DAYS, strict=True))

    @model_validator(mode="after")
    def _ordered(self) -> Climate:
        if not self.darkest_frac < self.brightest_frac:
            raise ValueError(
                f"darkest_frac {self.darkest_frac:g} is not below brightest_frac {self.brightest_frac:g}; "
                "legal: the darker one smaller"
            )
        return self


def read_climate(name: str) -> Climate:
    """A climate of presets/climate.toml by name; a ScenarioError lists the names where there is none.

    >>> read_climate("imajo").mean_c
    12.6
    """
    tables = read_presets("climate")
    if name not in tables:
        fault = Fault(where="place.climate", given=repr(name), legal=", ".join(preset_names("climate")))
        raise ScenarioError("presets/climate.toml", [fault])
    return Climate.model_validate(tables[name])
