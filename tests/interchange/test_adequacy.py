"""Adequacy of small networks: published answers of NREL's PRAS, and the cut that bounds any network."""

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from simulation.interchange.assemble import assemble
from simulation.scenario.spec import Spec
from tests.interchange.scenes import CRITICAL, area, best, cell, drawn


def weighted(spec: Spec, tier_kw: dict, pv_kw: dict) -> tuple[float, np.ndarray]:
    """Chance of each on-off state of the engines (0.9 each), and their unserved power by step, [state, T]."""
    states = np.array(list(product([True, False], repeat=len(spec.gensets))))
    draws = drawn(spec, tier_kw, pv_kw=pv_kw, n_scenarios=len(states))
    schedule = best(assemble(spec, replace(draws, failure=replace(draws.failure, available=states))))
    short = sum(schedule.flow(name, "unserved_critical_kw") for name in spec.building)
    return np.prod(np.where(states, 0.9, 0.1), axis=1), np.asarray(short)


UNIT = {
    "operation": "always",
    "fuel": "diesel",
    "fuel_slope_l_per_kwh": 0.25,
    "fuel_jpy_per_l": 100.0,
}


def test_pras_system_a_has_the_published_adequacy():
    """NREL PRAS, test system A: three 10-MW units, variable generation and load of four steps; see its test suite.

    A battery without energy holds the voltage, so that variable generation counts also where no unit runs.
    """
    sun, demand = np.zeros(24), np.zeros(24)
    sun[:4], demand[:4] = [5, 6, 7, 8], [25, 28, 27, 24]
    building = {
        "load": CRITICAL,
        "pv": {"p": {"rated_kw": 10.0}},
        "genset": {"g": UNIT | {"rated_kw": 10.0, "count": 3}},
        "battery": {"b": cell(capacity_kwh=1e-6)},
    }
    chance, short = weighted(area({"a": building}), {"a": demand}, {"a.pv.p": sun})
    np.testing.assert_allclose(chance @ short[:, :4], [0.29, 0.832, 0.29, 0.178], atol=1e-6)
    np.testing.assert_allclose(chance @ (short[:, :4] > 1e-4), [0.028, 0.271, 0.028, 0.028], atol=1e-9)


def test_pras_two_regions_have_the_published_adequacy():
    """NREL PRAS, test1: loads of 8 and 9, a 15-MW unit in each region, a line of 8 MW that is up with 0.9."""
    total, lost = 0.0, 0.0
    for line_kw, line_chance in ((8.0, 0.9), (0.0, 0.1)):
        spec = area(
            {name: {"load": CRITICAL, "genset": {"g": UNIT | {"rated_kw": 15.0}}} for name in ("one", "two")},
            tieline={
                "l": {"a": "one", "b": "two", "capacity_ab_kw": line_kw, "capacity_ba_kw": line_kw, "loss_frac": 0.0}
            },
        )
        chance, short = weighted(spec, {"one": 8.0, "two": 9.0}, {})
        total += line_chance * float(chance @ short[:, 0])
        lost += line_chance * float(chance @ (short[:, 0] > 1e-6))
    assert total == pytest.approx(0.314 + 0.333, abs=1e-9)
    assert lost == pytest.approx(0.19, abs=1e-9)


@settings(max_examples=6, deadline=None, derandomize=True, phases=[Phase.generate])
@given(seed=st.integers(0, 100_000))
def test_unserved_power_of_a_random_network_is_that_of_its_worst_cut(seed):
    """Max-flow min-cut: unserved = max over subsets of (their deficit - capacity of the lines into them)."""
    chance = np.random.default_rng(seed)
    count = int(chance.integers(2, 6))
    names = [f"n{i}" for i in range(count)]
    rated = chance.uniform(1.0, 20.0, count)
    building = {
        name: {"load": CRITICAL, "genset": {"g": UNIT | {"rated_kw": float(kw)}}}
        for name, kw in zip(names, rated, strict=True)
    }
    pairs = [pair for pair in combinations(range(count), 2) if chance.random() < 0.7]
    lines = {
        f"l{a}{b}": {
            "a": names[a],
            "b": names[b],
            "capacity_ab_kw": float(chance.uniform(0, 8)),
            "capacity_ba_kw": float(chance.uniform(0, 8)),
            "loss_frac": 0.0,
        }
        for a, b in pairs
    }
    spec = area(building, tieline=lines)
    demand = chance.uniform(0.0, 25.0, (24, count))
    schedule = best(assemble(spec, drawn(spec, {name: demand[:, i] for i, name in enumerate(names)})))
    short = np.asarray(sum(schedule.flow(name, "unserved_critical_kw")[0] for name in names))
    worst = np.zeros(24)
    for size in range(1, count + 1):
        for subset in combinations(range(count), size):
            inside = {names[i] for i in subset}
            into = sum(
                line["capacity_ab_kw"] if line["b"] in inside else line["capacity_ba_kw"]
                for line in lines.values()
                if (line["a"] in inside) != (line["b"] in inside)
            )
            worst = np.maximum(worst, demand[:, subset].sum(axis=1) - rated[list(subset)].sum() - into)
    np.testing.assert_allclose(short, worst, atol=1e-7)
