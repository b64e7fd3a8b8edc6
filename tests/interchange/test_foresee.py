"""The closed loop's planner: what it may know, and what it must not."""

from dataclasses import replace

import numpy as np
import pytest

from simulation.draws.demand import sample_demand
from simulation.draws.draws import Draws, sample
from simulation.draws.weather import sample_weather
from simulation.errors import RunError
from simulation.interchange.assemble import build
from simulation.interchange.foresee import believed_return_h, foresee
from simulation.interchange.highs import HiGHS
from simulation.interchange.outlook import Outlook
from simulation.interchange.plant_state import PlantState
from simulation.interchange.schedule import Status
from simulation.interchange.solve import solve
from simulation.scenario.spec import Spec
from simulation.units import TIERS
from tests.interchange.scenes import CRITICAL, area, connection, drawn, load, mixed_area


def seen(spec: Spec, now_h: float, *, n_scenarios: int = 2, **more) -> PlantState:
    """Plant as at the start, grid up, unless told otherwise."""
    S = n_scenarios
    values = {
        "battery_kwh": np.full((S, len(spec.batteries)), 30.0),
        "fuel_l": np.full((S, len(spec.fuel_tanks)), 20.0),
        "water_m3": np.full((S, len(spec.water_tanks)), 3.0),
        "backlog_kwh": np.zeros((S, len(spec.building))),
        "peak_kw": np.full((S, len(spec.meters)), 12.0),
        "feeder_up": np.ones((S, len(spec.feeder)), dtype=bool),
        "feeder_down_since_h": np.full((S, len(spec.feeder)), np.nan),
        "genset_usable": np.ones((S, len(spec.gensets)), dtype=bool),
        "people": np.zeros((S, len(spec.shelters))),
        "demand_error": np.zeros((S, len(spec.building))),
    }
    return PlantState(now_h=now_h, **(values | more))


def altered_future(draws: Draws, now: int) -> Draws:
    """Draws that agree with these up to now, and differ in all that chance decides later."""
    demand = {}
    for name in ("demand_kw", "islanded_kw"):
        demand[name] = getattr(draws.demand, name).copy()
        demand[name][:, now:] *= 3.0
    pv_kw = draws.weather.pv_kw.copy()
    pv_kw[:, now:] *= 0.2
    return replace(
        draws,
        demand=replace(draws.demand, **demand),
        weather=replace(draws.weather, pv_kw=pv_kw),
        outage=replace(draws.outage, start_h=draws.outage.start_h + 1.0, end_h=draws.outage.end_h + 30.0),
        delivery=replace(draws.delivery, travel_h=draws.delivery.travel_h * 5.0),
    )


@pytest.mark.parametrize("now_h", [6.0, 10.0])
def test_nothing_that_chance_decides_later_is_seen(now_h):
    spec, draws = mixed_area(1)
    lost = {"feeder_up": np.zeros((2, 1), dtype=bool), "feeder_down_since_h": np.full((2, 1), 9.25)}
    state = seen(spec, now_h, **(lost if now_h > 9.25 else {}))
    one, other = foresee(spec, draws, state), foresee(spec, altered_future(draws, int(now_h)), state)
    for name in Outlook.__slots__:
        if name not in ("clock", "perfect"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    assert not one.perfect


def test_weather_to_come_is_not_seen_in_the_load_and_weather_seen_is():
    office = {"archetype": "office", "floor_area_m2": 1000.0, "tier_frac": {"comfort": 1.0}}
    spec = area(
        {"a": {"grid": connection(), "load": {"x": office}}},
        hours=48,
        place={"latitude_deg": 35.6, "longitude_deg": 140.1, "climate": "yokkaichi"},
    )
    ids = np.arange(2)
    weather = sample_weather(spec, ids, 1)

    def planned_kw(hotter_from: int) -> np.ndarray:
        """Planned at 12:00, if it is as warm as usual, and three degrees hotter from an hour on."""
        temperature_c = np.tile(weather.usual_c, (2, 1))
        temperature_c[:, hotter_from:] += 3.0
        other = replace(weather, temperature_c=temperature_c)
        draws = replace(sample(spec, 2, 1), weather=other, demand=sample_demand(spec, ids, 1, other))
        return foresee(spec, draws, seen(spec, 12.0)).demand_kw[:, :, 0, TIERS.index("comfort")]

    usual_kw = planned_kw(48)
    np.testing.assert_array_equal(planned_kw(12), usual_kw)
    more = planned_kw(11) / usual_kw
    assert (more[:, 0] > 1.05).all()
    # at this hour tomorrow 0.7 of the warmth is left
    assert (more[:, 24] - 1.0 < 0.8 * (more[:, 0] - 1.0)).all()
    assert (more[:, 24] > 1.0).all()


def test_an_outage_to_come_and_its_strike_are_not_foreseen():
    spec, draws = mixed_area(1)
    outlook = foresee(spec, draws, seen(spec, 6.0))
    np.testing.assert_array_equal(outlook.grid_up_frac, 1.0)
    np.testing.assert_array_equal(outlook.genset_up_frac, 0.0)
    np.testing.assert_array_equal(outlook.mains_m3ph, 0.4)
    np.testing.assert_array_equal(outlook.vehicle_demand_lph, 0.0)
    assert outlook.clock.n_steps == 18
    assert outlook.clock.local_text(0.0) == "2026-08-03 06:00"


def test_an_outage_under_way_ends_by_belief():
    spec, draws = mixed_area(1, planner={"belief": {"kind": "remaining_hours", "hours": 2.5}})
    down = np.array([[False], [True]])
    state = seen(spec, 10.0, feeder_up=~down, feeder_down_since_h=np.where(down, 9.75, np.nan))
    outlook = foresee(spec, draws, state)
    np.testing.assert_allclose(outlook.grid_up_frac[0, :4, 0], 1.0)
    np.testing.assert_allclose(outlook.grid_up_frac[1, :4, 0], [0.0, 0.0, 0.5, 1.0])
    # the engines' 20 minutes count from the loss at 9.75 h: ready at 10.083
    np.testing.assert_allclose(outlook.genset_up_frac[1, :4, 0], [11 / 12, 1.0, 0.5, 0.0])
    np.testing.assert_array_equal(outlook.vehicle_demand_lph, 60.0 / 24)


def test_belief_in_a_restoration_curve_grows_with_the_time_that_it_has_lasted():
    belief = {"kind": "restoration", "preset": "noto_weibull", "quantile_frac": 0.8}
    spec, _ = mixed_area(1, planner={"belief": belief})
    down = np.zeros((2, 1), dtype=bool)
    state = seen(spec, 20.0, feeder_up=down, feeder_down_since_h=np.array([[19.0], [0.0]]))
    remaining = believed_return_h(spec, state)[:, 0] - 20.0
    # S(t) = exp(-(t/224)^0.84): S(lasted + x) = 0.2 S(lasted)
    for lasted, x in zip((1.0, 20.0), remaining, strict=True):
        assert ((lasted + x) / 224) ** 0.84 - (lasted / 224) ** 0.84 == pytest.approx(np.log(5.0))
    assert remaining[1] > remaining[0]


def test_a_present_error_fades_as_its_two_processes_do():
    noise = {"day_std_frac": 0.03, "day_correlation": 0.5, "hour_std_frac": 0.04, "hour_correlation": 0.8}
    spec = area({"a": {"grid": connection(), "load": {"x": load(critical=1.0) | {"noise": noise}}}}, hours=48)
    draws = drawn(spec, {"a": 100.0}, n_scenarios=2)
    outlook = foresee(spec, draws, seen(spec, 12.0, demand_error=np.array([[0.25], [0.0]])))
    # the day's part holds 9 of 25 of the variance
    day, hour = 0.25 * 9 / 25, 0.25 * 16 / 25
    error = outlook.demand_kw[0, :, 0, 0] / 100.0 - 1.0
    np.testing.assert_allclose(error[[0, 1, 11]], day + hour * 0.8 ** np.array([0, 1, 11]))
    np.testing.assert_allclose(error[12], 0.5 * day + hour * 0.8**12)
    np.testing.assert_allclose(outlook.demand_kw[1, :, 0, 0], 100.0)


def test_a_dull_sky_is_expected_to_clear_up():
    spec = area(
        {"a": {"grid": connection(), "load": CRITICAL, "pv": {"p": {"rated_kw": 11.0}}}},
        planner={"sky_memory_h": 6.0, "stored_energy_jpy_per_kwh": 0.0},
    )
    draws = drawn(spec, {"a": 1.0}, n_scenarios=2)
    sun = np.stack([np.full((24, 1), 4.0), np.full((24, 1), 30.0)])
    draws = replace(draws, weather=replace(draws.weather, pv_kw=sun, pv_expected_kw=np.full((24, 1), 10.0)))
    ahead = foresee(spec, draws, seen(spec, 12.0)).pv_kw[:, :, 0]
    np.testing.assert_allclose(ahead[0], 10.0 * (1.0 - 0.6 * np.exp(-np.arange(12) / 6.0)))
    assert ahead[1].max() == 11.0
    np.testing.assert_allclose(foresee(spec, draws, seen(spec, 0.0)).pv_kw, 10.0)


def test_people_who_are_there_scale_those_who_are_expected():
    building = {
        "grid": connection(),
        "load": CRITICAL,
        "water_tank": {"w": {"capacity_m3": 10.0}},
        "shelter": {"s": {"floor_area_m2": 350.0, "peak_people": 80.0, "water_tank": "w", "power_tier": "critical"}},
    }
    spec = area({"a": building}, hazard={"start": "2026-08-03T02:00"})
    draws = drawn(spec, {"a": 0.0}, wanting_people=40.0, n_scenarios=2)
    outlook = foresee(spec, draws, seen(spec, 6.0, people=np.array([[60.0], [90.0]])))
    np.testing.assert_allclose(outlook.demand_kw[:, 0, 0, 0], np.array([60.0, 90.0]) * 1.6 / 24)
    np.testing.assert_allclose(outlook.water_demand_m3ph[:, 0, 0], np.array([60.0, 90.0]) * 0.003 / 24)
    before = foresee(spec, draws, seen(spec, 1.0, people=np.zeros((2, 1))))
    np.testing.assert_array_equal(before.demand_kw, 0.0)


@pytest.mark.parametrize("now_h", [0.5, 24.0, -1.0])
def test_a_plan_begins_on_a_planning_step_of_the_period(now_h):
    spec, draws = mixed_area(1)
    with pytest.raises(RunError, match="legal: a planning step of 60 min"):
        foresee(spec, draws, seen(spec, now_h))


def test_a_forecast_plan_is_solved_with_backlog_levels_and_peaks_of_the_plant():
    spec, draws = mixed_area(1)
    backlog = np.zeros((2, 3))
    backlog[:, 0] = 15.0
    problem = build(spec, foresee(spec, draws, seen(spec, 10.0, backlog_kwh=backlog)))
    initial = dict(zip(map(str, problem.stores), problem.initial_level[0], strict=True))
    assert initial["mall backlog_kwh"] == 15.0
    assert initial["hub.fuel_tank.tank level_l"] == 20.0
    assert initial["mall.battery.b level_kwh"] == 30.0
    assert (problem.peak_min == 12.0).all()
    schedule = solve(problem, HiGHS())
    assert (schedule.solution.status == Status.OPTIMAL).all()
    assert schedule.certificate.worst() < 1e-7
