"""Falls of snow: as their table says, the same whatever is drawn beside them, and one draw for panels, roads, lines."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
import pytest

from simulation.draws.outage import sample_outages
from simulation.draws.road import Roads, sample_roads
from simulation.draws.snow import expected_slid_frac, sample_falls
from simulation.draws.weather import sample_weather
from simulation.scenario.spec import Spec
from tests.draws.small import small

MANY = np.arange(1000)
SOME = np.arange(40)
STRUCK_H = 30.0
FALL: dict[str, Any] = {"duration_median_h": 12.0, "depth_median_cm": 30.0}
SURE: dict[str, Any] = FALL | {"start_window_h": 3.0, "duration_sigma": 0.1, "depth_sigma": 0.1}
"""Above the threshold, and by day, in every draw."""
SPREAD: dict[str, Any] = FALL | {"start_window_h": 6.0, "duration_sigma": 0.4, "depth_sigma": 0.5}
ARRAYS = {"roof": {"rated_kw": 80.0, "tilt_deg": 30.0}, "lying": {"rated_kw": 20.0, "strings_up_slope": 3}}
WINTER: dict[str, Any] = {
    "place": {"latitude_deg": 35.6, "longitude_deg": 135.94, "climate": "imajo"},
    "period": {"start": "2026-12-14", "days": 4, "planning_step_min": 60, "control_step_min": 30},
    "hazard": {"start": "2026-12-15T06:00"},
    "hub": {"pv": ARRAYS},
}


def snowed(fall: dict[str, Any] = SPREAD, snow: dict[str, Any] | None = None, **changes: Any) -> Spec:
    return small(**(WINTER | {"snow": {"fall": {"first": fall}} | (snow or {})} | changes))


def test_begin_length_and_depth_are_drawn_as_the_table_says() -> None:
    falls = sample_falls(snowed(SPREAD | {"begins_after_h": -4.0}), MANY, 3)
    assert falls is not None
    start = falls.start_h[:, 0]
    assert STRUCK_H - 4.0 < start.min() < start.max() < STRUCK_H + 2.0
    length = falls.end_h[:, 0] - start
    depth = falls.rate_cm_per_h[:, 0] * length
    for drawn, median, sigma in ((length, 12.0, 0.4), (depth, 30.0, 0.5)):
        error = np.log(drawn / median)
        assert abs(error.mean()) < 3.0 * sigma / sqrt(len(MANY))
        assert error.std() == pytest.approx(sigma, abs=3.0 * sigma / sqrt(2 * len(MANY)))
    assert abs(np.corrcoef(length, depth)[0, 1]) < 0.1


def test_others_follow_on_later_days_by_their_chance_and_only_where_the_first_came() -> None:
    falls = sample_falls(snowed(FALL | {"probability": 0.5, "again_prob_per_day": 0.3}), MANY, 3)
    assert falls is not None
    assert falls.names == ("first",) * 4
    there = np.isfinite(falls.start_h)
    came = there[:, 0]
    assert not there[~came].any()
    for share, chance, n in ((came.mean(), 0.5, 1000), (there[came, 1:].mean(), 0.3, 1500)):
        assert abs(share - chance) < 3.5 * sqrt(chance * (1.0 - chance) / n)
    for day in (1, 2, 3):
        later = falls.start_h[there[:, day], day] - falls.start_h[there[:, day], 0]
        assert 24.0 * (day - 1) < later.min() < later.max() < 24.0 * day


def test_a_fall_is_the_same_whatever_else_may_fall_and_however_long_the_period_is() -> None:
    one = sample_falls(snowed(), MANY, 1)
    longer = WINTER["period"] | {"days": 9}
    changes: dict[str, Any] = {"snow": {"fall": {"other": FALL, "first": SPREAD | {"again_prob_per_day": 0.5}}}}
    more = sample_falls(snowed(**changes, period=longer), MANY[7:9], 1)
    assert one is not None
    assert more is not None
    first = more.names.index("first")
    np.testing.assert_array_equal(more.start_h[:, first], one.start_h[7:9, 0])
    np.testing.assert_array_equal(more.rate_cm_per_h[:, first], one.rate_cm_per_h[7:9, 0])


def test_snow_leaves_sky_and_temperature_as_they_are_and_takes_energy_in_every_draw() -> None:
    without = sample_weather(small(**WINTER), SOME, 1)
    weather = sample_weather(snowed(SURE), SOME, 1)
    for name in ("temperature_c", "clearness", "pv_expected_kw"):
        np.testing.assert_array_equal(getattr(weather, name), getattr(without, name))
    assert weather.snow is not None
    np.testing.assert_array_equal(weather.snow.bare_kw, without.pv_kw)
    assert (weather.pv_kw <= without.pv_kw).all()
    assert (weather.pv_kw.sum(axis=1) < without.pv_kw.sum(axis=1)).all()
    roof, cover = weather.pv_kw[:, :, 0], weather.snow.covered_frac[:, :, 0]
    np.testing.assert_array_equal(roof[cover > 0.0], 0.0)
    np.testing.assert_array_equal(roof[cover == 0.0], without.pv_kw[:, :, 0][cover == 0.0])
    lying, cover = weather.pv_kw[:, :, 1], weather.snow.covered_frac[:, :, 1]
    touched = (cover > 0.0) & (cover < 2.0 / 3.0) & (without.pv_kw[:, :, 1] > 1.0)
    assert touched.any()
    assert (lying[touched] > 0.0).all()


@pytest.mark.parametrize("fall", [FALL | {"probability": 0.0}, FALL | {"depth_median_cm": 11.0}], ids=["none", "thin"])
def test_where_none_falls_or_too_little_an_hour_nothing_is_lost(fall: dict[str, Any]) -> None:
    without = sample_weather(small(**WINTER), SOME, 1)
    np.testing.assert_array_equal(sample_weather(snowed(fall), SOME, 1).pv_kw, without.pv_kw)


def test_snow_of_any_month_counts() -> None:
    april = {
        "period": WINTER["period"] | {"start": "2026-04-06"},
        "hazard": {"start": "2026-04-07T06:00"},
    }
    bare, weather = (sample_weather(spec, SOME, 1) for spec in (small(**(WINTER | april)), snowed(SURE, **april)))
    assert (weather.pv_kw.sum(axis=1) < bare.pv_kw.sum(axis=1)).all()


def test_a_day_of_snow_alone_gives_no_power_and_the_paper_s_numbers_can_be_set() -> None:
    long = FALL | {"duration_median_h": 48.0, "depth_median_cm": 96.0}
    assert sample_weather(snowed(long), SOME, 1).pv_kw[:, 60:156].max() == 0.0
    for snow in ({"cover_cm_per_h": 2.1}, {"slide_frac_per_h": 1e3, "can_slide_w_per_m2_c": -1e-9}):
        assert sample_weather(snowed(long, snow), SOME, 1).pv_kw[:, 156:].max() > 0.0
    assert sample_weather(snowed(long, {"cover_cm_per_h": 2.1}), SOME, 1).pv_kw[:, 60:156].max() > 0.0


def test_what_slides_off_on_average_is_the_share_of_weather_in_which_it_slides() -> None:
    """Half of all temperatures lie above the mean; with sun of 80 W/m2 those down to 1 C below it do, too."""
    spec = snowed()
    part = spec.pvs[0].part
    usual_c, spread_c = np.array([0.0, 0.0, -3.0]), np.array([2.0, 0.0, 0.0])
    skies = (np.array([0.25, 0.75]), np.array([[0.0, 0.0, 0.0], [0.08, 0.08, 0.4]]))
    slid = expected_slid_frac(spec, part, skies, usual_c, spread_c) / (0.197 * 0.5 * 0.5)
    np.testing.assert_allclose(slid, [0.25 * 0.5 + 0.75 * 0.69146, 0.75, 0.75], rtol=1e-4)


def test_links_are_closed_while_the_snow_falls_that_covers_the_panels() -> None:
    link = {"a": "depot", "b": "hub", "length_km": 30.0}
    spec = snowed(
        SPREAD | {"again_prob_per_day": 0.5}, road_link={"low": link | {"closed_in_snow": True}, "high": link}
    )
    falls, links = sample_falls(spec, SOME, 1), sample_roads(spec, SOME, 1)
    assert falls is not None
    assert links is not None
    hours = np.arange(0.0, 96.0, 0.5)
    for s in range(len(SOME)):
        roads = Roads(spec, links, s)
        falling = ((falls.start_h[s, :, None] <= hours) & (hours < falls.end_h[s, :, None])).any(axis=0)
        assert [roads.passable(0, 20.0, float(hour)) for hour in hours] == (~falling).tolist()
        assert all(roads.passable(1, 20.0, float(hour)) for hour in hours)


def test_a_line_comes_down_with_its_fall_or_not_at_all() -> None:
    outage = {"kind": "distribution", "distribution": "exponential", "mean_h": 48.0, "start_window_h": 6.0}
    spec = snowed(SPREAD | {"probability": 0.6}, feeder={"north": {"outage": {"wet": outage | {"with_fall": "first"}}}})
    falls, outages = sample_falls(spec, MANY, 1), sample_outages(spec, MANY, 1)
    assert falls is not None
    begin, came = falls.start_h[:, 0], np.isfinite(falls.start_h[:, 0])
    np.testing.assert_array_equal(np.isfinite(outages.start_h[:, 0, 0]), came)
    after_h = outages.start_h[came, 0, 0] - begin[came]
    assert 0.0 <= after_h.min() < 0.5 < 5.5 < after_h.max() < 6.0
