"""Metrics as a whole: what is there, and that scenarios do not touch one another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulation.events.trajectory import EventRecord, Series, Trajectory
from simulation.metrics.metrics import assess
from tests.metrics.trajectories import during, made, two_buildings


def _drawn(n: int, seed: int = 8) -> Trajectory:
    spec = two_buildings()
    chance = np.random.default_rng(seed)
    size = (n, spec.clock.n_steps)
    lack = np.where(chance.random(size) < 0.02, 20.0, 0.0)
    events = tuple(
        EventRecord(scenario=s, time_h=6.0, element="hub.genset.main", kind="genset_started", value=60.0, text="")
        for s in range(0, n, 2)
    )
    values = {
        ("demand_kw", "hub.critical"): 40.0,
        ("unserved_kw", "hub.critical"): lack,
        ("import_kw", "mall"): chance.uniform(50, 100, size),
        ("people", "hub.shelter.hall"): during(spec, 12, 48, 90.0),
        ("fuel_l", "hub.fuel_tank.diesel"): np.linspace(950.0, 0.0, 49) * chance.uniform(0.5, 1, (n, 1)),
    }
    return made(spec, values, n=n, events=events)


def _take(trajectory: Trajectory, rows: list[int]) -> Trajectory:
    def chosen(series: Series) -> Series:
        return replace(series, values=series.values[rows])

    numbers = {int(trajectory.scenario_ids[row]) for row in rows}
    return replace(
        trajectory,
        scenario_ids=trajectory.scenario_ids[rows],
        flows={name: chosen(series) for name, series in trajectory.flows.items()},
        levels={name: chosen(series) for name, series in trajectory.levels.items()},
        events=tuple(event for event in trajectory.events if event.scenario in numbers),
        n_events=trajectory.n_events[rows],
    )


def test_permuting_and_picking_scenarios_permutes_and_picks_every_value() -> None:
    spec, whole = two_buildings(), _drawn(6)
    rows = [4, 1, 3]
    all_of_them, some = assess(spec, whole), assess(spec, _take(whole, rows))
    assert list(some.per_scenario) == list(all_of_them.per_scenario)
    for name, quantity in some.per_scenario.items():
        np.testing.assert_allclose(quantity.values, all_of_them.per_scenario[name].values[rows], err_msg=name)


def test_every_quantity_has_a_unit_a_meaning_and_a_value_per_scenario() -> None:
    metrics = assess(two_buildings(), _drawn(5))
    for name, quantity in metrics.per_scenario.items():
        assert quantity.unit, name
        assert len(quantity.meaning) > 5, name
        assert quantity.values.shape == (5,), name
        assert not quantity.values.flags.writeable, name
        assert name in metrics.estimates


def test_what_is_asked_of_a_run_is_there() -> None:
    metrics = assess(two_buildings(), _drawn(5))
    for name in (
        "cost_jpy",
        "area_peak_kw",
        "peak_kw[hub]",
        "exchanged_kwh[road:mall>hub]",
        "self_sufficiency_frac",
        "co2_kg",
        "unserved_kwh[critical]",
        "hours_to_empty[hub.fuel_tank.diesel]",
        "survived_h[hub.critical]",
    ):
        assert name in metrics.estimates
    assert sum(metrics.first_to_run_out.values()) == 5
    assert [curve.service for curve in metrics.survival][0] == "hub.critical"


def test_a_rare_loss_is_named_with_its_count() -> None:
    spec = two_buildings()
    lack = np.zeros((60, spec.clock.n_steps))
    lack[:3, 5] = 10.0
    values = {("demand_kw", "hub.critical"): 40.0, ("unserved_kw", "hub.critical"): lack}
    metrics = assess(spec, made(spec, values, n=60))
    assert any(text.startswith("unserved_kwh[critical]: 3 of 60 scenarios had a loss") for text in metrics.rare)


def test_a_label_of_perfect_information_is_carried_on() -> None:
    spec = two_buildings()
    assert assess(spec, made(spec, {}, perfect=True)).perfect_information


@pytest.mark.parametrize("n", [1, 2])
def test_one_or_two_scenarios_are_enough(n: int) -> None:
    metrics = assess(two_buildings(), _drawn(n))
    text = str(metrics.estimates["import_kwh"])
    assert ("one run, no error bar" in text) == (n == 1)
