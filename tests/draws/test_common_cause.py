"""Common causes: the beta factor couples like engines and leaves each one's own chances as they were."""

from __future__ import annotations

from math import exp, sqrt

import numpy as np
import pytest

from simulation.draws.common_cause import common_prob, own_prob
from simulation.draws.failure import sample_failures
from tests.draws.test_failure import engines

MANY = np.arange(1200)


@pytest.mark.parametrize("beta", [0.0, 0.3, 1.0])
def test_an_engine_is_unfit_as_often_whatever_its_beta_factor(beta: float) -> None:
    draws = sample_failures(engines(pair={"count": 2, "common_cause_frac": beta}), MANY, 1)
    assert abs(1.0 - draws.available[:, 0].mean() - 0.1) < 3.0 * sqrt(0.09 / len(MANY))


def test_both_are_unfit_as_often_as_the_beta_factor_says() -> None:
    draws = sample_failures(engines(pair={"count": 2, "common_cause_frac": 0.3}), MANY, 1)
    common, own = common_prob(0.1, 0.3), own_prob(0.1, 0.3)
    expected = common + (1.0 - common) * own**2
    both = (~draws.available).all(axis=1).mean()
    assert abs(both - expected) < 3.0 * sqrt(expected * (1.0 - expected) / len(MANY))
    assert expected > 3.0 * 0.1**2


def test_shocks_strike_a_group_at_its_share_of_the_failure_rate() -> None:
    draws = sample_failures(engines(pair={"count": 2, "common_cause_frac": 0.5}), MANY, 1)
    assert draws.common is not None
    struck = np.isfinite(draws.common.shock_h[:, 0]).any(axis=1).mean()
    expected = 1.0 - exp(-0.5 * 72.0 / 1100.0)
    assert abs(struck - expected) < 3.0 * sqrt(expected * (1.0 - expected) / len(MANY))
    assert abs(draws.life_h[:, 0, 0].mean() - 2200.0) < 3.0 * 2200.0 / sqrt(len(MANY))


def test_groups_do_not_share_their_common_cause() -> None:
    pair = {"count": 2, "common_cause_frac": 1.0, "mean_time_to_failure_h": 100.0}
    draws = sample_failures(engines(one=pair, other=pair, alone={}), MANY[:50], 1)
    assert draws.common is not None
    assert draws.common.group_of == (0, 0, 1, 1, -1)
    assert not np.array_equal(draws.common.shock_h[:, 0], draws.common.shock_h[:, 1])
    assert np.isinf(draws.life_h[:, :4]).all()


def test_without_a_beta_factor_nothing_is_drawn_in_common_and_nothing_else_moves() -> None:
    assert sample_failures(engines(pair={"count": 2}), MANY[:9], 1).common is None
