"""Repair crews as a user describes them."""

from __future__ import annotations

from pydantic import Field

from simulation.scenario.part import NonNegative, Part

__all__ = ["Crew"]


class Crew(Part):
    """Crews that repair what names them, one thing at a time each, in the order in which it failed."""

    number: int = Field(default=1, ge=1, le=1_000, description="crews that can work at the same time")
    ready_after_h: NonNegative = Field(
        default=0.0, description="none works sooner after the start of [hazard], where there is one [h]"
    )
