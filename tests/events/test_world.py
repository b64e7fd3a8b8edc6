"""A world: in lockstep or straight through, alone or in a batch, coarse or fine, it tells one and the same story."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.events.collect import collect, concatenate
from simulation.events.simulate import simulate
from simulation.events.state import gather_state
from simulation.events.trajectory import Trajectory
from simulation.events.world import World
from simulation.scenario.spec import Spec
from tests.events.worlds import BATTERY, DIESEL, GRID, Hands, area, set_points


def _town(step_min: int = 30) -> Spec:
    engine = {**DIESEL, "rated_kw": 60.0, "fuel_tank": "t", "start_delay_min": 5.0, "fuel_intercept_lph_per_kw": 0.03}
    hall = {"grid": GRID, "genset": {"g": engine}, "fuel_tank": {"t": {"fuel": "diesel", "capacity_l": 400.0}}}
    shop = {"grid": {**GRID, "feeder": "other"}, "battery": {"b": BATTERY}, "pv": {"p": {"rated_kw": 50.0}}}
    lines = {"l": {"a": "hall", "b": "shop", "capacity_ab_kw": 25.0, "capacity_ba_kw": 25.0}}
    return area({"hall": hall, "shop": shop}, days=2, step_min=step_min, tieline=lines)


def _hands(spec: Spec, scenarios: int = 3) -> Hands:
    """Loads and sun that change every two hours, outages that begin anywhere, engines that fail."""
    hands = Hands(spec, scenarios=scenarios, lives=3)
    chance = np.random.default_rng(5)
    hours = int(spec.clock.duration_h) // 2
    per = spec.clock.n_steps // hours
    hands.demand_kw[:] = np.repeat(chance.uniform(0.0, 20.0, (scenarios, hours, 2, 4)), per, axis=1)
    hands.pv_kw[:] = np.repeat(chance.uniform(0.0, 40.0, (scenarios, hours, 1)), per, axis=1)
    hands.start_h[:, :, 0] = chance.uniform(2.0, 20.0, (scenarios, 2))
    hands.end_h[:, :, 0] = hands.start_h[:, :, 0] + chance.uniform(1.0, 20.0, (scenarios, 2))
    hands.life_h[:] = chance.exponential(10.0, hands.life_h.shape)
    hands.repair_h[:] = chance.exponential(3.0, hands.repair_h.shape)
    return hands


def _same(one: Trajectory, other: Trajectory) -> None:
    for name, series in one.flows.items():
        assert np.array_equal(series.values, other.flows[name].values), name
    for name, series in one.levels.items():
        assert np.array_equal(series.values, other.levels[name].values), name


def test_lockstep_equals_straight_through() -> None:
    spec = _town()
    hands = _hands(spec)
    draws = hands.draws()
    worlds = [World(spec, draws, s) for s in range(3)]
    for hour in range(1, 49):
        for world in worlds:
            world.advance(float(hour))
            assert world.now_h == hour
    lockstep = collect(spec, draws, worlds, planned_by="nobody", perfect_information=False)
    straight = hands.play()
    for name, series in straight.flows.items():
        assert lockstep.flows[name].values == pytest.approx(series.values, abs=1e-9), name
    assert [e.text for e in lockstep.events] == [e.text for e in straight.events]


def test_one_scenario_played_alone_equals_itself_in_the_batch() -> None:
    spec = _town()
    draws = _hands(spec).draws()
    batch = _hands(spec).play()
    alone = World(spec, draws, 1)
    alone.advance(48.0)
    again = collect(spec, draws, [alone], planned_by="nobody", perfect_information=False)
    for name, series in again.flows.items():
        assert np.array_equal(series.values[0], batch.flows[name].values[1]), name
    assert [e.text for e in again.events] == [e.text for e in batch.events if e.scenario == 1]


def test_a_run_can_be_repeated_to_the_last_digit_and_joined() -> None:
    spec = _town()
    first, second = _hands(spec).play(), _hands(spec).play()
    _same(first, second)
    both = concatenate([first, second])
    assert both.flows["import_kw"].values.shape[0] == 6
    assert both.n_events.tolist() == first.n_events.tolist() * 2


@pytest.mark.parametrize("name", ["unserved_kw", "import_kw", "genset_kw", "curtailed_kw"])
def test_steps_of_an_hour_and_of_a_quarter_agree(name: str) -> None:
    """What differs is when neighbours help: at the next tick, at most an hour late, for each of a few surprises."""
    coarse, fine = (_hands(_town(step_min)).play() for step_min in (60, 15))
    hours = {step: run.flows[name].values.sum() * step for run, step in ((coarse, 1.0), (fine, 0.25))}
    demand = fine.flows["demand_kw"].values.sum() * 0.25
    assert hours[1.0] == pytest.approx(hours[0.25], abs=0.04 * demand)


def test_without_surprises_a_finer_step_changes_nothing() -> None:
    coarse, fine = (
        Hands(_town(step_min)).demand("hall", critical=20.0, comfort=9.0).demand("shop", essential=7.0).play()
        for step_min in (60, 15)
    )
    for name, series in coarse.flows.items():
        folded = fine.flows[name].values.reshape(1, 48, 4, -1).mean(axis=2)
        assert folded == pytest.approx(series.values, abs=1e-9), name


def test_only_events_that_change_something_are_counted() -> None:
    spec = area({"home": {"grid": GRID}})
    assert Hands(spec).demand("home", critical=10.0).play().n_events.tolist() == [1]
    assert Hands(spec).demand("home", critical=10.0).outage(3.1, 7.7).play().n_events.tolist() == [3]


def test_the_state_shows_what_instruments_show_and_nothing_of_the_future() -> None:
    spec = _town()
    hands = _hands(spec)
    hands.start_h[:, 0, 0], hands.end_h[:, 0, 0] = 5.25, 30.0
    draws = hands.draws()
    worlds = [World(spec, draws, s) for s in range(3)]
    for world in worlds:
        world.advance(6.0)
    state = gather_state(worlds)
    assert state.now_h == 6.0
    assert state.feeder_up[:, 0].tolist() == [False] * 3
    assert state.feeder_down_since_h[:, 0] == pytest.approx(5.25)
    assert state.battery_kwh.shape == (3, 1)
    imports = np.stack([world.flow_rows[:12, world.columns["import_kw"]] for world in worlds])
    assert state.peak_kw == pytest.approx(imports.max(axis=1))


def test_a_new_plan_takes_effect_at_the_moment_it_is_given() -> None:
    spec = area({"home": {"grid": GRID, "battery": {"b": BATTERY}}})
    world = World(spec, Hands(spec).demand("home", critical=30.0).draws(), 0)
    for hour in range(24):
        power = float(hour % 3)
        window = spec.planning_clock.window(2 * hour, 8)
        world.follow(set_points(spec, window, discharge_kw=np.array([power])), 0)
        world.advance(hour + 1.0)
    given = world.flow_rows[:, world.columns["discharge_kw"]][:, 0]
    assert given == pytest.approx(np.repeat(np.arange(24) % 3, 2))


def test_past_the_end_of_its_plan_a_world_goes_by_local_rules() -> None:
    spec = area({"home": {"grid": GRID, "battery": {"b": BATTERY}}})
    short = set_points(spec, spec.planning_clock.window(0, 10), discharge_kw=np.array([3.0]))
    run = Hands(spec).demand("home", critical=30.0).play(short)
    assert run.flow("discharge_kw", "home.battery.b")[0] == pytest.approx(np.where(np.arange(48) < 10, 3.0, 0.0))


def test_simulate_plays_every_scenario_and_says_that_it_is_a_bound() -> None:
    spec = _town()
    draws = _hands(spec).draws()
    run = simulate(spec, draws, set_points(spec, scenarios=3))
    assert run.perfect_information
    assert run.flows["import_kw"].values.shape == (3, 96, 2)
    assert not run.flows["import_kw"].values.flags.writeable


def test_a_world_that_is_not_at_its_end_is_not_collected() -> None:
    spec = _town()
    draws = _hands(spec).draws()
    with pytest.raises(ValueError, match="stands at 0 h of 48 h"):
        collect(spec, draws, [World(spec, draws, 0)], planned_by="nobody", perfect_information=False)
