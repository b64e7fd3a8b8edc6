"""Who comes to a shelter as a user describes it: evacuees by what drives them out, visitors, car sleepers, groups."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from simulation.scenario.fragility import read_fragility
from simulation.scenario.part import Fraction, Name, NonNegative, Part, Positive, Tier
from simulation.scenario.preset import preset_names

__all__ = ["Cars", "Evacuees", "Group", "Homes", "Item", "Visitors"]


class Homes(Part):
    """Homes around the shelter, which shake as its building does: who leaves them follows from the shaking drawn.

    With the share ``P_d(g)`` of homes in damage state ``d`` by lognormal fragility at a shaking of ``g``::

        damaged_people(g) = people * come_frac * sum over d of P_d(g) * leaving_frac_d

    A home meets every shock with the same capacity, so that an aftershock drives out those alone whom no shock before
    it did.
    """

    people: Positive = Field(description="people who live in them")
    fragility: str = Field(default="wooden_home", description="preset in presets/fragility.toml with people who leave")
    come_frac: Fraction = Field(
        default=0.667,
        description="share of those who leave that come to this shelter; default: shelters took 1,995,809 of 2,993,713 "
        "at the worst of Tokyo's damage estimate of 2022 (wic-net 2615/182)",
    )

    @model_validator(mode="after")
    def _drives_people_out(self) -> Homes:
        known = preset_names("fragility")
        legal = [name for name in known if any(one.leaving_frac > 0.0 for one in read_fragility(name).state)]
        if self.fragility not in legal:
            raise ValueError(f"fragility {self.fragility!r}; legal, with people who leave: {', '.join(legal)}")
        return self


class Evacuees(Part):
    """Residents, in two parts: those whose homes are damaged, and those whose homes have no water.

    ``t`` hours after the strike, with the share ``W`` of the water-out population that is still without water::

        people(t) = (1 - exp(-t / arrival_h)) * (damaged_people * exp(-t / damaged_stay_h)
                                                 + water_out_people * water_out_frac * W(t))

    Each draw scales each part by its own lognormal factor of median 1.  Tokyo's damage estimate of 2022 counts in the
    same two parts.  With ``homes`` the first part follows from the shaking instead, shock by shock, without a factor.
    """

    damaged_people: NonNegative = Field(default=0.0, description="median of those whose homes are damaged")
    damaged_stay_h: Positive = Field(
        default=1_073.0,
        description="time scale at which they leave [h]; default: shelters of Nanao 2024, half as many every 31 days "
        "(raokiey/R06-Noto, 2024-01-09 to mid-March)",
    )
    damaged_sigma: NonNegative = Field(
        default=0.3, description="sigma of their lognormal factor; default, an assumption; homes have none"
    )
    homes: Homes | None = Field(
        default=None, description="homes whose damage by the shaking drives people out, in place of damaged_people"
    )
    water_out_people: NonNegative = Field(default=0.0, description="population around that loses its water")
    water_out_frac: Fraction = Field(
        default=0.1,
        description="share of those without water who come, in the median; default, an assumption",
    )
    water_preset: str = Field(
        default="noto_water_weibull",
        description="curve in presets/restoration.toml by which their water returns",
    )
    water_sigma: NonNegative = Field(default=0.3, description="sigma of their lognormal factor; default, an assumption")
    arrival_h: Positive = Field(
        default=12.0,
        description="time scale of arriving [h]; default: 39 % there after 6 h, 93 % after 32 h; Kumamoto 2016 stood "
        "at its peak after 32 h, Noto 2024 near it after 16 h",
    )

    @model_validator(mode="after")
    def _counts_homes_once(self) -> Evacuees:
        if self.homes is not None and self.damaged_people > 0.0:
            raise ValueError("damaged_people and homes both given; legal: a number, or homes that the shaking damages")
        return self

    @model_validator(mode="after")
    def _has_curve(self) -> Evacuees:
        if self.water_preset not in preset_names("restoration"):
            raise ValueError(f"water_preset {self.water_preset!r}; legal: {', '.join(preset_names('restoration'))}")
        return self


class Visitors(Part):
    """Those who happen to be there when the disaster strikes, by the course of visitors of an archetype.

    They stay until their road, or a way home over the road graph, is open, and then leave with a time constant.
    """

    busiest_people: Positive = Field(description="visitors at once in the busiest hour of the busiest day, median")
    archetype: str = Field(
        default="roadside_station", description="archetype in presets/archetypes.toml whose course they follow"
    )
    sigma: NonNegative = Field(default=0.3, description="sigma of their lognormal factor; default, an assumption")
    leave_h: Positive = Field(
        default=12.0, description="time scale of leaving once they can [h]; default, an assumption"
    )
    road: Name | None = Field(default=None, description="road without which they cannot leave; default: they can")
    towards: Name | None = Field(
        default=None,
        description="place of the road graph that they go home to, as soon as a way there is open to cars",
    )
    car_t: Positive = Field(default=2.0, description="weight of their cars, for links with a limit [t]; an assumption")

    @model_validator(mode="after")
    def _has_course(self) -> Visitors:
        if self.road is not None and self.towards is not None:
            raise ValueError("road and towards both given; legal: a road, or a place of the road graph")
        if self.archetype not in preset_names("archetypes"):
            raise ValueError(f"archetype {self.archetype!r}; legal: {', '.join(preset_names('archetypes'))}")
        return self


class Cars(Part):
    """People who sleep in their cars: they use water, toilets and stock, but no floor."""

    places: NonNegative = Field(description="parking places on which somebody may sleep")
    people_per_car: Positive = Field(default=2.0, description="people who sleep in one car; default, an assumption")
    share_frac: Fraction = Field(
        default=0.0, description="share of all but staff who want their car rather than the floor, come what may"
    )
    overflow_frac: Fraction = Field(
        default=1.0, description="share of those who find no floor who sleep in their car instead"
    )
    power_kwh_per_person_day: NonNegative = Field(
        default=0.0, description="energy that they draw from the building, in the tier of the shelter, as for phones"
    )

    @property
    def room_people(self) -> float:
        """Most people who can sleep in cars."""
        return self.places * self.people_per_car


class Group(Part):
    """A share of the people with needs of its own: infants, the old, people on powered medical devices."""

    share_frac: Fraction = Field(description="share of all people present")
    power_kw_per_person: NonNegative = Field(
        default=0.0, description="power of each, day and night; they get the floor before others [kW]"
    )
    power_tier: Tier = Field(default="critical", description="tier of that power")


class Item(Part):
    """One thing in store: what there is for ``persons`` over ``days``, who uses it, and whether it is used up.

    What is *consumed* is a stock in days of one user; what is *lent* (blankets, partitions) serves so many people for
    as long as they stay.  A delivery fills it as ``building.shelter.name.item.key``, in days of one user, or in people.
    """

    persons: NonNegative = Field(description="people for whom there is enough")
    days: NonNegative = Field(default=3.0, description="days for which it lasts them, where it is consumed [days]")
    group: Name | None = Field(default=None, description="group of the shelter that uses it; default: everybody")
    kind: Literal["consumed", "lent"] = Field(default="consumed", description="used up, or given back")
    allowed_gap_min: NonNegative = Field(
        default=0.0, description="lack that is still no loss of service [min]; default, an assumption: none"
    )

    @property
    def initial(self) -> float:
        """What is in store at first [days of one user, or people]."""
        return self.persons * self.days if self.kind == "consumed" else self.persons
