"""Survival by failures and fuel together, beside the product of one curve for each: the numbers of docs/survival.md.

``python -m tests.proofs.survival_product`` writes its table.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from simulation.draws.draws import sample
from simulation.events.collect import collect
from simulation.events.world import World
from simulation.metrics.reference import reference
from simulation.metrics.services import services
from simulation.metrics.survival import ends_h
from simulation.scenario.load import load
from simulation.scenario.spec import Spec

FOLDER = Path(__file__).parent / "survival"
ROWS = (
    ("one_engine", "hub.critical"),
    ("one_engine", "hub.essential"),
    ("n_plus_one", "hub.critical"),
    ("thirsty_standby", "hub.critical"),
    ("sun_and_battery", "hub.critical"),
)
HOURS = (48.0, 72.0, 96.0, 120.0)
N, SEED = 1_000, 1
BLOCK = 100
_Z = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Shares alive after some hours: by failures alone, by fuel alone, together; and the product less the last.

    ``error_se`` is the standard error of that difference, by the delta method on the same scenarios in all three.
    """

    failures: float
    fuel: float
    together: float
    error: float
    error_se: float

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the error."""
        return self.error - _Z * self.error_se, self.error + _Z * self.error_se


def without_fuel(name: str) -> Spec:
    """The scenario with engines whose fuel comes by a pipe that holds: they stop by failures alone."""
    return _changed(name, lambda engine: [f"{engine}.fuel_tank"], {})


def without_failures(name: str) -> Spec:
    """The scenario with engines that start and run: they stop for want of fuel alone."""
    sound = {"availability_frac": 1.0, "start_failure_prob": 0.0}
    return _changed(name, lambda engine: [f"{engine}.mean_time_to_failure_h"], sound)


def _changed(name: str, taken: Any, given: dict[str, float]) -> Spec:
    file = FOLDER / f"{name}.toml"
    engines = [f"building.hub.genset.{key}" for key in load(file).building["hub"].genset]
    overrides: dict[str, Any] = {f"{engine}.{key}": value for engine in engines for key, value in given.items()}
    return load(file, overrides | {"remove": [path for engine in engines for path in taken(engine)]})


def lasted_h(spec: Spec, n: int, seed: int) -> dict[str, Float[np.ndarray, " S"]]:
    """Hours from the strike to the end of every service, without a plan, by the hub's own rules [h]."""
    found: dict[str, list[np.ndarray]] = {}
    for first in range(0, n, BLOCK):
        draws = sample(spec, seed=seed, only=range(first, min(first + BLOCK, n)))
        worlds = [World(spec, draws, s) for s in range(draws.n_scenarios)]
        for world in worlds:
            world.advance(draws.clock.duration_h)
        run = collect(spec, draws, worlds, planned_by="its own rules", perfect_information=False)
        start = reference(spec, run)
        for service in services(spec, run):
            found.setdefault(service.name, []).append(ends_h(service, start))
    return {name: np.concatenate(blocks) for name, blocks in found.items()}


def products(name: str, n: int, seed: int = SEED) -> Iterator[tuple[str, float, Product]]:
    """Service, hours and Product of one scenario, its three runs on the same draws."""
    file = FOLDER / f"{name}.toml"
    runs = [lasted_h(spec, n, seed) for spec in (without_fuel(name), without_failures(name), load(file))]
    for service in runs[0]:
        for hours in HOURS:
            failures, fuel, together = (run[service] >= hours - 1e-9 for run in runs)
            yield service, hours, product(failures, fuel, together)


def product(failures: np.ndarray, fuel: np.ndarray, together: np.ndarray) -> Product:
    """The error of the product, from who was alive in each of three runs on the same scenarios.

    >>> alive = np.array([True, True, False, False])
    >>> product(alive, alive, alive).error
    -0.25
    """
    a, b, c = failures.mean(), fuel.mean(), together.mean()
    pull = b * failures + a * fuel - together
    return Product(
        failures=float(a),
        fuel=float(b),
        together=float(c),
        error=float(a * b - c),
        error_se=float(pull.std(ddof=1) / sqrt(len(pull))),
    )


def table(n: int, seed: int = SEED) -> str:
    """The table of the doc, in per cent."""
    lines = [
        "| configuration | service | hours | failures alone | fuel alone | product | together | error (95 %) |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(name for name, _ in ROWS):
        for service, hours, one in products(name, n, seed):
            if (name, service) not in ROWS:
                continue
            shares = (one.failures, one.fuel, one.failures * one.fuel, one.together)
            low, high = one.interval
            cells = [f"`{name}`", service.partition(".")[2], f"{hours:g}", *(f"{100 * share:.1f}" for share in shares)]
            error = f"{100 * one.error:+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"
            lines.append("| " + " | ".join([*cells, error]) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(table(int(sys.argv[1]) if len(sys.argv) > 1 else N))
