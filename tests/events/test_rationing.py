"""A plan that keeps stored energy for the critical load of the hours to come is kept to."""

from __future__ import annotations

import numpy as np
import pytest

from tests.events.worlds import BATTERY, GRID, Hands, area, set_points

FULL = {**BATTERY, "initial_level_frac": 1.0}


def test_essential_load_beyond_the_plans_share_is_not_served_from_a_store() -> None:
    spec = area({"home": {"grid": GRID, "battery": {"b": FULL}}})
    plan = set_points(spec, discharge_kw=np.array([6.0]), essential_frac=np.array([0.5]))
    run = Hands(spec).demand("home", critical=4.0, essential=4.0).outage(3.0, 9.0).play(plan, foreseen=True)
    in_outage, before = slice(6, 18), slice(0, 6)
    assert run.flow("unserved_kw", "home.essential")[0, in_outage].tolist() == pytest.approx([2.0] * 12)
    assert run.flow("unserved_kw", "home.critical").sum() == 0.0
    assert run.flow("unserved_kw", "home.essential")[0, before].sum() == 0.0


def test_more_critical_load_than_planned_is_served_from_what_was_kept() -> None:
    spec = area({"home": {"grid": GRID, "battery": {"b": FULL}}})
    plan = set_points(spec, discharge_kw=np.array([4.0]), essential_frac=np.array([0.0]))
    run = Hands(spec).demand("home", critical=7.0, essential=4.0).outage(3.0, 9.0).play(plan, foreseen=True)
    assert run.flow("discharge_kw", "home.battery.b")[0, 8] == pytest.approx(7.0)
    assert run.flow("unserved_kw", "home.essential")[0, 8] == pytest.approx(4.0)


def test_sun_serves_essential_load_that_the_plan_had_given_up_here_and_at_a_neighbours() -> None:
    roof = {"rated_kw": 30.0}
    line = {"a": "sunny", "b": "home", "capacity_ab_kw": 50.0, "capacity_ba_kw": 50.0, "loss_frac": 0.0}
    spec = area(
        {"sunny": {"grid": GRID, "pv": {"roof": roof}, "battery": {"b": FULL}}, "home": {"grid": GRID}},
        tieline={"street": line},
    )
    plan = set_points(spec, essential_frac=np.array([[0.5, 0.25]]))
    hands = Hands(spec).demand("sunny", critical=2.0, essential=2.0).demand("home", essential=8.0)
    for sun_kw, unserved_kw in ((0.0, [1.0, 6.0]), (9.0, [0.0, 3.0])):
        run = hands.sun("sunny.pv.roof", sun_kw).outage(3.0, 9.0).play(plan, foreseen=True)
        short = [run.flow("unserved_kw", f"{name}.essential")[0, 8] for name in ("sunny", "home")]
        assert sum(short) == pytest.approx(sum(unserved_kw)), sun_kw
        assert short == pytest.approx(unserved_kw), sun_kw
