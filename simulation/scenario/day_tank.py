"""The tank on an engine's own frame, as a user describes it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from simulation.scenario.part import Fraction, Part, Positive

__all__ = ["DayTank"]


class DayTank(Part):
    """What one engine burns from; filled from the ``fuel_tank`` that the engine names."""

    capacity_l: Positive = Field(description="usable volume [L]")
    initial_frac: Fraction = Field(default=1.0, description="level at the start, of capacity")
    refill_below_frac: Fraction = Field(default=0.5, description="level at which the transfer begins, of capacity")
    transfer_lph: Positive = Field(description="flow of the transfer pump [L/h]")
    pump: Literal["electric", "hand"] = Field(
        default="electric", description="whether the transfer needs power in the building"
    )
