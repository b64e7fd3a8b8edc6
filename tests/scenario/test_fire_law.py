"""The fire law: how much fuel a building may store under which permit; hand-worked shares."""

from __future__ import annotations

import pytest

from simulation.errors import ScenarioError
from simulation.scenario.fire_law import designated_share, wrong_stores
from simulation.scenario.fuel_tank import FuelTank
from simulation.scenario.load import load


def tank(fuel: str, capacity_l: float, permit: str = "notice") -> FuelTank:
    return FuelTank.model_validate({"fuel": fuel, "capacity_l": capacity_l, "permit": permit})


@pytest.mark.parametrize(
    ("fuel", "designated_l"), [("petrol", 200.0), ("diesel", 1_000.0), ("kerosene", 1_000.0), ("heavy_oil", 2_000.0)]
)
def test_a_notice_suffices_below_the_designated_quantity_only(fuel: str, designated_l: float) -> None:
    assert wrong_stores({"t": tank(fuel, 0.99 * designated_l)}) == []
    assert len(wrong_stores({"t": tank(fuel, designated_l)})) == 1
    assert wrong_stores({"t": tank(fuel, 0.19 * designated_l, "none")}) == []
    assert len(wrong_stores({"t": tank(fuel, 0.2 * designated_l, "none")})) == 1
    assert wrong_stores({"t": tank(fuel, 50.0 * designated_l, "full")}) == []


def test_stores_of_several_fuels_count_by_the_sum_of_their_shares() -> None:
    both = {"cans": tank("petrol", 120.0), "drum": tank("diesel", 450.0)}
    assert designated_share(both) == pytest.approx(1.05)
    assert "together 1.05 of the designated quantity" in wrong_stores(both)[0]
    assert wrong_stores({**both, "drum": tank("diesel", 350.0)}) == []


def test_bottled_gas_and_what_has_a_full_permit_do_not_count() -> None:
    assert wrong_stores({"site": tank("diesel", 950.0), "gas": tank("lpg", 5_000.0)}) == []
    assert wrong_stores({"site": tank("diesel", 950.0), "main": tank("petrol", 10_000.0, "full")}) == []


def test_a_building_that_stores_too_much_is_refused_on_loading() -> None:
    with pytest.raises(ScenarioError, match=r"together 1\.2 of the designated quantity"):
        load("mihama", {"building.station.fuel_tank.site.capacity_l": 1_200})


def test_the_tank_of_mihama_gets_by_with_a_notice_beside_the_reserve_of_the_petrol_station() -> None:
    """950 of 1,000 L; the 3,600 L next door stand under a full permit, and would be too much under the same notice."""
    tanks = load("mihama").building["station"].fuel_tank
    assert {name: tank.permit for name, tank in tanks.items()} == {"site": "notice", "reserve": "full"}
    assert designated_share({"site": tanks["site"]}) == 0.95
    assert wrong_stores(tanks) == []
    with pytest.raises(ScenarioError, match=r"together 4\.55 of the designated quantity"):
        load("mihama", {"building.station.fuel_tank.reserve.permit": "notice"})
