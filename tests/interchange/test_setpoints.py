import numpy as np

from simulation.interchange.assemble import assemble
from simulation.interchange.highs import HiGHS
from simulation.interchange.rules import MeritOrder
from simulation.interchange.setpoints import set_points
from simulation.interchange.solve import solve
from tests.interchange.scenes import area, connection, drawn, load, mixed_area


def test_every_set_point_is_its_column_in_the_order_of_the_spec():
    spec, draws = mixed_area(1)
    schedule = solve(assemble(spec, draws), HiGHS())
    points = set_points(spec, schedule)
    assert points.clock == spec.planning_clock
    assert [engine.name for engine in spec.gensets] == ["hub.genset.engine_1", "hub.genset.engine_2"]
    planned_kw = np.stack([schedule.flow(engine.name, "power_kw") for engine in spec.gensets], axis=-1)
    np.testing.assert_allclose(points.genset_kw.sum(axis=-1), planned_kw.sum(axis=-1), atol=1e-3)
    first_room_kw = schedule.problem.upper[:, :, schedule.problem.find(spec.gensets[0].name, "power_kw")]
    alone = (planned_kw.sum(axis=-1) <= first_room_kw) & (planned_kw.sum(axis=-1) > 1e-6)
    assert alone.any()
    assert (points.genset_kw[alone, 1] == 0.0).all()
    for i, line in enumerate(spec.tieline):
        for way, quantity in enumerate(("sent_ab_kw", "sent_ba_kw")):
            expected = schedule.flow(f"tieline.{line}", quantity)
            np.testing.assert_allclose(points.sent_kw[:, :, i, way], expected, atol=1e-3)
    np.testing.assert_allclose(points.pump_kw[:, :, 0], 1.2 * schedule.flow("hub.pump.well", "pumped_m3ph"))
    deferrable = points.deferrable_kw
    np.testing.assert_allclose(deferrable[:, :, 0], schedule.flow("mall", "served_deferrable_kw"))
    assert (deferrable[:, :, 1:] == 0.0).all()


def test_essential_load_is_told_the_share_that_the_plan_serves_unless_the_planner_does_not_ration():
    spec = area({"a": {"grid": connection(15.0), "load": {"x": load(critical=0.5, essential=0.5)}}})
    draws = drawn(spec, {"a": 10.0, "a.essential": 10.0})
    for rations, share in ((True, 0.5), (False, 1.0)):
        spec = spec.model_copy(update={"planner": spec.planner.model_copy(update={"rations_essential": rations})})
        points = set_points(spec, solve(assemble(spec, draws), HiGHS()))
        np.testing.assert_allclose(points.essential_frac, share)


def test_no_set_point_tells_two_ways_at_once():
    spec, draws = mixed_area(2, own_source_only=True)
    points = set_points(spec, solve(assemble(spec, draws), HiGHS(), leak_tolerance_kw=5.0))
    assert (np.minimum(points.charge_kw, points.discharge_kw) == 0.0).all()
    assert (points.sent_kw.min(axis=-1) == 0.0).all()


def test_a_scenario_without_a_plan_is_told_nothing():
    spec, draws = mixed_area(2)
    draws.pv_kw[1, 3] = np.nan
    points = set_points(spec, solve(assemble(spec, draws), MeritOrder()))
    assert points.genset_kw[0].max() > 0.0
    assert not points.genset_kw[1].any()
    assert not points.sent_kw[1].any()


def test_an_area_without_plant_has_empty_set_points():
    spec = area({"a": {"grid": connection(), "load": {"x": load(critical=1.0)}}})
    points = set_points(spec, solve(assemble(spec, drawn(spec, {"a": 1.0})), MeritOrder()))
    assert points.charge_kw.shape == points.genset_kw.shape == (1, 24, 0)
    assert points.sent_kw.shape == (1, 24, 0, 2)
    assert points.pump_kw.shape == (1, 24, 0)
