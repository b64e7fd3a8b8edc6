"""What engines name elsewhere in a scenario: crews that repair them, pipes that feed them, oil in store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from simulation.scenario.building import Building
from simulation.scenario.genset import Genset

__all__ = ["wrong_backup"]


def wrong_backup(buildings: Mapping[str, Building], crews: Iterable[str], pipes: Iterable[str]) -> list[str]:
    """One sentence for every name that an engine gives and nobody has."""
    wrong: list[str] = []
    for building, table in buildings.items():
        for key, engine in table.genset.items():
            where = f"building.{building}.genset.{key}"
            if engine.crew is not None and engine.crew not in crews:
                wrong.append(f"{where}.crew: no [crew.{engine.crew}]; there are: {_list(crews)}")
            if engine.pipe is not None and engine.pipe not in pipes:
                wrong.append(f"{where}.pipe: no [gas.{engine.pipe}]; there are: {_list(pipes)}")
            wrong += _wrong_oil(where, engine, table)
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
