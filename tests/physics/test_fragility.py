"""Fragility and restoration against published answers (pelicun, pyincore) and against their own sampling."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.draws.seeds import Stream, generator
from simulation.physics.fragility import damage_state_probabilities, damage_states, restored_frac

DEMAND, CAPACITIES, BETA = (0.015, 0.6), np.array([0.015, 0.02]), 0.5


def test_ordered_states_have_the_published_probabilities() -> None:
    found = damage_state_probabilities(DEMAND, CAPACITIES, BETA)
    np.testing.assert_allclose(found, [0.5, 0.14369, 0.35631], atol=5e-6)
    assert found.sum() == pytest.approx(1.0)


def test_drawn_states_come_as_often_as_the_closed_form_says() -> None:
    chance, n = generator(5, 0, Stream.FAILURE), 40_000
    demand = DEMAND[0] * np.exp(DEMAND[1] * chance.standard_normal(n))
    states = damage_states(demand, CAPACITIES, BETA * chance.standard_normal(n))
    for state, expected in enumerate(damage_state_probabilities(DEMAND, CAPACITIES, BETA)):
        share = (states == state).mean()
        assert abs(share - expected) < 3.0 * np.sqrt(expected * (1.0 - expected) / n)


def test_restoration_has_the_published_shares() -> None:
    found = restored_frac(np.array([15.0, 30.0, 80.0]), 3.09, 0.51)
    np.testing.assert_allclose(found, [0.226952, 0.729132, 0.994352], atol=5e-7)


@pytest.mark.parametrize("capacities", [[0.02, 0.015], [0.0, 0.1]])
def test_capacities_that_do_not_rise_are_refused(capacities: list[float]) -> None:
    with pytest.raises(ValueError, match="positive and rising"):
        damage_state_probabilities(DEMAND, np.array(capacities), BETA)
