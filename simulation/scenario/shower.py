"""Hot showers from the heat of engines, as a user describes them."""

from __future__ import annotations

from pydantic import Field, model_validator

from simulation.scenario.part import Asset, Fraction, Name, NonNegative, Positive

__all__ = ["Shower"]


class Shower(Asset):
    """Showers that people want after the strike, heated by what engines of the building leave in a hot-water store.

    They need power in the building, for the pumps, and water where a ``water_tank`` is named.  Those who want one are
    neighbours, so many a day, and the people of a shelter, each every ``every_days``; they come evenly over the opening
    hours.
    """

    wanted_per_day: NonNegative = Field(
        default=0.0, description="showers that neighbours want on each day after the start of [hazard] [1/day]"
    )
    shelter: Name | None = Field(default=None, description="shelter of the same building whose people want one, too")
    every_days: Positive = Field(
        default=1.0,
        description="a person wants one every so many days, and is without for so long where it is missed [days]; "
        "default, an assumption",
    )
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
    allowed_gap_min: NonNegative = Field(
        default=120.0,
        description="time in the opening hours without enough of them that is still no loss of service [min]; "
        "default, an assumption: people wait for two hours",
    )
    served_threshold_frac: Fraction = Field(
        default=0.9, description="share of the showers that counts as served; default, an assumption"
    )

    @model_validator(mode="after")
    def _is_wanted(self) -> Shower:
        if self.wanted_per_day == 0.0 and self.shelter is None:
            raise ValueError("nobody wants a shower; legal: wanted_per_day above 0, or a shelter")
        if self.open_from_hour >= self.open_until_hour:
            raise ValueError(
                f"open_from_hour {self.open_from_hour:g}; legal: below open_until_hour {self.open_until_hour:g}"
            )
        return self
