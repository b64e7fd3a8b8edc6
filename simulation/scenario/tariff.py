"""What a kilowatt-hour and a kilowatt cost: bands by time, demand charge with its ratchet, export, CO2."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from jaxtyping import Float
from pydantic import Field, model_validator

from simulation.scenario.clock import Clock
from simulation.scenario.part import NonNegative, Part

__all__ = ["Band", "Tariff"]

DayKind = Literal["weekday", "saturday", "sunday_holiday"]
Month = Annotated[int, Field(ge=1, le=12)]


class Band(Part):
    """An energy price and when it holds; the first band of a tariff that matches a step sets its price."""

    jpy_per_kwh: float = Field(description="energy price [yen/kWh]")
    months: tuple[Month, ...] = Field(
        default=tuple(range(1, 13)), min_length=1, description="months in which it holds, 1 to 12"
    )
    from_hour: float = Field(default=0.0, ge=0, le=24, description="first local hour [h]")
    to_hour: float = Field(default=24.0, ge=0, le=24, description="local hour at which it ends [h]")
    days: tuple[DayKind, ...] = Field(
        default=("weekday", "saturday", "sunday_holiday"),
        min_length=1,
        description="kinds of day on which it holds",
    )

    @model_validator(mode="after")
    def _ordered(self) -> Band:
        if not self.from_hour < self.to_hour:
            raise ValueError(
                f"from_hour {self.from_hour:g} is not before to_hour {self.to_hour:g}; legal: hours of one day, the "
                "earlier first; split a band that runs past midnight in two"
            )
        return self


class Tariff(Part):
    """A contract for grid power.

    The demand charge falls on the highest mean over a metering interval, in the month and the ``ratchet_months - 1``
    before it.  The power-factor term lowers (or raises) it by ``power_factor_frac`` of itself: in Japan 1 % for each
    point above (below) 85 %, so 0.15 at unity.
    """

    band: tuple[Band, ...] = Field(min_length=1, description="energy prices; the first that matches holds")
    demand_jpy_per_kw_month: NonNegative = Field(default=0.0, description="demand charge [yen per kW and month]")
    power_factor_frac: float = Field(default=0.0, ge=-0.85, le=0.15, description="share taken off the demand charge")
    ratchet_months: int = Field(default=12, ge=1, le=12, description="months over which the highest demand counts")
    export_jpy_per_kwh: float = Field(default=0.0, description="price paid for power sent out [yen/kWh]")
    levy_jpy_per_kwh: NonNegative = Field(default=0.0, description="levies added to every band [yen/kWh]")
    co2_kg_per_kwh: NonNegative = Field(default=0.0, description="emission factor of grid power [kg/kWh]")

    @model_validator(mode="after")
    def _whole_week_priced(self) -> Tariff:
        kinds: tuple[DayKind, ...] = ("weekday", "saturday", "sunday_holiday")
        edges = sorted({0.0, *(hour for band in self.band for hour in (band.from_hour, band.to_hour))} - {24.0})
        for month in range(1, 13):
            for kind in kinds:
                for hour in edges:
                    if not any(_matches(band, month, kind, hour) for band in self.band):
                        raise ValueError(
                            f"no band covers month {month}, {kind}, {hour:g} h; legal: bands for the whole year; "
                            "add one without limits last"
                        )
        return self

    @property
    def demand_after_power_factor_jpy(self) -> float:
        """Demand charge with its power-factor term [yen per kW and month]."""
        return self.demand_jpy_per_kw_month * (1.0 - self.power_factor_frac)

    def energy_jpy_per_kwh(self, clock: Clock) -> Float[np.ndarray, " T"]:
        """Energy price of every step, levies included [yen/kWh]; the calendar is the Japanese one."""
        sunday = (clock.weekday == 6) | clock.is_holiday
        saturday = (clock.weekday == 5) & ~sunday
        kind_masks = {"weekday": ~sunday & ~saturday, "saturday": saturday, "sunday_holiday": sunday}
        price = np.full(clock.n_steps, np.nan)
        for band in self.band:
            day = np.logical_or.reduce([kind_masks[kind] for kind in band.days])
            hour = (clock.local_hour >= band.from_hour) & (clock.local_hour < band.to_hour)
            here = day & hour & np.isin(clock.local_month, band.months) & np.isnan(price)
            price[here] = band.jpy_per_kwh
        return price + self.levy_jpy_per_kwh


def _matches(band: Band, month: int, kind: DayKind, hour: float) -> bool:
    return month in band.months and kind in band.days and band.from_hour <= hour < band.to_hour
