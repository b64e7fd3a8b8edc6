"""A service station under agreement as a user describes it: its pumps, who comes for fuel, and who gets it first."""

from __future__ import annotations

from pydantic import Field, model_validator

from simulation.scenario.part import Asset, Fraction, Name, NonNegative, Part, Positive

__all__ = ["CLASSES", "Customers", "ServiceStation"]

CLASSES = ("emergency", "supply", "public")
"""Who comes for fuel, in the order in which they are served; only the public is rationed and stopped."""


class Customers(Part):
    """Vehicles of one class that come for fuel as a Poisson process, evenly over the opening hours of each day."""

    per_day: NonNegative = Field(default=0.0, description="vehicles on a normal day")
    per_day_after: NonNegative | None = Field(
        default=None, description="vehicles a day from the start of [hazard] on; default: as on a normal day"
    )
    litres: Positive = Field(default=30.0, description="mean that one asks for, before any ration [L]")
    litres_sigma: NonNegative = Field(default=0.3, description="sigma of its lognormal; the mean stays")
    people: Positive = Field(
        default=1.0,
        description="people in one who go without fuel while it waits or is to come again; "
        "default: the driver, the fewest that there can be",
    )
    patience_min: Positive | None = Field(
        default=None, description="mean of the exponential time after which one leaves the queue [min]; default: stays"
    )
    balks_above: NonNegative | None = Field(
        default=None, description="one that finds more vehicles waiting drives on at once; default: none does"
    )
    returns_prob: Fraction = Field(default=0.0, description="chance that one that got nothing tries again later")
    returns_after_h: Positive = Field(default=24.0, description="mean of the exponential time until it does [h]")


class ServiceStation(Asset):
    """Pumps that sell from a fuel tank of the same building, one product a station.

    Vehicles of a higher class go first, those of a class in the order of coming, and nobody is interrupted.  The public
    is served until the tank is down to ``promised_l`` or ``public_stops_after_h`` have passed since the strike, and
    again once a lot has filled the tank to ``public_resumes_above_l``; what is promised is for vehicles of the other
    classes.  Without power the pumps stand still, or give by hand.
    """

    tank: Name = Field(description="fuel_tank of the same building that it sells from")
    pumps: int = Field(default=4, ge=1, description="vehicles that are served at once")
    service_min: Positive = Field(default=5.0, description="time at the pump [min]")
    hand_service_min: Positive | None = Field(
        default=None, description="time at the pump where it is worked by hand in the dark [min]; default: it is shut"
    )
    exponential_service: bool = Field(
        default=False, description="whether the time at the pump is exponential with that mean, or always the same"
    )
    opens_hour: NonNegative = Field(default=0.0, le=24, description="local hour from which vehicles come")
    closes_hour: Positive = Field(default=24.0, le=24, description="local hour until which vehicles come")
    promised_l: NonNegative = Field(default=0.0, description="kept for emergency and supply vehicles by agreement [L]")
    public_stops_after_h: NonNegative | None = Field(
        default=None,
        description="hours after the strike at which public sale stops; default: by the tank alone",
    )
    public_resumes_above_l: NonNegative | None = Field(
        default=None,
        description="level from which a lot that comes after that stop lets the public be served again [L]; "
        "default: it stays stopped",
    )
    ration_l: Positive | None = Field(
        default=None, description="most that one vehicle of the public gets after the strike [L]; default: what it asks"
    )
    emergency: Customers = Field(default=Customers(), description="police, fire engines, ambulances")
    supply: Customers = Field(default=Customers(), description="lorries and cans for water works, hospitals, shelters")
    public: Customers = Field(default=Customers(), description="everybody else")
    allowed_gap_min: NonNegative = Field(
        default=60.0, description="interruption that is still no loss of service [min]"
    )

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> ServiceStation:
        if self.opens_hour >= self.closes_hour:
            raise ValueError(f"opens_hour {self.opens_hour:g}; legal: below closes_hour {self.closes_hour:g}")
        return self

    @model_validator(mode="after")
    def _resumes_after_a_stop(self) -> ServiceStation:
        resumes_l = self.public_resumes_above_l
        if resumes_l is not None and self.public_stops_after_h is None:
            raise ValueError("public_resumes_above_l without public_stops_after_h; legal: both, or neither")
        if resumes_l is not None and resumes_l <= self.promised_l:
            raise ValueError(f"public_resumes_above_l {resumes_l:g}; legal: above promised_l {self.promised_l:g}")
        return self

    def customers(self) -> tuple[Customers, ...]:
        """Those who come, in the order of ``CLASSES``."""
        return (self.emergency, self.supply, self.public)
