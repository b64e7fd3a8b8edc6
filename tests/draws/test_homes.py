"""People from damaged homes: as many as the drawn shaking drives out, shock by shock; shares and courses by hand."""

from __future__ import annotations

from math import exp, log, sqrt
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.special import ndtr

from simulation.draws.draws import Draws, sample
from simulation.draws.people import sample_evacuees
from simulation.draws.shaking import sample_shaking
from simulation.scenario.fragility import read_fragility
from simulation.scenario.spec import Spec
from tests.draws.small import small

STRUCK_H = 27.0
HOMES: dict[str, Any] = {"people": 1_000.0, "come_frac": 0.5}
EVEN: dict[str, Any] = {"median_g": 0.61, "between_sigma": 0.0, "within_sigma": 0.0}


def hall(homes: dict[str, Any] | None, shaking: dict[str, Any] | None, **evacuees: Any) -> Spec:
    people = evacuees if homes is None else evacuees | {"homes": homes}
    shelter = {"floor_area_m2": 500.0, "peak_people": 0.0, "evacuees": people}
    return small(hub={"shelter": {"hall": shelter}}, **({} if shaking is None else {"shaking": shaking}))


def by_hand(shaken_g: float) -> float:
    """Of 500 people: those of homes half collapsed but not destroyed, 50.3 %, and all of those destroyed."""
    half, destroyed = ndtr(log(shaken_g / 0.61) / 0.64), ndtr(log(shaken_g / 0.95) / 0.64)
    return 500.0 * ((half - destroyed) * 0.503 + destroyed)


def there(after_h: float) -> float:
    """Share there so long after the shock that damaged their homes, by the default times."""
    return (1.0 - exp(-after_h / 12.0)) * exp(-after_h / 1_073.0) if after_h > 0.0 else 0.0


def wanting(draws: Draws, hour: float) -> np.ndarray:
    return draws.arrival.wanting_people[:, int(2 * hour), 0]


def test_at_the_median_of_half_collapse_three_tenths_leave() -> None:
    """Half of the homes half collapsed or worse, 24.4 % destroyed: 0.256 * 0.503 + 0.244 = 37.3 % of the people."""
    assert by_hand(0.61) / 500.0 == pytest.approx(0.373, abs=5e-4)
    draws = sample(hall(HOMES, EVEN), 2)
    assert (draws.arrival.wanting_people[:, : int(2 * STRUCK_H) + 1] == 0.0).all()
    for after_h in (6.0, 32.0):
        assert wanting(draws, STRUCK_H + after_h) == pytest.approx(by_hand(0.61) * there(after_h))


def test_people_follow_the_shaking_of_their_own_draw() -> None:
    draws = sample(hall(HOMES, {"median_g": 0.5}), 12)
    assert draws.shaking is not None
    expected = [by_hand(float(g)) * there(20.0) for g in draws.shaking.site_g[:, 0, 0]]
    assert wanting(draws, STRUCK_H + 20.0) == pytest.approx(expected)
    assert max(expected) > 2.0 * min(expected)


def test_more_shaking_drives_more_people_out_in_every_draw() -> None:
    """Stronger by the whole earthquake, or by the ground of the shelter's own site."""
    usual = wanting(sample(hall(HOMES, {"median_g": 0.4}), 20), 40.0)
    harder = wanting(sample(hall(HOMES, {"median_g": 0.5}), 20), 40.0)
    softer_ground = wanting(sample(hall(HOMES, {"median_g": 0.4, "site": {"hub": {"ground_factor": 1.25}}}), 20), 40.0)
    assert (usual > 0.0).all()
    assert (harder > usual).all()
    assert (softer_ground > usual).all()


def test_without_shaking_worth_the_name_nobody_comes() -> None:
    """So weak a shock, some 1e-9 g, stands for none: a site's shaking is lognormal and never quite zero."""
    draws = sample(hall(HOMES, {"median_g": 1e-9}), 5)
    assert draws.arrival.wanting_people == pytest.approx(0.0, abs=1e-99)
    assert draws.arrival.expected_people == pytest.approx(0.0, abs=1e-9)


def test_an_aftershock_drives_out_those_alone_whom_no_shock_before_did() -> None:
    weaker = EVEN | {"aftershock": {"b": {"after_h": 10.0, "median_g": 0.6}}}
    alone = sample(hall(HOMES, EVEN), 3).arrival
    np.testing.assert_allclose(sample(hall(HOMES, weaker), 3).arrival.wanting_people, alone.wanting_people)
    harder = EVEN | {"aftershock": {"b": {"after_h": 10.0, "median_g": 0.9}}}
    found = wanting(sample(hall(HOMES, harder), 3), STRUCK_H + 30.0)
    assert found == pytest.approx(by_hand(0.61) * there(30.0) + (by_hand(0.9) - by_hand(0.61)) * there(20.0))


def test_an_aftershock_that_does_not_come_drives_nobody_out() -> None:
    maybe = EVEN | {"aftershock": {"b": {"after_h": 10.0, "median_g": 0.9, "probability": 0.5}}}
    draws = sample(hall(HOMES, maybe), 40)
    assert draws.shaking is not None
    came = np.isfinite(draws.shaking.shock_h[:, 1])
    assert 5 < came.sum() < 35
    assert wanting(draws, 60.0)[~came] == pytest.approx(by_hand(0.61) * there(33.0))
    assert (wanting(draws, 60.0)[came] > 1.1 * by_hand(0.61) * there(33.0)).all()


def test_what_is_expected_is_the_mean_over_draws_and_does_not_depend_on_them() -> None:
    shaking = {
        "median_g": 0.4,
        "site": {"hub": {"ground_factor": 1.2}},
        "aftershock": {"b": {"after_h": 5.0, "window_h": 15.0, "probability": 0.6, "median_g": 0.35}},
    }
    spec = hall(HOMES, shaking, water_out_people=300.0)
    ids, part = np.arange(2_000), spec.shelters[0].part.evacuees
    assert part is not None
    drawn, mean = sample_evacuees(spec, "hub.shelter.hall", part, ids, 1, sample_shaking(spec, ids, 1))
    for hour in (30.0, 40.0, 55.0, 70.0):
        at = drawn[:, int(2 * hour)]
        assert abs(at.mean() - mean[int(2 * hour)]) < 3.0 * at.std() / sqrt(len(ids))
    np.testing.assert_array_equal(sample(spec, only=[7]).arrival.expected_people[:, 0], mean)


def test_homes_leave_every_other_draw_alone() -> None:
    shaking = {"median_g": 0.5, "fragility": {"building": "public_hall"}}
    without = sample(hall(None, shaking, water_out_people=900.0), 6)
    beside = sample(hall(HOMES, shaking, water_out_people=900.0), 6)
    only = sample(hall(HOMES, shaking), 6)
    assert without.shaking is not None
    assert beside.shaking is not None
    for name in ("shock_h", "site_g", "state", "mended_h"):
        np.testing.assert_array_equal(getattr(beside.shaking, name), getattr(without.shaking, name))
    np.testing.assert_array_equal(beside.demand.demand_kw, without.demand.demand_kw)
    added = beside.arrival.wanting_people - without.arrival.wanting_people
    np.testing.assert_allclose(added, only.arrival.wanting_people, atol=1e-9)
    np.testing.assert_array_equal(sample(hall(HOMES, shaking), only=[4]).arrival.wanting_people[0],
                                  only.arrival.wanting_people[4])  # fmt: skip


def test_who_leaves_a_home_is_what_tokyo_counts_with() -> None:
    states = read_fragility("wooden_home").state
    assert [(one.name, one.leaving_frac) for one in states] == [("half_collapsed", 0.503), ("destroyed", 1.0)]


@pytest.mark.parametrize(
    ("homes", "shaking", "constant", "words"),
    [
        (HOMES, None, {}, r"building\.hub\.shelter\.hall\.evacuees\.homes: their damage needs a \[shaking\] table"),
        (HOMES, EVEN, {"damaged_people": 80.0}, "damaged_people and homes both given"),
        (HOMES | {"fragility": "castle"}, EVEN, {}, "fragility 'castle'; legal, with people who leave: wooden_home"),
        (HOMES | {"fragility": "pump_plant"}, EVEN, {}, "fragility 'pump_plant'; legal, with people who leave"),
    ],
    ids=["nothing shakes", "counted twice", "unknown fragility", "nobody lives in a pump"],
)
def test_homes_that_nothing_damages_are_refused(
    homes: dict[str, Any], shaking: dict[str, Any] | None, constant: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        hall(homes, shaking, **constant)
