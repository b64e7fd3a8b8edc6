"""The components that the world knows by their ``PART`` alone, in the order in which they act."""

from __future__ import annotations

from simulation.events import (
    common_cause,
    crew,
    damage,
    day_tank,
    gas,
    mains,
    oil,
    rain,
    road,
    service_station,
    sewer,
    shower,
    toilet,
    vehicle,
)
from simulation.events.part import Part

__all__ = ["PARTS"]

PARTS: tuple[Part, ...] = (
    crew.PART,
    common_cause.PART,
    gas.PART,
    sewer.PART,
    oil.PART,
    day_tank.PART,
    damage.PART,
    road.PART,
    mains.PART,
    rain.PART,
    vehicle.PART,
    shower.PART,
    toilet.PART,
    service_station.PART,
)
