"""Higashi-Matsushima: three days of everything for everyone, then homes are dropped and hospitals and hall go on.

What follows from the town's rule, its 5.8 kL of fuel, its battery and its sun, which are inputs.  Sources: the press
named in ``scenarios/higashi_matsushima.toml``.  The loads are not published, so that no figure of energy is.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from simulation.draws.draws import Draws, sample
from simulation.ensemble import replan
from simulation.events.trajectory import Trajectory
from simulation.interchange.highs import HiGHS
from simulation.scenario.load import load
from simulation.units import TIERS

BASE, NO_SUN, HALF = "higashi_matsushima", "higashi_matsushima_no_sun", "higashi_matsushima_half_fuel"
STEP_H = 0.5
STRIKE, DAY = 77, 48
THREE_DAYS = slice(STRIKE, STRIKE + 3 * DAY)
TANK = "town.fuel_tank.bio_diesel"
HELD = ("town", "hospital_1", "hospital_2", "clinic_1", "clinic_2")
"""Hall and hospitals; critical and essential load of the building ``town`` is the hall's, the rest that of homes."""


@cache
def replay(name: str) -> tuple[Draws, Trajectory]:
    spec = load(name)
    draws = sample(spec, n_scenarios=2, seed=1)
    return draws, replan(spec, draws, HiGHS())


def asked_kw(name: str, *tiers: str, among: tuple[str, ...] | None = None) -> np.ndarray:
    """Load of some tiers in every step, of all buildings or some; [S, T]."""
    return _sum_kw(replay(name)[1], "demand_kw", tiers, among)


def short_kw(name: str, *tiers: str, among: tuple[str, ...] | None = None) -> np.ndarray:
    """What of it went short; [S, T]."""
    return _sum_kw(replay(name)[1], "unserved_kw", tiers, among)


def _sum_kw(run: Trajectory, quantity: str, tiers: tuple[str, ...], among: tuple[str, ...] | None) -> np.ndarray:
    series = run.flows[quantity]
    chosen = [
        k
        for k, element in enumerate(series.elements)
        if element.split(".")[1] in tiers and (among is None or element.split(".")[0] in among)
    ]
    return series.values[:, :, chosen].sum(axis=2)


def fuel_l(name: str) -> np.ndarray:
    """Fuel at the edges of the steps; [S, T + 1]."""
    return replay(name)[1].level("fuel_l", TANK)


def out_of_order(name: str) -> np.ndarray:
    """Whether the engine is being repaired in a step, or fails in it; [S, T]."""
    down = np.zeros_like(short_kw(name, "critical"), dtype=bool)
    for event in replay(name)[1].events:
        if event.kind in ("genset_failed", "genset_start_failed"):
            down[event.scenario, int(event.time_h / STEP_H) :] = True
        elif event.kind == "genset_repaired":
            down[event.scenario, int(event.time_h / STEP_H) + 1 :] = False
    return down


def test_fuel_and_sun_are_enough_for_three_days_of_everything() -> None:
    """The tank was sized for it: what the engine burns for all load but the sun's, and for turning, is less."""
    spec = load(BASE)
    draws = sample(spec, n_scenarios=4, seed=1)
    engine = spec.gensets[0].part
    asked = draws.demand.islanded_kw[:, THREE_DAYS].sum(axis=(2, 3))
    left_kwh = STEP_H * (asked - draws.pv_kw[:, THREE_DAYS].sum(axis=2)).clip(0.0).sum(axis=1)
    turning_l = engine.fuel_intercept_lph_per_kw * engine.rated_kw * 72.0
    need_l = left_kwh / 0.99 * engine.fuel_slope_l_per_kwh + turning_l
    assert (need_l < spec.fuel_tanks[0].part.capacity_l).all()
    battery = spec.batteries[0].part
    assert (asked.max(axis=1) < engine.rated_kw + battery.discharge_kw).all()


@pytest.mark.slow
def test_for_three_days_everybody_is_served_but_for_some_comfort_that_is_saved_for_later() -> None:
    """Plans count on three more days at every hour, so that they begin to save on the third."""
    short = STEP_H * short_kw(BASE, "critical", "essential", "deferrable")[:, THREE_DAYS].sum(axis=1)
    assert (short < 2.0).all()
    served = 1.0 - short_kw(BASE, *TIERS)[:, THREE_DAYS].sum(axis=1) / asked_kw(BASE, *TIERS)[:, THREE_DAYS].sum(axis=1)
    assert (served > 0.93).all()


@pytest.mark.slow
@pytest.mark.parametrize("name", [BASE, NO_SUN, HALF])
def test_homes_are_dropped_first_and_critical_load_last(name: str) -> None:
    for first in range(STRIKE, STRIKE + 8 * DAY, DAY):
        day = slice(first, first + DAY)
        served = [
            1.0 - short_kw(name, tier)[:, day].sum(axis=1) / asked_kw(name, tier)[:, day].sum(axis=1)
            for tier in ("critical", "essential", "comfort")
        ]
        assert (served[0] >= served[1] - 1e-9).all()
        assert (served[1] >= served[2] - 1e-9).all()


@pytest.mark.slow
def test_when_fuel_gets_low_homes_go_without_and_hospitals_and_hall_have_everything() -> None:
    """The rule that follows the three days: on the fifth day homes get a third at most."""

    def served(day: int, *tiers: str, among: tuple[str, ...]) -> np.ndarray:
        when = slice(STRIKE + (day - 1) * DAY, STRIKE + day * DAY)
        short, asked = (kw(BASE, *tiers, among=among)[:, when].sum(axis=1) for kw in (short_kw, asked_kw))
        return 1.0 - short / asked

    homes = [served(day, "comfort", "deferrable", among=("town",)) for day in (3, 4, 5)]
    assert (homes[0] > 0.97).all()
    assert (homes[1] < 0.85).all()
    assert (homes[2] < 0.35).all()
    for day in (3, 4, 5):
        assert (served(day, "critical", "essential", among=HELD) > 0.99).all()


@pytest.mark.slow
@pytest.mark.parametrize("name", [BASE, NO_SUN, HALF])
def test_no_critical_load_is_dark_beside_a_sound_engine_with_fuel(name: str) -> None:
    dark = short_kw(name, "critical") > 1e-6
    assert dark.any()
    assert (fuel_l(name)[:, 1:][dark & ~out_of_order(name)] == 0.0).all()


@pytest.mark.slow
def test_without_sun_or_with_half_the_fuel_essential_load_suffers_earlier() -> None:
    end = slice(STRIKE, STRIKE + 7 * DAY)
    lost = {name: short_kw(name, "essential")[:, end].sum(axis=1) for name in (BASE, NO_SUN, HALF)}
    assert (lost[NO_SUN] > lost[HALF]).all()
    assert (lost[HALF] > lost[BASE]).all()


@pytest.mark.slow
def test_when_the_fuel_has_ended_the_sun_alone_carries_hospitals_and_hall_by_day_and_nothing_does_without_it() -> None:
    """Nearly: neighbours share anew at control ticks only, and a battery may end between two of them."""
    draws, run = replay(BASE)
    ended = (fuel_l(BASE)[:, :-1] <= 0.0) & (run.flow("grid_up_frac", "yamoto") == 0.0)
    sunny = ended & (draws.pv_kw.sum(axis=2) > asked_kw(BASE, "critical") / 0.99)
    assert (sunny.sum(axis=1) > 20).all()
    carried = (
        1.0 - short_kw(BASE, "critical", among=HELD)[sunny].sum() / asked_kw(BASE, "critical", among=HELD)[sunny].sum()
    )
    assert carried > 0.9
    _, dark = replay(NO_SUN)
    at_end = (fuel_l(NO_SUN)[:, :-1] <= 0.0) & (dark.flow("grid_up_frac", "yamoto") == 0.0)
    empty = at_end & (dark.level("battery_kwh", "town.battery.lead")[:, :-1] <= 96.0)
    assert empty.any()
    assert short_kw(NO_SUN, "critical")[empty] == pytest.approx(asked_kw(NO_SUN, "critical")[empty])
