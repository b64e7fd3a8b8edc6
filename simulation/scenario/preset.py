"""The data files that come with the package: tariffs, climates, restoration curves, archetypes, shapes of series."""

from __future__ import annotations

import copy
import tomllib
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["preset_names", "read_presets"]


def read_presets(kind: str) -> dict[str, Any]:
    """All presets of one kind, by name, as the tables of ``presets/<kind>.toml``; the caller owns the copy.

    >>> read_presets("series_shapes")["utility"]["encoding"]
    'cp932'
    """
    return copy.deepcopy(_tables(kind))


def preset_names(kind: str) -> tuple[str, ...]:
    """Names of the presets of one kind, in the order of the file."""
    return tuple(_tables(kind))


@cache
def _tables(kind: str) -> dict[str, Any]:
    text = resources.files("simulation.scenario.presets").joinpath(f"{kind}.toml").read_text(encoding="utf-8")
    return {name: table for name, table in tomllib.loads(text).items() if isinstance(table, dict)}
