"""Where the scenario happens: position, time zone, and the climate that the weather is drawn from."""

from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator

from simulation.scenario.part import Part

__all__ = ["Place"]


class Place(Part):
    """Position and climate of the area."""

    latitude_deg: float = Field(ge=-66.0, le=66.0, description="north positive [deg]")
    longitude_deg: float = Field(ge=-180.0, le=180.0, description="east positive [deg]")
    altitude_m: float = Field(default=10.0, ge=-400.0, le=4000.0, description="above sea level [m]")
    zone: str = Field(default="Asia/Tokyo", description="IANA name of the time zone")
    climate: str = Field(description="preset of monthly sun and temperature in presets/climate.toml")

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("legal: an IANA name such as Asia/Tokyo")
        return value

    @property
    def zone_info(self) -> ZoneInfo:
        """The time zone as an object."""
        return ZoneInfo(self.zone)
