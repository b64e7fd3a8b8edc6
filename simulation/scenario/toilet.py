"""Toilets of a shelter as a user describes them: how many there are, where it goes, how many people each may serve."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from simulation.scenario.part import Asset, Name, NonNegative, Part, Positive

__all__ = ["STANDARD", "Toilet", "ToiletStep"]


class ToiletStep(Part):
    """People whom one toilet serves by the standard from a day on, until the next step."""

    from_day: NonNegative = Field(description="days after the start of [hazard] [days]")
    people_per_toilet: Positive = Field(description="people that one toilet serves")


STANDARD = (
    ToiletStep(from_day=0, people_per_toilet=50),
    ToiletStep(from_day=7, people_per_toilet=20, assumption="a stay is long from a week on; the guideline has no day"),
)
"""One for 50 at first, one for 20 in a long stay: Cabinet Office 2016 and 2024 (bousaino 20180330; yahoo 89d567a5)."""


class Toilet(Asset):
    """Like toilets for the people of one shelter, used by all of them alike; ``capital_jpy`` is that of all of them.

    ``flush`` needs its sewer, and water, which the shelter's use of water counts; ``manhole`` stands over its sewer,
    and while that is broken fills what it can hold; ``pit`` (a vault, portable or rented) fills from the first day on.
    A [delivery] to the toilet is a truck that empties it, by so many litres a trip.
    """

    kind: Literal["flush", "manhole", "pit"] = Field(description="what becomes of what is left in it")
    number: int = Field(ge=1, le=10_000, description="like toilets")
    shelter: Name | None = Field(
        default=None, description="shelter of the same building whose people use them; default: the only one there"
    )
    ready_after_h: NonNegative = Field(default=0.0, description="they stand ready so long after the strike [h]")
    sewer: Name | None = Field(
        default=None, description="[sewer.*] that flush or manhole toilets lead to; default: one that always holds"
    )
    water_tank: Name | None = Field(
        default=None, description="water_tank of the same building whose mains flush them; default: water never lacks"
    )
    flushed_from_tank: bool = Field(
        default=False,
        description="whether they are flushed from that tank too, by its pump or by bucket, without mains",
    )
    capacity_l: NonNegative = Field(
        default=0.0,
        description="what each pit holds, or each manhole over a broken sewer [L]; 0.7 of the nominal volume is usual",
    )
    fill_l_per_person_day: Positive = Field(
        default=1.2,
        description="what a user leaves in it [L per person and day]; kasetsu-toilet 2017-01-01 (Yamashita)",
    )

    @property
    def holds_l(self) -> float:
        """What all of them hold together [L]."""
        return self.number * self.capacity_l

    @model_validator(mode="after")
    def _is_of_its_kind(self) -> Toilet:
        if self.kind == "pit" and self.capacity_l == 0.0:
            raise ValueError("kind pit without capacity_l; legal: the litres that each holds")
        if self.kind == "pit" and self.sewer is not None:
            raise ValueError(f"kind pit with sewer {self.sewer!r}; legal: none, or kind manhole")
        if self.kind == "flush" and self.capacity_l > 0.0:
            raise ValueError(f"kind flush with capacity_l {self.capacity_l:g}; legal: 0, or kind manhole or pit")
        if self.kind != "flush" and self.water_tank is not None:
            raise ValueError(f"kind {self.kind} with water_tank {self.water_tank!r}; legal: none, or kind flush")
        return self
