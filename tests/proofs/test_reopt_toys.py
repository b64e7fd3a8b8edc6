"""NREL REopt's backup-reliability toys in the event model: a step-synchronous variant with no allowed gap.

Two engines of 1 kW that fail with 0.2 at the beginning of each hour, before the load is checked, under loads of
1, 2, 2, 1 kW that wrap round.  A whole number of hours for each life makes the event model their twin; all pairs of
lives, each as often as its weight says, give its tables exactly.  Survival is what the metrics make of it, with an
allowed gap of zero and a threshold of one.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from simulation.events.trajectory import Trajectory
from simulation.metrics.metrics import assess
from simulation.metrics.reference import reference
from simulation.metrics.services import services
from simulation.metrics.survival import SurvivalCurve, curve, ends_h
from simulation.scenario.spec import Spec
from tests.events.worlds import DIESEL, GRID, Hands, area, set_points

LOADS_KW = (1.0, 2.0, 2.0, 1.0)
HOURS = 3
LIVES = np.array(list(product(range(HOURS + 1), repeat=2)), dtype=float)
TIMES = np.array([25, 20, 16, 64])[LIVES.astype(int)].prod(axis=1)
"""Of 125 engines so many live 0, 1, 2, and 3 hours or longer: 0.2, 0.2 x 0.8, 0.2 x 0.8^2, 0.8^3."""
STRICT = {"allowed_gap_min": {"critical": 0.0}, "served_threshold_frac": 1.0}

ENGINES = ([0.96, 0.4096, 0.262144], [0.64, 0.4096, 0.393216], [0.64, 0.6144, 0.557056], [0.96, 0.8704, 0.262144])
WITH_BATTERY = ([1.0, 0.8704, 0.557056], [0.96, 0.6144, 0.57344], [0.96, 0.896, 0.8192], [1.0, 0.96, 0.761856])
BATTERY = {
    "charge_kw": 1.0,
    "discharge_kw": 1.0,
    "capacity_kwh": 2.0,
    "initial_level_frac": 0.5,
    "charge_efficiency_frac": 1.0,
    "discharge_efficiency_frac": 1.0,
}


def survival(start: int, battery: dict) -> np.ndarray:
    """Chance that the whole load has been met for one, two and three hours from a start."""
    site = {"grid": GRID, "genset": {"g": {**DIESEL, "rated_kw": 1.0, "count": 2}}, "battery": battery, **STRICT}
    spec = area({"site": site}, step_min=60)
    load_kw = np.resize(np.roll(LOADS_KW, -start), spec.clock.n_steps)
    hands = Hands(spec, scenarios=len(LIVES)).demand("site", critical=load_kw).outage(0.0, 24.0)
    hands.life_h[:, :, 0] = LIVES
    eager = set_points(
        spec,
        scenarios=len(LIVES),
        genset_kw=np.array([1.0, 1.0]),
        charge_kw=np.ones(len(battery)),
    )
    run = hands.play(eager, foreseen=True)
    found = repeated(spec, run, TIMES)
    assert found.rule == "below 100 % served at any moment"
    assert found.n == 125**2
    return np.array([found.at(float(hour))[0] for hour in range(1, HOURS + 1)])


def repeated(spec: Spec, run: Trajectory, times: np.ndarray) -> SurvivalCurve:
    """The curve of critical power, every scenario counted so many times."""
    (service,) = (one for one in services(spec, run) if one.name == "site.critical")
    start = reference(spec, run)
    return curve(service, np.repeat(ends_h(service, start), times), start, run.clock.step_h)


@pytest.mark.parametrize("start", range(4))
def test_two_engines_survive_as_published(start: int) -> None:
    np.testing.assert_allclose(survival(start, {}), ENGINES[start], atol=1e-12)


@pytest.mark.parametrize("start", range(4))
def test_two_engines_and_a_battery_that_they_charge_survive_as_published(start: int) -> None:
    np.testing.assert_allclose(survival(start, {"b": BATTERY}), WITH_BATTERY[start], atol=1e-12)


def test_the_flat_toy_with_a_battery_that_is_full() -> None:
    """100 kW, one engine (0.98 available, 0.1 start failure, 0.01 failure an hour), a battery of 400 kWh at 100 kW."""
    dead_from = np.arange(25.0)  # hours served before the engine fails; 24 and more survive
    weight = 0.98 * 0.9 * np.where(dead_from < 24, 0.01 * 0.99**dead_from, 0.99**24)
    battery = {**BATTERY, "charge_kw": 100.0, "discharge_kw": 100.0, "capacity_kwh": 400.0, "initial_level_frac": 1.0}
    site = {"grid": GRID, "genset": {"g": {**DIESEL, "rated_kw": 100.0}}, "battery": {"b": battery}, **STRICT}
    spec = area({"site": site}, step_min=60)
    hands = Hands(spec, scenarios=len(dead_from)).demand("site", critical=100.0).outage(0.0, 24.0)
    hands.life_h[:, 0, 0] = dead_from
    survived = assess(spec, hands.play()).per_scenario["alive_at_24_h[site.critical]"].values
    assert weight @ survived == pytest.approx(0.721394, abs=5e-7)
