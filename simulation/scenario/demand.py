"""Electric load of a building: from an archetype, a series on file, or a flat value; in tiers."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from simulation.scenario.part import Fraction, NonNegative, Part, Positive, Tier
from simulation.units import TIERS

__all__ = ["Load", "Noise", "SeriesFile"]


class SeriesFile(Part):
    """A column of a CSV or Parquet file, and how its clock and unit are to be read."""

    path: str = Field(min_length=1, description="path of the file, relative to the scenario file")
    column: str = Field(min_length=1, description="name of the column with the values")
    unit: Literal["kW", "kWh", "W", "MW", "MWh"] = Field(description="unit of the values; kWh and MWh are per interval")
    zone: str = Field(description="IANA zone of the file's clock, or UTC; ignored where stamps carry an offset")
    shape: str = Field(default="plain", description="shape of the file: a name from presets/series_shapes.toml")
    time_column: str = Field(default="time", description="name of the column with the time stamps")
    shift_h: float = Field(
        default=0.0, ge=-8784, le=8784, description="hours added to every stamp, to mend a known error [h]"
    )
    repeat_years: bool = Field(default=False, description="reuse the same month, day and hour of another year")


class Noise(Part):
    """How far real load strays from its expected course: a day's error and an error within the day, both AR(1)."""

    day_std_frac: NonNegative = Field(default=0.04, description="standard deviation of the day's error")
    day_correlation: Fraction = Field(default=0.6, description="correlation of one day's error with the next")
    hour_std_frac: NonNegative = Field(default=0.04, description="standard deviation of the error within the day")
    hour_correlation: Fraction = Field(default=0.8, description="correlation of that error over one hour")
    assumption: str = Field(
        default="size and correlation of load errors as is usual for buildings of 100 kW and more; not fitted to a site"
    )


class Load(Part):
    """One electric load of a building; exactly one of archetype, series and constant_kw says how it runs."""

    archetype: str | None = Field(default=None, description="preset in presets/archetypes.toml")
    floor_area_m2: Positive | None = Field(default=None, description="floor area, for archetypes per m2 [m2]")
    dwellings: Positive | None = Field(default=None, description="number of dwellings, for archetypes per dwelling")
    series: SeriesFile | None = Field(default=None, description="measured or simulated values on file")
    constant_kw: NonNegative | None = Field(default=None, description="flat load [kW]")
    scale: Positive = Field(default=1.0, description="factor on the whole load")
    tier_frac: dict[Tier, Fraction] = Field(description="share of the load in each tier; adds up to 1")
    deadline_h: Positive = Field(default=12.0, description="hours within which deferrable energy must be served [h]")
    emergency_frac: Fraction = Field(default=1.0, description="share of the load that stays on while the grid is lost")
    emergency_only: bool = Field(default=False, description="present only while the grid is lost")
    noise: Noise = Field(default=Noise(), description="how real load strays from its expected course")

    @field_validator("tier_frac")
    @classmethod
    def _adds_up(cls, value: dict[Tier, float]) -> dict[Tier, float]:
        total = sum(value.values())
        if abs(total - 1.0) > 1e-9:
            raise ValueError(f"shares add up to {total:g}; legal: 1 over {', '.join(TIERS)}")
        return value

    @model_validator(mode="after")
    def _one_way(self) -> Load:
        given = [key for key in ("archetype", "series", "constant_kw") if getattr(self, key) is not None]
        if len(given) != 1:
            raise ValueError(f"{len(given)} of archetype, series and constant_kw given; legal: exactly one")
        if self.archetype is not None and (self.floor_area_m2 is None) == (self.dwellings is None):
            raise ValueError(
                "floor_area_m2 and dwellings both, or neither; legal: the one by which the archetype counts"
            )
        return self

    def tier_shares(self) -> tuple[float, ...]:
        """Share of each tier in the order of ``units.TIERS``."""
        return tuple(self.tier_frac.get(tier, 0.0) for tier in TIERS)
