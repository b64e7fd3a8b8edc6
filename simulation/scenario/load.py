"""The file a user writes -> Spec, and back."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import BaseModel

from simulation.errors import Fault, ScenarioError
from simulation.scenario.faults import validate
from simulation.scenario.layers import Layers, nested
from simulation.scenario.legal import did_you_mean, listed, spec_schema
from simulation.scenario.preset import read_presets
from simulation.scenario.spec import Spec

__all__ = ["dump", "load", "schema", "shipped", "shipped_names"]

_SHIPPED_FOLDERS = (Path(__file__).parent / "shipped", Path(__file__).parents[2] / "scenarios")


def load(path: str | Path, overrides: Mapping[str, Any] | None = None) -> Spec:
    """Read a scenario.

    A file may say ``extends = "other.toml"``: its tables are then merged into the other's key by key, lists being
    replaced whole, after what it lists under ``remove = ["building.mall.battery.nas"]`` has been taken out.  Tariffs
    that a grid connection names and no table defines come from the presets.

    Args:
        path: a TOML file, or the bare name of a shipped scenario.
        overrides: one more layer on top: nested tables, or keys with dots such as ``{"period.days": 3}``; may hold
            ``remove``.

    Raises:
        ScenarioError: with every fault of the file at once.

    >>> load("mutsuzawa_faxai", {"runs.scenarios": 4}).runs.scenarios
    4
    """
    file = _find(str(path), Path())
    layers = Layers(find=_find)
    table = layers.read(file)
    if overrides:
        upper = nested(overrides)
        if "extends" in upper:
            fault = Fault(where="overrides.extends", given=repr(upper["extends"]), legal="extends in a file only")
            raise ScenarioError(str(path), [fault])
        table = layers.over(table, upper, "overrides: ")
    return validate(str(path), _with_preset_tariffs(table), str(file.resolve().parent), layers.faults)


def dump(spec: Spec) -> str:
    """The scenario as TOML with every default filled in; read again from the same folder it gives an equal Spec."""
    return tomli_w.dumps(_as_table(spec))


def schema() -> dict[str, Any]:
    """JSON Schema of a scenario file, for editors that complete and check TOML.

    It describes a file that stands alone; one that extends another need not repeat what it inherits.
    """
    full = copy.deepcopy(spec_schema())
    partial = {f"Partial{name}": _loosened(table) for name, table in full["$defs"].items()}
    layer = _loosened({key: value for key, value in full.items() if key != "$defs"})
    layer["properties"] |= {
        "extends": {"type": "string", "description": "scenario file that this one is laid over"},
        "remove": {"type": "array", "items": {"type": "string"}, "description": "paths not to inherit"},
    }
    alone = {key: full[key] for key in ("properties", "required", "additionalProperties", "type")}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Scenario of Yuimaru",
        "$defs": {**full["$defs"], **partial, "Alone": alone, "Layer": layer},
        "if": {"required": ["extends"]},
        "then": {"$ref": "#/$defs/Layer"},
        "else": {"$ref": "#/$defs/Alone"},
    }


def shipped(name: str) -> Path:
    """The file of a scenario that comes with the package.

    Raises:
        ScenarioError: if there is none of that name; lists those there are.

    >>> shipped("mutsuzawa_faxai").name
    'mutsuzawa_faxai.toml'
    """
    files = _shipped_files()
    if name not in files:
        fault = Fault(
            where="scenario",
            given=repr(name),
            legal=f"a file, or a shipped scenario: {listed(files, 'none is installed')}",
            hint=did_you_mean(name, files),
        )
        raise ScenarioError(name, [fault])
    return files[name]


def shipped_names() -> tuple[str, ...]:
    """Names of the scenarios that come with the package, variants after the scenarios."""
    return tuple(_shipped_files())


def _shipped_files() -> dict[str, Path]:
    folder = next((item for item in _SHIPPED_FOLDERS if item.is_dir()), None)
    if folder is None:
        return {}
    files = [*sorted(folder.glob("*.toml")), *sorted((folder / "variants").glob("*.toml"))]
    return {file.stem: file for file in files}


def _find(text: str, folder: Path) -> Path:
    """A path relative to a folder, or a shipped scenario by its bare name."""
    path = folder / text
    is_bare = Path(text).name == text and not Path(text).suffix
    return shipped(text) if is_bare and _is_missing(path) else path


def _is_missing(path: Path) -> bool:
    try:
        return not path.exists()
    except OSError:  # a name that the system refuses; said where the file is read
        return False


def _with_preset_tariffs(table: dict[str, Any]) -> dict[str, Any]:
    """Fill in the tariffs that grid connections name and the file does not define."""
    own, buildings = table.get("tariff", {}), table.get("building", {})
    if not isinstance(own, Mapping) or not isinstance(buildings, Mapping):
        return table
    grids = [building.get("grid") for building in buildings.values() if isinstance(building, Mapping)]
    named = [grid.get("tariff") for grid in grids if isinstance(grid, Mapping)]
    presets = read_presets("tariffs")
    taken = {name: presets[name] for name in named if isinstance(name, str) and name in presets and name not in own}
    return {**table, "tariff": {**own, **taken}} if taken else table


def _as_table(part: BaseModel) -> dict[str, Any]:
    """A model as TOML can say it: nothing for None and for empty tables and texts that are empty by default."""
    table: dict[str, Any] = {}
    for key, field in type(part).model_fields.items():
        value = getattr(part, key)
        empty = value is None or (value in ("", {}) and value == field.default)
        if not empty and not field.exclude:
            table[key] = _as_value(value)
    return table


def _as_value(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return _as_table(value)
    if isinstance(value, Mapping):
        return {key: _as_value(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_as_value(item) for item in value]
    return value


def _loosened(node: Any) -> Any:
    """A schema in which every key may be left out, over the loosened definitions."""
    if isinstance(node, list):
        return [_loosened(item) for item in node]
    if not isinstance(node, dict):
        return node
    loose = {key: _loosened(value) for key, value in node.items() if key not in ("required", "minProperties")}
    if "$ref" in loose:
        loose["$ref"] = loose["$ref"].replace("#/$defs/", "#/$defs/Partial")
    if "discriminator" in loose:
        del loose["discriminator"]
        loose["anyOf"] = loose.pop("oneOf")
    return loose
