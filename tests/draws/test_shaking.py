"""Earthquakes: damage as often as the closed forms say, near sites alike, states in order, shocks that come again."""

from __future__ import annotations

from functools import cache
from math import sqrt
from typing import Any

import numpy as np
import pytest

from simulation.draws.draws import sample
from simulation.draws.outage import sample_outages
from simulation.draws.shaking import ShakingDraws, components, sample_shaking, shaking_sites
from simulation.physics.fragility import lognormal_of, reached_probabilities
from simulation.scenario.fragility import read_fragility
from simulation.scenario.spec import Spec
from tests.draws.small import small

MANY = np.arange(2000)
HUB = {
    "genset": {"g": {"rated_kw": 50.0, "fuel": "natural_gas", "fuel_slope_l_per_kwh": 0.3, "fuel_jpy_per_l": 80.0}},
    "water_tank": {"w": {"capacity_m3": 50.0}},
}
BREAKS = {"genset": "genset", "water_tank": "water_tank"}


def shaken(hub: dict[str, Any] | None = None, **shaking: Any) -> Spec:
    table = {"median_g": 0.5, "between_sigma": 0.4, "within_sigma": 0.3, "fragility": BREAKS} | shaking
    feeders = {name: {} for name in ("hill", "near", "far", "sea")}
    return small(hub=HUB | (hub or {}), shaking=table, feeder=feeders)


def drawn(spec: Spec, ids: np.ndarray = MANY, seed: int = 1) -> ShakingDraws:
    found = sample_shaking(spec, ids, seed)
    assert found is not None
    return found


@cache
def usual() -> ShakingDraws:
    """One draw for the tests that change nothing."""
    return drawn(shaken())


@pytest.mark.parametrize(("number", "preset"), [(0, "genset"), (1, "water_tank")])
def test_every_state_or_worse_is_as_frequent_as_its_closed_form(number: int, preset: str) -> None:
    states = read_fragility(preset).state
    capacities, betas = np.array([one.median_g for one in states]), np.array([one.beta for one in states])
    truth = reached_probabilities((0.5, 0.5), capacities, betas)
    state = usual().state[:, 0, number]
    for d, chance in enumerate(truth, start=1):
        assert abs((state >= d).mean() - chance) < 3.0 * sqrt(chance * (1.0 - chance) / len(MANY))


def test_the_shaking_of_a_site_has_its_median_and_its_spread() -> None:
    logs = np.log(drawn(shaken(site={"hub": {"ground_factor": 1.5}})).site_g[:, 0, 1])
    assert abs(logs.mean() - np.log(0.75)) < 3.0 * 0.5 / sqrt(len(MANY))
    assert abs(logs.std() - 0.5) < 3.0 * 0.5 / sqrt(2.0 * len(MANY))


def test_sites_are_as_alike_as_what_they_share_and_how_near_they_are() -> None:
    """tau^2 + phi^2 exp(-3 h / range), of tau^2 + phi^2: together 1, at 10 km of 30 km (.16 + .09 / e) / .25."""
    spec = shaken(site={"hub": {}, "near": {}, "far": {"x_km": 6.0, "y_km": 8.0}}, range_km=30.0)
    logs = np.log(drawn(spec).site_g[:, 0])
    assert shaking_sites(spec) == ("origin", "hub", "near", "far")
    np.testing.assert_allclose(logs[:, 1], logs[:, 2])
    truth = (0.16 + 0.09 * np.exp(-1.0)) / 0.25
    found = float(np.corrcoef(logs[:, 1], logs[:, 3])[0, 1])
    assert abs(np.arctanh(found) - np.arctanh(truth)) < 3.0 / sqrt(len(MANY) - 3)


def test_damage_comes_together_where_shaking_does() -> None:
    """Two components of one site fail together more often than by chance alone."""
    state = usual().state[:, 0]
    both = (state >= 1).all(axis=1).mean()
    alone = (state[:, 0] >= 1).mean() * (state[:, 1] >= 1).mean()
    assert both > alone + 3.0 * sqrt(alone * (1.0 - alone) / len(MANY))


def test_a_component_meets_every_shock_with_the_same_capacity() -> None:
    """Where the second shock shakes its site no harder, it never damages a component more."""
    spec = shaken(aftershock={"first": {"after_h": 10.0, "median_g": 0.4}})
    found = drawn(spec, MANY[:1000])
    weaker = found.site_g[:, 1, 0] <= found.site_g[:, 0, 0]
    assert 100 < weaker.sum() < 1000
    assert (found.state[weaker, 1] <= found.state[weaker, 0]).all()


def test_repairs_have_the_mean_and_the_spread_of_the_preset() -> None:
    spec = shaken(median_g=0.9, between_sigma=0.0, within_sigma=0.0)
    found = drawn(spec)
    here = found.state[:, 0, 0] == 2
    logs = np.log((found.mended_h[here, 0, 0] - found.shock_h[here, 0]) / 24.0)
    mu, sigma = lognormal_of(3.1, 2.7)
    assert abs(logs.mean() - mu) < 3.0 * sigma / sqrt(here.sum())
    assert abs(logs.std() - sigma) < 3.0 * sigma / sqrt(2.0 * here.sum())
    assert (found.mended_h[found.state == 0] == -np.inf).all()


def test_an_aftershock_comes_as_often_and_when_it_says() -> None:
    spec = shaken(aftershock={"second": {"after_h": 30.0, "window_h": 10.0, "probability": 0.3, "median_g": 0.3}})
    found = drawn(spec)
    hour = found.shock_h[:, 1]
    comes = np.isfinite(hour)
    assert abs(comes.mean() - 0.3) < 3.0 * sqrt(0.21 / len(MANY))
    assert hour[comes].min() >= 57.0
    assert hour[comes].max() <= 67.0
    assert abs(hour[comes].mean() - 62.0) < 3.0 * 10.0 / sqrt(12.0 * comes.sum())
    assert (found.state[~comes, 1] == 0).all()


def test_a_scenario_is_the_same_whatever_else_is_drawn_beside_it() -> None:
    spec = shaken(site={"hub": {}, "hill": {"x_km": 5.0}})
    more = shaken(
        hub={"pump": {"p": {"tank": "w", "rated_m3ph": 1.0, "kwh_per_m3": 1.0}}},
        site={"hub": {}, "hill": {"x_km": 5.0}, "sea": {"y_km": 9.0}},
        fragility=BREAKS | {"pump": "pump_plant"},
    )
    few, many = drawn(spec, np.array([7])), drawn(more, MANY[:20])
    np.testing.assert_array_equal(few.site_g[0, 0], many.site_g[7, 0, :3])
    kept = [i for i, one in enumerate(components(more)) if one.kind != "pump"]
    np.testing.assert_array_equal(few.state[0], many.state[7][:, kept])


def test_a_feeder_is_lost_as_often_as_its_substation_is_damaged_and_lost_again() -> None:
    feeder = {"main": {"outage": {"quake": {"kind": "shaking", "fragility": "substation"}}}}
    spec = small(
        hub=HUB, feeder=feeder, shaking={"median_g": 0.2, "within_sigma": 0.0, "between_sigma": 0.4,
        "aftershock": {"big": {"after_h": 20_000.0, "median_g": 0.2}}},
    )  # fmt: skip
    shaking = drawn(spec)
    outages = sample_outages(spec, MANY, 1, shaking)
    lost = np.isfinite(outages.start_h[:, 0])
    truth = reached_probabilities((0.2, 0.4), np.array([0.15]), np.array([0.6]))[0]
    assert abs((shaking.state[:, 0, 0] >= 1).mean() - truth) < 3.0 * sqrt(truth * (1 - truth) / len(MANY))
    assert lost.sum() == (shaking.state[:, :, 0] >= 1).sum()
    both = lost.all(axis=1)
    assert both.any()
    assert outages.start_h[both, 0, 1] - outages.start_h[both, 0, 0] == pytest.approx(20_000.0)


def test_without_shaking_nothing_is_drawn() -> None:
    assert sample(small(), 2, 1).shaking is None


def test_what_contradicts_the_rest_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"shaking\.site\.moon: no building, feeder, tieline, road_link or sewer of that name"
    ):
        shaken(site={"moon": {}})
    with pytest.raises(ValueError, match=r"add a \[hazard\]"):
        small(hub=HUB, shaking={"median_g": 0.5}, hazard=None)
    with pytest.raises(ValueError, match=r"needs a \[shaking\] table"):
        small(hub=HUB, feeder={"main": {"outage": {"quake": {"kind": "shaking"}}}})
    with pytest.raises(ValueError, match="each window over before the next begins"):
        shaken(aftershock={"b": {"after_h": 20, "median_g": 0.1}, "a": {"after_h": 10, "median_g": 0.1}})
