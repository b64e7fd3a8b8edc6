"""Plans of water per person by name: their steps, their sums, and what may not stand beside them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from simulation.scenario.building import Building
from simulation.scenario.shelter import Shelter
from simulation.scenario.water import WaterTank
from simulation.scenario.water_use import LostWater
from tests.events.worlds import area


def _shelter(**fields: object) -> Shelter:
    return Shelter.model_validate({"floor_area_m2": 10.0, "peak_people": 1.0, **fields})


def _litres(shelter: Shelter, days: float) -> float:
    """Water of one person over so many days from the strike [L]."""
    edges = [*(min(step.from_day, days) for step in shelter.water_step), days]
    return sum(
        step.l_per_person_day * (until - since)
        for step, since, until in zip(shelter.water_step, edges, edges[1:], strict=False)
    )


@pytest.mark.parametrize(
    ("plan", "days", "litres"),
    [("fujinomiya", 3, 9.0), ("fujinomiya", 7, 89.0), ("fujinomiya", 8, 189.0), ("fdma", 3, 9.0), ("fdma", 21, 351.0)],
)
def test_a_plan_sums_to_the_litres_that_its_source_names(plan: str, days: int, litres: float) -> None:
    assert _litres(_shelter(water_plan=plan), days) == litres


def test_without_a_plan_the_steps_are_those_written_or_the_default() -> None:
    assert [step.l_per_person_day for step in _shelter().water_step] == [3, 20]
    own = _shelter(water_step=[{"from_day": 0, "l_per_person_day": 5}])
    assert [step.l_per_person_day for step in own.water_step] == [5]


def test_a_shelter_with_a_plan_survives_writing_and_reading() -> None:
    planned = _shelter(water_plan="fdma")
    assert Shelter.model_validate(planned.model_dump()) == planned


def test_an_unknown_plan_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValidationError, match="legal: fdma, fujinomiya"):
        _shelter(water_plan="sphere")


def test_a_plan_and_other_steps_are_refused() -> None:
    with pytest.raises(ValidationError, match="legal: one of them"):
        _shelter(water_plan="fdma", water_step=[{"from_day": 0, "l_per_person_day": 3}])


@pytest.mark.parametrize(
    ("plan", "day", "litres"),
    [
        ("fujinomiya", 0, (3, 0, 0, 0, 0)),
        ("fujinomiya", 3, (3, 3, 4, 10, 0)),
        ("fujinomiya", 7, (3, 6, 6, 30, 55)),
        ("fdma", 7, (3, 3, 4, 0, 0)),
        ("fdma", 10, (3, 3, 4, 10, 0)),
    ],
)
def test_a_plan_steps_up_use_by_use(plan: str, day: int, litres: tuple[float, ...]) -> None:
    assert dict(_shelter(water_plan=plan).steps_by_use)[day] == litres


def test_a_step_without_uses_fills_them_in_their_order() -> None:
    assert [need for _, need in _shelter().steps_by_use] == [(3, 0, 0, 0, 0), (3, 3, 4, 10, 0)]
    assert _shelter(flushing_l_per_person_day=6.0).steps_by_use[1][1] == (3, 3, 4, 6, 4)


def test_a_sum_beside_uses_that_do_not_add_up_to_it_is_refused() -> None:
    step = {"from_day": 0, "l_per_person_day": 20, "use_l_per_person_day": {"drinking": 3}}
    with pytest.raises(ValidationError, match="l_per_person_day 20 beside uses of 3; legal: their sum"):
        _shelter(water_step=[step])


@pytest.mark.parametrize(
    ("tank", "words"),
    [
        ({"stops_below_frac": {"drinking": 0.2, "bath": 0.1}}, "none above that of a less precious use"),
        ({"stops_below_frac": {"bath": 0.5}, "resumes_above_frac": 0.0}, "legal: above 0, and within the tank"),
        ({"stops_below_frac": {"bath": 0.5}, "resumes_above_frac": 0.6}, "legal: above 0, and within the tank"),
        ({"roof": {"area_m2": 10.0}}, "legal: rainwater in a non_potable tank"),
        ({"quality": "non_potable", "daily_use_m3": 1.0, "daily_use_for": "drinking"}, "legal: flushing"),
    ],
)
def test_a_tank_that_cannot_be_is_refused(tank: dict, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        WaterTank.model_validate({"capacity_m3": 10.0, **tank})


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"shelter": {"water_tank": "rain"}}, "shelter.hall.water_tank: water_tank 'rain' is non_potable"),
        ({"shelter": {"flushing_tank": "main"}}, "shelter.hall.flushing_tank: water_tank 'main' is potable"),
        ({"treatment": {"tank": "rain"}}, "treatment.unit.tank: water_tank 'rain' is non_potable"),
        ({"treatment": {"raw_tank": "main"}}, "treatment.unit.raw_tank: water_tank 'main' is potable"),
        ({"treatment": {"raw_tank": "lake"}}, "treatment.unit.raw_tank: no water_tank 'lake' here"),
    ],
)
def test_water_goes_only_where_its_quality_allows(parts: dict, words: str) -> None:
    tanks = {"main": {"capacity_m3": 9.0}, "rain": {"capacity_m3": 9.0, "quality": "non_potable"}}
    unit = {"tank": "main", "rated_m3ph": 1.0, "kwh_per_m3": 1.0, **parts.get("treatment", {})}
    hall = {"floor_area_m2": 10.0, "peak_people": 1.0, **parts.get("shelter", {})}
    with pytest.raises(ValidationError, match=words):
        Building.model_validate({"water_tank": tanks, "treatment": {"unit": unit}, "shelter": {"hall": hall}})


def test_a_roof_without_rain_is_refused_where_the_climate_has_none() -> None:
    tank = {"capacity_m3": 9.0, "quality": "non_potable", "roof": {"area_m2": 10.0}}
    place = {"latitude_deg": 35.6, "longitude_deg": 140.1, "climate": "yokkaichi"}
    with pytest.raises(ValidationError, match="climate yokkaichi has no rain; legal: rain_mm_per_day"):
        area({"hub": {"water_tank": {"r": tank}}}, place=place)


def test_values_of_lost_water_that_rise_are_refused() -> None:
    with pytest.raises(ValidationError, match="legal: falling from drinking to cooking"):
        LostWater(bath_jpy_per_m3=20_000.0)
