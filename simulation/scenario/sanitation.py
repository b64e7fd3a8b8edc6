"""What toilets and sewers name elsewhere in a scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from simulation.scenario.building import Building
from simulation.scenario.toilet import Toilet

__all__ = ["served_shelter", "wrong_sanitation"]


def served_shelter(building: Building, toilet: Toilet) -> str | None:
    """Key of the shelter whose people use a toilet; None where the building has none, or several and none is named."""
    if toilet.shelter is not None:
        return toilet.shelter if toilet.shelter in building.shelter else None
    return next(iter(building.shelter)) if len(building.shelter) == 1 else None


def wrong_sanitation(buildings: Mapping[str, Building], sewers: Iterable[str]) -> list[str]:
    """One sentence for every shelter, tank or sewer that a toilet names and nobody has."""
    wrong: list[str] = []
    for building, table in buildings.items():
        for key, toilet in table.toilet.items():
            where = f"building.{building}.toilet.{key}"
            if served_shelter(table, toilet) is None:
                given = "no shelter is named" if toilet.shelter is None else f"no shelter {toilet.shelter!r} here"
                wrong.append(f"{where}.shelter: {given}; there are: {_list(table.shelter)}")
            if toilet.water_tank is not None and toilet.water_tank not in table.water_tank:
                tanks = _list(table.water_tank)
                wrong.append(f"{where}.water_tank: no water_tank {toilet.water_tank!r} here; there are: {tanks}")
            if toilet.sewer is not None and toilet.sewer not in sewers:
                wrong.append(f"{where}.sewer: no [sewer.{toilet.sewer}]; there are: {_list(sewers)}")
    return wrong


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
