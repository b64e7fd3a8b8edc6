"""Water tanks, what fills them and what makes their water fit to drink, as a user describes them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from simulation.scenario.part import Asset, Fraction, Name, NonNegative, Part, Positive
from simulation.scenario.water_use import WaterUse
from simulation.units import NON_POTABLE_USES, WATER_USES

__all__ = ["Pump", "Roof", "Treatment", "WaterTank"]


class Roof(Part):
    """A roof whose rain runs into a tank, at the mean rate of the month: no single shower is modelled."""

    area_m2: Positive = Field(description="roof seen from above [m2]")
    runoff_frac: Fraction = Field(
        default=0.8,
        description="share of the rain that reaches the tank; default, an assumption: snow, spray, first flush",
    )
    rain_mm_per_day: NonNegative | None = Field(
        default=None, description="mean rain [mm/day]; default: that of the month in the climate of [place]"
    )


class WaterTank(Asset):
    """A tank that people draw from; filled by mains while they hold, by pumps and treatment, by trucks and by rain.

    Water that is not fit to drink serves toilets alone, until a treatment unit has turned it into drinking water.
    """

    capacity_m3: Positive = Field(description="usable volume [m3]")
    initial_frac: Fraction = Field(default=1.0, description="level at the start, of capacity")
    quality: Literal["potable", "non_potable"] = Field(
        default="potable", description="whether one may drink it; a pool, a pond and rainwater are non_potable"
    )
    roof: Roof | None = Field(default=None, description="roof whose rain fills it; only where it is non_potable")
    mains_m3ph: NonNegative = Field(default=0.0, description="inflow from the mains while they hold [m3/h]")
    mains_fail_with_hazard: bool = Field(default=True, description="whether the mains stop at the start of [hazard]")
    mains_return: Name | None = Field(
        default=None,
        description="curve in presets/restoration.toml by which mains that failed return; default: not in the period",
    )
    mains_district: Name | None = Field(
        default=None, description="tanks that name one district see their mains return at one hour; default: its own"
    )
    daily_use_m3: NonNegative = Field(default=0.0, description="use on a normal day, apart from the shelter [m3/day]")
    daily_use_stops: bool = Field(
        default=True, description="whether it stops at the start of [hazard], until failed mains return"
    )
    daily_use_for: WaterUse | None = Field(
        default=None, description="what that is used for; default: drinking, from a non_potable tank flushing"
    )
    stops_below_frac: dict[WaterUse, Fraction] = Field(
        default={},
        description="level, of capacity, below which a use gets nothing, so that the more precious ones last; "
        "default: every use draws until the tank is empty",
    )
    resumes_above_frac: Fraction = Field(
        default=0.05,
        description="how far the level must rise above that, of capacity, before the use begins again; "
        "default, an assumption: enough that it does not start and stop with every bucket",
    )
    allowed_gap_min: NonNegative = Field(
        default=60.0, description="interruption that is still no loss of service [min]"
    )
    served_threshold_frac: Fraction = Field(default=0.99, description="share of demand that counts as served")

    @property
    def potable(self) -> bool:
        """Whether one may drink it."""
        return self.quality == "potable"

    @property
    def usual_use(self) -> int:
        """What its use on a normal day is for, as an index of ``units.WATER_USES``."""
        return WATER_USES.index(self.daily_use_for or ("drinking" if self.potable else NON_POTABLE_USES[0]))

    @property
    def stops_below_m3(self) -> tuple[float, ...]:
        """Level below which each of ``units.WATER_USES`` gets nothing; 0 where it may always draw [m3]."""
        stops = dict[str, float](self.stops_below_frac.items())
        return tuple(stops.get(use, 0.0) * self.capacity_m3 for use in WATER_USES)

    @model_validator(mode="after")
    def _rations_in_order(self) -> WaterTank:
        stops = self.stops_below_m3
        if list(stops) != sorted(stops):
            raise ValueError(
                f"stops_below_frac {self.stops_below_frac}; legal: none above that of a less precious use, "
                f"in the order {', '.join(WATER_USES)}"
            )
        highest = max(self.stops_below_frac.values(), default=0.0)
        if highest > 0.0 and not 0.0 < self.resumes_above_frac <= 1.0 - highest:
            raise ValueError(
                f"resumes_above_frac {self.resumes_above_frac:g} over stops_below_frac of {highest:g}; "
                "legal: above 0, and within the tank"
            )
        return self

    @model_validator(mode="after")
    def _is_of_its_quality(self) -> WaterTank:
        if self.potable and self.roof is not None:
            raise ValueError("quality potable with a roof; legal: rainwater in a non_potable tank")
        if not self.potable and self.daily_use_m3 > 0.0 and WATER_USES[self.usual_use] not in NON_POTABLE_USES:
            raise ValueError(
                f"daily_use_for {self.daily_use_for!r} from a non_potable tank; legal: {', '.join(NON_POTABLE_USES)}"
            )
        return self


class Pump(Asset):
    """A pump that turns power into water in a tank: from a well or the mains."""

    tank: Name = Field(description="water_tank of the same building that it fills")
    rated_m3ph: Positive = Field(description="most it lifts [m3/h]")
    kwh_per_m3: Positive = Field(description="energy to lift and treat one cubic metre [kWh/m3]")
    fails_with_hazard: bool = Field(default=False, description="whether its source is lost at the start of [hazard]")
    refill_below_frac: Fraction = Field(
        default=1.0, description="starts where the tank is below this level, of capacity"
    )


class Treatment(Pump):
    """A unit that turns raw water of a pool, a pond or a river into drinking water, as long as it has power.

    Whatever concerns a pump concerns it, too: it is counted, planned, shaken and mended as one.
    """

    raw_tank: Name | None = Field(
        default=None,
        description="non_potable water_tank of the same building that it draws on; default: a river, which never lacks",
    )
    recovered_frac: Positive = Field(
        default=1.0, le=1, description="share of the raw water that becomes drinking water; the rest runs off"
    )
