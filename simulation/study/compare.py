"""Configurations compared on the same draws: each metric beside the first configuration's, with paired differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulation.errors import Fault, RunError, ScenarioError
from simulation.metrics.estimate import Estimate, paired_difference
from simulation.metrics.metrics import Metrics
from simulation.scenario.spec import Spec

__all__ = ["Comparison", "check_comparable", "compare"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Configurations side by side; ``differences[i]`` is configuration ``i + 1`` minus the first, metric by metric."""

    names: tuple[str, ...]
    specs: tuple[Spec, ...]
    metrics: tuple[Metrics, ...]
    differences: tuple[dict[str, Estimate], ...]


def check_comparable(specs: Sequence[Spec]) -> None:
    """Whether differences between configurations would mean anything: one period on one clock, names that differ.

    Every total grows with the period, and chance is drawn step by step: over another period, or on other control steps,
    scenario s of one is not scenario s of the other.  Planning steps may differ, since plans draw nothing.

    Raises:
        ScenarioError: with every reason why they cannot be compared; ask before anything is run.
    """
    first = specs[0]
    faults = []
    for spec in specs[1:]:
        pairs = {
            "period.start": (spec.period.start, first.period.start),
            "period.days": (spec.period.days, first.period.days),
            "period.control_step_min": (spec.period.control_step_min, first.period.control_step_min),
            "period.metering_step_min": (spec.period.metering_step_min, first.period.metering_step_min),
            "place.zone": (spec.place.zone, first.place.zone),
        }
        faults += [
            Fault(
                where=f"{spec.name}: {where}",
                given=str(given),
                legal=f"{legal}, as in {first.name}: only runs over the same hours can be set side by side",
                hint=f"let the file say extends = and change only what is to be compared, or set {where} alike",
            )
            for where, (given, legal) in pairs.items()
            if given != legal
        ]
    names = [spec.name for spec in specs]
    faults += [
        Fault(
            where="name",
            given=f"{name!r} {names.count(name)} times",
            legal="a name of its own for each configuration",
            hint="change `name` in one file; a scenario compared with itself differs by nothing",
        )
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    if faults:
        raise ScenarioError("compare", faults)


def compare(specs: Sequence[Spec], metrics: Sequence[Metrics]) -> Comparison:
    """Pair every configuration with the first, scenario by scenario, over the metrics that both have.

    Raises ScenarioError where they cannot be compared (see ``check_comparable``), RunError where they were not run on
    the same scenarios.
    """
    check_comparable(specs)
    names = tuple(spec.name for spec in specs)
    first = metrics[0]
    for name, other in zip(names[1:], metrics[1:], strict=True):
        if not np.array_equal(first.scenario_ids, other.scenario_ids):
            raise RunError(f"{names[0]} and {name} were run on different scenarios; run them with the same --scenarios")
    differences = tuple(
        {
            key: paired_difference(quantity.values, first.per_scenario[key].values, quantity.unit)
            for key, quantity in other.per_scenario.items()
            if key in first.per_scenario
        }
        for other in metrics[1:]
    )
    return Comparison(names=names, specs=tuple(specs), metrics=tuple(metrics), differences=differences)
