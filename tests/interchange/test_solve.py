"""No plan runs two ways at once, and what leaves `solve` is proven."""

from dataclasses import replace

import numpy as np
import pytest

from simulation.errors import ProblemError
from simulation.interchange.assemble import assemble
from simulation.interchange.certificate import certify
from simulation.interchange.highs import HiGHS
from simulation.interchange.interior_point import InteriorPoint
from simulation.interchange.problem import Problem
from simulation.interchange.schedule import Status
from simulation.interchange.solve import leaks, solve, solve_stream
from tests.interchange.scenes import CRITICAL, area, connection, drawn, flat, mixed_area


def laundry() -> Problem:
    """A sender with cheap grid power and a 500-kWh battery; a receiver that pays dearly; own sources only between."""
    battery = {
        "charge_kw": 500.0,
        "discharge_kw": 500.0,
        "capacity_kwh": 500.0,
        "initial_level_frac": 0.1,
        "min_level_frac": 0.1,
    }
    engine = {
        "rated_kw": 30.0,
        "operation": "always",
        "fuel": "city_gas",
        "fuel_slope_l_per_kwh": 0.25,
        "fuel_jpy_per_l": 100.0,
    }
    spec = area(
        {
            "sender": {
                "grid": connection(2000.0),
                "load": CRITICAL,
                "pv": {"p": {"rated_kw": 100.0}},
                "battery": {"b": battery},
                "genset": {"g": engine},
            },
            "receiver": {"grid": connection(2000.0, tariff="dear"), "load": CRITICAL},
        },
        step_min=30,
        tieline={
            "l": {
                "a": "sender",
                "b": "receiver",
                "capacity_ab_kw": 400.0,
                "capacity_ba_kw": 400.0,
                "own_source_only": True,
            }
        },
        tariff={"t": flat(10.0), "dear": flat(60.0)},
    )
    sun = 100.0 * np.maximum(0.0, np.sin(np.pi * (spec.clock.local_hour - 6.0) / 12.0))
    return assemble(spec, drawn(spec, {"sender": 50.0, "receiver": 350.0}, pv_kw={"sender.pv.p": sun}, n_scenarios=2))


def test_own_source_only_launders_no_grid_power_through_a_battery():
    problem = laundry()
    relaxed = HiGHS().solve(problem)
    assert leaks(problem, relaxed, 1e-3).any(), "the relaxation no longer tempts: the test proves nothing"
    schedule = solve(problem, HiGHS())
    assert (schedule.solution.status == Status.OPTIMAL).all()
    assert not leaks(schedule.problem, schedule.solution, 1e-3).any()
    sent = schedule.flow("tieline.l", "sent_ab_kw")
    charge, discharge = (schedule.flow("sender.battery.b", f"{way}_kw") for way in ("charge", "discharge"))
    own = schedule.flow("sender.pv.p", "used_kw") + schedule.flow("sender.genset.g", "power_kw")
    assert (sent <= own + np.maximum(discharge - charge, 0.0) + 1e-6).all()
    assert sent.sum() > 1000.0


def test_directions_of_a_leaking_scenario_do_not_depend_on_who_else_leaks():
    problem = laundry()
    other = problem.rhs.copy()
    other[1] *= 0.9
    problem = replace(problem, rhs=other)
    solver = InteriorPoint(kernels="numpy")
    together = solve(problem, solver)
    assert together.second_pass.tolist() == [0, 1]
    for s in range(2):
        alone = solve(problem.take([s]), solver)
        np.testing.assert_array_equal(alone.problem.upper, together.problem.upper[[s]])
        np.testing.assert_array_equal(alone.solution.flows, together.solution.flows[[s]])
        np.testing.assert_array_equal(alone.solution.row_price, together.solution.row_price[[s]])


def test_both_objectives_are_reported_and_the_relaxed_one_is_a_bound():
    schedule = solve(laundry(), HiGHS())
    assert (schedule.objective_jpy > schedule.relaxed_objective_jpy + 1.0).all()
    assert schedule.second_pass.tolist() == [0, 1]
    assert schedule.certificate.worst() < 1e-7
    fresh = certify(schedule.problem, schedule.solution)
    np.testing.assert_array_equal(fresh.objective_jpy, schedule.objective_jpy)


def test_negative_prices_burn_nothing_in_a_battery_or_between_import_and_export():
    battery = {"charge_kw": 20.0, "discharge_kw": 20.0, "capacity_kwh": 30.0}
    spec = area(
        {"a": {"grid": connection(100.0, export_limit_kw=100.0), "load": CRITICAL, "battery": {"b": battery}}},
        tariff={
            "t": {
                "band": [{"jpy_per_kwh": -5.0, "from_hour": 0, "to_hour": 6}, {"jpy_per_kwh": 4.0}],
                "export_jpy_per_kwh": 9.0,
            }
        },
    )
    schedule = solve(assemble(spec, drawn(spec, {"a": 10.0})), HiGHS())
    pairs = (("a", "import_kw", "export_kw"), ("a.battery.b", "charge_kw", "discharge_kw"))
    for element, one, other in pairs:
        assert np.minimum(schedule.flow(element, one), schedule.flow(element, other)).max() <= 1e-3
    assert schedule.second_pass.tolist() == [0]


@pytest.mark.parametrize("seed", range(3))
def test_lines_carry_power_one_way_at_a_time(seed):
    schedule = solve(assemble(*mixed_area(seed, own_source_only=True)), HiGHS())
    for line in ("one", "two", "three"):
        both = np.minimum(
            schedule.flow(f"tieline.{line}", "sent_ab_kw"), schedule.flow(f"tieline.{line}", "sent_ba_kw")
        )
        assert both.max() <= 1e-3


def test_power_in_transit_keeps_its_origin():
    """The sun of one building reaches a third over a second that has only grid power of its own."""
    building = {
        "sunny": {
            "load": CRITICAL,
            "pv": {"p": {"rated_kw": 50.0}},
            "battery": {"b": {"charge_kw": 1.0, "discharge_kw": 1.0, "capacity_kwh": 1.0, "initial_level_frac": 0.0}},
        },
        "middle": {"grid": connection(), "load": CRITICAL},
        "far": {"load": CRITICAL},
    }
    line = {"capacity_ab_kw": 30.0, "capacity_ba_kw": 30.0, "loss_frac": 0.1, "own_source_only": True}
    spec = area(building, tieline={"x": line | {"a": "sunny", "b": "middle"}, "y": line | {"a": "middle", "b": "far"}})
    schedule = solve(assemble(spec, drawn(spec, {"middle": 5.0, "far": 40.0}, pv_kw={"sunny.pv.p": 20.0})), HiGHS())
    np.testing.assert_allclose(schedule.flow("tieline.y", "sent_ab_kw"), 18.0, atol=1.0)
    assert (schedule.flow("tieline.y", "sent_ab_kw") <= 0.9 * schedule.flow("tieline.x", "sent_ab_kw") + 1e-9).all()
    assert schedule.flow("middle", "import_kw").min() > 4.0


def test_scenarios_without_a_leak_are_left_alone():
    problem = laundry()
    upper = problem.upper.copy()
    upper[1, :, problem.find("tieline.l", "sent_ab_kw")] = 0.0
    schedule = solve(replace(problem, upper=upper), HiGHS())
    assert schedule.second_pass.tolist() == [0]
    assert schedule.objective_jpy[1] == pytest.approx(schedule.relaxed_objective_jpy[1])


def test_the_second_pass_takes_only_the_scenarios_that_leak(monkeypatch):
    problem = laundry()
    upper = problem.upper.copy()
    upper[1, :, problem.find("tieline.l", "sent_ab_kw")] = 0.0
    passes: list[int] = []
    solve_all = InteriorPoint.solve

    def counted(self, problem, start=None):
        passes.append(problem.n_scenarios)
        return solve_all(self, problem, start)

    monkeypatch.setattr(InteriorPoint, "solve", counted)
    schedule = solve(replace(problem, upper=upper), InteriorPoint(), second_opinion=False)
    assert schedule.second_pass.tolist() == [0]
    assert passes[0] == 2
    assert set(passes[1:]) == {1}


def test_a_stream_of_blocks_is_the_whole():
    problem = assemble(*mixed_area(3, n_scenarios=5))
    whole = solve(problem, HiGHS())
    blocks = [schedule.objective_jpy for schedule in solve_stream(problem, HiGHS(), block=2)]
    assert [len(block) for block in blocks] == [2, 2, 1]
    np.testing.assert_allclose(np.concatenate(blocks), whole.objective_jpy, rtol=1e-9)


def test_contradicting_bounds_are_refused_with_element_and_hour():
    problem = laundry()
    level_min = problem.level_min.copy()
    level_min[0, 3] = 1e4
    with pytest.raises(ProblemError, match=r"sender.battery.b level_kwh: scenario 0, 2026-08-03 02:00"):
        solve(replace(problem, level_min=level_min), HiGHS())
