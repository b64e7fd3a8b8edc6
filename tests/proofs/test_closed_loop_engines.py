"""Engines under a planner that plans again and again: k of n, and litres along ``a P + b``, in closed form."""

from __future__ import annotations

import pytest

from simulation.ensemble import replan
from simulation.events.trajectory import Trajectory
from simulation.interchange.highs import HiGHS
from tests.events.worlds import DIESEL, GRID, Hands, area

SLOPE, INTERCEPT_LPH = 0.244, 3.55
"""Straight-line fit of a 100-kW set's published burn chart [L/kWh, L/h]."""


def _hub(engine: dict, litres: float, days: int) -> Hands:
    tank = {"fuel": "diesel", "capacity_l": litres}
    building = {"grid": GRID, "genset": {"g": {**DIESEL, "fuel_tank": "t", **engine}}, "fuel_tank": {"t": tank}}
    outage = {"kind": "schedule", "hours": 24 * days}
    spec = area(
        {"home": building},
        days=days,
        step_min=60,
        hazard={"start": "2019-09-09T00:00"},
        feeder={"main": {"outage": {"strike": outage}}},
    )
    return Hands(spec).outage(0.0, 24.0 * days)


def _replanned(hands: Hands) -> Trajectory:
    return replan(hands.spec, hands.draws(), HiGHS())


def test_a_tank_under_a_planner_lasts_its_volume_over_the_fuel_line() -> None:
    engine = {
        "rated_kw": 100.0,
        "fuel_slope_l_per_kwh": SLOPE,
        "fuel_intercept_lph_per_kw": INTERCEPT_LPH / 100.0,
    }
    run = _replanned(_hub(engine, 400.0, 2).demand("home", critical=50.0))
    (ended,) = [event.time_h for event in run.events if event.kind == "genset_out_of_fuel"]
    assert ended == pytest.approx(400.0 / (SLOPE * 50.0 + INTERCEPT_LPH), rel=1e-9)


@pytest.mark.parametrize(("failed", "served_kw"), [(0, 40.0), (1, 40.0), (2, 20.0), (3, 0.0)])
def test_two_of_three_engines_carry_the_load_and_each_one_lost_beyond_takes_its_share(
    failed: int, served_kw: float
) -> None:
    hands = _hub({"rated_kw": 20.0, "count": 3}, 5_000.0, 1).demand("home", critical=40.0)
    hands.available[0, :failed] = False
    run = _replanned(hands)
    served = 40.0 - run.flow("unserved_kw", "home.critical")[0]
    assert served[2:].tolist() == pytest.approx([served_kw] * 22, abs=1e-6)
