"""What engines and showers name elsewhere in a scenario: crews, pipes, oil in store, water."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from simulation.scenario.building import Building
from simulation.scenario.genset import Genset

__all__ = ["wrong_backup"]


def wrong_backup(buildings: Mapping[str, Building], crews: Iterable[str], pipes: Iterable[str]) -> list[str]:
    """One sentence for every name that an engine or shower gives and nobody has."""
    wrong: list[str] = []
    for building, table in buildings.items():
        for key, engine in table.genset.items():
            where = f"building.{building}.genset.{key}"
            if engine.crew is not None and engine.crew not in crews:
                wrong.append(f"{where}.crew: no [crew.{engine.crew}]; there are: {_list(crews)}")
            if engine.pipe is not None and engine.pipe not in pipes:
                wrong.append(f"{where}.pipe: no [gas.{engine.pipe}]; there are: {_list(pipes)}")
            wrong += _wrong_oil(where, engine, table)
        wrong += [
            f"building.{building}.shower.{key}.water_tank: no water_tank {shower.water_tank!r} here; "
            f"there are: {_list(table.water_tank)}"
            for key, shower in table.shower.items()
            if shower.water_tank is not None and shower.water_tank not in table.water_tank
        ]
        wrong += [
            f"building.{building}.shower.{key}.shelter: no shelter {shower.shelter!r} here; "
            f"there are: {_list(table.shelter)}"
            for key, shower in table.shower.items()
            if shower.shelter is not None and shower.shelter not in table.shelter
        ]
    return wrong


def _wrong_oil(where: str, engine: Genset, building: Building) -> list[str]:
    if engine.oil is None or engine.oil.spare is None:
        return []
    oil = [name for name, tank in building.fuel_tank.items() if tank.fuel == "lubricating_oil"]
    if engine.oil.spare in oil:
        return []
    return [f"{where}.oil.spare: no fuel_tank {engine.oil.spare!r} of lubricating_oil here; there are: {_list(oil)}"]


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
