"""Water tanks and the pumps that fill them, as a user describes them."""

from __future__ import annotations

from pydantic import Field

from simulation.scenario.part import Asset, Fraction, Name, NonNegative, Positive

__all__ = ["Pump", "WaterTank"]


class WaterTank(Asset):
    """A tank that people draw from; filled by mains while they hold, and by pumps."""

    capacity_m3: Positive = Field(description="usable volume [m3]")
    initial_frac: Fraction = Field(default=1.0, description="level at the start, of capacity")
    mains_m3ph: NonNegative = Field(default=0.0, description="inflow from the mains while they hold [m3/h]")
    mains_fail_with_hazard: bool = Field(default=True, description="whether the mains stop at the start of [hazard]")
    mains_return: Name | None = Field(
        default=None,
        description="curve in presets/restoration.toml by which mains that failed return; default: not in the period",
    )
    mains_district: Name | None = Field(
        default=None, description="tanks that name one district see their mains return at one hour; default: its own"
    )
    daily_use_m3: NonNegative = Field(default=0.0, description="use on a normal day, apart from the shelter [m3/day]")
    daily_use_stops: bool = Field(default=True, description="whether that use stops at the start of [hazard]")
    shortage_jpy_per_m3: NonNegative = Field(default=50_000.0, description="value of a cubic metre not served [yen/m3]")
    allowed_gap_min: NonNegative = Field(
        default=60.0, description="interruption that is still no loss of service [min]"
    )
    served_threshold_frac: Fraction = Field(default=0.99, description="share of demand that counts as served")


class Pump(Asset):
    """A pump that turns power into water in a tank: from a well or the mains."""

    tank: Name = Field(description="water_tank of the same building that it fills")
    rated_m3ph: Positive = Field(description="most it lifts [m3/h]")
    kwh_per_m3: Positive = Field(description="energy to lift and treat one cubic metre [kWh/m3]")
    fails_with_hazard: bool = Field(default=False, description="whether its source is lost at the start of [hazard]")
    refill_below_frac: Fraction = Field(
        default=1.0, description="starts where the tank is below this level, of capacity"
    )
