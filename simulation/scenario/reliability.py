"""Reliability of engines by name, as it stands in presets/reliability.toml."""

from __future__ import annotations

from typing import Any

from simulation.scenario.part import Fraction, Part, Positive, Probability
from simulation.scenario.preset import preset_names, read_presets

__all__ = ["Reliability", "filled_in", "read_reliability"]


class Reliability(Part):
    """One published set of figures."""

    availability_frac: Fraction
    start_failure_prob: Probability
    mean_time_to_failure_h: Positive


def read_reliability(name: str) -> Reliability:
    """A preset of presets/reliability.toml by name.

    Raises ValueError naming those there are, where there is none of that name.

    >>> read_reliability("reopt_us").mean_time_to_failure_h
    1100.0
    """
    tables = read_presets("reliability")
    if name not in tables:
        raise ValueError(f"reliability {name!r}; legal: {', '.join(preset_names('reliability'))}")
    return Reliability.model_validate(tables[name])


def filled_in(table: Any) -> Any:
    """The raw table of an engine with the figures of the set that it names; its own figures go first."""
    if not isinstance(table, dict) or not isinstance(table.get("reliability"), str):
        return table
    figures = read_reliability(table["reliability"]).model_dump(exclude={"source", "assumption"})
    return figures | table
