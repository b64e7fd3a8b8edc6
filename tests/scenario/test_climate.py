"""Climates: the published months, and faults that say what is legal."""

from __future__ import annotations

import calendar

import pytest
from pydantic import ValidationError

from simulation.errors import ScenarioError
from simulation.scenario.climate import Climate, read_climate
from simulation.scenario.preset import preset_names

# From the solar files of pyhees: yearly irradiation on a plane 10 degrees to the south [kWh/m2], mean temperature [C].
PUBLISHED = {"imajo": (1161.0, 12.6), "kasumi": (1182.0, 14.4), "yokkaichi": (1435.0, 15.0)}


@pytest.mark.parametrize("name", preset_names("climate"))
def test_the_months_add_up_to_the_published_year(name: str) -> None:
    climate = read_climate(name)
    days = [calendar.monthrange(2026, month)[1] for month in range(1, 13)]
    year = sum(a * b for a, b in zip(climate.plane_10_kwh_per_m2_day, days, strict=True))
    assert year == pytest.approx(PUBLISHED[name][0], rel=0.003)
    assert climate.mean_c == PUBLISHED[name][1]


@pytest.mark.parametrize("name", preset_names("climate"))
def test_every_climate_says_where_it_comes_from_and_what_is_assumed(name: str) -> None:
    climate = read_climate(name)
    assert "pyhees" in climate.source
    assert "swing" in climate.assumption


def test_an_unknown_climate_is_refused_with_the_list() -> None:
    with pytest.raises(ScenarioError, match=r"'atlantis'; legal: imajo, kasumi, yokkaichi"):
        read_climate("atlantis")


@pytest.mark.parametrize(
    "change", [{"plane_10_kwh_per_m2_day": (3.0,) * 11}, {"darkest_frac": 1.0, "brightest_frac": 0.9}, {"sunny": True}]
)
def test_impossible_climates_are_refused(change: dict) -> None:
    with pytest.raises(ValidationError):
        Climate.model_validate(read_climate("imajo").model_dump() | change)
