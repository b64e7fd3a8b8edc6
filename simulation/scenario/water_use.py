"""What water is used for, as a user describes it: litres per person by day of the emergency, and what each is worth."""

from __future__ import annotations

from collections.abc import Sequence
from math import isclose
from typing import Any, Literal

from pydantic import Field, model_validator

from simulation.scenario.part import NonNegative, Part, Positive
from simulation.units import WATER_USES

__all__ = ["LostWater", "WaterStep", "WaterUse", "filled_in_order"]

WaterUse = Literal["drinking", "cooking", "hygiene", "flushing", "bath"]
"""The names of ``units.WATER_USES``, as a file writes them."""


class WaterStep(Part):
    """Water per person from a day on, until the next step: in all, and by use where that is written.

    Where only the uses are written, their sum is what a person needs in all.
    """

    from_day: NonNegative = Field(description="days after the start of [hazard] [days]")
    l_per_person_day: NonNegative = Field(description="need in all [L per person and day]")
    use_l_per_person_day: dict[WaterUse, NonNegative] = Field(
        default={},
        description="that need by use [L per person and day]; default: the uses in their order, each up to what the "
        "shelter calls enough",
    )

    @model_validator(mode="before")
    @classmethod
    def _sums_up(cls, table: Any) -> Any:
        """The raw table with the sum of its uses, where that alone is missing."""
        if not isinstance(table, dict) or "l_per_person_day" in table:
            return table
        uses = table.get("use_l_per_person_day")
        if not isinstance(uses, dict) or not all(isinstance(litres, int | float) for litres in uses.values()):
            return table
        return table | {"l_per_person_day": float(sum(uses.values()))}

    @model_validator(mode="after")
    def _agrees(self) -> WaterStep:
        uses = self.use_l_per_person_day
        if uses and not isclose(sum(uses.values()), self.l_per_person_day, rel_tol=1e-9):
            raise ValueError(
                f"l_per_person_day {self.l_per_person_day:g} beside uses of {sum(uses.values()):g}; legal: their sum"
            )
        return self

    def by_use(self, enough_l_per_person_day: Sequence[float]) -> tuple[float, ...]:
        """Need by use in the order of ``units.WATER_USES``, as written or filled in order [L per person and day]."""
        if self.use_l_per_person_day:
            litres = dict[str, float](self.use_l_per_person_day.items())
            return tuple(litres.get(use, 0.0) for use in WATER_USES)
        return filled_in_order(self.l_per_person_day, enough_l_per_person_day)


def filled_in_order(litres: float, enough: Sequence[float]) -> tuple[float, ...]:
    """So much water shared among uses: each in turn up to what is enough for it, and the last takes what is left [L].

    >>> filled_in_order(20.0, (3.0, 3.0, 4.0, 30.0))
    (3.0, 3.0, 4.0, 10.0, 0.0)
    >>> filled_in_order(100.0, (3.0, 3.0, 4.0, 30.0))
    (3.0, 3.0, 4.0, 30.0, 60.0)
    """
    shares: list[float] = []
    for most in enough:
        share = min(litres, most)
        shares.append(share)
        litres -= share
    return (*shares, litres)


class LostWater(Part):
    """What a cubic metre not served is worth, by use: the price by which a planner weighs one use against another."""

    drinking_jpy_per_m3: Positive = 50_000.0
    cooking_jpy_per_m3: Positive = 30_000.0
    hygiene_jpy_per_m3: Positive = 15_000.0
    flushing_jpy_per_m3: Positive = 8_000.0
    bath_jpy_per_m3: Positive = 1_000.0
    assumption: str = Field(default="values of lost water by use are assumptions; only their order and ratio matter")

    @property
    def by_use(self) -> tuple[float, ...]:
        """Value of each use in the order of ``units.WATER_USES`` [yen/m3]."""
        return tuple(getattr(self, f"{use}_jpy_per_m3") for use in WATER_USES)

    @model_validator(mode="after")
    def _falls(self) -> LostWater:
        if list(self.by_use) != sorted(self.by_use, reverse=True):
            raise ValueError(f"values {self.by_use}; legal: falling from {' to '.join(WATER_USES)}")
        return self
