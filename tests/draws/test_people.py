"""Evacuees by cause, stranded visitors, staff: their courses by hand, their chances, their expectations."""

from __future__ import annotations

from math import exp
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from simulation.draws.arrival import ArrivalDraws, sample_arrivals
from simulation.draws.draws import sample
from simulation.errors import ScenarioError
from simulation.scenario.spec import Spec
from tests.draws.small import small

STRUCK = 54  # the step at which it strikes, after 27 h
BARE: dict[str, Any] = {"floor_area_m2": 500.0, "peak_people": 0.0}
EVEN = {"damaged_sigma": 0.0, "water_sigma": 0.0}
ROAD = {"closed_prob": 0.6, "closed_median_h": 12.0, "closed_sigma": 0.5}


def hall(strike: str = "2026-08-04T03:00", road: dict[str, Any] | None = None, **changes: Any) -> Spec:
    tables: dict[str, Any] = {"road": {"trunk": road}} if road else {}
    return small(hub={"shelter": {"hall": BARE | changes}}, hazard={"start": strike}, **tables)


def drawn(spec: Spec, n: int = 1, seed: int = 1) -> ArrivalDraws:
    return sample_arrivals(spec, np.arange(n), seed)


def test_evacuees_are_a_slowly_decaying_part_and_one_in_step_with_the_water() -> None:
    """6 h after the strike: (1 - e^-0.5) (100 e^(-6/600) + 4000 * 0.05 * exp(-(6/552)^0.46)) people."""
    evacuees = EVEN | {
        "damaged_people": 100.0,
        "damaged_stay_h": 600.0,
        "water_out_people": 4_000.0,
        "water_out_frac": 0.05,
        "water_preset": "noto_water_weibull",
    }
    people = drawn(hall(evacuees=evacuees)).wanting_people[0, :, 0]
    assert (people[: STRUCK + 1] == 0.0).all()
    for after_h in (6.0, 32.0):
        still_out = exp(-((after_h / 552.0) ** 0.46))
        by_hand = (1.0 - exp(-after_h / 12.0)) * (100.0 * exp(-after_h / 600.0) + 200.0 * still_out)
        assert people[STRUCK + int(2 * after_h)] == pytest.approx(by_hand)


def test_evacuees_jump_within_6_to_32_hours_then_decay_with_the_water() -> None:
    evacuees = EVEN | {"water_out_people": 1_000.0, "water_preset": "kumamoto_2016_water_weibull"}
    people = drawn(hall(evacuees=evacuees)).wanting_people[0, :, 0]
    assert 6.0 <= (people.argmax() - STRUCK) / 2 <= 32.0
    assert people[-1] < people.max()


@pytest.mark.parametrize(
    ("strike", "there"),
    [("2026-08-04T14:00", 160.0), ("2026-08-04T03:00", 20.0), ("2026-08-05T13:00", 200.0)],
    ids=["Tuesday afternoon", "Tuesday night", "Wednesday noon"],
)
def test_visitors_are_those_of_the_hour(strike: str, there: float) -> None:
    spec = hall(strike, visitors={"busiest_people": 400.0, "sigma": 0.0})
    people = drawn(spec).wanting_people[0, :, 0]
    assert people.max() == pytest.approx(there)


def test_a_holiday_fills_the_station() -> None:
    """11 August 2026 is Mountain Day, a Tuesday: at 13 h all are there, on the Tuesday before half as many."""
    found = []
    for day in ("2026-08-04", "2026-08-11"):
        spec = small(
            hub={"shelter": {"hall": BARE | {"visitors": {"busiest_people": 400.0, "sigma": 0.0}}}},
            hazard={"start": f"{day}T13:00"},
            period={"start": day, "days": 1},
        )
        found.append(drawn(spec).wanting_people.max())
    assert found == pytest.approx([200.0, 400.0])


def test_visitors_leave_once_their_road_is_open() -> None:
    """Closed for exactly 12 h, then a twelfth of e-folding an hour."""
    road = {"closed_prob": 1.0, "closed_median_h": 12.0, "closed_sigma": 0.0}
    spec = hall("2026-08-04T12:00", road, visitors={"busiest_people": 100.0, "sigma": 0.0, "road": "trunk"})
    draws = drawn(spec)
    people = draws.wanting_people[0, :, 0]
    assert people[72:97].tolist() == pytest.approx([50.0] * 25)
    assert people[96 + 24] == pytest.approx(50.0 / np.e)
    assert draws.stranded_people is not None
    np.testing.assert_array_equal(draws.stranded_people[0, :, 0], people)
    np.testing.assert_allclose(draws.expected_people[:, 0], people)


def test_what_is_expected_is_the_mean_over_draws() -> None:
    n = 2_000
    spec = hall(
        "2026-08-04T12:00",
        ROAD,
        staff_people=8.0,
        evacuees={"damaged_people": 60.0, "water_out_people": 900.0},
        visitors={"busiest_people": 300.0, "road": "trunk"},
    )
    draws = drawn(spec, n, 3)
    for step in (80, 100, 140):
        at = draws.wanting_people[:, step, 0]
        assert abs(at.mean() - draws.expected_people[step, 0]) < 3.0 * at.std() / np.sqrt(n)


def test_new_people_leave_the_draw_of_the_others_alone() -> None:
    ids = np.arange(20)
    before = sample_arrivals(hall(peak_people=100.0), ids, 1).wanting_people
    after = sample_arrivals(hall(peak_people=100.0, staff_people=5.0, visitors={"busiest_people": 40.0}), ids, 1)
    assert after.stranded_people is not None
    on_duty = 5.0 * (np.arange(before.shape[1]) >= STRUCK)
    np.testing.assert_allclose(
        after.wanting_people[:, :, 0] - after.stranded_people[:, :, 0] - on_duty, before[:, :, 0]
    )
    some = sample_arrivals(hall(peak_people=100.0, staff_people=5.0, visitors={"busiest_people": 40.0}), ids[[7, 3]], 1)
    np.testing.assert_array_equal(some.wanting_people, after.wanting_people[[7, 3]])


def test_what_leads_nowhere_is_refused() -> None:
    with pytest.raises(ValidationError, match="no group 'infants' here; there are: elders"):
        hall(group={"elders": {"share_frac": 0.3}}, item={"formula": {"persons": 10, "group": "infants"}})
    with pytest.raises(ValidationError, match="water_preset 'nowhere'"):
        hall(evacuees={"water_preset": "nowhere"})
    with pytest.raises(ValidationError, match="archetype 'castle'"):
        hall(visitors={"busiest_people": 1.0, "archetype": "castle"})
    with pytest.raises(ScenarioError, match=r"visitors\.road"):
        drawn(hall(visitors={"busiest_people": 1.0, "road": "trunk"}))


LINKS = {
    "short": {
        "a": "home",
        "b": "hub",
        "length_km": 10,
        "closed_prob": 1.0,
        "clearing_median_h": 20.0,
        "clearing_sigma": 0.0,
    },
    "long": {
        "a": "home",
        "b": "hub",
        "length_km": 40,
        "closed_prob": 1.0,
        "clearing_median_h": 8.0,
        "clearing_sigma": 0.0,
    },
}


def test_visitors_go_home_by_the_first_way_that_opens() -> None:
    """Both ways are blocked, the long one is cleared first, 8 h after the strike."""
    visitors = {"busiest_people": 100.0, "sigma": 0.0, "towards": "home", "leave_h": 5.0}
    spec = small(
        hub={"shelter": {"hall": BARE | {"visitors": visitors}}},
        hazard={"start": "2026-08-04T12:00"},
        road_link=LINKS,
        road_works={"begins_after_h": 0.0},
    )
    draws = sample(spec, 2)
    people = draws.arrival.wanting_people[0, :, 0]
    assert people[72 : 72 + 17] == pytest.approx([50.0] * 17)
    assert people[72 + 26] == pytest.approx(50.0 / np.e)
    np.testing.assert_allclose(draws.arrival.expected_people[:, 0], people)
    np.testing.assert_array_equal(draws.arrival.wanting_people[1, :, 0], people)


def test_what_is_expected_by_the_road_graph_does_not_depend_on_what_is_played() -> None:
    links = {name: link | {"closed_prob": 0.5, "clearing_sigma": 0.5} for name, link in LINKS.items()}
    spec = small(
        hub={"shelter": {"hall": BARE | {"visitors": {"busiest_people": 100.0, "towards": "home"}}}},
        hazard={"start": "2026-08-04T12:00"},
        road_link=links,
    )
    all_of_them, two = sample(spec, 6), sample(spec, only=[5, 1])
    np.testing.assert_array_equal(all_of_them.arrival.expected_people, two.arrival.expected_people)
    np.testing.assert_array_equal(all_of_them.arrival.wanting_people[[5, 1]], two.arrival.wanting_people)
