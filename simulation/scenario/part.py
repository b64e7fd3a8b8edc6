"""Base of everything a user writes in a scenario file: frozen, strict about keys, with its source beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

__all__ = ["Asset", "Fraction", "LocalTime", "Name", "NonNegative", "Part", "Positive", "Probability", "Tier"]


def _without_offset(moment: datetime) -> datetime:
    if moment.tzinfo is not None:
        raise ValueError("legal: local time without an offset; the zone is named in [place]")
    return moment


Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Probability = Fraction
Name = Annotated[str, Field(min_length=1, pattern=r"^[A-Za-z0-9_\-]+$")]
LocalTime = Annotated[datetime, AfterValidator(_without_offset)]
Tier = Literal["critical", "essential", "deferrable", "comfort"]


class Part(BaseModel):
    """One table of a scenario file.

    ``source`` says where its numbers come from; ``assumption`` says in words what was assumed where no source exists.
    Both end up in the report.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    source: str = Field(default="", description="where the numbers of this table come from")
    assumption: str = Field(default="", description="what is assumed here, where no source exists")

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with some fields replaced, unchecked; what was derived from the fields is derived anew."""
        copied = super().model_copy(update=update, deep=deep)
        for derived in vars(copied).keys() - type(copied).model_fields.keys():
            del vars(copied)[derived]
        return copied


class Asset(Part):
    """A piece of equipment that somebody pays for."""

    capital_jpy: NonNegative = Field(default=0.0, description="cost to buy and install it [yen]")
    life_years: Positive = Field(default=15.0, description="years until it is replaced [years]")
    upkeep_frac_per_year: NonNegative = Field(default=0.02, description="yearly upkeep as a share of capital cost")
