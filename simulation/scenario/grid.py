"""Grid connections, the feeders behind them, and the outages that strike a feeder."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field, model_validator

from simulation.scenario.part import LocalTime, Name, NonNegative, Part, Positive, Probability

__all__ = [
    "DistributionOutage",
    "Feeder",
    "Grid",
    "Outage",
    "RestorationOutage",
    "ScheduledOutage",
    "ShakingOutage",
]


class Grid(Part):
    """A building's connection to the public grid."""

    feeder: Name = Field(description="the feeder that it hangs on: one outage draw for all on a feeder")
    tariff: str = Field(description="name of a [tariff.*] table, or of a preset in presets/tariffs.toml")
    contract_kw: Positive = Field(description="most that may be drawn [kW]")
    export_limit_kw: NonNegative = Field(default=0.0, description="most that may be sent out [kW]")
    meter: Name | None = Field(
        default=None,
        description="buildings that name the same meter share one demand charge; default: its own",
    )
    peak_so_far_kw: NonNegative = Field(
        default=0.0, description="highest metered demand of the months before that still count [kW]"
    )


class _OutageBase(Part):
    start: LocalTime | None = Field(
        default=None, description="local time at which power is lost; default: the start of [hazard]"
    )
    probability: Probability = Field(default=1.0, description="chance that it happens at all")

    def under_way(self, moment: datetime) -> bool:
        """Whether it began before a local moment and may last beyond it."""
        return self.start is not None and self.start < moment


class ScheduledOutage(_OutageBase):
    """Power is lost for a fixed time."""

    kind: Literal["schedule"]
    hours: Positive = Field(description="length [h]")

    def under_way(self, moment: datetime) -> bool:
        """Whether it began before a local moment and lasts beyond it."""
        return self.start is not None and self.start < moment < self.start + timedelta(hours=self.hours)


class DistributionOutage(_OutageBase):
    """Power is lost for a time drawn from a distribution, after a start drawn from a window."""

    kind: Literal["distribution"]
    distribution: Literal["exponential", "lognormal", "weibull", "uniform"] = Field(description="shape of the length")
    mean_h: Positive = Field(description="mean length [h]")
    shape: Positive = Field(
        default=1.0,
        description="Weibull k; or sigma of the lognormal; or half-width over mean of the uniform",
    )
    start_window_h: NonNegative = Field(default=0.0, description="start is uniform over this window after it [h]")
    with_fall: Name | None = Field(
        default=None, description="in place of start: begin of the first of this [snow.fall.*], and none where it fails"
    )

    @model_validator(mode="after")
    def _positive_length(self) -> DistributionOutage:
        if self.distribution == "uniform" and self.shape > 1.0:
            raise ValueError(f"shape {self.shape:g} of a uniform length; legal: at most 1, or lengths fall below 0")
        return self


class RestorationOutage(_OutageBase):
    """Power is lost until the feeder's turn comes on a restoration curve of a real event."""

    kind: Literal["restoration"]
    preset: str = Field(description="curve in presets/restoration.toml, e.g. faxai_chiba_points or noto_weibull")
    not_before_h: NonNegative = Field(default=0.0, description="known to last at least this long [h]")


class ShakingOutage(_OutageBase):
    """Power is lost with every shock of [shaking] that damages what feeds the feeder, and again with every aftershock.

    It lasts until the damage is mended or, with a ``preset``, until the feeder's turn comes on the restoration curve of
    a real event.
    """

    kind: Literal["shaking"]
    fragility: str = Field(default="substation", description="what feeds it, a preset in presets/fragility.toml")
    preset: str | None = Field(default=None, description="curve in presets/restoration.toml; default: until mended")


Outage = Annotated[
    ScheduledOutage | DistributionOutage | RestorationOutage | ShakingOutage, Field(discriminator="kind")
]


class Feeder(Part):
    """A branch of the public grid; all that hang on it lose power together."""

    outage: dict[Name, Outage] = Field(default={}, description="what may strike it")
