"""An earthquake as a user describes it: how hard it shakes which sites, what breaks by it, and which shocks follow."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field, model_validator

from simulation.scenario.part import Name, NonNegative, Part, Positive, Probability

__all__ = ["Aftershock", "Fragilities", "Shaking", "Site", "wrong_sites"]


class Site(Part):
    """Where a building, a road link, a line or a sewer stands, and how its ground shakes."""

    x_km: float = Field(default=0.0, description="place to the east [km]")
    y_km: float = Field(default=0.0, description="place to the north [km]")
    ground_factor: Positive = Field(default=1.0, description="shaking over that of the median site")


class Aftershock(Part):
    """A later shock, which strikes what stands and what is mended again."""

    after_h: Positive = Field(description="earliest time after the strike [h]")
    window_h: NonNegative = Field(default=0.0, description="it comes at an even chance within so long after that [h]")
    probability: Probability = Field(default=1.0, description="chance that it comes at all")
    median_g: Positive = Field(description="median shaking of a site of factor 1 [g]")


class Fragilities(Part):
    """By kind of component, its preset in presets/fragility.toml; a kind without one stands any shaking."""

    building: str | None = Field(default=None, description="floor of the shelters in a building")
    genset: str | None = Field(default=None, description="engines")
    pump: str | None = Field(default=None, description="pumps")
    water_tank: str | None = Field(default=None, description="water tanks")
    tieline: str | None = Field(default=None, description="private lines")
    road_link: str | None = Field(default=None, description="links of the road graph")
    mains: str | None = Field(
        default=None, description="mains water that failed with the strike and has returned: aftershocks take it again"
    )
    sewer: str | None = Field(default=None, description="sewers")


class Shaking(Part):
    """Peak ground acceleration at every site, and what it breaks.

    ``ln PGA(site) = ln(median_g * ground_factor) + between_sigma * eta + within_sigma * epsilon(site)``: eta is one
    number for the whole earthquake, epsilon is correlated between sites by ``exp(-3 distance / range_km)``.  A
    building, feeder, line, road link or sewer that is not named under ``site`` stands at the origin.  A component
    stands where its building does.
    """

    median_g: Positive = Field(description="median shaking of a site of factor 1 [g]")
    between_sigma: NonNegative = Field(default=0.3, description="deviation of ln PGA from earthquake to earthquake")
    within_sigma: NonNegative = Field(default=0.5, description="deviation of ln PGA from site to site")
    range_km: Positive = Field(default=25.0, description="distance at which sites shake all but independently [km]")
    assumption: str = Field(
        default="deviations of 0.3 between and 0.5 within earthquakes and a range of 25 km are assumptions, of the "
        "size that ground-motion models give"
    )
    site: dict[Name, Site] = Field(default={}, description="sites by the name of their building, line or road link")
    fragility: Fragilities = Fragilities()
    aftershock: dict[Name, Aftershock] = Field(default={}, description="shocks that may follow")

    @model_validator(mode="after")
    def _in_order(self) -> Shaking:
        times = [(shock.after_h, shock.after_h + shock.window_h) for shock in self.aftershock.values()]
        if any(first[1] > second[0] for first, second in zip(times, times[1:], strict=False)):
            raise ValueError("aftershocks; legal: in the order of time, each window over before the next begins")
        return self


def wrong_sites(shaking: Shaking, names: Sequence[str]) -> list[str]:
    """Sites that are none of the things which may stand on one."""
    known = ", ".join(names)
    return [
        f"shaking.site.{site}: no building, feeder, tieline, road_link or sewer of that name; there are: {known}"
        for site in shaking.site
        if site not in names
    ]
