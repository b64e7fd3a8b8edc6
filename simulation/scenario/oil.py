"""Lubricating oil of an engine as a user describes it."""

from __future__ import annotations

from pydantic import Field

from simulation.scenario.part import Fraction, Name, NonNegative, Part, Positive

__all__ = ["Oil"]


class Oil(Part):
    """A sump that running hours empty: the engine stops when it is out, until it has been refilled.

    The spare oil is a ``fuel_tank`` of the same building that holds ``lubricating_oil``, so that deliveries reach it.
    """

    sump_l: Positive = Field(description="oil between full and the level at which the engine stops itself [L]")
    initial_frac: Fraction = Field(default=1.0, description="level at the start, of that")
    use_lph: Positive = Field(description="oil used by a running engine [L/h]")
    refill_min: NonNegative = Field(default=30.0, description="standstill to refill it [min]")
    spare: Name | None = Field(default=None, description="fuel_tank of lubricating_oil here; default: none")
