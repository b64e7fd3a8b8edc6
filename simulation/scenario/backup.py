"""What engines name elsewhere in a scenario: the crews that repair them, and the networks that feed them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulation.scenario.building import Building

__all__ = ["wrong_backup"]


def wrong_backup(buildings: Mapping[str, Building], crews: Mapping[str, Any]) -> list[str]:
    """One sentence for every name that an engine gives and nobody has."""
    return [
        f"building.{building}.genset.{key}.crew: no [crew.{engine.crew}]; there are: {', '.join(crews) or 'none'}"
        for building, table in buildings.items()
        for key, engine in table.genset.items()
        if engine.crew is not None and engine.crew not in crews
    ]
