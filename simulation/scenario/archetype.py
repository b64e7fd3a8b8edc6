"""Archetypes as they stand in presets/archetypes.toml: kinds of building, their rooms, and the air they need."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal

import numpy as np
from jaxtyping import Float
from pydantic import Field, field_validator, model_validator

from simulation.errors import Fault, ScenarioError
from simulation.scenario.clock import Clock
from simulation.scenario.legal import did_you_mean
from simulation.scenario.part import Fraction, Name, NonNegative, Part, Positive
from simulation.scenario.preset import preset_names, read_presets
from simulation.units import MINUTES_PER_HOUR, STEP_MINUTES

__all__ = ["Air", "Archetype", "Days", "read_archetype"]

DayHours = Annotated[tuple[NonNegative, ...], Field(min_length=24, max_length=24)]


class Days(Part):
    """A value for each hour, 0 to 23, of three kinds of day; a public holiday counts as a Sunday."""

    weekday: DayHours = Field(description="hours of a Monday to Friday")
    saturday: DayHours | None = Field(default=None, description="hours of a Saturday; default: as on a weekday")
    sunday_holiday: DayHours | None = Field(
        default=None, description="hours of a Sunday or public holiday; default: as on a Saturday"
    )

    def course(self, clock: Clock) -> Float[np.ndarray, " T"]:
        """Mean value over every step: a step inside an hour takes that hour's value."""
        minute = np.round(clock.local_hour * MINUTES_PER_HOUR).astype(int) % int(MINUTES_PER_HOUR)
        if np.any(minute + clock.step_min > MINUTES_PER_HOUR):  # a zone whose offset is no multiple of the step
            return self.course(clock.refined(STEP_MINUTES[0])).reshape(clock.n_steps, -1).mean(axis=1)
        saturday = self.saturday or self.weekday
        table = np.array([self.weekday, saturday, self.sunday_holiday or saturday])
        sunday = (clock.weekday == 6) | clock.is_holiday
        kind = np.where(sunday, 2, np.where(clock.weekday == 5, 1, 0))
        return table[kind, clock.local_hour.astype(int)]


class Air(Part):
    """Cooling, heating and ventilation: ``plant * min(fans + comfort(T) * (1 - share + share * people), limit)``.

    Powers are per m2 or per dwelling, as the archetype counts.
    """

    plant: Days = Field(description="whether the plant runs, 0 to 1")
    people: Days = Field(description="people present, of the most there are, 0 to 1")
    people_share_frac: Fraction = Field(description="share of cooling and heating that comes with the people")
    cooling_from_c: float = Field(description="outdoor temperature above which it cools [C]")
    cooling_w_per_k: NonNegative = Field(description="cooling power per kelvin above it, all people present [W/K]")
    heating_below_c: float = Field(description="outdoor temperature below which it heats [C]")
    heating_w_per_k: NonNegative = Field(description="heating power per kelvin below it, all people present [W/K]")
    fans_w: NonNegative = Field(default=0.0, description="fans and pumps whenever the plant runs [W]")
    limit_w: Positive = Field(description="most that the plant draws [W]")

    @model_validator(mode="after")
    def _balanced(self) -> Air:
        if self.cooling_from_c < self.heating_below_c:
            raise ValueError(
                f"cools from {self.cooling_from_c:g} C and heats below {self.heating_below_c:g} C; "
                "legal: no temperature at which it does both"
            )
        return self


class Archetype(Part):
    """A kind of building, ``P = rooms * (1 + services) + constant + air``.

    Powers are per m2 of the floor that ``floor_area_m2`` counts, or per dwelling.
    """

    title: str = Field(description="the kind of building, for people")
    per: Literal["m2", "dwelling"] = Field(description="what the powers are counted by")
    rooms: dict[Name, Positive] = Field(min_length=1, description="share of each room of presets/rooms.toml; adds to 1")
    services_frac: NonNegative = Field(default=0.0, description="lifts and other services over lights and plugs")
    constant_w: NonNegative = Field(default=0.0, description="what never stops, such as refrigeration [W]")
    air: Air | None = Field(default=None, description="cooling, heating and ventilation; default: none")

    @field_validator("rooms")
    @classmethod
    def _adds_up(cls, value: dict[str, float]) -> dict[str, float]:
        if abs(sum(value.values()) - 1.0) > 1e-9:
            raise ValueError(f"shares add up to {sum(value.values()):g}; legal: 1")
        return value

    def rooms_w(self, clock: Clock) -> Float[np.ndarray, " T"]:
        """Lights and plugs of all rooms, the mean of every step [W]."""
        rooms = np.zeros(clock.n_steps)
        for name, share in self.rooms.items():
            rooms += share * _room(name).course(clock)
        return rooms


def read_archetype(name: str) -> Archetype:
    """An archetype of presets/archetypes.toml by name; a ScenarioError lists the names where there is none.

    >>> read_archetype("office").per
    'm2'
    """
    names = preset_names("archetypes")
    if name not in names:
        hint = did_you_mean(name, names)
        fault = Fault(where="archetype", given=repr(name), legal=", ".join(names), hint=hint)
        raise ScenarioError("presets/archetypes.toml", [fault])
    return _archetype(name)


@cache
def _archetype(name: str) -> Archetype:
    return Archetype.model_validate(read_presets("archetypes")[name])


@cache
def _room(name: str) -> Days:
    return Days.model_validate(read_presets("rooms")[name])
