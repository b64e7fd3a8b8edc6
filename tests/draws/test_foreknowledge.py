"""Foreknowledge of load: a series in warmth gives the expectation that it should, now and later."""

import numpy as np
import pytest

from simulation.draws.foreknowledge import N_ORDERS, given_warmth, warmth_nodes, warmth_series


def test_a_cubic_is_its_own_series():
    z = warmth_nodes()
    series = warmth_series(np.stack([9.0 + z, z**2, z**3], axis=1))
    # z^2 = He_2 + 1, z^3 = He_3 + 3 He_1
    np.testing.assert_allclose(series.T, [[9, 1, 0, 0], [1, 0, 1, 0], [0, 3, 0, 1]], atol=1e-9)
    assert series.shape == (N_ORDERS, 3)


@pytest.mark.parametrize(("kept", "tolerance"), [(0.0, 0.01), (0.5, 0.01), (0.8, 0.03)])
def test_what_a_change_point_leads_to_later_is_the_mean_over_all_that_may_come(kept, tolerance):
    """Cooling above a balance temperature: the mean over many futures of each present."""
    series = warmth_series(np.maximum(warmth_nodes() + 0.5, 0.0)[:, None])
    chance = np.random.default_rng(3).standard_normal(100_000)
    for now in (-1.0, 0.0, 1.5):
        later = kept * now + np.sqrt(1.0 - kept**2) * chance
        expected = given_warmth(series, np.array([[now]]), np.array([kept]))
        assert expected[0, 0] == pytest.approx(np.maximum(later + 0.5, 0.0).mean(), abs=tolerance)


def test_a_change_point_is_followed_by_the_warmth_seen_and_never_below_nothing():
    series = warmth_series(np.maximum(warmth_nodes(), 0.0)[:, None])
    seen = np.array([[-6.0], [-2.0], [-1.0], [0.0], [1.0], [2.0]])
    found = given_warmth(series, seen, np.ones(1))[:, 0]
    assert (found >= 0.0).all()
    np.testing.assert_allclose(found, np.maximum(seen[:, 0], 0.0), atol=0.21)
