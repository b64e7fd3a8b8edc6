"""The assumptions and sources of a scenario, gathered from every table of the Spec."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from simulation.scenario.spec import Spec

__all__ = ["Statement", "statements"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What one text says about the tables that carry it."""

    where: tuple[str, ...]
    assumption: str
    source: str


def statements(spec: Spec) -> tuple[Statement, ...]:
    """Every assumption and source, those with the same words together, in the order of the file."""
    found: dict[tuple[str, str], list[str]] = {}
    for where, part in _parts(spec, ""):
        assumption, source = getattr(part, "assumption", ""), getattr(part, "source", "")
        if assumption or source:
            found.setdefault((assumption, source), []).append(where)
    return tuple(
        Statement(where=tuple(where), assumption=assumption, source=source)
        for (assumption, source), where in found.items()
    )


def _parts(value: object, where: str) -> Iterator[tuple[str, BaseModel]]:
    if isinstance(value, BaseModel):
        yield where or "scenario", value
        for name in type(value).model_fields:
            yield from _parts(getattr(value, name), f"{where}.{name}" if where else name)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _parts(item, f"{where}.{name}")
    elif isinstance(value, tuple):
        for place, item in enumerate(value):
            yield from _parts(item, f"{where}[{place}]")
