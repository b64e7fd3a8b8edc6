"""Photovoltaic arrays as a user describes them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simulation.scenario.part import Asset, Fraction, NonNegative, Positive

__all__ = ["PV"]


class PV(Asset):
    """One array: rated power, orientation, and the losses of the PVWatts model."""

    rated_kw: Positive = Field(description="direct-current power at standard test conditions [kW]")
    inverter_kw: Positive | None = Field(default=None, description="alternating-current limit; default: rated_kw [kW]")
    tilt_deg: float = Field(default=10.0, ge=0, le=90, description="from the horizontal [deg]")
    azimuth_deg: float = Field(default=180.0, ge=0, lt=360, description="0 north, 90 east, 180 south [deg]")
    losses_frac: Fraction = Field(default=0.14, description="soiling, wiring, mismatch: PVWatts default of 14 %")
    temperature_coefficient_frac_per_c: float = Field(
        default=-0.0035, le=0, description="change of power per degree of cell temperature; PVWatts 5, premium [1/C]"
    )
    nominal_cell_c: float = Field(
        default=45.0, ge=20, le=80, description="cell temperature at 0.8 kW/m2 and 20 C; PVWatts 5, open rack [C]"
    )
    inverter_efficiency_frac: float = Field(
        default=0.96, gt=0, le=1, description="efficiency at rated power; PVWatts 5 default"
    )
    strings_up_slope: int = Field(
        default=1,
        ge=1,
        description="strings of cells one above the other up the slope, of which snow darkens each that it touches: 1 "
        "where modules of 60 cells stand upright, 3 where they lie (SAM 2018); default, an assumption: upright",
    )
    snow_loss_frac: Fraction = Field(
        default=0.0, description="in place of [snow]: share lost to snow cover in snow_loss_months, whatever falls"
    )
    snow_loss_months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = Field(
        default=(12, 1, 2),
        description="months in which snow_loss_frac is lost; default, an assumption: December to February",
    )
    runs_islanded: bool = Field(default=True, description="whether it may run while the grid is lost")
    capital_jpy_per_kw: NonNegative = Field(
        default=158_000.0,
        description="cost of one kW more [yen/kW]; 158,000 by a secondary source",
    )
