"""[snow]: what is wrong in it is told by the name of its field."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from simulation.scenario.spec import Spec
from tests.draws.small import small

FALL: dict[str, Any] = {"duration_median_h": 12.0, "depth_median_cm": 30.0}
ROOF = {"pv": {"roof": {"rated_kw": 10.0}}}


def snowed(fall: dict[str, Any] = FALL, **changes: Any) -> Spec:
    return small(**({"hub": ROOF, "snow": {"fall": {"first": fall}}} | changes))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("duration_median_h", 0.0),
        ("depth_median_cm", -1.0),
        ("depth_sigma", -0.1),
        ("start_window_h", -1.0),
        ("probability", 1.5),
        ("again_prob_per_day", 2.0),
        ("begins_after_h", float("nan")),
        ("start", "2026-08-04T03:00+09:00"),
        ("depth_cm", 3.0),
    ],
)
def test_a_wrong_fall_is_told_by_its_field(field: str, value: object) -> None:
    with pytest.raises(ValidationError, match=rf"snow\.fall\.first\.{field}"):
        snowed(FALL | {field: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [("cover_cm_per_h", 0.0), ("can_slide_w_per_m2_c", 80.0), ("slide_frac_per_h", -0.1), ("fall", {})],
)
def test_a_wrong_cover_is_told_by_its_field(field: str, value: object) -> None:
    with pytest.raises(ValidationError, match=rf"snow\.{field}"):
        snowed(snow={"fall": {"first": FALL}} | {field: value})


@pytest.mark.parametrize(("field", "value"), [("strings_up_slope", 0), ("snow_loss_months", (13,))])
def test_a_wrong_array_is_told_by_its_field(field: str, value: object) -> None:
    with pytest.raises(ValidationError, match=rf"building\.hub\.pv\.roof\.{field}"):
        snowed(hub={"pv": {"roof": {"rated_kw": 10.0, field: value}}})


def test_a_fall_needs_a_start_within_the_period() -> None:
    with pytest.raises(ValidationError, match=r"snow.fall.first: no start here and no \[hazard\]"):
        snowed(hazard=None)
    legal = r"snow.fall.first.begins_after_h: -28 h after hour 27 of the period; legal: from -27 to below 45"
    with pytest.raises(ValidationError, match=legal):
        snowed(FALL | {"begins_after_h": -28.0})
    with pytest.raises(ValidationError, match=r"snow.fall.first.begins_after_h: 0 h after hour 72"):
        snowed(FALL | {"start": "2026-08-06T00:00"})
    assert snowed(FALL | {"start": "2026-08-05T00:00"}, hazard=None).snow


def test_snow_is_not_counted_twice() -> None:
    roof = {"pv": {"roof": {"rated_kw": 10.0, "snow_loss_frac": 0.5}}}
    with pytest.raises(ValidationError, match=r"building.hub.pv.roof.snow_loss_frac: 0.5 beside a \[snow\] table"):
        snowed(hub=roof)
    assert small(hub=roof).pvs[0].part.snow_loss_months == (12, 1, 2)


def test_what_waits_for_snow_needs_some() -> None:
    link = {"low": {"a": "depot", "b": "hub", "length_km": 5.0, "closed_in_snow": True}}
    with pytest.raises(ValidationError, match=r"road_link.low.closed_in_snow: true without a \[snow\] table"):
        small(road_link=link)
    outage = {"kind": "distribution", "distribution": "exponential", "mean_h": 9.0, "with_fall": "last"}
    with pytest.raises(ValidationError, match=r"outage.wet.with_fall: no \[snow.fall.last\]; there are: first"):
        snowed(feeder={"north": {"outage": {"wet": outage}}})
    both = outage | {"with_fall": "first", "start": "2026-08-04T00:00"}
    with pytest.raises(ValidationError, match="outage.wet.with_fall: start and with_fall both given"):
        snowed(feeder={"north": {"outage": {"wet": both}}})
