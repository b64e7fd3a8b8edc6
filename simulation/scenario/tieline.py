"""Private lines between buildings as a user describes them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from simulation.scenario.part import Asset, Name, NonNegative

__all__ = ["Tieline"]


class Tieline(Asset):
    """A line between two buildings; capacity and loss are counted at the sending end."""

    a: Name = Field(description="building at one end")
    b: Name = Field(description="building at the other end")
    capacity_ab_kw: NonNegative = Field(description="most that a may send to b [kW]")
    capacity_ba_kw: NonNegative = Field(description="most that b may send to a [kW]")
    loss_frac: float = Field(default=0.02, ge=0, lt=1, description="share of what is sent that is lost")
    own_source_only: bool = Field(
        default=False, description="the sender may pass on PV, battery and genset output but not grid power"
    )
    operation: Literal["always", "normal", "emergency"] = Field(
        default="always",
        description="closed always, only while both feeders are up, or only while one is lost",
    )
    capital_jpy_per_kw: NonNegative = Field(default=0.0, description="cost of one kW more each way [yen/kW]")

    @model_validator(mode="after")
    def _two_ends(self) -> Tieline:
        if self.a == self.b:
            raise ValueError(f"both ends are {self.a}; legal: two different buildings")
        return self
