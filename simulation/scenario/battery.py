"""Batteries as a user describes them."""

from __future__ import annotations

from pydantic import Field, model_validator

from simulation.scenario.part import Asset, Fraction, NonNegative, Positive

__all__ = ["Battery"]


class Battery(Asset):
    """A stationary battery: power, energy, losses, and the band it may be used in."""

    charge_kw: Positive = Field(description="most it takes, at its terminals [kW]")
    discharge_kw: Positive = Field(description="most it gives, at its terminals [kW]")
    capacity_kwh: Positive = Field(description="energy between empty and full [kWh]")
    charge_efficiency_frac: float = Field(default=0.95, gt=0, le=1, description="stored over taken")
    discharge_efficiency_frac: float = Field(default=0.95, gt=0, le=1, description="given over drawn from store")
    standing_loss_frac_per_h: float = Field(
        default=0.0, ge=0, lt=1, description="share of the level lost per hour [1/h]"
    )
    min_level_frac: Fraction = Field(default=0.0, description="lowest usable level, of capacity")
    max_level_frac: Fraction = Field(default=1.0, description="highest usable level, of capacity")
    initial_level_frac: Fraction = Field(default=0.5, description="level at the start, of capacity")
    emergency_reserve_frac: Fraction = Field(
        default=0.0, description="kept back by the planner while the grid is up, of capacity"
    )
    forms_grid: bool = Field(default=True, description="whether it can carry an island alone")
    wear_jpy_per_kwh: NonNegative = Field(default=0.0, description="ageing cost of each kWh discharged [yen/kWh]")
    capital_jpy_per_kwh: NonNegative = Field(
        default=200_000.0, description="cost of one kWh more [yen/kWh]; secondary source"
    )
    capital_jpy_per_kw: NonNegative = Field(default=0.0, description="cost of one kW more [yen/kW]")

    @model_validator(mode="after")
    def _band(self) -> Battery:
        if not self.min_level_frac < self.max_level_frac:
            raise ValueError(
                f"min_level_frac {self.min_level_frac:g} is not below max_level_frac {self.max_level_frac:g}; "
                "legal: a usable band, its lower end first"
            )
        return self
