"""Areas small enough for their optimum to be worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from simulation.interchange.assemble import assemble
from tests.interchange.scenes import CRITICAL, area, best, cell, connection, drawn, flat, load, mixed_area

NIGHT_AND_DAY = {
    "band": [{"jpy_per_kwh": 10.0, "from_hour": 22.0, "to_hour": 24.0}, {"jpy_per_kwh": 30.0}],
}


def test_energy_is_paid_by_band():
    spec = area({"house": {"grid": connection(), "load": CRITICAL}}, tariff={"t": NIGHT_AND_DAY})
    schedule = best(assemble(spec, drawn(spec, {"house": 10.0})))
    assert schedule.objective_jpy[0] == pytest.approx(10 * (22 * 30 + 2 * 10))


def test_every_column_row_and_level_has_a_name_of_its_own():
    problem = assemble(*mixed_area(1))
    for labels in (problem.columns, problem.rows, problem.stores, problem.peaks):
        assert len(set(labels)) == len(labels)
    named = {str(label) for label in (*problem.columns, *problem.stores)}
    assert {
        "mall import_kw",
        "mall export_kw",
        "mall.pv.roof used_kw",
        "mall.battery.b charge_kw",
        "mall.battery.b level_kwh",
        "hub.genset.engine_2 power_kw",
        "hub.fuel_tank.tank spilled_lph",
        "hub.pump.well pumped_m3ph",
        "hub.water_tank.water mains_m3ph",
        "tieline.three sent_ba_kw",
        "mall unserved_comfort_kw",
        "mall served_deferrable_kw",
        "mall backlog_kwh",
    } <= named
    table = best(problem).table(1)
    assert table[("mall.battery.b", "level_kwh")].iloc[0] > 0
    assert str(table.index[0]) == "2026-08-03 00:00:00+09:00"


@pytest.mark.parametrize(("capacity_kwh", "peak_kw"), [(5.0, 25.0), (100.0, 20.0), (0.001, 29.999)])
def test_a_battery_shaves_the_peak_as_far_as_its_energy_or_the_flat_top_allows(capacity_kwh, peak_kw):
    """10 kW, but 30 kW at noon: with 5 kWh the peak is 25 kW; with 10 kWh and a 10-kW battery it is 20."""
    battery = cell(capacity_kwh=capacity_kwh, charge_kw=10.0, discharge_kw=10.0)
    spec = area(
        {"house": {"grid": connection(), "load": CRITICAL, "battery": {"b": battery}}},
        tariff={"t": flat(20.0, demand_jpy_per_kw_month=1000.0, power_factor_frac=0.15)},
    )
    demand = np.full(24, 10.0)
    demand[12] = 30.0
    schedule = best(assemble(spec, drawn(spec, {"house": demand})))
    assert schedule.solution.peaks[0, 0] == pytest.approx(peak_kw)
    assert schedule.objective_jpy[0] == pytest.approx(20 * 260 + 850 * peak_kw)


def test_a_lossy_line_feeds_a_neighbour_without_grid():
    """6 kW are sent, 5.4 arrive, 4.6 are shed at 30,000 yen."""
    spec = area(
        {"a": {"grid": connection(), "load": CRITICAL}, "b": {"load": CRITICAL}},
        tieline={"l": {"a": "b", "b": "a", "capacity_ab_kw": 0.0, "capacity_ba_kw": 6.0, "loss_frac": 0.1}},
    )
    schedule = best(assemble(spec, drawn(spec, {"a": 1.0, "b": 10.0})))
    np.testing.assert_allclose(schedule.flow("tieline.l", "sent_ba_kw"), 6.0)
    np.testing.assert_allclose(schedule.flow("b", "unserved_critical_kw"), 4.6)
    assert schedule.objective_jpy[0] == pytest.approx(24 * (7 * 20 + 4.6 * 30_000))


def test_the_dearest_tier_is_served_first():
    spec = area(
        {
            "a": {
                "grid": connection(25.0),
                "load": {"a": load(critical=0.25, essential=0.25, deferrable=0.25, comfort=0.25)},
            }
        }
    )
    demand = {f"a.{tier}": 10.0 for tier in ("critical", "essential", "deferrable", "comfort")}
    schedule = best(assemble(spec, drawn(spec, demand)))
    assert schedule.flow("a", "unserved_critical_kw").max() == 0.0
    assert schedule.flow("a", "unserved_essential_kw").max() == 0.0
    assert schedule.flow("a", "unserved_comfort_kw").sum() == pytest.approx(240.0)
    assert schedule.flow("a", "served_deferrable_kw").sum() == pytest.approx(120.0)


def test_an_outage_takes_the_grid_for_exactly_its_share_of_a_step():
    spec = area({"a": {"grid": connection(40.0, export_limit_kw=8.0), "load": CRITICAL}})
    problem = assemble(spec, drawn(spec, {"a": 10.0}, outage_h=[(3.25, 5.0), (7.5, 7.75)]))
    up = np.ones(24)
    up[3:8] = [0.25, 0.0, 1.0, 1.0, 0.75]
    np.testing.assert_allclose(problem.upper[0, :, problem.find("a", "import_kw")], 40.0 * up)
    np.testing.assert_allclose(problem.upper[0, :, problem.find("a", "export_kw")], 8.0 * up)
    assert best(problem).flow("a", "unserved_critical_kw")[0, 4] == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("operation", "share"), [("normal", [1, 0.25, 0, 1]), ("emergency", [0, 0.75, 1, 0]), ("always", [1, 1, 1, 1])]
)
def test_lines_close_in_the_operation_they_are_for(operation, share):
    line = {"a": "a", "b": "b", "capacity_ab_kw": 8.0, "capacity_ba_kw": 8.0, "operation": operation}
    spec = area(
        {"a": {"grid": connection(), "load": CRITICAL}, "b": {"grid": connection(), "load": CRITICAL}},
        tieline={"l": line},
    )
    problem = assemble(spec, drawn(spec, {"a": 1.0, "b": 1.0}, outage_h=[(3.25, 5.0)]))
    np.testing.assert_allclose(problem.upper[0, 2:6, problem.find("tieline.l", "sent_ab_kw")], 8.0 * np.array(share))


@pytest.mark.parametrize(
    ("extra", "during"),
    [
        ({}, 0.0),
        ({"battery": {"b": cell()}}, 9.0),
        ({"battery": {"b": cell(forms_grid=False)}}, 0.0),
        ({"pv": {"p": {"rated_kw": 9.0, "runs_islanded": False}}, "battery": {"b": cell()}}, 0.0),
    ],
)
def test_pv_runs_in_an_outage_only_where_something_forms_the_grid(extra, during):
    building = {"grid": connection(), "load": CRITICAL, "pv": {"p": {"rated_kw": 9.0}}} | extra
    spec = area({"a": building})
    problem = assemble(spec, drawn(spec, {"a": 1.0}, pv_kw={"a.pv.p": 9.0}, outage_h=[(3.0, 5.0)]))
    usable = problem.upper[0, :, problem.find("a.pv.p", "used_kw")]
    np.testing.assert_allclose(usable[2:6], [9.0, during, during, 9.0])


def test_an_island_is_held_up_over_a_closed_line():
    spec = area(
        {
            "sunny": {"grid": connection(), "load": CRITICAL, "pv": {"p": {"rated_kw": 9.0}}},
            "strong": {"load": CRITICAL, "battery": {"b": cell()}},
        },
        tieline={
            "l": {"a": "sunny", "b": "strong", "capacity_ab_kw": 8.0, "capacity_ba_kw": 8.0, "operation": "emergency"}
        },
    )
    problem = assemble(spec, drawn(spec, {"sunny": 1.0}, pv_kw={"sunny.pv.p": 9.0}, outage_h=[(3.0, 5.0)]))
    np.testing.assert_allclose(problem.upper[0, 2:6, problem.find("sunny.pv.p", "used_kw")], 9.0)


@pytest.mark.parametrize(("deadline_h", "cost_jpy"), [(12.0, 60.0), (11.0, 180.0)])
def test_deferrable_load_waits_for_a_cheap_hour_until_its_deadline(deadline_h, cost_jpy):
    """6 kWh ask at 10 h; power costs 10 yen from 22 h on.  With 12 hours they may wait for it, with 11 not."""
    spec = area(
        {"a": {"grid": connection(), "load": {"a": load(deferrable=1.0) | {"deadline_h": deadline_h}}}},
        tariff={"t": NIGHT_AND_DAY},
    )
    demand = np.zeros(24)
    demand[10] = 6.0
    schedule = best(assemble(spec, drawn(spec, {"a.deferrable": demand})))
    assert schedule.objective_jpy[0] == pytest.approx(cost_jpy)
    assert schedule.flow("a", "unserved_deferrable_kw").max() == 0.0


def test_deferrable_load_expires_in_a_long_outage_and_is_lost_at_its_price():
    spec = area({"a": {"grid": connection(100.0), "load": {"a": load(deferrable=1.0) | {"deadline_h": 4.0}}}})
    schedule = best(assemble(spec, drawn(spec, {"a.deferrable": 5.0}, outage_h=[(2.0, 12.0)])))
    # 10 hours arise in the dark; the last 4 wait for its end (at 12 h four hours' worth may stand), 6 expire
    assert schedule.flow("a", "unserved_deferrable_kw").sum() == pytest.approx(6 * 5.0)
    assert schedule.objective_jpy[0] == pytest.approx(6 * 5 * 1000 + 18 * 5 * 20)
    assert schedule.solution.levels.max() == pytest.approx(20.0)


ENGINE = {
    "rated_kw": 20.0,
    "fuel": "diesel",
    "fuel_tank": "t",
    "fuel_slope_l_per_kwh": 0.2,
    "fuel_intercept_lph_per_kw": 0.025,
    "fuel_jpy_per_l": 100.0,
    "start_delay_min": 30.0,
}


def test_an_engine_serves_until_its_tank_is_empty():
    """Chord of 0.25 L/kWh: 10 L are 40 kWh of the 240 asked for; 2.5 L more come in a lot at 6 + 2 h."""
    tank = {"fuel": "diesel", "capacity_l": 20.0, "initial_frac": 0.5}
    spec = area(
        {"a": {"load": CRITICAL, "genset": {"g": ENGINE}, "fuel_tank": {"t": tank}}},
        hazard={"start": "2026-08-03T06:00"},
        delivery={"d": {"to": "a.fuel_tank.t", "amount": 2.5, "every_h": 1000.0}},
    )
    schedule = best(assemble(spec, drawn(spec, {"a": 10.0})))
    assert schedule.flow("a.genset.g", "power_kw").sum() == pytest.approx(50.0)
    assert schedule.objective_jpy[0] == pytest.approx(190 * 30_000 + 12.5 * 100)


def test_a_lot_that_does_not_fit_is_spilled_and_vehicles_are_served_or_short():
    tank = {"fuel": "diesel", "capacity_l": 20.0, "initial_frac": 0.5, "vehicle_demand_l_per_day": 48.0}
    spec = area(
        {"a": {"load": CRITICAL, "fuel_tank": {"t": tank}}},
        hazard={"start": "2026-08-03T06:00"},
        delivery={"d": {"to": "a.fuel_tank.t", "amount": 25.0, "every_h": 1000.0}},
    )
    schedule = best(assemble(spec, drawn(spec, {"a": 0.0})))
    # 10 L, 2 L/h from 6 h on: 4 L go until the lot arrives in step 8, then 20 + 2 find room: 36 h asked, 26 L there
    assert schedule.flow("a.fuel_tank.t", "spilled_lph").sum() == pytest.approx(25.0 - 16.0)
    assert schedule.flow("a.fuel_tank.t", "unserved_vehicles_lph").sum() == pytest.approx(36.0 - 26.0)


def test_a_lot_on_order_comes_when_there_is_room_for_it():
    """A full tank of 20 L; 15 L may come from 2 h on, 15 more from 4 h on: 50 L are 200 kWh of the 240."""
    tank = {"fuel": "diesel", "capacity_l": 20.0}
    spec = area(
        {"a": {"load": CRITICAL, "genset": {"g": ENGINE}, "fuel_tank": {"t": tank}}},
        hazard={"start": "2026-08-03T00:00"},
        delivery={"d": {"to": "a.fuel_tank.t", "amount": 15.0, "order": "reorder"}},
    )
    draws = drawn(spec, {"a": 10.0})
    two = replace(
        draws.delivery, travel_h=draws.delivery.travel_h[:, :, :2], cancelled=draws.delivery.cancelled[:, :, :2]
    )
    schedule = best(assemble(spec, replace(draws, delivery=two)))
    assert schedule.flow("a.genset.g", "power_kw").sum() == pytest.approx(200.0)
    assert schedule.flow("a.fuel_tank.t", "taken_from_gate_per_h")[0, :2].max() == 0.0


def test_emergency_engines_wait_for_the_outage_and_their_start():
    tank = {"fuel": "diesel", "capacity_l": 500.0}
    spec = area({"a": {"grid": connection(), "load": CRITICAL, "genset": {"g": ENGINE}, "fuel_tank": {"t": tank}}})
    draws = drawn(spec, {"a": 10.0}, outage_h=[(3.25, 5.0)], n_scenarios=2)
    unfit = replace(draws, failure=replace(draws.failure, available=np.array([[True], [False]])))
    problem = assemble(spec, unfit)
    usable = problem.upper[:, 2:6, problem.find("a.genset.g", "power_kw")]
    np.testing.assert_allclose(usable, [[0.0, 20 * 0.25, 20.0, 0.0], [0.0] * 4])


def test_water_is_pumped_when_power_is_cheap_and_runs_out_in_an_outage():
    """0.5 m3/h, a tank of 4 m3: full at 10 h when the power goes, dry at 18 h, short by 3 m3 until midnight."""
    building = {
        "grid": connection(),
        "load": CRITICAL,
        "water_tank": {"w": {"capacity_m3": 4.0, "daily_use_m3": 12.0}},
        "pump": {"p": {"tank": "w", "rated_m3ph": 2.0, "kwh_per_m3": 1.5}},
    }
    spec = area({"a": building})
    schedule = best(assemble(spec, drawn(spec, {"a": 0.0}, outage_h=[(10.0, 24.0)])))
    assert schedule.flow("a.pump.p", "pumped_m3ph").sum() == pytest.approx(5.0)
    assert schedule.objective_jpy[0] == pytest.approx(3.0 * 50_000 + 5.0 * 1.5 * 20)


def test_water_left_at_the_end_has_its_value_and_mains_fail_with_the_strike():
    tank = {"capacity_m3": 4.0, "initial_frac": 0.5, "mains_m3ph": 0.1}
    building = {
        "grid": connection(),
        "load": CRITICAL,
        "water_tank": {"w": tank},
        "pump": {"p": {"tank": "w", "rated_m3ph": 2.0, "kwh_per_m3": 1.5, "fails_with_hazard": True}},
    }
    spec = area({"a": building}, hazard={"start": "2026-08-03T12:30"}, planner={"stored_water_jpy_per_m3": 100.0})
    problem = assemble(spec, drawn(spec, {"a": 0.0}))
    np.testing.assert_allclose(problem.upper[0, 11:14, problem.find("a.water_tank.w", "mains_m3ph")], [0.1, 0.05, 0.0])
    np.testing.assert_allclose(problem.upper[0, 11:14, problem.find("a.pump.p", "pumped_m3ph")], [2.0, 1.0, 0.0])
    schedule = best(problem)
    # 2 m3 are missing: 1.25 come from the mains for nothing, 0.75 are pumped for 30 yen/m3
    assert schedule.objective_jpy[0] == pytest.approx(0.75 * 30 - 4.0 * 100)


def test_people_add_their_load_and_water():
    building = {
        "grid": connection(),
        "load": CRITICAL,
        "water_tank": {"w": {"capacity_m3": 10.0}},
        "shelter": {"s": {"floor_area_m2": 350.0, "peak_people": 150.0, "water_tank": "w"}},
    }
    spec = area({"a": building}, hazard={"start": "2026-08-03T00:00"})
    schedule = best(assemble(spec, drawn(spec, {"a": 1.0}, wanting_people=120.0)))
    # 100 find a place; each takes 1.6 kWh and 3 L on the first day
    np.testing.assert_allclose(schedule.flow("a", "import_kw"), 1.0 + 100 * 1.6 / 24)
    assert schedule.solution.levels[0, -1, 0] == pytest.approx(10.0 - 100 * 0.003)


def test_a_level_outside_its_band_is_a_warning_and_the_band_gives_way():
    high = cell(initial_level_frac=0.9, max_level_frac=0.5, standing_loss_frac_per_h=0.1, discharge_kw=1.0)
    low = cell(initial_level_frac=0.05, min_level_frac=0.2)
    spec = area({"a": {"load": CRITICAL, "battery": {"high": high, "low": low}}})
    draws = drawn(spec, {"a": 0.0})
    with pytest.warns(UserWarning, match=r"a\.battery\.(high|low)\.initial_level_frac") as warned:
        problem = assemble(spec, draws)
    assert len(warned) == 2
    schedule = best(problem)
    assert schedule.solution.levels[0, 0, 0] <= 90.0 * np.exp(-0.1) + 1e-9
    assert problem.level_min[0, -1, 1] == pytest.approx(5.0)


def test_the_reserve_is_kept_for_an_outage_and_led_back_after_it():
    battery = cell(initial_level_frac=0.5, max_level_frac=0.5, emergency_reserve_frac=0.5)
    spec = area(
        {"a": {"grid": connection(100.0), "load": CRITICAL, "battery": {"b": battery}}},
        hours=48,
        planner={"horizon_h": 20.0, "replan_every_h": 6.0},
    )
    problem = assemble(spec, drawn(spec, {"a": 10.0}, outage_h=[(6.0, 11.0)]))
    floor = problem.level_min[0, :, 0]
    np.testing.assert_allclose(floor[:6], 50.0)
    np.testing.assert_allclose(floor[6:11], 0.0)
    np.testing.assert_allclose(floor[11:31], 2.5 * np.arange(1, 21))
    np.testing.assert_allclose(floor[31:], 50.0)
    schedule = best(problem)
    np.testing.assert_allclose(schedule.flow("a.battery.b", "discharge_kw")[0, 6:11], 10.0)
    assert schedule.flow("a", "unserved_critical_kw").max() == 0.0


@pytest.mark.parametrize(("start", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_day_of_23_or_25_hours_pays_for_that_many(start, hours):
    spec = area(
        {"a": {"grid": connection(), "load": CRITICAL}},
        start=start,
        place={"latitude_deg": 50.0, "longitude_deg": 10.0, "climate": "chiba", "zone": "Europe/Berlin"},
        tariff={"t": NIGHT_AND_DAY},
    )
    schedule = best(assemble(spec, drawn(spec, {"a": 10.0})))
    assert schedule.problem.n_steps == hours
    assert schedule.objective_jpy[0] == pytest.approx(10 * ((hours - 2) * 30 + 2 * 10))
