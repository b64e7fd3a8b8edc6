"""Gas networks as a user describes them: the pipes that feed engines without a tank."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simulation.scenario.grid import DistributionOutage, RestorationOutage, ScheduledOutage
from simulation.scenario.part import Name, Part

__all__ = ["GasNetwork"]

Stop = Annotated[ScheduledOutage | DistributionOutage | RestorationOutage, Field(discriminator="kind")]


class GasNetwork(Part):
    """Gas by pipe: endless while it flows; all that name it are without when it stops, until it is restored."""

    stop: dict[Name, Stop] = Field(
        default={}, description="what may stop it, with its probability and length, as an outage does a feeder"
    )
