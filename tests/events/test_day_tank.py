"""Tanks on the engines' frames: filled from low to full, emptied with the reserve, stuck without power to pump."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulation.events.state import gather_state
from simulation.events.trajectory import Trajectory
from simulation.events.world import World
from simulation.interchange.outlook import truth
from tests.events.worlds import DIESEL, GRID, Hands, area

FULL_LPH = 50.0 * 0.28769
"""What the engine burns at its 50 kW [L/h]."""


def hands(own: dict[str, Any], *, reserve_l: float = 500.0, days: int = 2, initial_frac: float = 1.0) -> Hands:
    engine = {**DIESEL, "rated_kw": 50.0, "fuel_tank": "t", "day_tank": {"transfer_lph": 60.0, **own}}
    tank = {"fuel": "diesel", "capacity_l": reserve_l, "initial_frac": initial_frac}
    spec = area({"home": {"grid": GRID, "genset": {"g": engine}, "fuel_tank": {"t": tank}}}, days=days)
    return Hands(spec).demand("home", critical=50.0).outage(0.0, 24.0 * days)


def out_of_fuel_h(run: Trajectory) -> list[float]:
    return [event.time_h for event in run.events if event.kind == "genset_out_of_fuel"]


def test_the_transfer_runs_from_the_low_mark_to_full_and_no_fuel_is_lost() -> None:
    run = hands({"capacity_l": 100.0}).play()
    own, reserve = run.level("day_tank_l", "home.genset.g.day_tank")[0], run.level("fuel_l", "home.fuel_tank.t")[0]
    burnt = run.flow("genset_fuel_lph", "home.genset.g")[0].cumsum() * 0.5
    np.testing.assert_allclose(own[1:] + reserve[1:] + burnt, 600.0)
    first_low_h = 50.0 / FULL_LPH
    filling_h = 50.0 / (60.0 - FULL_LPH)
    moved = run.flow("transfer_lph", "home.genset.g.day_tank")[0].cumsum() * 0.5
    assert moved[int(2 * first_low_h) - 1] == 0.0
    assert moved[int(2 * (first_low_h + filling_h)) + 1] == pytest.approx(60.0 * filling_h)


def test_both_tanks_together_last_as_long_as_one_of_their_size() -> None:
    (ended,) = out_of_fuel_h(hands({"capacity_l": 100.0}).play())
    assert ended == pytest.approx(600.0 / FULL_LPH, abs=1e-6)


def test_without_a_low_mark_that_keeps_it_running_an_electric_pump_never_runs_again() -> None:
    """Burnt down to nothing before the pump starts: the building is dark, and so the reserve cannot be reached."""
    run = hands({"capacity_l": 100.0, "refill_below_frac": 0.0}).play()
    assert out_of_fuel_h(run) == [pytest.approx(100.0 / FULL_LPH)]
    assert run.level("fuel_l", "home.fuel_tank.t")[0, -1] == 500.0


def test_a_hand_pump_brings_the_engine_back() -> None:
    run = hands({"capacity_l": 100.0, "refill_below_frac": 0.0, "pump": "hand"}).play()
    dark_h = 48.0 - 600.0 / FULL_LPH
    assert run.level("fuel_l", "home.fuel_tank.t")[0, -1] == 0.0
    lost_h = run.flow("unserved_kw", "home.critical")[0].sum() * 0.5 / 50.0
    assert dark_h - 1e-6 <= lost_h <= dark_h + 0.5 * len(out_of_fuel_h(run))


def test_the_planner_sees_both_tanks_as_one_stock_within_the_reserve() -> None:
    some = hands({"capacity_l": 100.0}, initial_frac=0.4)
    draws = some.draws()
    world = World(some.spec, draws, 0)
    assert gather_state([world]).fuel_l.tolist() == [[300.0]]
    assert truth(some.spec, draws).fuel_l.tolist() == [[300.0]]
    full = hands({"capacity_l": 100.0})
    assert truth(full.spec, full.draws()).fuel_l.tolist() == [[500.0]]


def test_a_pump_slower_than_the_engine_is_refused() -> None:
    with pytest.raises(ValueError, match=r"day_tank.transfer_lph 10; legal: at least .* 14\.3845 L/h"):
        hands({"capacity_l": 100.0, "transfer_lph": 10.0})
