"""Snow as a user describes it: when it falls, how much, and how it leaves the panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from simulation.scenario.grid import DistributionOutage
from simulation.scenario.part import LocalTime, Name, NonNegative, Part, Positive, Probability

if TYPE_CHECKING:
    from simulation.scenario.spec import Spec

__all__ = ["Fall", "Snow", "wrong_snow"]


class Fall(Part):
    """One fall of snow at an even rate, and others like it on the days that follow.

    It begins within ``start_window_h`` after ``begins_after_h`` hours from its start; length and depth are lognormal,
    drawn apart from one another, anew for each.
    """

    start: LocalTime | None = Field(
        default=None, description="local time to count from; default: the start of [hazard]"
    )
    begins_after_h: float = Field(
        default=0.0, allow_inf_nan=False, description="earliest begin after that time, below 0 before it [h]"
    )
    start_window_h: NonNegative = Field(default=0.0, description="begin is uniform over this window after it [h]")
    probability: Probability = Field(default=1.0, description="chance that it comes at all")
    again_prob_per_day: Probability = Field(
        default=0.0, description="chance of another like it on each day that follows its begin, where it came"
    )
    duration_median_h: Positive = Field(description="median length [h]")
    duration_sigma: NonNegative = Field(default=0.0, description="sigma of the lognormal of its length")
    depth_median_cm: Positive = Field(description="median depth of new snow [cm]")
    depth_sigma: NonNegative = Field(default=0.0, description="sigma of the lognormal of its depth")


class Snow(Part):
    """Falls of snow, and how it covers panels and slides off them (Marion et al. 2013).

    A step in which it falls faster than ``cover_cm_per_h`` covers every plane.  Snow slides where the air is warmer
    than irradiance over ``can_slide_w_per_m2_c``, each hour by ``slide_frac_per_h`` times the sine of the tilt.
    """

    source: str = Field(
        default="threshold and coefficients: Marion et al., Solar Energy 97 (2013), as in pvlib.snow",
        description="where the numbers of this table come from",
    )
    fall: dict[Name, Fall] = Field(min_length=1, description="falls by name")
    cover_cm_per_h: Positive = Field(default=1.0, description="snowfall above which planes are covered [cm/h]")
    can_slide_w_per_m2_c: float = Field(
        default=-80.0, lt=0, allow_inf_nan=False, description="m of the paper: nearer to 0 lets snow slide in the cold"
    )
    slide_frac_per_h: NonNegative = Field(
        default=0.197, description="share of an upright slope that slides off in an hour [1/h]"
    )


def wrong_snow(spec: Spec) -> list[str]:
    """Falls that nobody would see, snow that is counted twice, and what waits for snow that never falls."""
    return [*_wrong_starts(spec), *_counted_twice(spec), *_without_snow(spec)]


def _wrong_starts(spec: Spec) -> list[str]:
    wrong: list[str] = []
    for name, fall in ({} if spec.snow is None else spec.snow.fall).items():
        start_h = spec.hour_of(fall.start)
        if start_h is None:
            wrong.append(f"snow.fall.{name}: no start here and no [hazard]; give one of them")
        elif not 0.0 <= start_h + fall.begins_after_h < spec.clock.duration_h:
            wrong.append(
                f"snow.fall.{name}.begins_after_h: {fall.begins_after_h:g} h after hour {start_h:g} of the period; "
                f"legal: from {-start_h:g} to below {spec.clock.duration_h - start_h:g}, within the period"
            )
    return wrong


def _counted_twice(spec: Spec) -> list[str]:
    if spec.snow is None:
        return []
    return [
        f"building.{name}.pv.{key}.snow_loss_frac: {array.snow_loss_frac:g} beside a [snow] table, whose falls cover "
        "the panels; legal: 0, or no [snow]"
        for name, building in spec.building.items()
        for key, array in building.pv.items()
        if array.snow_loss_frac > 0.0
    ]


def _without_snow(spec: Spec) -> list[str]:
    falls = () if spec.snow is None else tuple(spec.snow.fall)
    wrong = [
        f"road_link.{name}.closed_in_snow: true without a [snow] table; add one with its falls"
        for name, link in spec.road_link.items()
        if link.closed_in_snow and not falls
    ]
    for feeder_name, feeder in spec.feeder.items():
        for name, outage in feeder.outage.items():
            if not isinstance(outage, DistributionOutage) or outage.with_fall is None:
                continue
            where = f"feeder.{feeder_name}.outage.{name}.with_fall"
            if outage.with_fall not in falls:
                there = ", ".join(falls) or "none"
                wrong.append(f"{where}: no [snow.fall.{outage.with_fall}]; there are: {there}")
            if outage.start is not None:
                wrong.append(f"{where}: start and with_fall both given; legal: one of them")
    return wrong
