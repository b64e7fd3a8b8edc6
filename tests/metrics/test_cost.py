"""Cost by item, worked by hand."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from simulation.events.trajectory import EventRecord
from simulation.metrics import cost
from tests.metrics.trajectories import FLAT_TARIFF, during, made, two_buildings


def _values(spec, trajectory) -> dict[str, float]:
    return {name: float(quantity.values[0]) for name, quantity in cost.cash(spec, trajectory).items()}


def test_every_item_by_hand() -> None:
    spec = two_buildings()
    started = EventRecord(
        scenario=0, time_h=6.0, element="hub.genset.main", kind="genset_started", value=60.0, text="started"
    )
    trajectory = made(
        spec,
        {
            ("import_kw", "mall"): 100.0,
            ("import_kw", "hub"): during(spec, 0, 12, 40.0),
            ("export_kw", "mall"): during(spec, 20, 24, 10.0),
            ("genset_fuel_lph", "hub.genset.main"): during(spec, 12, 32, 12.0),
            ("discharge_kw", "hub.battery.li"): during(spec, 30, 34, 25.0),
        },
        events=(started, started),
    )
    found = _values(spec, trajectory)
    assert found["cost_energy_jpy"] == pytest.approx(20.0 * (2_400 + 240))
    assert found["cost_demand_jpy"] == pytest.approx(1_000.0 * (100 + 40))
    assert found["cost_fuel_jpy"] == pytest.approx(160.0 * 120)
    assert found["cost_starts_jpy"] == pytest.approx(2 * 500)
    assert found["income_export_jpy"] == pytest.approx(8.0 * 20)
    assert found["wear_jpy"] == pytest.approx(3.0 * 50)
    assert found["cost_jpy"] == pytest.approx(52_800 + 140_000 + 19_200 + 1_000 - 160)
    assert found["demand_charge_jpy_per_year"] == pytest.approx(12 * 140_000)


def test_bands_of_the_tariff_hold_by_the_wall_clock() -> None:
    """12 yen from 22 h to 8 h, 16 yen between: 10 and 14 hours at 100 kW."""
    bands = [{"jpy_per_kwh": 16.0, "from_hour": 8, "to_hour": 22}, {"jpy_per_kwh": 12.0}]
    spec = two_buildings(tariff={"flat": FLAT_TARIFF | {"band": bands}})
    found = _values(spec, made(spec, {("import_kw", "mall"): 100.0}))
    assert found["cost_energy_jpy"] == pytest.approx(100 * (14 * 16 + 10 * 12))


def test_one_meter_for_two_buildings_is_charged_on_their_sum() -> None:
    spec = two_buildings()
    shared = {
        name: building.model_copy(update={"grid": building.grid.model_copy(update={"meter": "one"})})
        for name, building in spec.building.items()
    }
    joined = spec.model_copy(update={"building": shared})
    flows = {("import_kw", "mall"): during(spec, 0, 4, 100.0), ("import_kw", "hub"): during(spec, 10, 14, 80.0)}
    assert _values(spec, made(spec, flows))["cost_demand_jpy"] == pytest.approx(180_000)
    assert _values(joined, made(joined, flows))["cost_demand_jpy"] == pytest.approx(100_000)


def test_every_month_that_is_touched_is_billed_and_the_ratchet_carries_over() -> None:
    spec = two_buildings(period={"start": datetime(2026, 8, 31), "days": 2}, hazard={"start": datetime(2026, 8, 31, 6)})
    august_higher = {("import_kw", "mall"): during(spec, 0, 48, 100.0) + during(spec, 48, 96, 60.0)}
    assert _values(spec, made(spec, august_higher))["cost_demand_jpy"] == pytest.approx(1_000 * (100 + 100))
    loose = spec.model_copy(update={"tariff": {"flat": spec.tariff["flat"].model_copy(update={"ratchet_months": 1})}})
    assert _values(loose, made(loose, august_higher))["cost_demand_jpy"] == pytest.approx(1_000 * (100 + 60))


def test_the_peak_so_far_is_the_least_that_is_billed() -> None:
    spec = two_buildings()
    mall = spec.building["mall"]
    before = mall.model_copy(update={"grid": mall.grid.model_copy(update={"peak_so_far_kw": 300.0})})
    spec = spec.model_copy(update={"building": {**spec.building, "mall": before}})
    found = _values(spec, made(spec, {("import_kw", "mall"): 100.0}))
    assert found["cost_demand_jpy"] == pytest.approx(300_000)


def test_billed_demand_by_hand() -> None:
    monthly = np.array([[50.0, 80.0, 60.0, 40.0]])
    np.testing.assert_array_equal(cost.billed_kw(monthly, 0.0, 1), [[50, 80, 60, 40]])
    np.testing.assert_array_equal(cost.billed_kw(monthly, 0.0, 2), [[50, 80, 80, 60]])
    np.testing.assert_array_equal(cost.billed_kw(monthly, 70.0, 12), [[70, 80, 80, 80]])
    np.testing.assert_array_equal(cost.billed_kw(monthly, 70.0, 3), [[70, 80, 80, 80]])


def test_lost_load_is_valued_by_tier_and_kept_out_of_the_cost() -> None:
    spec = two_buildings()
    trajectory = made(
        spec,
        {
            ("unserved_kw", "mall.critical"): during(spec, 0, 2, 5.0),
            ("unserved_kw", "mall.comfort"): during(spec, 0, 4, 50.0),
            ("water_use_unserved_m3ph", "hub.water_tank.tank.drinking"): during(spec, 0, 2, 0.5),
            ("vehicle_unserved_lph", "hub.fuel_tank.diesel"): during(spec, 0, 2, 20.0),
        },
    )
    found = {name: float(q.values[0]) for name, q in cost.lost(spec, trajectory).items()}
    assert found["lost_load_jpy[critical]"] == pytest.approx(5 * 10_000)
    assert found["lost_load_jpy[comfort]"] == pytest.approx(100 * 500)
    assert found["lost_water_jpy"] == pytest.approx(0.5 * 50_000)
    assert found["lost_vehicle_fuel_jpy"] == pytest.approx(20 * 1_000)
    assert found["lost_jpy"] == pytest.approx(50_000 + 50_000 + 25_000 + 20_000)
    assert _values(spec, trajectory)["cost_jpy"] == 0.0


def test_annuity_of_a_known_loan() -> None:
    """1,000 over 10 years at 5 %: 129.50 a year (any table of annuities)."""
    assert 1_000 * cost.annuity_factor(0.05, 10.0) == pytest.approx(129.5046, abs=1e-4)
    assert cost.annuity_factor(0.0, 8.0) == 0.125


def test_capital_is_what_was_paid_or_else_size_times_price() -> None:
    """The battery of the hub: 100 kWh at 200,000 yen unless a price is given, 15 years at 3 %."""
    spec = two_buildings()
    trajectory = made(spec, {})
    by_size = cost.yearly(spec, trajectory, np.zeros(1))
    assert by_size["capital_jpy_per_year"].values[0] == pytest.approx(20e6 * cost.annuity_factor(0.03, 15.0))
    assert by_size["upkeep_jpy_per_year"].values[0] == pytest.approx(0.02 * 20e6)
    hub = spec.building["hub"].model_dump(exclude_unset=True)
    hub["battery"]["li"]["capital_jpy"] = 6e6
    hub["toilet"] = {"rented": {"kind": "pit", "number": 4, "capacity_l": 360, "capital_jpy": 1e6}}
    hub["shower"] = {"bath": {"wanted_per_day": 9, "store_kwh": 9, "capital_jpy": 1e6}}
    mall = spec.building["mall"].model_dump(exclude_unset=True)
    paid = cost.yearly(two_buildings(building={"mall": mall, "hub": hub}), trajectory, np.zeros(1))
    assert paid["upkeep_jpy_per_year"].values[0] == pytest.approx(0.02 * 8e6)


def test_a_disaster_costs_its_share_of_a_year() -> None:
    spec = two_buildings(money={"disasters_per_year": 0.1})
    found = cost.yearly(spec, made(spec, {}), np.array([5e6]))
    assert found["disaster_loss_jpy_per_year"].values[0] == pytest.approx(5e5)
