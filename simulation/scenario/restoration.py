"""Restoration curves of real events, as they stand in presets/restoration.toml."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, model_validator

from simulation.errors import Fault, ScenarioError
from simulation.scenario.part import NonNegative, Part, Positive
from simulation.scenario.preset import preset_names, read_presets

__all__ = ["PointsPreset", "RestorationPreset", "WeibullPreset", "read_restoration"]


class PointsPreset(Part):
    """Counts of customers without service; between two counts they return at an even rate."""

    kind: Literal["points"]
    hours: tuple[NonNegative, ...] = Field(min_length=2, description="hours since service was lost, from 0 [h]")
    still_out: tuple[NonNegative, ...] = Field(min_length=2, description="customers still out, in any one unit")

    @model_validator(mode="after")
    def _falls_from_the_start(self) -> PointsPreset:
        if len(self.hours) != len(self.still_out):
            raise ValueError(f"{len(self.hours)} hours and {len(self.still_out)} counts; legal: as many of both")
        if self.hours[0] != 0.0 or list(self.hours) != sorted(set(self.hours)):
            raise ValueError(f"hours {self.hours}; legal: rising from 0")
        if list(self.still_out) != sorted(self.still_out, reverse=True) or self.still_out[0] == self.still_out[-1]:
            raise ValueError(f"still_out {self.still_out}; legal: falling")
        return self

    @property
    def out_frac(self) -> tuple[float, ...]:
        """Share still out at each hour, 1 at the first."""
        return tuple(count / self.still_out[0] for count in self.still_out)


class WeibullPreset(Part):
    """The fit ``S(t) = exp(-(t / scale_h) ** shape)`` of the share still out."""

    kind: Literal["weibull"]
    shape: Positive = Field(description="k: above 1 waiting then sudden return, below 1 a quick start and a long tail")
    scale_h: Positive = Field(description="time after which 37 % are still out [h]")


RestorationPreset = Annotated[PointsPreset | WeibullPreset, Field(discriminator="kind")]


def read_restoration(name: str) -> PointsPreset | WeibullPreset:
    """A preset of presets/restoration.toml by name; a ScenarioError lists the names where there is none.

    >>> read_restoration("noto_weibull").scale_h
    224.0
    """
    tables = read_presets("restoration")
    if name not in tables:
        fault = Fault(where="preset", given=repr(name), legal=", ".join(preset_names("restoration")))
        raise ScenarioError("presets/restoration.toml", [fault])
    return TypeAdapter(RestorationPreset).validate_python(tables[name])
