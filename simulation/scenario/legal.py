"""What may stand at a place in a scenario file, found in the JSON Schema of the Spec and said in words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from simulation.scenario.part import Asset, Part
from simulation.scenario.spec import Spec

__all__ = [
    "NAME_IN_WORDS",
    "Location",
    "Node",
    "brief",
    "child_of",
    "did_you_mean",
    "dotted",
    "in_words",
    "keys_of",
    "kind_key",
    "listed",
    "nearest",
    "spec_schema",
]

Location = tuple[str | int, ...]
Node = dict[str, Any]

NAME_PATTERN = r"^[A-Za-z0-9_\-]+$"
NAME_IN_WORDS = "a name of letters, digits, _ and -"
_LONGEST_VALUE = 60
_MOST_NAMES = 24


@cache
def spec_schema() -> Node:
    """JSON Schema of the Spec without ``folder``, which loading sets and no file may hold."""
    schema = Spec.model_json_schema()
    del schema["properties"]["folder"]
    return schema


def child_of(node: Node, step: str | int, value: object = None) -> Node | None:
    """The schema one step further in, or None where the schema knows no such key.

    Args:
        node: a schema node as returned by this function or ``spec_schema``.
        step: key of a table or index of a list.
        value: what stands there, which decides between kinds of table that share a place.
    """
    child = _unresolved_child(node, step)
    return None if child is None else _resolved(child, value)


def kind_key(node: Node, step: str | int) -> str | None:
    """The key that tells apart the kinds of table which may stand one step further in; None where there is one kind."""
    child = _unresolved_child(node, step)
    return None if child is None else _resolved(child, None).get("discriminator", {}).get("propertyName")


def dotted(location: Location) -> str:
    """A location as a planner writes it.

    >>> dotted(("tariff", "night", "band", 0, "jpy_per_kwh"))
    'tariff.night.band[0].jpy_per_kwh'
    """
    text = ""
    for step in location:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def keys_of(node: Node) -> tuple[str, ...]:
    """The keys that a table may have, its own before those that every table has; empty where any name may stand."""
    keys = tuple(node.get("properties", ()))
    return tuple(sorted(keys, key=lambda key: (key in Part.model_fields, key in Asset.model_fields)))


def in_words(node: Node | None) -> str:
    """What a schema node allows, in words.

    >>> in_words({"type": "number", "minimum": 0, "maximum": 1, "description": "share of the load"})
    'a number from 0 to 1 (share of the load)'
    """
    if node is None:
        return "see `yuimaru schema`"
    description = node.get("description")
    return f"{_kind(node)} ({description})" if description else _kind(node)


def nearest(word: str, options: Iterable[str]) -> str | None:
    """The option most like a word, capitals aside; None where none is like it.

    >>> nearest("capacity_kWh", ["charge_kw", "capacity_kwh"])
    'capacity_kwh'
    """
    by_lower = {option.lower(): option for option in options}
    close = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[close[0]] if close else None


def did_you_mean(word: object, options: Iterable[str]) -> str:
    """A hint that names the nearest option, or nothing."""
    close = nearest(word, options) if isinstance(word, str) else None
    return f"did you mean {close}?" if close else ""


def brief(value: object) -> str:
    """A value as it may stand in one line of a message."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return f"a table with {listed(value)}" if value else "an empty table"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    text = value.isoformat() if isinstance(value, date) else repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 3]}..."


def listed(names: Iterable[object], none: str = "none") -> str:
    """Names with commas between, the many cut short."""
    every = [str(name) for name in names]
    if not every:
        return none
    more = f" and {len(every) - _MOST_NAMES} more" if len(every) > _MOST_NAMES else ""
    return ", ".join(every[:_MOST_NAMES]) + more


def _unresolved_child(node: Node, step: str | int) -> Node | None:
    if isinstance(step, int):
        return node.get("items")
    if step in node.get("properties", {}):
        return node["properties"][step]
    if "patternProperties" in node:
        return next(iter(node["patternProperties"].values()))
    inner = node.get("additionalProperties")
    return inner if isinstance(inner, dict) else None


def _resolved(node: Node, value: object) -> Node:
    """Follow references, leave out null, and choose among tables that are told apart by a key."""
    while True:
        if "$ref" in node:
            beside = {key: item for key, item in node.items() if key != "$ref"}
            node = _definition(node["$ref"]) | beside
        elif "anyOf" in node:
            beside = {key: item for key, item in node.items() if key != "anyOf"}
            some = [item for item in node["anyOf"] if item.get("type") != "null"]
            node = some[0] | beside
        elif "discriminator" in node:
            chosen = _chosen(node["discriminator"], value)
            if chosen is None:
                return node
            node = _definition(chosen)
        else:
            return node


def _chosen(discriminator: Node, value: object) -> str | None:
    tag = value.get(discriminator["propertyName"]) if isinstance(value, Mapping) else None
    return discriminator["mapping"].get(tag) if isinstance(tag, str) else None


def _definition(reference: str) -> Node:
    return spec_schema()["$defs"][reference.removeprefix("#/$defs/")]


def _kind(node: Node) -> str:
    if "enum" in node:
        return f"one of {', '.join(map(str, node['enum']))}"
    if "const" in node:
        return str(node["const"])
    if "discriminator" in node:
        return f"a table with {node['discriminator']['propertyName']} = {' or '.join(node['discriminator']['mapping'])}"
    match node.get("type"):
        case "boolean":
            return "true or false"
        case "number" | "integer":
            return _number(node)
        case "array":
            items = _kind(_resolved(node.get("items", {}), None))
            least = f" with at least {node['minItems']}" if "minItems" in node else ""
            return f"a list{least}, each {items}"
        case "object":
            return f"a table with {listed(keys_of(node))}" if keys_of(node) else "a table"
        case "string":
            return _text(node)
    return "a value"


def _number(node: Node) -> str:
    kind = "a whole number" if node["type"] == "integer" else "a number"
    if "minimum" in node and "maximum" in node:
        return f"{kind} from {node['minimum']:g} to {node['maximum']:g}"
    words = {"minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most", "exclusiveMaximum": "below"}
    bounds: Sequence[str] = [f"{word} {node[key]:g}" for key, word in words.items() if key in node]
    return " ".join([kind, " and ".join(bounds)]).strip()


def _text(node: Node) -> str:
    if node.get("format") == "date-time":
        return "a local date and time such as 2026-08-03T06:00, without an offset"
    if node.get("pattern") == NAME_PATTERN:
        return NAME_IN_WORDS
    return "text"
