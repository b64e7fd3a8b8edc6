"""An enlarged scenario is the one that its file would give."""

from dataclasses import fields

import numpy as np
import pytest

from simulation.interchange.enlargement import Enlargement, enlarged, enlargements
from simulation.interchange.outlook import truth
from simulation.scenario.load import dump
from simulation.scenario.spec import Spec
from tests.interchange.scenes import area, connection, drawn, load, mixed_area


def by_path(spec: Spec) -> dict[str, Enlargement]:
    return {change.paths[0]: change for change in enlargements(spec)}


def at(spec: Spec, path: str) -> float:
    value: object = spec
    for key in path.split("."):
        value = value[key] if isinstance(value, dict) else getattr(value, key)
    assert isinstance(value, float)
    return value


def test_every_size_that_bounds_a_plan_can_be_larger():
    assert set(by_path(mixed_area(1)[0])) == {
        "building.mall.grid.contract_kw",
        "building.mall.grid.export_limit_kw",
        "building.hub.grid.contract_kw",
        "tieline.one.capacity_ab_kw",
        "tieline.two.capacity_ab_kw",
        "tieline.three.capacity_ab_kw",
        "building.mall.pv.roof.rated_kw",
        "building.homes.pv.roofs.rated_kw",
        "building.hub.genset.engine.rated_kw",
        "building.mall.battery.b.capacity_kwh",
        "building.mall.battery.b.discharge_kw",
        "building.hub.fuel_tank.tank.capacity_l",
        "building.hub.water_tank.water.capacity_m3",
        "building.hub.water_tank.water.mains_m3ph",
        "building.hub.pump.well.rated_m3ph",
    }


def test_only_the_named_keys_change_and_by_the_amount_added():
    spec, draws = mixed_area(1)
    for change in enlargements(spec):
        larger = enlarged(spec, truth(spec, draws), change, 2.5)[0]
        for path in change.paths:
            assert at(larger, path) == pytest.approx(at(spec, path) + 2.5)
        differ = [
            pair for pair in zip(dump(spec).split("\n"), dump(larger).split("\n"), strict=True) if len(set(pair)) > 1
        ]
        assert len(differ) == len(change.paths)


def test_what_the_planner_sees_is_what_the_enlarged_scenario_draws():
    """All but the sun, which is drawn for the array: it grows in proportion."""
    spec, draws = mixed_area(1)
    for change in enlargements(spec):
        larger, outlook = enlarged(spec, truth(spec, draws), change, 2.5)
        fresh = truth(larger, draws)
        for field in fields(fresh):
            value = getattr(outlook, field.name)
            if isinstance(value, np.ndarray) and field.name != "pv_kw":
                np.testing.assert_allclose(value, getattr(fresh, field.name), err_msg=f"{change.paths} {field.name}")


def test_the_sun_and_the_inverter_grow_with_an_array():
    house = {"grid": connection(), "load": {"a": load(critical=1.0)}}
    spec = area({"house": house | {"pv": {"p": {"rated_kw": 10.0, "inverter_kw": 8.0}, "q": {"rated_kw": 1.0}}}})
    outlook = truth(spec, drawn(spec, {"house": 1.0}, pv_kw={"house.pv.p": 6.0, "house.pv.q": 0.5}))
    larger, seen = enlarged(spec, outlook, by_path(spec)["building.house.pv.p.rated_kw"], 5.0)
    assert (larger.pvs[0].part.rated_kw, larger.pvs[0].part.inverter_kw) == (15.0, pytest.approx(12.0))
    np.testing.assert_allclose(seen.pv_kw[0, 0], [9.0, 0.5])


def test_a_line_that_carries_one_way_stays_so_and_one_that_carries_nothing_opens_both():
    line = {"a": "a", "b": "b", "capacity_ab_kw": 3.0, "capacity_ba_kw": 0.0}
    homes = {name: {"load": {"a": load(critical=1.0)}} for name in ("a", "b")}
    spec = area(homes, tieline={"one": line, "none": line | {"capacity_ab_kw": 0.0}})
    one, none = enlargements(spec)
    assert one.fields == ("capacity_ab_kw",)
    assert none.fields == ("capacity_ab_kw", "capacity_ba_kw")


@pytest.mark.parametrize(
    ("given", "price_jpy", "note"),
    [
        ({}, None, "no capital cost given"),
        ({"capital_jpy_per_kw": 0.0}, 0.0, ""),
        ({"capital_jpy_per_kw": 900.0, "capital_jpy": 1.0}, 900.0, ""),
        ({"capital_jpy": 8_000.0}, 2_000.0, "at the mean cost of what stands there"),
    ],
)
def test_a_price_that_nobody_gave_is_none(given, price_jpy, note):
    line = {"a": "a", "b": "b", "capacity_ab_kw": 4.0, "capacity_ba_kw": 4.0}
    homes = {name: {"load": {"a": load(critical=1.0)}} for name in ("a", "b")}
    (change,) = enlargements(area(homes, tieline={"l": line | given}))
    assert (change.price_jpy, change.price_note) == (price_jpy, note)


def test_like_engines_grow_together_and_are_paid_for_together():
    engine = {"rated_kw": 10.0, "count": 3, "fuel": "city_gas", "fuel_slope_l_per_kwh": 0.2, "fuel_jpy_per_l": 90.0}
    house = {"load": {"a": load(critical=1.0)}, "genset": {"g": engine | {"capital_jpy_per_kw": 100.0}}}
    (change,) = enlargements(area({"house": house}))
    assert change.price_jpy == 300.0
    assert change.labels == {"house.genset.g_1", "house.genset.g_2", "house.genset.g_3"}
