"""The fate of an engine goes on for ever, the same whoever asks, and each supply by itself."""

from __future__ import annotations

from math import inf, sqrt

import numpy as np

from simulation.draws.failure import FailureDraws, sample_failures
from simulation.draws.fate import Fate
from tests.draws.test_failure import engines

LONG = 3_000


def fate(draws: FailureDraws, **changes: float | None) -> Fate:
    return Fate(draws, 0, 0, engines(one=changes).gensets[0].part)


def test_starts_go_on_failing_as_often_as_the_spec_says_long_after_the_arrays_have_ended() -> None:
    scenarios = 20
    draws = sample_failures(engines(one={}), np.arange(scenarios), 3)
    part, in_arrays = engines(one={}).gensets[0].part, draws.start_fails.shape[2]
    failed = 0
    for s in range(scenarios):
        one = Fate(draws, s, 0, part)
        assert [one.start_fails(0.0) for _ in range(in_arrays)] == draws.start_fails[s, 0].tolist()
        failed += sum(one.start_fails(0.0) for _ in range(LONG))
    assert abs(failed / (scenarios * LONG) - 0.1) < 3.0 * sqrt(0.09 / (scenarios * LONG))


def test_lives_and_repairs_go_on_with_their_means() -> None:
    draws = sample_failures(engines(one={}), np.arange(1), 3)
    one = fate(draws)
    lives = np.array([one.life_h() for _ in range(LONG)])
    repairs = np.array([one.repair_h() for _ in range(LONG)])
    assert abs(lives.mean() - 1100.0) < 3.0 * 1100.0 / sqrt(LONG)
    assert abs(repairs.mean() - 37.5) < 3.0 * 37.5 / sqrt(LONG)
    assert len(np.unique(lives)) == LONG


def test_two_readers_of_the_same_draws_meet_the_same_fate_in_whatever_order_they_ask() -> None:
    draws = sample_failures(engines(one={}), np.arange(1), 3)
    first, second = fate(draws), fate(draws)
    starts = [first.start_fails(0.0) for _ in range(300)]
    lives = [first.life_h() for _ in range(300)]
    assert [second.life_h() for _ in range(300)] == lives
    assert [second.start_fails(0.0) for _ in range(300)] == starts


def test_scenarios_do_not_share_what_comes_after_the_arrays() -> None:
    draws = sample_failures(engines(one={}), np.arange(2), 3)
    part = engines(one={}).gensets[0].part
    ahead = draws.life_h.shape[2] + 5
    one, other = (Fate(draws, s, 0, part) for s in (0, 1))
    assert not np.isclose([one.life_h() for _ in range(ahead)], [other.life_h() for _ in range(ahead)]).any()


def test_draws_made_by_hand_end_with_an_engine_that_never_fails() -> None:
    draws = FailureDraws(
        available=np.ones((1, 1), dtype=bool),
        start_fails=np.array([[[True]]]),
        life_h=np.array([[[5.0]]]),
        repair_h=np.array([[[2.0]]]),
    )
    one = fate(draws)
    assert (one.start_fails(0.0), one.start_fails(0.0)) == (True, False)
    assert (one.life_h(), one.life_h()) == (5.0, inf)
    assert (one.repair_h(), one.repair_h()) == (2.0, inf)
