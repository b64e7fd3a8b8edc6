"""What a plan counts for its peaks is what its own trajectory is billed: optimiser, meter and bill tell one story.

The optimiser has a column for the peak of every local month, the event model a meter that closes its intervals, and
the bill reads means off the trajectory: three pieces of code for intervals, months, the ratchet and shared meters.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulation.draws.draws import Draws
from simulation.events.collect import collect
from simulation.events.simulate import simulate
from simulation.events.state import gather_state
from simulation.events.trajectory import Trajectory
from simulation.events.world import World
from simulation.interchange.assemble import assemble
from simulation.interchange.highs import HiGHS
from simulation.interchange.outlook import truth
from simulation.interchange.schedule import Schedule
from simulation.interchange.setpoints import set_points
from simulation.interchange.solve import solve
from simulation.metrics import cost
from simulation.metrics.metering import metered
from simulation.metrics.power import meter_import_kw
from simulation.scenario.spec import Spec
from tests.interchange.scenes import area, connection, drawn, load

JPY_PER_KW = 1_500.0
LEVEL = {1: 1.0, 2: 1.25, 3: 0.8, 4: 0.7}
"""Load of each month over that of January: a ratchet of two months forgets February in April, one of three does not."""
FOUR_MONTHS = {"start": "2026-01-30", "hours": 24 * 62}
THREE_MONTHS = {"start": "2026-02-27", "hours": 24 * 34}
TWO_DAYS = {"start": "2026-02-28", "hours": 48}


def town(so_far_kw: tuple[float, float, float], ratchet_months: int, *, exchange: bool = False, **period) -> Spec:
    """A mall with its own meter; an office and a hotel behind one meter; batteries that shave the peaks of both."""
    battery = {"b": {"charge_kw": 15.0, "discharge_kw": 15.0, "capacity_kwh": 40.0}}
    building = {
        name: {"grid": connection(meter=meter, peak_so_far_kw=kw), "load": {"all": load(critical=1.0)}}
        for (name, meter), kw in zip(
            {"mall": "mall", "office": "block", "hotel": "block"}.items(), so_far_kw, strict=True
        )
    }
    building["office"]["battery"] = battery
    more: dict = {}
    if exchange:
        building["mall"] |= {"battery": battery, "pv": {"roof": {"rated_kw": 40.0}}}
        line = {"a": "mall", "b": "office", "capacity_ab_kw": 15.0, "capacity_ba_kw": 15.0, "own_source_only": True}
        more["tieline"] = {"road": line}
    tariff = {
        "band": [{"jpy_per_kwh": 12.0, "to_hour": 8}, {"jpy_per_kwh": 20.0}],
        "demand_jpy_per_kw_month": JPY_PER_KW / 0.85,
        "power_factor_frac": 0.15,
        "ratchet_months": ratchet_months,
    }
    return area(building, tariff={"t": tariff}, **more, **period)


def courses(spec: Spec) -> Draws:
    """Loads with a daily course, months that differ and chance in every step; sun where there is a roof."""
    chance = np.random.default_rng(5)
    clock = spec.clock
    level = np.array([LEVEL[month] for month in clock.local_month])
    demand_kw = {
        name: kw * level * (1.0 + 0.5 * np.sin((clock.local_hour - first) * np.pi / 12)) * noise
        for (name, kw, first), noise in zip(
            (("mall", 60.0, 8), ("office", 50.0, 7), ("hotel", 30.0, 14)),
            chance.uniform(0.8, 1.2, (3, clock.n_steps)),
            strict=True,
        )
    }
    sun_kw = 40.0 * np.maximum(0.0, np.sin((clock.local_hour - 6) * np.pi / 12)) * chance.uniform(0, 1, clock.n_steps)
    return drawn(spec, demand_kw, pv_kw={placed.name: sun_kw for placed in spec.pvs})


def planned_and_played(spec: Spec) -> tuple[Draws, Schedule, Trajectory]:
    draws = courses(spec)
    schedule = solve(assemble(spec, draws), HiGHS())
    return draws, schedule, simulate(spec, draws, schedule)


def assert_one_story(spec: Spec) -> None:
    """The peak columns' cost, the bill, and what is billed by hand from the imports month by month."""
    draws, schedule, run = planned_and_played(spec)
    counted_jpy = (schedule.solution.peaks * schedule.problem.peak_cost).sum(axis=1)
    billed_jpy = cost.cash(spec, run)["cost_demand_jpy"].values
    np.testing.assert_allclose(billed_jpy, counted_jpy, rtol=1e-9)
    shaved = cost.cash(spec, simulate(spec, draws, idle(spec, schedule)))["cost_demand_jpy"].values
    assert (shaved > billed_jpy + JPY_PER_KW).all(), "the case is too easy: without the batteries it costs the same"


def idle(spec: Spec, schedule: Schedule):
    """The schedule's set-points with everything off, and no peak to be held."""
    points = set_points(spec, schedule)
    off = {name: np.zeros_like(getattr(points, name)) for name in points.__slots__ if name not in ("clock", "peak_kw")}
    return type(points)(clock=points.clock, peak_kw=np.full_like(points.peak_kw, np.inf), **off)


def test_the_plan_counts_what_its_trajectory_is_billed():
    assert_one_story(town((75.0, 60.0, 90.0), 2, **THREE_MONTHS))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ratchet_months", "so_far_kw"),
    [
        (1, (75.0, 60.0, 90.0)),
        (2, (0.0, 0.0, 0.0)),
        (3, (0.0, 90.0, 60.0)),
        (4, (75.0, 0.0, 0.0)),
        (12, (0.0, 0.0, 0.0)),
        (12, (400.0, 60.0, 90.0)),
    ],
)
def test_so_it_does_with_exchange_under_every_ratchet(ratchet_months, so_far_kw):
    assert_one_story(town(so_far_kw, ratchet_months, exchange=True, **FOUR_MONTHS))


@pytest.mark.parametrize(
    ("planning_min", "control_min", "metering_min"), [(30, 30, 30), (15, 5, 30), (10, 10, 60), (30, 10, 15)]
)
def test_so_it_does_whatever_the_steps_of_plan_plant_and_meter(planning_min, control_min, metering_min):
    """Two days on either side of a month's end.  A meter finer than the plan sees what the plan cannot, so no less."""
    steps = {"planning_step_min": planning_min, "control_step_min": control_min, "metering_step_min": metering_min}
    spec = town((0.0, 70.0, 0.0), 12, period=steps, **TWO_DAYS)
    _, schedule, run = planned_and_played(spec)
    counted_jpy = (schedule.solution.peaks * schedule.problem.peak_cost).sum()
    billed_jpy = cost.cash(spec, run)["cost_demand_jpy"].values[0]
    if planning_min <= metering_min:
        assert billed_jpy == pytest.approx(counted_jpy, rel=1e-9)
    else:
        assert billed_jpy >= counted_jpy - 1e-6


@pytest.mark.parametrize("ratchet_months", [1, 2, 12])
def test_the_closed_loop_begins_with_the_peak_so_far_that_perfect_information_begins_with(ratchet_months):
    spec = town((75.0, 60.0, 90.0), ratchet_months, **TWO_DAYS)
    draws = courses(spec)
    state = gather_state([World(spec, draws, 0)])
    np.testing.assert_array_equal(state.earlier_kw, truth(spec, draws).earlier_kw)
    np.testing.assert_array_equal(state.earlier_kw[..., 0], [[75.0, 90.0]])
    np.testing.assert_array_equal(state.peak_kw, 0.0)


@pytest.mark.parametrize("ratchet_months", [1, 12])
def test_the_meters_of_the_event_model_end_with_what_is_billed_for_the_last_month(ratchet_months):
    """Not only where all goes to plan: the loads turn out a tenth higher than the plan had them."""
    spec = town((0.0, 60.0, 70.0), ratchet_months, period={"control_step_min": 10, "metering_step_min": 30}, **TWO_DAYS)
    draws = courses(spec)
    points = set_points(spec, solve(assemble(spec, draws), HiGHS()))
    higher_kw = 1.1 * draws.demand.demand_kw
    draws = replace(draws, demand=replace(draws.demand, demand_kw=higher_kw, islanded_kw=higher_kw))
    world = World(spec, draws, 0)
    world.follow(points, 0)
    world.advance(spec.clock.duration_h)
    run = collect(spec, draws, [world], planned_by="a plan for less", perfect_information=False)
    billed_kw = [
        cost.billed_kw(metered(run.clock, power_kw, 30).monthly_peak_kw(), so_far_kw, ratchet_months)[0, -1]
        for power_kw, so_far_kw in zip(meter_import_kw(spec, run).values(), (0.0, 70.0), strict=True)
    ]
    state = gather_state([world])
    np.testing.assert_allclose(np.maximum(state.peak_kw, state.earlier_kw[..., 0])[0], billed_kw, rtol=1e-9)
