"""Demand charge by hand: intervals, months, ratchet, shared meters."""

from dataclasses import fields, replace

import numpy as np
import pytest

from simulation.interchange.assemble import assemble, build
from simulation.interchange.highs import HiGHS
from simulation.interchange.outlook import truth
from simulation.interchange.problem import Problem
from simulation.interchange.setpoints import set_points
from simulation.interchange.solve import solve
from simulation.scenario.spec import Spec
from tests.interchange.scenes import CRITICAL, area, connection, drawn, flat


def house(*, grid: dict | None = None, **more) -> Spec:
    """One building; power costs nothing, so that all that is paid is the demand charge of 100 yen."""
    tariff = more.pop("tariff", {})
    return area(
        {"a": {"grid": grid or connection(), "load": CRITICAL}},
        tariff={"t": flat(0.0, demand_jpy_per_kw_month=100.0, **tariff)},
        **more,
    )


def cost_of(problem: Problem) -> float:
    schedule = solve(problem, HiGHS())
    assert schedule.certificate.worst() < 1e-9
    return float(schedule.objective_jpy[0])


def test_the_peak_so_far_is_free_and_every_kw_above_it_costs_the_whole_month():
    demand = np.full(24, 10.0)
    demand[3] = 17.0
    for so_far_kw, paid_kw in ((0.0, 17.0), (12.0, 17.0), (20.0, 20.0)):
        spec = house(grid=connection(peak_so_far_kw=so_far_kw))
        assert cost_of(assemble(spec, drawn(spec, {"a": demand}))) == pytest.approx(100 * paid_kw)


def test_a_peak_so_far_above_the_contract_is_no_contradiction():
    spec = house(grid=connection(contract_kw=15.0, peak_so_far_kw=40.0))
    assert cost_of(assemble(spec, drawn(spec, {"a": 10.0}))) == pytest.approx(4000.0)


@pytest.mark.parametrize("step_min", [10, 30])
def test_a_plan_on_forecasts_keeps_a_share_of_the_load_free_below_the_peak_and_a_plan_on_the_truth_none(step_min):
    spec = house(grid=connection(500.0), step_min=step_min, period={"metering_step_min": 30})
    spec = spec.model_copy(update={"planner": spec.planner.model_copy(update={"peak_margin_frac": 0.1})})
    known = truth(spec, drawn(spec, {"a": 40.0}))
    assert cost_of(build(spec, known)) == pytest.approx(100 * 40.0)
    assert cost_of(build(spec, replace(known, perfect=False))) == pytest.approx(100 * 44.0)


@pytest.mark.parametrize("step_min", [5, 10, 15, 30])
def test_the_mean_over_30_minutes_counts_not_the_spike_within(step_min):
    """90 kWh in one half hour, all within its first step: 180 kW over 30 minutes, whatever the step."""
    spec = house(grid=connection(2000.0), step_min=step_min, period={"metering_step_min": 30})
    demand = np.zeros(spec.clock.n_steps)
    demand[14 * 60 // step_min] = 90.0 * 60 / step_min
    problem = assemble(spec, drawn(spec, {"a": demand}))
    assert cost_of(problem) == pytest.approx(100 * 180.0, abs=1e-3)
    assert problem.peaks[0].quantity == "peak_2026_08_kw"
    assert (len(problem.stores) == 0) == (step_min == 30)


def test_means_that_straddle_two_intervals_are_not_mixed():
    spec = house(step_min=10, period={"metering_step_min": 30})
    demand = np.zeros(144)
    demand[2:4] = 60.0  # ten minutes at the end of one half hour, ten at the start of the next
    assert cost_of(assemble(spec, drawn(spec, {"a": demand}))) == pytest.approx(100 * 20.0)


@pytest.mark.parametrize(("step_min", "metering_min", "label"), [(60, 30, "60"), (10, 15, "30")])
def test_a_coarser_mean_is_labelled_as_such(step_min, metering_min, label):
    spec = house(step_min=step_min, period={"metering_step_min": metering_min})
    problem = assemble(spec, drawn(spec, {"a": 10.0}))
    assert problem.peaks[0].quantity == f"peak_mean_of_{label}_min_2026_08_kw"
    assert cost_of(problem) == pytest.approx(1000.0)


@pytest.mark.parametrize(("metered_kwh", "paid_kw"), [(0.0, 10.0), (4.0, 18.0)])
def test_a_plan_that_starts_within_an_interval_counts_what_the_meter_has_counted(metered_kwh, paid_kw):
    """30 kW in the ten minutes that are left of the half hour: 5 kWh, and what was drawn in the twenty before."""
    spec = house(step_min=10, period={"metering_step_min": 30})
    demand = np.zeros(144)
    demand[2] = 30.0
    known = truth(spec, drawn(spec, {"a": demand}))
    courses = {item.name: getattr(known, item.name) for item in fields(known)}
    rest = {name: one[:, 2:] for name, one in courses.items() if np.ndim(one) >= 3 and one.shape[1] == 144}
    left = replace(known, clock=known.clock.window(2, 142), metered_kwh=np.array([[metered_kwh]]), **rest)
    assert cost_of(build(spec, left)) == pytest.approx(100 * paid_kw)


def test_a_period_within_a_metering_interval_is_refused():
    spec = house(step_min=10, period={"metering_step_min": 30})
    period = spec.period.model_dump() | {"start": "2026-08-03T00:20"}
    with pytest.raises(ValueError, match="multiple of 30 after the hour"):
        Spec.model_validate(spec.model_dump() | {"period": period})


@pytest.mark.parametrize(
    ("ratchet_months", "earlier_kw", "charged_kw"),
    [
        (1, [0.0, 0.0, 0.0], 30 + 10),
        (2, [100.0, 0.0, 0.0], 100 + 30),
        (3, [100.0, 50.0, 0.0], 100 + 50),
        (4, [20.0, 20.0, 20.0], 30 + 30),
    ],
)
def test_a_plan_over_a_months_end_counts_each_month_before_as_long_as_it_counts(ratchet_months, earlier_kw, charged_kw):
    """10 kW on the last of August and the first of September; August has had 30 kW, the months before what is said."""
    spec = house(start="2026-08-31", hours=48, tariff={"ratchet_months": ratchet_months})
    known = truth(spec, drawn(spec, {"a": 10.0}))
    seen = replace(known, perfect=False, peak_kw=np.array([[30.0]]), earlier_kw=np.array([[earlier_kw]]))
    spec = spec.model_copy(update={"planner": spec.planner.model_copy(update={"peak_margin_frac": 0.0})})
    problem = build(spec, seen)
    assert cost_of(problem) == pytest.approx(100 * charged_kw)
    points = set_points(spec, solve(problem, HiGHS()))
    assert points.peak_kw[0, 0, 0] == pytest.approx(
        max(30.0, min(earlier_kw[0], charged_kw - max(30.0, earlier_kw[0])))
    )


MONTHS = {1: 50.0, 2: 20.0, 3: 30.0, 4: 10.0}


@pytest.mark.parametrize(
    ("ratchet_months", "charged_kw"),
    [(1, [50, 20, 30, 10]), (2, [50, 50, 30, 30]), (3, [50, 50, 50, 30]), (4, [50] * 4), (12, [50] * 4)],
)
def test_the_ratchet_charges_the_highest_of_its_months(ratchet_months, charged_kw):
    spec = house(start="2026-01-01", hours=24 * 120, tariff={"ratchet_months": ratchet_months})
    demand = np.array([MONTHS[month] for month in spec.clock.local_month])
    assert cost_of(assemble(spec, drawn(spec, {"a": demand}))) == pytest.approx(100 * sum(charged_kw))


@pytest.mark.parametrize(("ratchet_months", "charged_kw"), [(1, 40 + 7), (12, 40 + 40)])
def test_a_month_ends_at_local_midnight(ratchet_months, charged_kw):
    spec = house(start="2026-08-31", hours=48, tariff={"ratchet_months": ratchet_months})
    demand = np.full(48, 7.0)
    demand[23] = 40.0
    problem = assemble(spec, drawn(spec, {"a": demand}))
    assert [label.quantity for label in problem.peaks] == ["peak_2026_08_kw", "peak_2026_09_kw"]
    assert cost_of(problem) == pytest.approx(100 * charged_kw)


def test_buildings_behind_one_meter_share_their_peak():
    demand_a, demand_b = np.full(24, 10.0), np.full(24, 10.0)
    demand_a[3], demand_b[15] = 50.0, 50.0
    buildings = {name: {"grid": connection(meter="both"), "load": CRITICAL} for name in ("a", "b")}
    tariff = {"t": flat(0.0, demand_jpy_per_kw_month=100.0)}
    spec = area(buildings, tariff=tariff)
    apart = area({name: b | {"grid": connection()} for name, b in buildings.items()}, tariff=tariff)
    demand = {"a": demand_a, "b": demand_b}
    assert cost_of(assemble(spec, drawn(spec, demand))) == pytest.approx(100 * 60)
    assert cost_of(assemble(apart, drawn(apart, demand))) == pytest.approx(100 * (50 + 50))


def test_without_a_demand_charge_there_is_no_peak():
    spec = area({"a": {"grid": connection(), "load": CRITICAL}})
    problem = build(spec, truth(spec, drawn(spec, {"a": 1.0})))
    assert problem.peaks == ()
    assert len(problem.rows) == 1
