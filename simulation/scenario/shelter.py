"""The shelter of a hub as a user describes it: who comes, what each needs, what there is room and stock for."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from simulation.scenario.part import Asset, Fraction, Name, NonNegative, Part, Positive, Tier
from simulation.scenario.people import Cars, Evacuees, Group, Item, Visitors
from simulation.scenario.preset import preset_names, read_presets
from simulation.scenario.toilet import STANDARD, ToiletStep
from simulation.scenario.water_use import WaterStep
from simulation.units import WATER_USES

__all__ = ["Communications", "Shelter"]


class Shelter(Asset):
    """People who come in a disaster, and their needs.

    The people who want a place rise after the strike with ``arrival_h`` and decay with ``stay_h``::

        wanting(t) = peak_people * f(t) / max f,    f(t) = (1 - exp(-t / arrival_h)) * exp(-t / stay_h)

    each draw scaling ``peak_people`` by a lognormal factor with median 1.  Evacuees by what drives them out, stranded
    visitors and staff, where they are given, come on top of that.
    """

    floor_area_m2: Positive = Field(description="floor for people [m2]")
    floor_m2_per_person: Positive = Field(default=3.5, description="floor per person [m2]; Sphere, Cabinet Office 2024")
    peak_people: NonNegative = Field(description="median of the most people who want a place")
    arrival_h: Positive = Field(default=12.0, description="time scale of arriving [h]")
    stay_h: Positive = Field(default=240.0, description="time scale of leaving [h]")
    people_sigma: NonNegative = Field(default=0.3, description="sigma of the lognormal factor on the peak")
    power_kwh_per_person_day: NonNegative = Field(
        default=1.6, description="energy per person; 240 kWh for 50 people and 3 days"
    )
    power_tier: Tier = Field(default="essential", description="tier of that energy")
    water_tank: Name | None = Field(default=None, description="water_tank of the same building that they drink from")
    water_step: tuple[WaterStep, ...] = Field(
        default=(WaterStep(from_day=0, l_per_person_day=3), WaterStep(from_day=3, l_per_person_day=20)),
        description="need of water by day; default: a city's plan of 3 L, then 20 L",
    )
    water_plan: Name | None = Field(
        default=None, description="plan of presets/water.toml that gives water_step: fdma or fujinomiya"
    )
    flushing_tank: Name | None = Field(
        default=None,
        description="non_potable water_tank of the same building that toilets are flushed from, before water_tank",
    )
    drinking_l_per_person_day: NonNegative = Field(
        default=3.0, description="enough to drink, where a step names no uses [L per person and day]; FDMA e-college"
    )
    cooking_l_per_person_day: NonNegative = Field(
        default=3.0, description="enough to cook and wash dishes, likewise [L per person and day]; Sphere: 3 to 6"
    )
    hygiene_l_per_person_day: NonNegative = Field(
        default=4.0, description="enough to wash hands and face, likewise [L per person and day]; Sphere: 2 to 6"
    )
    flushing_l_per_person_day: NonNegative = Field(
        default=30.0,
        description="enough to flush, likewise [L per person and day]; five uses (Cabinet Office 2016) of 6 L (ageo); "
        "what a step holds beyond is for bath and laundry",
    )
    food_person_days: NonNegative = Field(
        default=0.0, description="meals in stock, in days of one person [person-days]"
    )
    toilet_step: tuple[ToiletStep, ...] = Field(
        default=STANDARD,
        min_length=1,
        description="people that one toilet serves, by day; default: 50, then 20 in a long stay",
    )
    allowed_gap_min: NonNegative = Field(
        default=0.0,
        description="time for which floor, food or toilets may be short without being lost [min]; "
        "default, an assumption: none, as these go short for long or not at all",
    )
    served_threshold_frac: Positive = Field(
        default=1.0,
        le=1,
        description="share of the people served that counts as served; default, an assumption: everybody",
    )
    evacuees: Evacuees | None = Field(default=None, description="residents by damaged home and by water that is out")
    visitors: Visitors | None = Field(default=None, description="those whom the disaster finds there")
    staff_people: NonNegative = Field(default=0.0, description="people who work there from the strike on")
    cars: Cars | None = Field(default=None, description="parking places on which people may sleep in their cars")
    group: dict[Name, Group] = Field(default={}, description="shares of the people with needs of their own")
    item: dict[Name, Item] = Field(default={}, description="what is in store beside food_person_days")

    @property
    def room_people(self) -> int:
        """Most people that the floor holds."""
        return int(self.floor_area_m2 / self.floor_m2_per_person)

    @property
    def car_people(self) -> float:
        """Most people who can sleep in cars."""
        return 0.0 if self.cars is None else self.cars.room_people

    @property
    def steps_by_use(self) -> tuple[tuple[float, tuple[float, ...]], ...]:
        """First day of every step, in order, and the need from then on by use [days, L per person and day]."""
        enough = (
            self.drinking_l_per_person_day,
            self.cooking_l_per_person_day,
            self.hygiene_l_per_person_day,
            self.flushing_l_per_person_day,
        )
        return tuple(
            (step.from_day, step.by_use(enough)) for step in sorted(self.water_step, key=lambda step: step.from_day)
        )

    @property
    def water_uses(self) -> tuple[int, ...]:
        """Uses that any step asks water for, as indices of ``units.WATER_USES``."""
        return tuple(use for use in range(len(WATER_USES)) if any(need[use] > 0.0 for _, need in self.steps_by_use))

    def share_of(self, item: Item) -> float:
        """Share of the people present who use an item."""
        return 1.0 if item.group is None else self.group[item.group].share_frac

    @model_validator(mode="before")
    @classmethod
    def _takes_the_plan(cls, table: Any) -> Any:
        """The raw table of a shelter with the steps of the plan that it names."""
        if not isinstance(table, dict) or not isinstance(table.get("water_plan"), str):
            return table
        plan = table["water_plan"]
        if plan not in preset_names("water"):
            raise ValueError(f"water_plan {plan!r}; legal: {', '.join(preset_names('water'))}")
        return {"water_step": read_presets("water")[plan]["water_step"]} | table

    @model_validator(mode="after")
    def _follows_the_plan(self) -> Shelter:
        if self.water_plan is not None:
            planned = tuple(
                WaterStep.model_validate(step) for step in read_presets("water")[self.water_plan]["water_step"]
            )
            if self.water_step != planned:
                raise ValueError(f"water_plan {self.water_plan!r} beside other water_step; legal: one of them")
        return self

    @model_validator(mode="after")
    def _has_the_groups(self) -> Shelter:
        wrong = [
            f"item.{name}.group: no group {item.group!r} here; there are: {', '.join(self.group) or 'none'}"
            for name, item in self.item.items()
            if item.group is not None and item.group not in self.group
        ]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self


class Communications(Part):
    """Base stations and radio at the building that die with their own batteries when it is dark."""

    battery_h: Positive = Field(default=24.0, description="median hours they run without power [h]")
    battery_sigma: NonNegative = Field(
        default=0.0, description="sigma of its lognormal, one draw a scenario; default: it is certain"
    )
    recharge_h: Positive = Field(default=8.0, description="hours to recharge from empty once power is back [h]")
    feeder: Name | None = Field(
        default=None,
        description="fed by this feeder rather than by the building: islanded supply does not reach them",
    )
    reserve_frac: Fraction = Field(default=1.0, description="charge of the backup at the start")
    allowed_gap_min: NonNegative = Field(
        default=0.0,
        description="silence that is still no loss of service [min]; default, an assumption: none, "
        "as the station's own battery has bridged every gap before it falls silent",
    )
