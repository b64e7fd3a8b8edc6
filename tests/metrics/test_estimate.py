"""Estimates: what they print, and that their intervals cover what they claim."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulation.metrics.estimate import (
    Estimate,
    of_mean,
    of_proportion,
    of_skewed_loss,
    paired_difference,
    wilson,
)

REPEATS = 1_000


def _estimate(mean: float, half: float, unit: str = "kWh") -> Estimate:
    return Estimate(mean=mean, stderr=half / 2, n=64, unit=unit, low=mean - half, high=mean + half, method="by hand")


@pytest.mark.parametrize(
    ("mean", "half", "unit", "text"),
    [
        (1234.0, 40.0, "kWh", "1,230 ± 40 kWh"),
        (1234.0, 14.0, "kWh", "1,234 ± 14 kWh"),
        (1234.0, 0.96, "kWh", "1,234.0 ± 1.0 kWh"),
        (0.4123, 0.008, "-", "41.2 ± 0.8 %"),
        (0.4123, 0.2, "-", "41 ± 20 %"),
        (123_456_789.0, 2_400_000.0, "yen", "123,000,000 ± 2,000,000 yen"),
        (-12.3, 5.0, "h", "-12 ± 5 h"),
        (0.001, 0.4, "h", "0.0 ± 0.4 h"),
    ],
)
def test_prints_only_the_digits_that_the_error_allows(mean: float, half: float, unit: str, text: str) -> None:
    assert str(_estimate(mean, half, unit)) == text


def test_prints_a_lopsided_interval_by_its_ends() -> None:
    estimate = Estimate(mean=5.2, stderr=2.0, n=512, unit="kWh", low=1.9, high=21.2, method="by hand")
    assert str(estimate) == "5 (2 to 21) kWh"


def test_one_run_has_no_error_bar_and_says_so() -> None:
    estimate = of_mean(np.array([1234.5]), "kWh")
    assert str(estimate) == "1,230 kWh (one run, no error bar)"
    assert not estimate.has_interval
    assert str(of_proportion(1, 1)) == "100 % (one run, no error bar)"
    assert "one run" in str(of_skewed_loss(np.array([3.0]), "kWh"))


def test_a_number_that_never_varies_says_so() -> None:
    assert str(of_mean(np.full(9, 1234.5), "yen")) == "1,234 yen in all 9 scenarios"


def test_known_t_interval() -> None:
    """Values 1..5: mean 3, standard error sqrt(2.5 / 5), t(4) at 97.5 % is 2.7764."""
    estimate = of_mean(np.arange(1.0, 6.0), "h")
    assert estimate.mean == 3.0
    assert estimate.stderr == pytest.approx(math.sqrt(0.5))
    assert estimate.high == pytest.approx(3.0 + 2.776445 * math.sqrt(0.5), rel=1e-6)


def test_known_wilson_interval() -> None:
    """Newcombe (1998), table I: 81 of 263 gives 0.2553 to 0.3662; 0 of 20 gives 0 to 0.1611."""
    low, high = wilson(np.array([81 / 263]), 263)
    assert (round(low[0], 4), round(high[0], 4)) == (0.2553, 0.3662)
    none = of_proportion(0, 20)
    assert (none.low, round(none.high, 4)) == (0.0, 0.1611)


def test_mean_covers_95_in_100() -> None:
    chance = np.random.default_rng(11)
    values = chance.normal(100.0, 30.0, (REPEATS, 32))
    covered = [(e := of_mean(row, "kWh")).low <= 100.0 <= e.high for row in values]
    assert 0.93 <= np.mean(covered) <= 0.97


@pytest.mark.parametrize("share", [0.05, 0.3, 0.5, 0.9])
def test_proportion_covers_95_in_100(share: float) -> None:
    chance = np.random.default_rng(12)
    hits = chance.binomial(200, share, REPEATS)
    covered = [(e := of_proportion(int(hit), 200)).low <= share <= e.high for hit in hits]
    assert 0.93 <= np.mean(covered) <= 0.975


@pytest.mark.parametrize(
    ("share", "sigma", "n"), [(0.1, 1.0, 512), (0.3, 1.0, 512), (0.3, 0.5, 100), (0.5, 1.0, 100), (1.0, 0.8, 100)]
)
def test_skewed_loss_covers_93_to_97_in_100(share: float, sigma: float, n: int) -> None:
    truth, losses = _losses(share, sigma, n)
    covered = [(e := of_skewed_loss(row, "kWh")).low <= truth <= e.high for row in losses]
    assert 0.93 <= np.mean(covered) <= 0.97


def test_rare_loss_is_covered_where_the_t_interval_is_not() -> None:
    """A lognormal loss in one scenario of 20, n = 100: documented at 97 % against 80 %; both tails are then small."""
    truth, losses = _losses(0.05, 1.0, 100)
    losses = losses[np.count_nonzero(losses, axis=1) >= 2]
    hall = [of_skewed_loss(row, "kWh") for row in losses]
    plain = [of_mean(row, "kWh") for row in losses]
    assert 0.93 <= np.mean([e.low <= truth <= e.high for e in hall]) <= 0.985
    assert np.mean([e.high < truth for e in hall]) < 0.04
    assert np.mean([e.low <= truth <= e.high for e in plain]) < 0.85


def test_few_losses_are_counted_and_marked() -> None:
    values = np.zeros(512)
    values[:7] = 20.0
    estimate = of_skewed_loss(values, "kWh")
    assert estimate.losses == 7
    assert estimate.few_losses
    assert not of_skewed_loss(np.ones(40), "kWh").few_losses


def test_no_loss_bounds_the_chance_instead_of_the_mean() -> None:
    """The rule of three: none in 100 leaves a chance of at most 3 %."""
    estimate = of_skewed_loss(np.zeros(100), "kWh")
    assert str(estimate) == "0 kWh in all 100 scenarios"
    assert "below 3 %" in estimate.method
    assert math.isnan(estimate.high)


def test_a_gain_is_no_loss() -> None:
    with pytest.raises(ValueError, match="at least 0"):
        of_skewed_loss(np.array([1.0, -1.0]), "kWh")


def test_what_is_not_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="1 of 2 are not finite"):
        of_mean(np.array([1.0, np.inf]), "h")


def test_pairs_resolve_what_two_means_do_not() -> None:
    chance = np.random.default_rng(13)
    weather = chance.normal(0.0, 50.0, 64)
    first = 500.0 + weather
    second = 510.0 + weather + chance.normal(0.0, 5.0, 64)
    apart = paired_difference(second, first, "kWh")
    assert apart.resolved
    assert apart.mean == pytest.approx(10.0, abs=3 * apart.stderr)
    means = of_mean(first, "kWh"), of_mean(second, "kWh")
    assert means[0].high > means[1].low


def test_pairs_with_a_stock_that_never_ran_out_are_left_out() -> None:
    difference = paired_difference(np.array([5.0, np.inf, 9.0]), np.array([1.0, 3.0, 5.0]), "h")
    assert (difference.n, difference.mean) == (2, 4.0)


def test_hall_is_the_t_interval_where_values_are_symmetric() -> None:
    values = np.array([-3.0, -1.0, 0.0, 1.0, 3.0])
    plain, paired = of_mean(values, "h"), paired_difference(values, np.zeros(5), "h")
    assert (paired.low, paired.high) == (pytest.approx(plain.low), pytest.approx(plain.high))


def _losses(share: float, sigma: float, n: int) -> tuple[float, np.ndarray]:
    chance = np.random.default_rng(14)
    struck = chance.random((REPEATS, n)) < share
    return share * math.exp(sigma**2 / 2), np.where(struck, chance.lognormal(0.0, sigma, (REPEATS, n)), 0.0)
