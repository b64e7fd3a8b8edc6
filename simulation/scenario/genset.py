"""Engine-driven generators and CHP as a user describes them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from simulation.scenario.day_tank import DayTank
from simulation.scenario.oil import Oil
from simulation.scenario.part import Asset, Fraction, Name, NonNegative, Positive, Probability
from simulation.scenario.reliability import filled_in

__all__ = ["Genset"]


class Genset(Asset):
    """``count`` engines of one kind; fuel flow is ``fuel_slope_l_per_kwh * P + fuel_intercept_lph_per_kw * rated``.

    Without a ``fuel_tank`` the fuel comes by pipe and is endless while the pipe holds (litres then stand for the
    fuel's own unit, e.g. m3 of gas).
    """

    rated_kw: Positive = Field(description="electric power of one engine [kW]")
    count: int = Field(default=1, ge=1, le=50, description="number of like engines")
    operation: Literal["emergency", "always"] = Field(
        default="emergency", description="runs only while the grid is lost, or whenever it pays"
    )
    fuel: Literal["diesel", "heavy_oil", "kerosene", "lpg", "petrol", "city_gas", "natural_gas"] = Field(
        description="what it burns"
    )
    fuel_tank: Name | None = Field(default=None, description="fuel_tank of the same building; default: by pipe")
    fuel_slope_l_per_kwh: NonNegative = Field(description="marginal fuel [L/kWh]")
    fuel_intercept_lph_per_kw: NonNegative = Field(
        default=0.0, description="fuel at no load, per rated kW [L/h per kW]"
    )
    fuel_jpy_per_l: NonNegative = Field(description="price of fuel [yen/L]")
    co2_kg_per_l: NonNegative = Field(default=0.0, description="emission factor of the fuel [kg/L]")
    min_load_frac: Fraction = Field(default=0.0, description="lowest steady load, of rated")
    start: Literal["auto", "manual"] = Field(default="auto", description="who starts it")
    start_delay_min: NonNegative = Field(
        default=1.0, description="median time from the loss of the grid to power [min]"
    )
    start_delay_sigma: NonNegative = Field(
        default=0.0, description="sigma of its lognormal, one draw a scenario for all ``count``; default: it is certain"
    )
    rides_through: bool = Field(
        default=False, description="whether it carries on when the grid is lost while it runs, or trips with it"
    )
    least_rest_min: NonNegative = Field(
        default=60.0,
        description="rest after a stop for want of work, and the shortest worth a stop [min]; default, an assumption: "
        "an engine is not started more than once an hour",
    )
    least_run_min: NonNegative = Field(
        default=30.0,
        description="least run in an island before a stop for want of work [min]; default, an assumption: half an "
        "hour, so that an engine gets warm",
    )
    start_cost_jpy: NonNegative = Field(default=0.0, description="cost of a start [yen]")
    reliability: str | None = Field(
        default=None,
        description="set of figures in presets/reliability.toml for the next three, where they are not given here",
    )
    availability_frac: Fraction = Field(default=1.0, description="chance that it is fit for service at the start")
    start_failure_prob: Probability = Field(default=0.0, description="chance that a start fails")
    mean_time_to_failure_h: Positive | None = Field(
        default=None, description="mean running time to failure; default: none [h]"
    )
    mean_time_to_repair_h: Positive | None = Field(default=None, description="mean repair time; default: no repair [h]")
    common_cause_frac: Fraction = Field(
        default=0.0,
        description="beta factor: share of its failures (unfit at the start, failed starts, running failures) that all "
        "``count`` engines have in common",
    )
    crew: Name | None = Field(default=None, description="[crew.*] that repairs it; default: somebody can at once")
    pipe: Name | None = Field(
        default=None, description="[gas.*] network that feeds it; default: a pipe that never fails, or a tank"
    )
    day_tank: DayTank | None = Field(default=None, description="tank on its own frame, filled from its fuel_tank")
    heat_kwh_per_kwh: NonNegative = Field(
        default=0.0, description="heat that it leaves in the building's hot water, per kWh of power [kWh/kWh]"
    )
    oil: Oil | None = Field(default=None, description="lubricating oil; default: it never runs out")
    capital_jpy_per_kw: NonNegative = Field(default=0.0, description="cost of one kW more [yen/kW]")

    @model_validator(mode="before")
    @classmethod
    def _reliable_as_named(cls, table: Any) -> Any:
        return filled_in(table)

    @model_validator(mode="after")
    def _fed_one_way(self) -> Genset:
        if self.pipe is not None and self.fuel_tank is not None:
            raise ValueError(f"pipe {self.pipe!r} and fuel_tank {self.fuel_tank!r}; legal: one of them")
        if self.day_tank is None:
            return self
        full_lph = (self.fuel_slope_l_per_kwh + self.fuel_intercept_lph_per_kw) * self.rated_kw
        if self.fuel_tank is None:
            raise ValueError("day_tank without a fuel_tank to fill it from; legal: name one of the building")
        if self.day_tank.transfer_lph < full_lph:
            raise ValueError(
                f"day_tank.transfer_lph {self.day_tank.transfer_lph:g}; legal: at least what it burns at full load, "
                f"{full_lph:g} L/h"
            )
        return self
