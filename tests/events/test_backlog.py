"""Deferrable energy is served first come first served, and is lost exactly at its deadline."""

from __future__ import annotations

import pytest

from simulation.events.backlog import Backlog


def _play(backlog: Backlog, hours: list[tuple[float, float]]) -> list[float]:
    """Steps of one hour of (arriving, served) [kW]; what expires at the end of each."""
    lost = []
    for hour, (arriving, served) in enumerate(hours, start=1):
        backlog.flow(arriving, served)
        backlog.advance(1.0)
        backlog.close_step(float(hour))
        lost.append(backlog.expire(float(hour)))
    return lost


def test_what_is_not_served_within_the_deadline_is_lost_then_and_not_before() -> None:
    backlog = Backlog(deadline_h=2.0)
    assert _play(backlog, [(10.0, 0.0), (0.0, 0.0), (0.0, 3.0), (0.0, 0.0)]) == [0.0, 0.0, 7.0, 0.0]
    assert backlog.level_kwh == 0.0


def test_the_oldest_is_served_first() -> None:
    backlog = Backlog(deadline_h=2.0)
    assert _play(backlog, [(10.0, 0.0), (6.0, 0.0), (0.0, 12.0), (0.0, 0.0)]) == [0.0, 0.0, 0.0, 4.0]


def test_arrivals_are_served_expired_or_waiting() -> None:
    backlog = Backlog(deadline_h=3.0)
    flows = [(5.0, 1.0), (7.0, 2.0), (0.0, 4.0), (3.0, 0.0), (9.0, 1.0), (0.0, 0.5)]
    lost = _play(backlog, flows)
    assert sum(a for a, _ in flows) == pytest.approx(sum(s for _, s in flows) + sum(lost) + backlog.level_kwh)


def test_urgent_is_what_expires_by_an_hour() -> None:
    backlog = Backlog(deadline_h=2.0)
    _play(backlog, [(10.0, 4.0), (5.0, 0.0)])
    assert backlog.urgent_kwh(2.9) == 0.0
    assert backlog.urgent_kwh(3.0) == 6.0
    assert backlog.urgent_kwh(4.0) == 11.0


def test_spreading_meets_every_deadline() -> None:
    backlog = Backlog(deadline_h=4.0)
    lost = _play(backlog, [(8.0, 0.0), (4.0, 0.0)])
    for hour in range(3, 8):
        backlog.flow(0.0, backlog.spread_kw(hour - 1.0, 1.0))
        backlog.advance(1.0)
        backlog.close_step(float(hour))
        lost.append(backlog.expire(float(hour)))
    assert sum(lost) == 0.0
    assert backlog.level_kwh == pytest.approx(0.0, abs=1e-9)
