"""Energy, peaks, exchange, CO2 and unserved load, worked by hand."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from simulation.metrics import power
from tests.metrics.trajectories import during, made, two_buildings


def _values(quantities: dict) -> dict[str, float]:
    return {name: float(quantity.values[0]) for name, quantity in quantities.items()}


def test_self_sufficiency_is_what_the_grid_did_not_bring() -> None:
    spec = two_buildings()
    flows = {
        ("demand_kw", "hub.critical"): 40.0,
        ("unserved_kw", "hub.critical"): during(spec, 0, 12, 40.0),
        ("import_kw", "hub"): during(spec, 12, 24, 40.0),
    }
    found = _values(power.energy(spec, made(spec, flows)))
    assert found["demand_kwh"] == pytest.approx(960)
    assert found["import_kwh"] == pytest.approx(240)
    assert found["self_sufficiency_frac"] == pytest.approx(1 - 240 / 720)


def test_energy_drawn_to_be_kept_is_not_used_yet() -> None:
    spec = two_buildings()
    flows = {("demand_kw", "hub.critical"): 40.0, ("import_kw", "hub"): 40.0}
    full = {("battery_kwh", "hub.battery.li"): np.linspace(0.0, 96.0, spec.clock.n_steps + 1)}
    assert _values(power.energy(spec, made(spec, flows)))["self_sufficiency_frac"] == pytest.approx(0.0)
    assert _values(power.energy(spec, made(spec, flows | full)))["self_sufficiency_frac"] == pytest.approx(0.1)


def test_load_that_still_waits_was_not_served() -> None:
    spec = two_buildings()
    waiting = np.linspace(0.0, 100.0, spec.clock.n_steps + 1)
    flows = {("demand_kw", "hub.deferrable"): 40.0, ("backlog_kwh", "hub"): waiting}
    assert power.served_kwh(made(spec, flows))[0] == pytest.approx(960 - 100)


def test_what_rounding_left_of_a_difference_is_no_energy() -> None:
    spec = two_buildings()
    flows = {("demand_kw", "hub.critical"): 40.0, ("unserved_kw", "hub.critical"): during(spec, 3, 4, 1e-14)}
    assert _values(power.unserved(spec, made(spec, flows)))["unserved_kwh[hub.critical]"] == 0.0


def test_nothing_served_is_no_division_by_zero() -> None:
    spec = two_buildings()
    assert _values(power.energy(spec, made(spec, {})))["self_sufficiency_frac"] == 0.0


def test_peaks_that_do_not_coincide() -> None:
    spec = two_buildings()
    flows = {("import_kw", "mall"): during(spec, 0, 4, 100.0), ("import_kw", "hub"): during(spec, 10, 14, 80.0)}
    found = _values(power.peaks(spec, made(spec, flows)))
    assert found == {"area_peak_kw": 100.0, "peak_kw[mall]": 100.0, "peak_kw[hub]": 80.0}


def test_a_ten_minute_spike_counts_as_a_third_of_a_half_hour() -> None:
    spec = two_buildings(period={"start": datetime(2026, 8, 3), "days": 1, "control_step_min": 10})
    found = power.peaks(spec, made(spec, {("import_kw", "mall"): during(spec, 7, 8, 90.0)}))
    assert found["area_peak_kw"].values[0] == pytest.approx(30.0)
    assert "30-minute mean" in found["area_peak_kw"].meaning


def test_an_hourly_peak_is_labelled_as_understated() -> None:
    steps = {"planning_step_min": 60, "control_step_min": 60}
    spec = two_buildings(period={"start": datetime(2026, 8, 3), "days": 1, **steps})
    found = power.peaks(spec, made(spec, {("import_kw", "mall"): 90.0}))
    assert "60-minute mean (the meter takes 30 minutes: this understates)" in found["area_peak_kw"].meaning


def test_exchange_by_direction_and_its_loss() -> None:
    spec = two_buildings()
    flows = {("sent_kw", "road:mall>hub"): during(spec, 0, 4, 50.0), ("sent_kw", "road:hub>mall"): 1.0}
    found = _values(power.exchange(spec, made(spec, flows)))
    assert found["exchanged_kwh[road:mall>hub]"] == pytest.approx(100)
    assert found["exchanged_kwh[road:hub>mall]"] == pytest.approx(24)
    assert found["exchanged_kwh"] == pytest.approx(124)
    assert found["exchange_loss_kwh"] == pytest.approx(12.4)


def test_co2_of_grid_and_fuel() -> None:
    spec = two_buildings()
    flows = {("import_kw", "mall"): 100.0, ("genset_fuel_lph", "hub.genset.main"): 10.0}
    found = _values(power.carbon(spec, made(spec, flows)))
    assert found["co2_grid_kg"] == pytest.approx(0.5 * 2_400)
    assert found["co2_fuel_kg"] == pytest.approx(2.6 * 240)
    assert found["co2_kg"] == pytest.approx(1_200 + 624)


def test_unserved_adds_up_over_tiers_and_over_buildings() -> None:
    spec = two_buildings()
    flows = {
        ("demand_kw", "mall.critical"): 50.0,
        ("demand_kw", "mall.comfort"): 50.0,
        ("demand_kw", "hub.critical"): 40.0,
        ("unserved_kw", "mall.comfort"): during(spec, 0, 4, 50.0),
        ("unserved_kw", "mall.critical"): during(spec, 0, 2, 10.0),
        ("unserved_kw", "hub.critical"): during(spec, 0, 2, 4.0),
    }
    found = _values(power.unserved(spec, made(spec, flows)))
    assert found["unserved_kwh"] == pytest.approx(100 + 10 + 4)
    assert found["unserved_kwh[critical]"] == pytest.approx(found["unserved_kwh[mall.critical]"] + 4)
    assert found["unserved_kwh[comfort]"] == pytest.approx(100)
    assert "unserved_kwh[essential]" not in found, "nobody asked for it"


@pytest.mark.parametrize("step_min", [15, 10, 5])
def test_splitting_the_steps_leaves_energy_and_peak_unchanged(step_min: int) -> None:
    coarse = two_buildings()
    fine = two_buildings(period={"start": datetime(2026, 8, 3), "days": 1, "control_step_min": step_min})
    drawn = np.random.default_rng(4).uniform(0, 100, coarse.clock.n_steps)
    results = []
    for spec, values in ((coarse, drawn), (fine, np.repeat(drawn, 30 // step_min))):
        trajectory = made(spec, {("import_kw", "mall"): values, ("demand_kw", "mall.critical"): values})
        results.append(_values(power.energy(spec, trajectory) | power.peaks(spec, trajectory)))
    assert results[0] == pytest.approx(results[1], rel=1e-9)
