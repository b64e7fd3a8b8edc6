"""Tankers, water trucks and relief as a user describes them, and the roads they come by."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from simulation.scenario.part import Name, NonNegative, Part, Positive, Probability

__all__ = ["Delivery", "Road"]


class Road(Part):
    """A road link that a disaster may close; its reopening is drawn from a lognormal."""

    closed_prob: Probability = Field(default=0.0, description="chance that the disaster closes it")
    closed_median_h: Positive = Field(default=24.0, description="median time until it reopens [h]")
    closed_sigma: NonNegative = Field(default=0.5, description="sigma of the lognormal")
    slow_factor: float = Field(default=1.0, ge=1, description="travel time over normal while the disaster lasts")


class Delivery(Part):
    """Lots that come by road to a tank or the stockpile of a shelter, or trucks that empty its toilets.

    ``schedule`` sends a lot every ``every_h`` from ``first_after_h`` on (hours after the start of [hazard]);
    ``reorder`` sends one each time the stock falls below ``reorder_frac`` and none is under way.
    """

    to: str = Field(
        pattern=r"^[A-Za-z0-9_\-]+\.((fuel_tank|water_tank|toilet)\.[A-Za-z0-9_\-]+"
        r"|shelter\.[A-Za-z0-9_\-]+(\.item\.[A-Za-z0-9_\-]+)?)$",
        description="what it fills, as building.fuel_tank.name, building.water_tank.name, building.shelter.name (food) "
        "or building.shelter.name.item.key; or what it empties, as building.toilet.name",
    )
    amount: Positive = Field(description="one lot, in the unit of what it fills [L, m3, person-days or people]")
    order: Literal["schedule", "reorder"] = Field(default="schedule", description="when a lot is sent")
    first_after_h: NonNegative = Field(default=0.0, description="no lot arrives sooner after the disaster [h]")
    every_h: Positive = Field(default=24.0, description="time between scheduled lots, from one control step up [h]")
    reorder_frac: float = Field(default=0.5, ge=0, le=1, description="level below which a lot is ordered, of capacity")
    travel_h: NonNegative = Field(default=2.0, description="travel time on a normal day [h]")
    delay_sigma: NonNegative = Field(default=0.3, description="sigma of the lognormal factor on the travel time")
    cancel_prob: Probability = Field(default=0.0, description="chance that a lot never comes")
    road: Name | None = Field(default=None, description="road that it needs")
    takes_from: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9_\-]+\.fuel_tank\.[A-Za-z0-9_\-]+$",
        description="fuel_tank of the scenario that a lot is filled at when it is sent, as building.fuel_tank.name, "
        "with no more than that holds; default: from outside, which never runs dry",
    )
    fills_by_hand: bool = Field(
        default=False, description="whether it is filled there by a hand pump where the building is dark"
    )
    depot: Name | None = Field(
        default=None,
        description="place of the road graph that it comes from, to the building that it fills: it takes the quickest "
        "way over [road_link] tables that is open when it sets out; travel_h is that of the quickest on a normal day",
    )
    vehicle_t: Positive = Field(
        default=20.0, description="weight of the vehicle, for links with a limit [t]; default, a large tanker"
    )
    gives_up_after_h: Positive | None = Field(
        default=None, description="a lot with no open way for so long is cancelled [h]; default: it waits"
    )
