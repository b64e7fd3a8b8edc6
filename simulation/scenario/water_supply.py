"""What tanks, pumps, treatment units and shelters of one building name of each other, and which water may go where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from simulation.scenario.climate import read_climate
from simulation.scenario.preset import preset_names
from simulation.scenario.water import Roof, WaterTank

if TYPE_CHECKING:
    from simulation.scenario.building import Building

__all__ = ["rain_mm_per_day", "wrong_rain", "wrong_water"]


def wrong_water(building: Building) -> list[str]:
    """One sentence for every water tank that is named and not there, or holds water of the wrong quality."""
    tanks = building.water_tank
    named: list[tuple[str, str | None, bool | None]] = []
    named += [(f"pump.{name}.tank", pump.tank, None) for name, pump in building.pump.items()]
    for name, unit in building.treatment.items():
        named += [(f"treatment.{name}.tank", unit.tank, True), (f"treatment.{name}.raw_tank", unit.raw_tank, False)]
    for name, shelter in building.shelter.items():
        named.append((f"shelter.{name}.water_tank", shelter.water_tank, True))
        named.append((f"shelter.{name}.flushing_tank", shelter.flushing_tank, False))
    named += [
        (f"shower.{name}.water_tank", shower.water_tank, True)
        for name, shower in building.shower.items()
        if shower.water_tank in tanks
    ]
    return [wrong for where, tank, potable in named for wrong in _wrong(where, tank, potable, tanks)]


def wrong_rain(buildings: Mapping[str, Building], climate: str) -> list[str]:
    """One sentence for every roof whose rain neither the file nor the climate knows."""
    if climate not in preset_names("climate") or read_climate(climate).rain_mm_per_month is not None:
        return []
    return [
        f"building.{building}.water_tank.{name}.roof: climate {climate} has no rain; legal: rain_mm_per_day"
        for building, table in buildings.items()
        for name, tank in table.water_tank.items()
        if tank.roof is not None and tank.roof.rain_mm_per_day is None
    ]


def rain_mm_per_day(roof: Roof, climate: str) -> tuple[float, ...]:
    """Mean rain on a roof by month, as written or as in the climate [mm/day]."""
    if roof.rain_mm_per_day is not None:
        return (roof.rain_mm_per_day,) * 12
    return read_climate(climate).rain_mm_per_day


def _wrong(where: str, name: str | None, potable: bool | None, tanks: Mapping[str, WaterTank]) -> list[str]:
    if name is None:
        return []
    if name not in tanks:
        there = f"there are: {', '.join(tanks)}" if tanks else "there is none"
        return [f"{where}: no water_tank {name!r} here ({there})"]
    if potable is not None and tanks[name].potable != potable:
        legal = "potable" if potable else "non_potable"
        return [f"{where}: water_tank {name!r} is {tanks[name].quality}; legal: one that is {legal}"]
    return []
