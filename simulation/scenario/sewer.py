"""Sewers as a user describes them: where toilets that flush, and those over a manhole, lead to."""

from __future__ import annotations

from pydantic import Field

from simulation.scenario.gas import Stop
from simulation.scenario.part import Name, Part

__all__ = ["Sewer"]


class Sewer(Part):
    """A sewer holds until something stops it; all toilets that name it are out until it is restored.

    Shaking may break it too, where ``shaking.fragility.sewer`` names a preset.
    """

    stop: dict[Name, Stop] = Field(
        default={}, description="what may stop it, with its probability and length, as an outage does a feeder"
    )
