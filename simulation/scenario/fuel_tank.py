"""Fuel stocks as a user describes them: the tank beside an engine, the reserve at a service station."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

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
    vehicle_shortage_jpy_per_l: NonNegative = Field(default=1_000.0, description="value of a litre not served [yen/L]")
    allowed_gap_min: NonNegative = Field(
        default=60.0, description="interruption that is still no loss of service [min]"
    )
    served_threshold_frac: Fraction = Field(default=0.99, description="share of demand that counts as served")
