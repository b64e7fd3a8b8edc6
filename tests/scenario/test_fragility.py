"""Fragility presets: their numbers, and which of them the shipped earthquakes name."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from simulation.scenario.fragility import DamageState, Fragility, read_fragility
from simulation.scenario.load import load


def test_an_earthquake_proof_tank_stands_twice_the_shaking_and_is_mended_alike() -> None:
    proof, common = read_fragility("water_tank_earthquake_proof").state, read_fragility("water_tank").state
    assert [(one.name, one.median_g, one.beta) for one in proof] == [
        ("slight", 0.36, 0.5),
        ("moderate", 1.10, 0.5),
        ("extensive", 2.30, 0.6),
    ]
    assert [one.median_g for one in proof] == pytest.approx([2.0 * one.median_g for one in common])
    assert [one.model_copy(update={"median_g": 1.0}) for one in proof] == [
        one.model_copy(update={"median_g": 1.0}) for one in common
    ]
    assert [(one.restored_mean_days, one.restored_sd_days) for one in proof] == [(1.2, 0.4), (3.1, 2.7), (10.0, 3.0)]
    assert [(one.works, one.leak_frac_per_h) for one in proof] == [(True, 0.01), (True, 0.05), (False, 1.0)]


def test_the_shaken_station_has_such_a_tank() -> None:
    shaking = load("mihama_earthquake").shaking
    assert shaking is not None
    assert shaking.fragility.water_tank == "water_tank_earthquake_proof"


def test_states_whose_medians_fall_are_refused() -> None:
    light = DamageState(name="slight", median_g=0.5, beta=0.5, restored_mean_days=1.0)
    with pytest.raises(ValidationError, match="legal: rising from state to state"):
        Fragility(state=(light, light.model_copy(update={"median_g": 0.4})))
