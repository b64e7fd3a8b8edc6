"""Everything wrong with a scenario at once, each fault with its path, the value, what is legal, and a suggestion."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from simulation.errors import Fault, ScenarioError
from simulation.scenario.layers import paths_of
from simulation.scenario.legal import (
    NAME_IN_WORDS,
    Location,
    Node,
    brief,
    child_of,
    did_you_mean,
    dotted,
    in_words,
    keys_of,
    kind_key,
    listed,
    nearest,
    spec_schema,
)
from simulation.scenario.moments import wrong_moments
from simulation.scenario.references import wrong_references
from simulation.scenario.spec import Spec

__all__ = ["faults_from", "validate"]

_LARGEST = 1e12


def validate(path: str, table: Mapping[str, Any], folder: str = ".", found: Sequence[Fault] = ()) -> Spec:
    """Turn the raw tables of a scenario into a Spec.

    Args:
        path: name of the file, for the message.
        table: raw tables as TOML gives them, presets filled in.
        folder: where relative paths of series start.
        found: faults that are known already and belong in the same message.

    Raises:
        ScenarioError: with every fault of the file.
    """
    known = [*found, *_odd_values(table, spec_schema(), ()), *wrong_references(table), *wrong_moments(table)]
    if "folder" in table:
        legal = "a table or key of a scenario; relative paths start at the file's own folder"
        known.append(Fault(where="folder", given=brief(table["folder"]), legal=legal, hint="leave it out"))
    try:
        spec = Spec.model_validate({**table, "folder": folder})
    except ValidationError as error:
        known += faults_from(error, table, known)
    else:
        if not known:
            return spec
    raise ScenarioError(path, _in_order(known, table))


def faults_from(error: ValidationError, table: Mapping[str, Any], known: Sequence[Fault] = ()) -> tuple[Fault, ...]:
    """Say what a validation error of the Spec means to the author of the file.

    Args:
        error: as raised by ``Spec.model_validate``.
        table: the raw tables that were validated.
        known: faults found before; what lies at the same place is not said twice.
    """
    details = [*error.errors(include_url=False), *_hidden_errors(error, table)]
    places = [_place(detail["loc"], table) for detail in details]
    said = {fault.where for fault in known}
    misspelt = {
        (*location[:-1], close): location
        for detail, (location, node) in zip(details, places, strict=True)
        if detail["type"] == "extra_forbidden" and (close := nearest(str(location[-1]), keys_of(node or {})))
    }
    faults: list[Fault] = []
    for detail, (location, node) in zip(details, places, strict=True):
        if detail["type"] == "missing" and location in misspelt:
            continue
        if detail["type"] == "too_short" and any(_inside(other, location) for other, _ in places):
            continue
        if detail["type"] == "value_error" and known and _checks_references(location):
            continue
        fault = _fault(detail, location, node)
        if fault.where not in said:
            faults.append(fault)
    return tuple(faults)


def _in_order(faults: Sequence[Fault], table: Mapping[str, Any]) -> list[Fault]:
    """Faults in the order of the tables where they lie; those of the layers themselves first."""
    position = {path: i for i, path in enumerate(paths_of(table))}

    def place(fault: Fault) -> int:
        where = fault.where.partition("[")[0]
        while where and where not in position:
            where = where.rpartition(".")[0]
        return position.get(where, -1)

    return sorted(faults, key=place)


def _fault(detail: ErrorDetails, location: Location, node: Node | None) -> Fault:
    """One fault; ``node`` is what the schema allows there, or at the table around it for an unknown key."""
    where, given = dotted(location) or "scenario", brief(detail["input"])
    match detail["type"]:
        case "missing":
            return Fault(where=where, given="nothing", legal=in_words(node))
        case "extra_forbidden":
            keys = keys_of(node or {})
            hint = did_you_mean(location[-1], keys)
            return Fault(where=where, given=f"an unknown key, with {given}", legal=f"one of {listed(keys)}", hint=hint)
        case "union_tag_invalid" | "union_tag_not_found":
            return _kind_fault(detail, where, node or {})
        case "value_error":
            return _rule_fault(detail, where, node)
    if detail["loc"][-1:] == ("[key]",):
        options = detail.get("ctx", {}).get("expected", "").replace("'", "").replace(" or ", ", ").split(", ")
        legal = f"a name that is one of {', '.join(options)}" if options[0] else NAME_IN_WORDS
        return Fault(where=where, given=given, legal=legal, hint=did_you_mean(detail["input"], options))
    return Fault(
        where=where, given=given, legal=in_words(node), hint=did_you_mean(detail["input"], (node or {}).get("enum", ()))
    )


def _kind_fault(detail: ErrorDetails, where: str, node: Node) -> Fault:
    """A table whose ``kind``, which decides what else may stand in it, is missing or unknown."""
    key = node["discriminator"]["propertyName"]
    given = detail["input"].get(key) if isinstance(detail["input"], Mapping) else None
    kinds = tuple(node["discriminator"]["mapping"])
    return Fault(
        where=f"{where}.{key}",
        given="nothing" if given is None else brief(given),
        legal=f"one of {', '.join(kinds)}",
        hint=did_you_mean(given, kinds),
    )


def _rule_fault(detail: ErrorDetails, where: str, node: Node | None) -> Fault:
    """A rule of the models, whose message may end in its own ``legal:`` part."""
    said, _, legal = detail["msg"].removeprefix("Value error, ").partition("legal: ")
    said = said.rstrip("; ")
    if isinstance(detail["input"], Mapping):
        return Fault(
            where=where, given=said or brief(detail["input"]), legal=legal or "values for which that does not hold"
        )
    given = brief(detail["input"])
    return Fault(where=where, given=f"{given}: {said}" if said else given, legal=legal or in_words(node))


def _hidden_errors(error: ValidationError, table: Mapping[str, Any]) -> list[ErrorDetails]:
    """Errors that come to light only once unknown keys are gone: rules of a table wait until its keys are right."""
    extra = [detail["loc"] for detail in error.errors(include_url=False) if detail["type"] == "extra_forbidden"]
    seen = {(detail["loc"], detail["type"]) for detail in error.errors(include_url=False)}
    pruned = copy.deepcopy(dict(table))
    for loc in extra:
        location, _ = _place(loc, table)
        around: Any = pruned
        for step in location[:-1]:
            around = around[step]
        del around[location[-1]]
    try:
        Spec.model_validate(pruned)
    except ValidationError as again:
        return [item for item in again.errors(include_url=False) if (item["loc"], item["type"]) not in seen]
    return []


def _place(loc: Location, table: object) -> tuple[Location, Node | None]:
    """Where an error lies in the file, and what the schema allows there (for an unknown key: around it).

    The validator adds two steps that the file does not have: the kind of a table that comes in kinds, and ``[key]``.
    """
    location: Location = ()
    node: Node | None = spec_schema()
    value: Any = table
    kind: object = None
    for step in loc:
        if step == "[key]" or (kind is not None and step == kind):
            kind = None
            continue
        location = (*location, step)
        if isinstance(step, int):
            value = value[step] if isinstance(value, list | tuple) and step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, Mapping) else None
        key = kind_key(node, step) if node is not None else None
        kind = value.get(key) if key is not None and isinstance(value, Mapping) else None
        child = child_of(node, step, value) if node is not None else None
        node = child if child is not None else node
    return location, node


def _odd_values(value: object, node: Node | None, location: Location) -> Iterator[Fault]:
    """Values that the validator would quietly bend into shape: ``true`` or ``"5"`` for a number; an offset."""
    if node is None:
        return
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _odd_values(item, child_of(node, key, item), (*location, key))
    elif isinstance(value, list | tuple):
        for i, item in enumerate(value):
            yield from _odd_values(item, child_of(node, i, item), (*location, i))
    elif _is_odd(value, node):
        yield Fault(where=dotted(location), given=brief(value), legal=in_words(node))
    elif _is_huge(value, node):
        legal = f"{in_words(node)}; nothing here reaches {_LARGEST:g}"
        yield Fault(where=dotted(location), given=brief(value), legal=legal, hint="look at the unit, and the zeros")


def _is_huge(value: object, node: Node) -> bool:
    """Beyond this a number is a slip, and rounding would spoil every balance that it enters."""
    return (
        node.get("type") in ("number", "integer")
        and "maximum" not in node
        and isinstance(value, int | float)
        and abs(value) >= _LARGEST
    )


def _is_odd(value: object, node: Node) -> bool:
    match node.get("type"):
        case "number" | "integer":
            return isinstance(value, bool | str) or (isinstance(value, float) and not math.isfinite(value))
        case "boolean":
            return not isinstance(value, bool)
        case "string" if node.get("format") == "date-time":
            return isinstance(value, int | float) or _has_offset(value)
    return False


def _has_offset(value: object) -> bool:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return False
    return isinstance(value, datetime) and value.tzinfo is not None


def _inside(location: Location, table: Location) -> bool:
    return len(location) > len(table) and location[: len(table)] == table


def _checks_references(location: Location) -> bool:
    """Whether a rule of this table only repeats what ``wrong_references`` found on the raw tables."""
    return location == () or (len(location) == 2 and location[0] == "building")
