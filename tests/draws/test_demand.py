"""Demand by building and tier: expected courses, errors of the promised size and memory, worlds that stay the same."""

import numpy as np
import pytest

from simulation.draws.building import expected_kw
from simulation.draws.demand import sample_demand
from simulation.draws.foreknowledge import given_warmth
from simulation.draws.weather import WeatherDraws, sample_weather
from simulation.units import TIERS
from tests.draws.small import small

NO_NOISE = {"day_std_frac": 0.0, "hour_std_frac": 0.0}
FLAT = {"constant_kw": 100.0, "tier_frac": {"critical": 1.0}}


def hub(**loads):
    return {"load": loads}


def draw(spec, ids=(0,), seed=7):
    """Demand under a weather that never changes."""
    S, T = len(ids), spec.clock.n_steps
    weather = WeatherDraws(
        temperature_c=np.full((S, T), 28.0),
        usual_c=np.full(T, 28.0),
        spread_c=np.zeros(T),
        warmth_correlation=0.0,
        clearness=np.ones((S, 1)),
        pv_kw=np.zeros((S, T, 0)),
        pv_expected_kw=np.zeros((T, 0)),
    )
    return sample_demand(spec, np.asarray(ids), seed, weather)


def factors(noise, n_scenarios, **changes):
    """What 100 kW are multiplied by in every scenario and step."""
    spec = small(hub=hub(all={**FLAT, "noise": noise}), **changes)
    return draw(spec, range(n_scenarios)).demand_kw[:, :, 0, 0] / 100.0


def test_shares_and_buildings_land_where_they_belong():
    spec = small(
        building={
            "hub": hub(
                a={"constant_kw": 10.0, "tier_frac": {"critical": 0.25, "comfort": 0.75}, "noise": NO_NOISE},
                b={"constant_kw": 4.0, "scale": 2.0, "tier_frac": {"essential": 1.0}, "noise": NO_NOISE},
            ),
            "bare": {},
            "shop": hub(c={"constant_kw": 3.0, "tier_frac": {"deferrable": 1.0}, "noise": NO_NOISE}),
        }
    )
    demand = draw(spec, range(3))
    assert demand.demand_kw.shape == (3, spec.clock.n_steps, 3, len(TIERS))
    np.testing.assert_allclose(demand.demand_kw[1, 5], [[2.5, 8, 0, 7.5], [0, 0, 0, 0], [0, 0, 3, 0]])
    np.testing.assert_allclose(demand.demand_kw, np.repeat(demand.expected_kw[:1], 3, axis=0), rtol=1e-12)
    np.testing.assert_allclose(demand.expected_kw[1:], 0.0, atol=1e-12)
    np.testing.assert_array_equal(demand.demand_kw, demand.islanded_kw)


def test_emergency_switches_loads_down_and_on():
    spec = small(
        hub=hub(
            shops={**FLAT, "emergency_frac": 0.3},
            relief={"constant_kw": 8.0, "emergency_only": True, "tier_frac": {"essential": 1.0}},
        )
    )
    demand = draw(spec, range(4))
    np.testing.assert_allclose(demand.expected_kw[0, 0, 0], [100, 0, 0, 0])
    np.testing.assert_allclose(demand.islanded_expected_kw[0, 0, 0], [30, 8, 0, 0])
    np.testing.assert_allclose(demand.islanded_kw[..., 0], 0.3 * demand.demand_kw[..., 0])
    assert not demand.demand_kw[..., 1].any()
    assert demand.islanded_kw[..., 1].std() > 0


def test_archetype_follows_each_scenarios_temperature():
    office = {"archetype": "office", "floor_area_m2": 1000, "tier_frac": {"essential": 1.0}, "noise": NO_NOISE}
    spec = small(hub=hub(rooms=office))
    ids = np.arange(400)
    weather = sample_weather(spec, ids, 1)
    demand = sample_demand(spec, ids, 1, weather)
    course = expected_kw(spec.loads[0].part, spec.clock, weather.temperature_c)
    np.testing.assert_allclose(demand.demand_kw[:, :, 0, 1], course)
    # what is expected belongs to no scenario: it is the mean of them all, and what their warmth tells apart
    usual_kw = demand.expected_kw[0, :, 0, 1]
    assert (abs(course.mean(axis=0) - usual_kw) <= 4 * course.std(axis=0) / np.sqrt(len(ids)) + 1e-9).all()
    now = spec.clock.n_steps // 2
    seen = given_warmth(demand.expected_kw, weather.warmth(slice(None)), np.ones(spec.clock.n_steps))[:, now, 0, 1]
    assert np.std(seen - course[:, now]) < 0.2 * np.std(course[:, now])


def test_series_on_file_is_the_expected_course_of_every_scenario(tmp_path):
    rows = "".join(f"2026-08-{d:02d} {h:02d}:00,{h + d}\n" for d in (3, 4, 5) for h in range(24))
    (tmp_path / "load.csv").write_text("time,kw\n" + rows)
    series = {"path": "load.csv", "column": "kw", "unit": "kW", "zone": "Asia/Tokyo"}
    spec = small(hub=hub(all={"series": series, "scale": 2.0, "tier_frac": {"critical": 1.0}}), folder=str(tmp_path))
    demand = draw(spec, range(2))
    np.testing.assert_allclose(
        demand.expected_kw[:, :, 0, 0],
        [2 * (spec.clock.local_hour // 1 + np.array(spec.clock.local.day)), *np.zeros((3, spec.clock.n_steps))],
        atol=1e-12,
    )
    assert not np.array_equal(demand.demand_kw[0], demand.demand_kw[1])


@pytest.mark.parametrize("step_min", [10, 30])
def test_error_has_the_promised_mean_size_and_memory_whatever_the_step(step_min):
    noise = {"day_std_frac": 0.0, "hour_std_frac": 0.06, "hour_correlation": 0.8}
    period = {"start": "2026-08-03", "days": 2, "planning_step_min": 30, "control_step_min": step_min}
    n = 4000
    error = factors(noise, n, period=period) - 1.0
    per_hour = 60 // step_min
    here, later = error[:, 20 * per_hour], error[:, 23 * per_hour]
    for each in (error[:, 0], here, later):
        assert abs(each.mean()) < 3 * 0.06 / np.sqrt(n)
        assert abs(each.std() - 0.06) < 3 * 0.06 / np.sqrt(2 * n)
    assert abs(np.corrcoef(here, later)[0, 1] - 0.8**3) < 3 * (1 - 0.8**6) / np.sqrt(n)


def test_days_error_holds_for_the_local_day_and_remembers_the_day_before():
    noise = {"day_std_frac": 0.05, "day_correlation": 0.6, "hour_std_frac": 0.0}
    n = 4000
    error = factors(noise, n, period={"start": "2026-08-03", "days": 4}) - 1.0
    by_day = error.reshape(n, 4, 48)
    np.testing.assert_allclose(by_day, np.repeat(by_day[:, :, :1], 48, axis=2), atol=1e-12)
    daily = by_day[:, :, 0]
    for day in range(4):
        assert abs(daily[:, day].std() - 0.05) < 3 * 0.05 / np.sqrt(2 * n)
    for lag in (1, 2, 3):
        correlation = np.corrcoef(daily[:, 0], daily[:, lag])[0, 1]
        assert abs(correlation - 0.6**lag) < 3 * (1 - 0.36**lag) / np.sqrt(n)


def test_day_of_25_hours_has_one_error():
    noise = {"day_std_frac": 0.05, "hour_std_frac": 0.0}
    place = {"latitude_deg": 50.0, "longitude_deg": 8.0, "zone": "Europe/Berlin", "climate": "yokkaichi"}
    error = factors(noise, 3, place=place, period={"start": "2026-10-24", "days": 3}, hazard=None)
    assert error.shape[1] == 48 + 50 + 48
    assert [len(np.unique(row.round(9))) for row in error] == [3, 3, 3]
    np.testing.assert_allclose(np.ptp(error[:, 48:98], axis=1), 0.0, atol=1e-12)


def test_demand_is_never_negative_however_large_the_errors():
    factor = factors({"day_std_frac": 0.8, "hour_std_frac": 0.8}, 200)
    assert factor.min() == 0.0
    assert factor.max() > 2.0


def test_scenario_is_the_same_whatever_stands_beside_it():
    spec = small(hub=hub(all=FLAT, more=FLAT))
    many, one = draw(spec, range(20)), draw(spec, [17])
    np.testing.assert_array_equal(many.expected_kw, one.expected_kw)
    for name in ("demand_kw", "islanded_kw"):
        np.testing.assert_array_equal(getattr(many, name)[17], getattr(one, name)[0])
    backwards = draw(spec, [17, 3])
    np.testing.assert_array_equal(backwards.demand_kw[1], many.demand_kw[3])
    assert not np.array_equal(draw(spec, [17], seed=8).demand_kw, one.demand_kw)


def test_load_keeps_its_errors_when_another_is_added_before_it():
    alone = draw(small(building={"hub": hub(shops=FLAT)}), range(3))
    beside = draw(small(building={"new": hub(first=FLAT), "hub": hub(first=FLAT, shops=FLAT)}), range(3))
    first = draw(small(building={"hub": hub(first=FLAT)}), range(3))
    np.testing.assert_allclose(
        beside.demand_kw[:, :, 1], alone.demand_kw[:, :, 0] + first.demand_kw[:, :, 0], rtol=1e-12
    )


def test_loads_stray_independently():
    n = 4000
    spec = small(hub=hub(a=FLAT, b={**FLAT, "tier_frac": {"comfort": 1.0}}))
    demand = draw(spec, range(n)).demand_kw[:, 60, 0]
    assert abs(np.corrcoef(demand[:, 0], demand[:, 3])[0, 1]) < 3 / np.sqrt(n)


def test_arrays_are_read_only():
    demand = draw(small())
    with pytest.raises(ValueError, match="read-only"):
        demand.demand_kw[0, 0, 0, 0] = 1.0
