"""Vehicles that give power to a building, as a user describes them: fuel-cell buses, battery cars on V2H sets."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from simulation.scenario.part import Asset, Fraction, NonNegative, Positive, Probability
from simulation.scenario.preset import preset_names, read_presets

__all__ = ["Vehicle"]


class Vehicle(Asset):
    """A battery on wheels: gives (and, where it can, takes) power while it is there.

    On a ``timetable`` it is there every day from ``there_from_hour`` to ``there_until_hour``; ``on_call`` it is sent
    for when the building loses its grid, drives home when it can give no more, and comes again full, as long as the
    grid is lost.
    """

    model: str | None = Field(default=None, description="vehicle in presets/vehicles.toml, for what is not given here")
    discharge_kw: Positive = Field(description="most it gives [kW]")
    charge_kw: NonNegative = Field(default=0.0, description="most it takes; 0: it only gives [kW]")
    capacity_kwh: Positive = Field(description="energy that it can give or drive with when full [kWh]")
    initial_frac: Fraction = Field(default=1.0, description="charge when it first sets out, of capacity")
    distance_km: NonNegative = Field(default=0.0, description="one way between its base and the building [km]")
    use_kwh_per_km: NonNegative = Field(default=0.0, description="energy to drive [kWh/km]")
    presence: Literal["timetable", "on_call"] = Field(default="on_call", description="when it is there")
    there_from_hour: float = Field(default=0.0, ge=0, le=24, description="local hour from which it stands there daily")
    there_until_hour: float = Field(default=24.0, ge=0, le=24, description="local hour at which it leaves daily")
    travel_h: NonNegative = Field(default=2.0, description="from the loss of the grid to its arrival [h]")
    refill_h: NonNegative = Field(default=24.0, description="from leaving empty to coming again full [h]")
    comes_prob: Probability = Field(default=1.0, description="chance that it comes when it is sent for")
    delay_sigma: NonNegative = Field(default=0.3, description="sigma of the lognormal factor on travel_h")
    forms_grid: bool = Field(default=False, description="whether it can carry an island alone")

    @model_validator(mode="before")
    @classmethod
    def _as_its_model(cls, table: Any) -> Any:
        if not isinstance(table, dict) or not isinstance(table.get("model"), str):
            return table
        models = read_presets("vehicles")
        if table["model"] not in models:
            raise ValueError(f"model {table['model']!r}; legal: {', '.join(preset_names('vehicles'))}")
        return models[table["model"]] | table

    @model_validator(mode="after")
    def _worth_its_way(self) -> Vehicle:
        way_kwh = self.distance_km * self.use_kwh_per_km
        if 2.0 * way_kwh >= self.capacity_kwh:
            raise ValueError(
                f"distance_km {self.distance_km:g}: {way_kwh:g} kWh each way leave nothing of "
                f"{self.capacity_kwh:g} kWh to give; legal: less than half of its range"
            )
        return self
