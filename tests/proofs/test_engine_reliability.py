"""Engines that fail, by Monte Carlo through the event model, against closed forms within three standard errors."""

from __future__ import annotations

from math import comb, exp, sqrt

import numpy as np
import pytest

from simulation.scenario.spec import Spec
from tests.events.worlds import DIESEL, GRID, Hands, area

AVAILABLE, START_FAILURE, MTTF_H, MTTR_H = 0.995, 0.0094, 1_100.0, 37.5
"""NREL REopt's defaults for the first three."""
SITES = {
    "one_of_one": (1, 1),
    "one_of_two": (1, 2),
    "two_of_two": (2, 2),
    "two_of_three": (2, 3),
    "three_of_four": (3, 4),
}


def _engines(count: int) -> dict:
    return {"g": {**DIESEL, "rated_kw": 10.0, "count": count}}


def _close(share: float, expected: float, n: int) -> None:
    assert abs(share - expected) <= 3.0 * sqrt(expected * (1.0 - expected) / n)


def _k_of_n(k: int, n: int, hours: float, mttf_h: float) -> float:
    """Survival in continuous time: binomial on p = OA (1 - FTS) exp(-T / MTTF)."""
    p = AVAILABLE * (1.0 - START_FAILURE) * exp(-hours / mttf_h)
    return sum(comb(n, i) * p**i * (1.0 - p) ** (n - i) for i in range(k, n + 1))


def _survival(days: int, mttf_h: float, scenarios: int) -> dict[str, np.ndarray]:
    """Share of worlds in which each site has carried its whole load, by hour."""
    spec = area({name: {"grid": GRID, "genset": _engines(n)} for name, (_, n) in SITES.items()}, days=days, step_min=60)
    hands = Hands(spec, scenarios=scenarios).outage(0.0, 24.0 * days)
    for name, (k, _) in SITES.items():
        hands.demand(name, critical=10.0 * k)
    chance = np.random.default_rng(days)
    hands.available[:] = chance.uniform(size=hands.available.shape) < AVAILABLE
    hands.start_fails[:] = chance.uniform(size=hands.start_fails.shape) < START_FAILURE
    hands.life_h[:] = chance.exponential(mttf_h, hands.life_h.shape)
    run = hands.play()
    lost = {name: run.flow("unserved_kw", f"{name}.critical") > 1e-9 for name in SITES}
    return {name: 1.0 - np.logical_or.accumulate(dark, axis=1).mean(axis=0) for name, dark in lost.items()}


def test_k_of_n_without_repair_is_binomial() -> None:
    """With lives of 40 h, at every sixth hour of a day."""
    survival = _survival(1, 40.0, 300)
    for name, (k, n) in SITES.items():
        for hours in (6, 12, 24):
            _close(survival[name][hours - 1], _k_of_n(k, n, hours, 40.0), 300)


@pytest.mark.slow
def test_k_of_n_at_published_lives_over_four_days() -> None:
    survival = _survival(4, MTTF_H, 600)
    for name, (k, n) in SITES.items():
        for hours in (24, 72, 96):
            _close(survival[name][hours - 1], _k_of_n(k, n, hours, MTTF_H), 600)


@pytest.mark.parametrize(
    ("hours", "published"),
    [
        (24, (0.964365, 0.998730, 0.930000, 0.996281, 0.992738)),
        (72, (0.923171, 0.994097, 0.852244, 0.983199, 0.968107)),
        (96, (0.903238, 0.990637, 0.815839, 0.973723, 0.950807)),
    ],
)
def test_the_published_hourly_table_is_the_same_form_with_geometric_lives(
    hours: int, published: tuple[float, ...]
) -> None:
    """NREL REopt's table has (1 - 1 / MTTF)^T for exp(-T / MTTF): a little lower, as failing at once costs an hour."""
    geometric_life_h = -1.0 / np.log1p(-1.0 / MTTF_H)
    for (k, n), hourly in zip(SITES.values(), published, strict=True):
        assert _k_of_n(k, n, hours, geometric_life_h) == pytest.approx(hourly, abs=1e-6)
        assert 0.0 < _k_of_n(k, n, hours, MTTF_H) - hourly < 1e-4


def _up(days: int, scenarios: int, mttf_h: float, mttr_h: float, step_min: int) -> np.ndarray:
    """Share of engines up, step by step: twenty engines, all needed, so that each is started when mended."""
    spec: Spec = area({"site": {"grid": GRID, "genset": _engines(20)}}, days=days, step_min=step_min)
    hands = Hands(spec, scenarios=scenarios, lives=40).demand("site", critical=200.0).outage(0.0, 24.0 * days)
    chance = np.random.default_rng(17)
    hands.life_h[:] = chance.exponential(mttf_h, hands.life_h.shape)
    hands.repair_h[:] = chance.exponential(mttr_h, hands.repair_h.shape)
    return hands.play().flows["genset_running_frac"].values.mean(axis=(0, 2))


def _chain(hours: float, mttf_h: float, mttr_h: float) -> float:
    """Availability of the two-state chain that is up at 0."""
    rate = 1.0 / mttf_h + 1.0 / mttr_h
    return (1.0 / mttr_h + exp(-rate * hours) / mttf_h) / rate


def test_a_repairable_engine_is_up_as_often_as_the_two_state_chain_says() -> None:
    """The mean over a quarter of an hour differs from the moment by far less than a standard error."""
    up = _up(1, 60, 20.0, 5.0, 15)
    for hours in (1.125, 4.125, 23.875):
        _close(up[int(hours * 4)], _chain(hours, 20.0, 5.0), 1_200)


def test_the_published_availabilities_are_those_of_the_chain() -> None:
    for hours, published in ((24, 0.984041), (72, 0.971560), (168, 0.967354), (1e9, 0.967033)):
        assert _chain(hours, MTTF_H, MTTR_H) == pytest.approx(published, abs=5e-7)


@pytest.mark.slow
def test_a_repairable_engine_at_published_rates_over_a_week() -> None:
    """The mean over an hour is the share in its middle: the chain changes by less than a thousandth in it."""
    up = _up(8, 100, MTTF_H, MTTR_H, 60)
    for hours in (24, 72, 168):
        _close(up[hours], _chain(hours + 0.5, MTTF_H, MTTR_H), 2_000)
