"""Services and sums for people in cars, on devices, and with things in store: known answers from event runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulation.events.trajectory import Trajectory
from simulation.metrics.people import people
from simulation.metrics.services import services
from simulation.metrics.survival import Service
from simulation.scenario.spec import Spec
from tests.events.worlds import GRID, LOAD, Hands, area

HALL = "hub.shelter.hall"
STRIKE = {"start": "2019-09-09T03:00"}
ROOM: dict[str, Any] = {
    "floor_area_m2": 350.0,  # 100 places
    "peak_people": 100.0,
    "cars": {"places": 20.0},
    "group": {"infants": {"share_frac": 0.05}, "devices": {"share_frac": 0.02, "power_kw_per_person": 0.3}},
    "item": {
        "rice": {"persons": 140.0, "days": 1.0},
        "formula": {"persons": 7.0, "days": 1.5, "group": "infants"},
        "blankets": {"persons": 100.0, "kind": "lent"},
    },
}


def _play() -> tuple[Spec, Trajectory]:
    """150 people want a place from hour 3 on: 100 on the floor, 40 in cars; the grid is lost from hour 12 to 24."""
    building = {"hub": {"title": "Hub", "grid": GRID, "load": {"all": LOAD}, "shelter": {"hall": ROOM}}}
    spec = area(building, days=2, hazard=STRIKE)
    hands = Hands(spec).outage(12.0, 24.0)
    hands.wanting[0, 6:, 0] = 150.0
    return spec, hands.play()


@pytest.fixture(scope="module")
def played() -> tuple[Spec, Trajectory]:
    return _play()


def _service(played: tuple[Spec, Trajectory], name: str) -> Service:
    return next(service for service in services(*played) if service.name == name)


def _person_h(service: Service) -> float:
    assert service.unserved_person_h is not None
    return float(service.unserved_person_h.sum())


@pytest.mark.parametrize(
    ("name", "person_h"),
    [
        (HALL, 10.0 * 45.0),  # turned away for all of the 45 h
        (f"{HALL}.item.rice", 140.0 * (45.0 - 24.0)),
        (f"{HALL}.item.formula", 7.0 * (45.0 - 36.0)),
        (f"{HALL}.item.blankets", 40.0 * 45.0),
        (f"{HALL}.devices", 2.8 * 12.0),  # 2 % of those present, while it is dark
    ],
)
def test_person_hours_without(played: tuple[Spec, Trajectory], name: str, person_h: float) -> None:
    assert _person_h(_service(played, name)) == pytest.approx(person_h)


def test_an_item_goes_short_when_it_is_at_an_end(played: tuple[Spec, Trajectory]) -> None:
    rice = _service(played, f"{HALL}.item.rice").interruptions
    assert [float(hour) for hour in rice.start_h] == pytest.approx([27.0])


def test_people_add_up_to_those_who_want_a_place(played: tuple[Spec, Trajectory]) -> None:
    found = people(*played)
    parts = ("sheltered_person_days", "in_cars_person_days", "turned_away_person_days")
    assert sum(found[f"{part}[{HALL}]"].values[0] for part in parts) == pytest.approx(150.0 * 45.0 / 24.0)
    assert found[f"in_cars_peak_people[{HALL}]"].values[0] == 40.0
    assert found[f"without_person_days[{HALL}.item.rice]"].values[0] == pytest.approx(140.0 * 21.0 / 24.0)


def test_what_is_lacking_is_never_more_than_what_is_used(played: tuple[Spec, Trajectory]) -> None:
    _, run = played
    for item in run.flows["item_people"].elements:
        assert (run.flow("without_item", item) <= run.flow("item_people", item) + 1e-9).all()
    assert np.all(run.flow("item_people", f"{HALL}.item.formula")[0, 6:] == 7.0)
