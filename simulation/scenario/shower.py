"""Hot showers from the heat of engines, as a user describes them."""

from __future__ import annotations

from pydantic import Field

from simulation.scenario.part import Asset, Fraction, Name, NonNegative, Positive

__all__ = ["Shower"]


class Shower(Asset):
    """Showers that people want after the strike, heated by what engines of the building leave in a hot-water store.

    They need power in the building, for the pumps, and water where a ``water_tank`` is named.
    """

    wanted_per_day: Positive = Field(description="showers wanted on each day after the start of [hazard] [1/day]")
    open_from_hour: float = Field(default=10.0, ge=0, le=24, description="local hour at which they open")
    open_until_hour: float = Field(default=20.0, ge=0, le=24, description="local hour at which they close")
    litres: Positive = Field(default=60.0, description="hot water of one shower [L]; default, an assumption")
    warmer_c: Positive = Field(default=25.0, description="by how much the water is heated [C]; default, an assumption")
    store_kwh: Positive = Field(description="heat that the hot-water store holds [kWh]")
    initial_frac: Fraction = Field(default=0.0, description="heat in store at the start, of store_kwh")
    store_loss_frac_per_h: NonNegative = Field(default=0.0, description="share of the heat lost per hour [1/h]")
    water_tank: Name | None = Field(
        default=None, description="water_tank of the same building; default: it never lacks"
    )
