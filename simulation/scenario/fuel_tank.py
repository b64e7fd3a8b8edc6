"""Fuel stocks as a user describes them: the tank beside an engine, the reserve at a service station."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from simulation.scenario.part import Asset, Fraction, NonNegative, Positive

__all__ = ["FuelTank"]


class FuelTank(Asset):
    """A stock of one fuel, and the vehicles that draw on it by agreement while the disaster lasts."""

    fuel: Literal["diesel", "heavy_oil", "kerosene", "lpg", "petrol", "lubricating_oil"] = Field(
        description="what it holds"
    )
    capacity_l: Positive = Field(description="usable volume [L]")
    initial_frac: Fraction = Field(default=1.0, description="level at the start, of capacity")
    permit: Literal["none", "notice", "full"] = Field(
        default="full",
        description="what the fire law asks of it: none below a fifth of the designated quantity in "
        "presets/fire_law.toml, a notice below all of it, else a full permit; all tanks of a building without a full "
        "one count together",
    )
    vehicle_demand_l_per_day: NonNegative = Field(
        default=0.0, description="drawn by emergency vehicles from the start of [hazard] on [L/day]"
    )
    vehicles: Positive | None = Field(
        default=None,
        description="emergency vehicles that share that demand, each with one driver who goes without when it is not "
        "served; default: not known, and no person-hours are counted",
    )
    vehicle_shortage_jpy_per_l: NonNegative = Field(default=1_000.0, description="value of a litre not served [yen/L]")
    allowed_gap_min: NonNegative = Field(
        default=60.0, description="interruption that is still no loss of service [min]"
    )
    served_threshold_frac: Fraction = Field(default=0.99, description="share of demand that counts as served")

    @model_validator(mode="after")
    def _vehicles_draw_something(self) -> FuelTank:
        if self.vehicles is not None and self.vehicle_demand_l_per_day == 0.0:
            raise ValueError(f"vehicles {self.vehicles:g} without vehicle_demand_l_per_day; legal: both, or neither")
        return self
