"""Configurations compared on the same draws: each metric beside the first configuration's, with paired differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulation.errors import RunError
from simulation.metrics.estimate import Estimate, paired_difference
from simulation.metrics.metrics import Metrics
from simulation.scenario.spec import Spec

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Configurations side by side; ``differences[i]`` is configuration ``i + 1`` minus the first, metric by metric."""

    names: tuple[str, ...]
    specs: tuple[Spec, ...]
    metrics: tuple[Metrics, ...]
    differences: tuple[dict[str, Estimate], ...]


def compare(specs: Sequence[Spec], metrics: Sequence[Metrics]) -> Comparison:
    """Pair every configuration with the first, scenario by scenario, over the metrics that both have.

    Raises RunError where they were not run on the same scenarios or have one name.
    """
    names = tuple(spec.name for spec in specs)
    if len(set(names)) < len(names):
        raise RunError(f"configurations named {', '.join(names)}; legal: different names; change `name` in one file")
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
