"""Sampling: scenario s is one world, however it is drawn, and each cause keeps to its own stream."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.draws.draws import Draws, sample
from simulation.scenario.spec import Spec
from tests.draws.small import small

CAUSES = (
    "demand",
    "weather",
    "outage",
    "failure",
    "delivery",
    "arrival",
    "shaking",
    "gas",
    "vehicle",
    "mains",
    "sewer",
    "start_delay_h",
    "station_battery_h",
)
HUB: dict[str, Any] = {
    "load": {"station": {"constant_kw": 40.0, "tier_frac": {"critical": 0.4, "comfort": 0.6}}},
    "pv": {"roof": {"rated_kw": 50.0}},
    "genset": {
        "pair": {
            "rated_kw": 40.0,
            "count": 2,
            "fuel": "diesel",
            "fuel_tank": "main",
            "fuel_slope_l_per_kwh": 0.25,
            "fuel_jpy_per_l": 130.0,
            "availability_frac": 0.9,
            "start_failure_prob": 0.1,
            "start_delay_sigma": 0.5,
            "mean_time_to_failure_h": 500.0,
            "mean_time_to_repair_h": 24.0,
        }
    },
    "fuel_tank": {"main": {"fuel": "diesel", "capacity_l": 950.0}},
    "shelter": {"hall": {"floor_area_m2": 300.0, "peak_people": 60.0}},
    "water_tank": {"main": {"capacity_m3": 10.0, "mains_m3ph": 1.0, "mains_return": "noto_water_weibull"}},
    "communications": {"base": {"battery_sigma": 0.3}},
    "vehicle": {"bus": {"model": "fuel_cell_bus", "comes_prob": 0.5}},
}
STRIKE = {"outage": {"strike": {"kind": "restoration", "preset": "faxai_chiba_points", "probability": 0.9}}}
ROAD = {"closed_prob": 0.5}
GAS = {"stop": {"strike": {"kind": "restoration", "preset": "noto_weibull", "probability": 0.5}}}
LINK = {"a": "depot", "b": "hub", "length_km": 30.0, "closed_in_snow": True}
SHAKING = {
    "median_g": 0.6,
    "fragility": {"genset": "genset", "road_link": "road", "mains": "water_mains"},
    "aftershock": {"next": {"after_h": 12.0, "window_h": 6.0, "median_g": 0.4}},
}
SNOW = {
    "fall": {
        "first": {"start_window_h": 6.0, "again_prob_per_day": 0.5, "duration_median_h": 8.0, "depth_median_cm": 20.0}
    }
}
TANKER = {"to": "hub.fuel_tank.main", "amount": 500.0, "road": "coast", "cancel_prob": 0.1}

SHARED = (
    "pv_expected_kw",
    "expected_people",
    "expected_kw",
    "islanded_expected_kw",
    "usual_c",
    "spread_c",
    "slide_expected_frac",
)
"""What belongs to no scenario."""


def full(**changes: Any) -> Spec:
    everything = {
        "hub": HUB,
        "feeder": {"north": STRIKE},
        "road": {"coast": ROAD},
        "road_link": {"bridge": LINK},
        "shaking": SHAKING,
        "snow": SNOW,
        "gas": {"town": GAS},
        "sewer": {"town": GAS},
        "delivery": {"tanker": TANKER},
        "runs": {"scenarios": 5, "seed": 9},
    }
    return small(**everything | changes)


def by_scenario(draws: Draws, *causes: str) -> dict[str, np.ndarray]:
    """Every array with a scenario axis, by cause and name; of the given causes, or of all."""
    found: dict[str, np.ndarray] = {}
    records = [(cause, getattr(draws, cause)) for cause in causes or CAUSES]
    for cause, record in records:
        if isinstance(record, np.ndarray):
            found[cause] = record
            continue
        for field in fields(record):
            value = getattr(record, field.name)
            if is_dataclass(value):
                records.append((f"{cause}.{field.name}", value))
            elif isinstance(value, np.ndarray) and field.name not in SHARED:
                found[f"{cause}.{field.name}"] = value
    return found


ALL = by_scenario(sample(full(), 40))


def test_every_cause_is_there_and_read_only() -> None:
    assert set(CAUSES) == {field.name for field in fields(Draws)} - {"clock", "seed", "scenario_ids"}
    for name, array in ALL.items():
        assert len(array) == 40, name
        assert not array.flags.writeable, name


@pytest.mark.parametrize("n", [1, 7, 39])
def test_a_scenario_is_the_same_however_many_are_drawn(n: int) -> None:
    for name, array in by_scenario(sample(full(), n)).items():
        np.testing.assert_array_equal(array, ALL[name][:n], err_msg=name)


@settings(max_examples=8, deadline=timedelta(seconds=5))
@given(only=st.lists(st.integers(0, 39), min_size=1, max_size=6, unique=True))
def test_any_scenarios_can_be_replayed_in_any_order(only: list[int]) -> None:
    draws = sample(full(), only=only)
    assert draws.scenario_ids.tolist() == only
    for name, array in by_scenario(draws).items():
        np.testing.assert_array_equal(array, ALL[name][only], err_msg=name)


@pytest.mark.parametrize(
    ("changed", "causes"),
    [
        (
            {"feeder": {"south": STRIKE, "north": STRIKE}},
            ("demand", "weather", "failure", "delivery", "arrival", "shaking"),
        ),
        ({"gas": {"town": {}}}, ("demand", "weather", "outage", "failure", "delivery", "arrival", "shaking")),
        ({"road": {"coast": {"closed_prob": 0.9}}}, ("demand", "weather", "outage", "failure", "arrival", "shaking")),
        ({"hub": HUB | {"genset": {}}}, ("demand", "weather", "outage", "delivery", "arrival")),
        ({"hub": HUB | {"shelter": {}}}, ("demand", "weather", "outage", "failure", "delivery", "shaking")),
        ({"shaking": SHAKING | {"median_g": 0.1}}, ("demand", "weather", "outage", "failure", "arrival")),
        ({"hub": HUB | {"load": {}}}, ("weather", "outage", "failure", "delivery", "arrival", "shaking")),
        ({"hub": HUB | {"pv": {}}}, ("demand", "outage", "failure", "delivery", "arrival", "shaking")),
    ],
    ids=["feeder", "gas", "road", "engines", "shelter", "shaking", "loads", "pv"],
)
def test_a_change_of_one_cause_leaves_the_others(changed: dict[str, Any], causes: tuple[str, ...]) -> None:
    for name, array in by_scenario(sample(full(**changed), 3), *causes).items():
        np.testing.assert_array_equal(array, ALL[name][:3], err_msg=name)


def test_scenarios_and_seeds_differ() -> None:
    for name in ("weather.clearness", "demand.demand_kw", "failure.life_h", "delivery.travel_h"):
        assert not np.array_equal(ALL[name][0], ALL[name][1]), name
        other = by_scenario(sample(full(), 1, seed=10))
        assert not np.array_equal(other[name][0], ALL[name][0]), name


def test_number_and_seed_come_from_the_spec_unless_given() -> None:
    draws = sample(full())
    assert (draws.n_scenarios, draws.seed) == (5, 9)
    assert (sample(full(), 2, 3).n_scenarios, sample(full(), 2, 3).seed) == (2, 3)
    np.testing.assert_array_equal(draws.weather.clearness, ALL["weather.clearness"][:5])


def test_causes_are_independent_of_one_another() -> None:
    draws = sample(full(), 400)
    drawn = np.column_stack(
        [
            draws.weather.clearness[:, 0],
            draws.weather.temperature_c[:, 0],
            draws.demand.demand_kw[:, 0, 0, 0],
            np.minimum(draws.outage.end_h[:, 0, 0], 1e3),
            draws.failure.life_h[:, 0, 0],
            draws.delivery.travel_h[:, 0, 0],
            draws.arrival.wanting_people[:, -1, 0],
        ]
    )
    correlation = np.corrcoef(drawn, rowvar=False) - np.eye(7)
    assert np.abs(correlation).max() < 3.5 / np.sqrt(400)


@pytest.mark.parametrize("wrong", [{"n_scenarios": 0}, {"only": []}, {"only": [-1]}, {"n_scenarios": 2, "only": [1]}])
def test_nothing_to_draw_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="legal"):
        sample(full(), **wrong)
