"""The headline numbers of every shipped scenario stay what they were: power, cost, exchange and fuel.

They guard against change, not against error: known answers do that.  A change that is meant to move them renews them,
and says why in its commit message and under **Numbers** in the changelog::

    pytest tests/golden -m "slow or not slow" --update-golden
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulation.draws.draws import sample
from simulation.ensemble import replan
from simulation.interchange.rules import MeritOrder
from simulation.metrics.metrics import assess
from simulation.scenario.load import load

HERE = Path(__file__).parent
SCENARIOS = sorted(file.stem for file in (HERE.parents[1] / "scenarios").glob("*.toml"))
SEED, N_SCENARIOS = 1, 2
TOLERANCE = 1e-6
"""Relative; what machines differ by in the last digits adds up to far less, and a rule has no ties to break."""

HEADLINES = (
    "cost_jpy",
    "cost_demand_jpy",
    "area_peak_kw",
    "import_kwh",
    "pv_kwh",
    "genset_kwh",
    "discharge_kwh",
    "exchanged_kwh",
    "unserved_kwh",
)


def headlines(name: str) -> dict[str, list[float]]:
    """A scenario's numbers in the closed loop under the greedy rule, draw by draw; fuel is that of all engines.

    It is planned once a day: what is guarded is the plant and what is counted, and planning more often takes longer.
    """
    spec = load(name, {"planner.replan_every_h": 24})
    found = assess(spec, replan(spec, sample(spec, N_SCENARIOS, SEED), MeritOrder())).per_scenario
    numbers = {key: found[key].values for key in HEADLINES if key in found}
    burnt = [quantity.values for key, quantity in found.items() if key.startswith("fuel_burnt_l[")]
    if burnt:
        numbers["fuel_burnt_l"] = sum(burnt[1:], burnt[0])
    return {key: values.tolist() for key, values in numbers.items()}


def difference(before: dict[str, list[float]], now: dict[str, list[float]]) -> str:
    """A line for every number that moved, came or went."""
    lines = []
    for key in sorted({*before, *now}):
        old, new = before.get(key), now.get(key)
        if old is None or new is None or old != pytest.approx(new, rel=TOLERANCE, abs=TOLERANCE):
            lines.append(f"  {key:18s} {_text(old)} -> {_text(new)}")
    return "\n".join(lines)


def _text(values: list[float] | None) -> str:
    return "none" if values is None else "  ".join(f"{value:,.6g}" for value in values)


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
def test_headline_numbers_stay(name: str, request: pytest.FixtureRequest) -> None:
    file, now = HERE / f"{name}.json", headlines(name)
    if request.config.getoption("--update-golden"):
        file.write_text(json.dumps(now, indent=2) + "\n")
    moved = difference(json.loads(file.read_text()), now)
    assert not moved, f"{name}: {N_SCENARIOS} draws of seed {SEED}, before and now\n{moved}"


def test_a_number_that_moved_is_named_with_what_it_was_and_is() -> None:
    before = {"cost_jpy": [100.0, 200.0], "pv_kwh": [1.0, 2.0], "gone_kwh": [3.0]}
    now = {"cost_jpy": [100.0, 200.1], "pv_kwh": [1.0, 2.0 + 1e-9]}
    cost, gone = difference(before, now).splitlines()
    assert cost.split() == ["cost_jpy", "100", "200", "->", "100", "200.1"]
    assert gone.split() == ["gone_kwh", "3", "->", "none"]
