"""The gap in the supply of petrol of 2011: seven days lost for ever, the backlog gone in week four.

Sources: RIETI 13-J-020 and jttri 233, named in ``scenarios/tohoku_fuel.toml``; the share of drivers who come again is
fitted to the first, the second is not fitted.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from simulation.draws.draws import sample
from simulation.events.collect import collect
from simulation.events.trajectory import Trajectory
from simulation.events.world import World
from simulation.scenario.load import load

DAY_L = 3_000.0
STATION = "station.service_station.regular"
STRIKE_DAY = 14.75 / 24.0

pytestmark = pytest.mark.slow


@cache
def replay() -> Trajectory:
    spec = load("tohoku_fuel")
    draws = sample(spec, n_scenarios=4, seed=1)
    worlds = [World(spec, draws, s) for s in range(draws.n_scenarios)]
    for world in worlds:
        world.advance(draws.clock.duration_h)
    return collect(spec, draws, worlds, planned_by="nobody", perfect_information=False)


def day(run: Trajectory, after: float) -> int:
    """Step at so many days after the quake."""
    return round((STRIKE_DAY + after) * 24.0 / run.clock.step_h)


def test_a_third_flows_in_for_two_weeks() -> None:
    run = replay()
    poured_l = run.flow("delivered", "third")[:, : day(run, 14.0)].sum(axis=1) * run.clock.step_h
    np.testing.assert_allclose(poured_l, 14.0 * DAY_L / 3.0)
    assert run.flow("delivered", "relief")[:, : day(run, 14.0)].sum() == 0.0


def test_seven_days_of_demand_are_lost_for_ever() -> None:
    run = replay()
    lost_days = run.flow("station_lost_lph", f"{STATION}.public").sum(axis=1) * run.clock.step_h / DAY_L
    assert lost_days.mean() == pytest.approx(7.0, abs=0.5)


def test_the_backlog_is_gone_in_week_four_and_not_before() -> None:
    run = replay()
    waiting_l = run.level("station_waiting_l", f"{STATION}.public")
    assert (waiting_l[:, day(run, 14.0)] > 2.0 * DAY_L).all()
    cleared = waiting_l[:, day(run, 14.0) :] < 0.1 * DAY_L
    assert cleared.any(axis=1).all()
    gone = day(run, 14.0) + np.argmax(cleared, axis=1)
    assert (gone > day(run, 21.0)).all()
    assert (gone <= day(run, 28.0)).all()


def test_what_was_promised_carries_emergency_vehicles_through() -> None:
    run = replay()
    asked, lost = (run.flow(f"station_{what}_lph", f"{STATION}.emergency") for what in ("asked", "lost"))
    assert asked.sum() > 0.0
    assert lost.sum() == 0.0
