"""An island's engine comes before the batteries run dry, stays while they are low, and is not hunted."""

from __future__ import annotations

import numpy as np
import pytest

from tests.events.worlds import BATTERY, DIESEL, Hands, area, set_points

FORMING = {**BATTERY, "forms_grid": True, "initial_level_frac": 1.0}
SLOW = {**DIESEL, "rated_kw": 40.0, "start_delay_min": 10.0, "fuel_tank": "t"}
HOME = {
    "battery": {"b": FORMING},
    "genset": {"g": SLOW},
    "fuel_tank": {"t": {"fuel": "diesel", "capacity_l": 500.0}},
}


def started_h(run, engine: str) -> list[float]:
    return [event.time_h for event in run.events if event.kind == "genset_started" and event.element == engine]


def test_an_engine_that_the_plan_does_not_call_comes_before_the_battery_is_empty_and_stays() -> None:
    """90 kWh carry 20 kW for 4 h 30: at 4 h they last no longer than 10 min and a control step."""
    spec = area({"home": {**HOME}})
    run = Hands(spec).demand("home", critical=20.0).play(set_points(spec))
    assert run.flows["unserved_kw"].values.sum() == pytest.approx(0.0, abs=1e-9)
    assert started_h(run, "home.genset.g") == pytest.approx([0.0, 4 + 1 / 6])
    assert run.level("battery_kwh", "home.battery.b").min() > 0.0
    assert run.flow("genset_kw", "home.genset.g")[0, 10:] == pytest.approx(20.0)


def test_an_engine_that_the_plan_calls_in_time_is_not_called_before() -> None:
    spec = area({"home": {**HOME}})
    plan = np.zeros((1, 48, 1))
    plan[0, 9:] = 20.0
    discharge = np.where(np.arange(48) < 9, 20.0, 0.0)[None, :, None]
    run = Hands(spec).demand("home", critical=20.0)
    run = run.play(set_points(spec, genset_kw=plan, discharge_kw=discharge))
    assert run.flows["unserved_kw"].values.sum() == pytest.approx(0.0, abs=1e-9)
    assert started_h(run, "home.genset.g") == pytest.approx([0.0, 4.5])


def test_fuel_that_a_plan_rations_is_not_burnt_for_comfort_when_the_battery_ends() -> None:
    spec = area({"home": {**HOME}})
    plan = set_points(spec, discharge_kw=np.array([20.0]))
    run = Hands(spec).demand("home", comfort=20.0).play(plan)
    assert started_h(run, "home.genset.g") == pytest.approx([0.0])
    assert run.flow("unserved_kw", "home.comfort")[0, 10:] == pytest.approx(20.0)


def test_pauses_shorter_than_the_least_rest_do_not_stop_an_engine_whose_least_load_has_somewhere_to_go() -> None:
    warm = {**DIESEL, "rated_kw": 40.0, "min_load_frac": 0.25, "least_rest_min": 60.0}
    plan = np.zeros((1, 48, 1))
    plan[0, ::2] = 40.0
    starts = {}
    for load_kw in (20.0, 0.0):
        spec = area({"home": {"battery": {"b": FORMING}, "genset": {"g": warm}}})
        run = Hands(spec).demand("home", critical=load_kw).play(set_points(spec, genset_kw=plan))
        assert run.flows["unserved_kw"].values.sum() == pytest.approx(0.0, abs=1e-9)
        starts[load_kw] = started_h(run, "home.genset.g")
    assert starts[20.0] == [0.0]
    assert np.diff(starts[0.0]).min() >= 1.0


def test_an_engine_that_is_to_come_later_comes_at_once_when_another_one_fails() -> None:
    """8 kWh would carry 40 kW for 11 min of the 24 until the plan has the other engine start."""
    quick = {**DIESEL, "rated_kw": 40.0, "start_delay_min": 1.0}
    small = {**FORMING, "capacity_kwh": 8.0}
    spec = area({"home": {"battery": {"b": small}, "genset": {"a": quick, "b": quick}}})
    plan = np.zeros((1, 48, 2))
    plan[0, :8, 0] = plan[0, 8:, 1] = 40.0
    hands = Hands(spec).demand("home", critical=40.0)
    hands.life_h[0, 0] = 3.6
    run = hands.play(set_points(spec, genset_kw=plan))
    assert started_h(run, "home.genset.b")[-1] == pytest.approx(3.6 + 1 / 60)
    assert run.flows["unserved_kw"].values[0, 1:].sum() == pytest.approx(0.0, abs=1e-9)
