"""Perfect information: what is drawn on the control grid, as the planner's means."""

from dataclasses import replace

import numpy as np
import pytest

from simulation.interchange.outage import down_frac, share_after
from simulation.interchange.outlook import truth
from tests.interchange.scenes import CRITICAL, area, connection, drawn, mixed_area


def test_planning_steps_hold_the_means_of_control_steps():
    spec = area({"a": {"grid": connection(), "load": CRITICAL}}, step_min=30, period={"control_step_min": 10})
    course = np.arange(144.0)
    outlook = truth(spec, drawn(spec, {"a": course}))
    np.testing.assert_allclose(outlook.demand_kw[0, :, 0, 0], 3.0 * np.arange(48) + 1.0)
    assert outlook.clock.step_min == 30
    assert outlook.perfect


def test_demand_changes_over_to_the_islanded_one_for_the_share_of_the_outage():
    spec = area({"a": {"grid": connection(), "load": CRITICAL}, "off": {"load": CRITICAL}})
    draws = drawn(spec, {"a": 10.0, "off": 10.0}, outage_h=[(5.25, 6.5)])
    islanded = 0.4 * draws.demand.demand_kw
    outlook = truth(spec, replace(draws, demand=replace(draws.demand, islanded_kw=islanded)))
    np.testing.assert_allclose(outlook.demand_kw[0, 4:8, 0, 0], [10.0, 5.5, 7.0, 10.0])
    np.testing.assert_allclose(outlook.demand_kw[0, :, 1, 0], 10.0)
    np.testing.assert_allclose(outlook.grid_up_frac[0, 4:8, 0], [1.0, 0.25, 0.5, 1.0])


def test_shares_are_exact_for_outages_that_touch_steps_and_never_end():
    spec, draws = mixed_area(1)
    start_h = np.array([[[0.0, 3.5, np.inf]]])
    end_h = np.array([[[0.5, np.inf, np.inf]]])
    outage = replace(draws.outage, start_h=start_h, end_h=end_h)
    edges_h = np.arange(7.0)
    np.testing.assert_allclose(down_frac(outage, edges_h)[0, :, 0], [0.5, 0, 0, 0.5, 1, 1])
    np.testing.assert_allclose(down_frac(outage, edges_h, delay_h=1.0)[0, :, 0], [0, 0, 0, 0, 0.5, 1])
    np.testing.assert_allclose(share_after(edges_h, np.inf), 0.0)
    np.testing.assert_allclose(share_after(edges_h, -np.inf), 1.0)


def test_scheduled_lots_arrive_when_their_road_and_travel_allow():
    spec = area(
        {"a": {"load": CRITICAL, "water_tank": {"w": {"capacity_m3": 9.0}}}},
        hazard={"start": "2026-08-03T02:00"},
        road={"r": {"slow_factor": 1.5}},
        delivery={
            "d": {"to": "a.water_tank.w", "amount": 2.0, "first_after_h": 1.0, "every_h": 10.0, "road": "r"},
            "on_order": {"to": "a.water_tank.w", "amount": 5.0, "order": "reorder"},
        },
    )
    draws = drawn(spec, {"a": 0.0})
    cancelled = draws.delivery.cancelled.copy()
    cancelled[:, 0, 1] = True
    late = replace(draws.delivery, road_opens_h=np.array([[7.5]]), cancelled=cancelled)
    outlook = truth(spec, replace(draws, delivery=late))
    # lot 0 leaves at 3 h but waits for the road until 7.5 and drives 3 h; lot 1 never comes; lot 2 leaves at 23 h
    expected = np.zeros(24)
    expected[10] = 2.0
    np.testing.assert_allclose(outlook.water_delivery_m3[0, :, 0], expected)


def test_lots_on_order_may_come_one_after_another_from_the_earliest_hour_on():
    spec = area(
        {"a": {"load": CRITICAL, "water_tank": {"w": {"capacity_m3": 9.0}}}},
        hazard={"start": "2026-08-03T05:00"},
        road={"r": {"slow_factor": 1.5}},
        delivery={
            "d": {
                "to": "a.water_tank.w",
                "amount": 1.0,
                "order": "reorder",
                "first_after_h": 4.0,
                "travel_h": 2.5,
                "road": "r",
            }
        },
    )
    draws = drawn(spec, {"a": 0.0})
    cancelled = draws.delivery.cancelled.copy()
    cancelled[:, 0, 3] = True
    held_up = replace(draws.delivery, road_opens_h=np.array([[8.0]]), cancelled=cancelled)
    outlook = truth(spec, replace(draws, delivery=held_up))
    # two lots of 2 h come before the strike at 5 h, a third leaves at 4 h and waits for the road: 8 + 3 h; the fourth
    # leaves at 11 h and never comes, which is known at 13.5 h; after that one every 3 h
    expected = np.zeros(24)
    expected[[2, 4, 11, 16, 19, 22]] = 1.0
    np.testing.assert_allclose(outlook.water_on_order_m3[0, :, 0], expected)
    assert (outlook.water_delivery_m3 == 0.0).all()


def test_the_start_is_that_of_the_spec():
    spec, draws = mixed_area(1)
    outlook = truth(spec, draws)
    np.testing.assert_allclose(outlook.battery_kwh, 60.0)
    np.testing.assert_allclose(outlook.fuel_l, 80.0)
    np.testing.assert_allclose(outlook.water_m3, 20.0)
    assert outlook.peak_kw.shape == (2, 2)
    assert (outlook.backlog_kwh == 0.0).all()


def test_vehicles_and_mains_change_with_the_strike():
    spec, draws = mixed_area(1)
    outlook = truth(spec, draws)
    np.testing.assert_allclose(outlook.vehicle_demand_lph[0, 8:10, 0], [0.0, 60.0 / 24])
    np.testing.assert_allclose(outlook.mains_m3ph[0, 8:10, 0], [0.4, 0.0])
    np.testing.assert_allclose(outlook.water_demand_m3ph[0, 8:10, 0], [1.0, 0.0])
    assert outlook.pump_up_frac == pytest.approx(1.0)
