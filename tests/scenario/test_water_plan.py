"""Plans of water per person by name: their steps, their sums, and what may not stand beside them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from simulation.scenario.shelter import Shelter


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
