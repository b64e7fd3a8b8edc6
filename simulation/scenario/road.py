"""Roads as a graph: links between places, closed by a disaster and reopened in the order of their priority."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import Field, model_validator

from simulation.scenario.delivery import Delivery
from simulation.scenario.part import Name, NonNegative, Part, Positive, Probability

__all__ = ["RoadLink", "RoadWorks", "joined", "places", "wrong_way"]


class RoadLink(Part):
    """A road between two places: depots, crossings, or buildings by their name.

    The disaster closes it by ``closed_prob`` or, with [shaking] and a fragility for road links, by its damage; crews
    then clear it.  With ``closed_in_snow`` every fall closes it, too, until it ends.  Between its reopening and
    ``limit_h`` later only vehicles up to ``limit_t`` may pass, but after a fall all may.
    """

    a: Name = Field(description="place at one end")
    b: Name = Field(description="place at the other end")
    length_km: Positive = Field(description="length [km]")
    speed_kmh: Positive = Field(default=40.0, description="speed on a normal day [km/h]")
    slow_factor: float = Field(default=1.0, ge=1, description="time over normal once the disaster has struck")
    closed_prob: Probability = Field(default=0.0, description="chance that the disaster closes it, but for shaking")
    closed_in_snow: bool = Field(default=False, description="whether it is closed while a fall of [snow] lasts")
    clearing_median_h: Positive = Field(default=12.0, description="median time for a crew to clear it [h]")
    clearing_sigma: NonNegative = Field(default=0.5, description="sigma of the lognormal of that time")
    priority: int = Field(default=1, ge=1, description="order of clearing: 1 comes first")
    limit_t: Positive | None = Field(default=None, description="heaviest vehicle on a damaged link [t]; default: none")
    limit_h: NonNegative = Field(default=0.0, description="how long that limit lasts after its reopening [h]")

    @property
    def normal_h(self) -> float:
        """Time from end to end on a normal day [h]."""
        return self.length_km / self.speed_kmh

    @model_validator(mode="after")
    def _two_ends(self) -> RoadLink:
        if self.a == self.b:
            raise ValueError(f"both ends are {self.a}; legal: two different places")
        return self


class RoadWorks(Part):
    """Who clears the roads: each crew takes the first link in the order of priority that nobody has begun."""

    crews: int | None = Field(default=None, ge=1, description="crews; default: one for every link")
    begins_after_h: NonNegative = Field(default=0.0, description="time from a shock to the first work [h]")
    assumption: str = Field(default="how many crews there are, and when they begin, is an assumption")


def places(links: Mapping[str, RoadLink]) -> tuple[str, ...]:
    """Ends of the links, in order of first mention."""
    return tuple(dict.fromkeys(end for link in links.values() for end in (link.a, link.b)))


def joined(links: Iterable[RoadLink], start: str) -> set[str]:
    """Every place that the links join to one, itself included.

    >>> sorted(joined([RoadLink(a="depot", b="pass", length_km=2), RoadLink(a="hub", b="pass", length_km=5)], "depot"))
    ['depot', 'hub', 'pass']
    """
    known = {start}
    left = list(links)
    while True:
        near = [link for link in left if link.a in known or link.b in known]
        if not near:
            return known
        known.update(end for link in near for end in (link.a, link.b))
        left = [link for link in left if link not in near]


def wrong_way(name: str, delivery: Delivery, links: Mapping[str, RoadLink]) -> list[str]:
    """Faults of a delivery that comes by the road graph, or should."""
    if delivery.depot is None:
        return []
    if delivery.road is not None:
        return [f"delivery.{name}: road and depot both given; legal: a road, or a depot of the road graph"]
    there, building = places(links), delivery.to.partition(".")[0]
    missing = [place for place in (delivery.depot, building) if place not in there]
    if missing:
        known = ", ".join(there) or "none"
        return [f"delivery.{name}: no [road_link] ends at {place}; there are: {known}" for place in missing]
    if building not in joined(links.values(), delivery.depot):
        return [f"delivery.{name}: no road leads from {delivery.depot} to {building}; legal: links that join them"]
    return []
