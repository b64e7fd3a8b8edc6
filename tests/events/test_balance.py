"""One building alone: what gives way first in a shortage and in a surplus, worked by hand."""

from __future__ import annotations

import pytest

from simulation.events.area import Area
from simulation.events.balance import balance
from simulation.events.building import Bus
from simulation.events.genset import EngineState
from tests.events.worlds import BATTERY, DIESEL, GRID, area

PLANT = {
    "grid": {**GRID, "contract_kw": 20.0, "export_limit_kw": 5.0},
    "battery": {"b": {**BATTERY, "charge_kw": 8.0, "discharge_kw": 8.0, "initial_level_frac": 0.5, "forms_grid": True}},
    "genset": {"g": {**DIESEL, "rated_kw": 20.0, "min_load_frac": 0.3, "fuel_tank": "t"}},
    "fuel_tank": {"t": {"fuel": "diesel", "capacity_l": 100.0}},
    "pv": {"roof": {"rated_kw": 30.0}},
}


def plant(
    wanted: tuple[float, ...], *, grid: bool = False, engine: bool = False, sun_kw: float = 0.0, **told: float
) -> Bus:
    """A building with everything, told its targets and balanced alone; ``wanted`` in the order of its five uses."""
    made = Area(area({"hall": PLANT}))
    bus = made.buses[0]
    bus.grid_up, bus.wanted = grid, list(wanted)
    bus.arrays[0].sun_kw = sun_kw
    bus.batteries[0].target_charge_kw = told.get("charge_kw", 0.0)
    bus.batteries[0].target_discharge_kw = told.get("discharge_kw", 0.0)
    bus.engines[0].state = EngineState.RUNNING if engine else EngineState.OFF
    bus.engines[0].target_kw = told.get("genset_kw", 0.0)
    bus.sparing, bus.essential_frac = "essential_frac" in told, told.get("essential_frac", 1.0)
    balance(made.buses, bus)
    assert bus.imbalance_kw() == pytest.approx(0.0, abs=1e-9)
    return bus


def test_a_shortage_takes_the_battery_the_engine_and_then_the_least_precious_loads() -> None:
    bus = plant((10.0, 10.0, 4.0, 6.0, 9.0), engine=True, genset_kw=6.0)
    assert bus.batteries[0].discharge_kw == 8.0
    assert bus.engines[0].output_kw == 20.0
    assert bus.served == pytest.approx([10.0, 10.0, 4.0, 4.0, 0.0])  # 28 kW for 39: comfort first, then deferrable


def test_protected_uses_give_way_last_and_from_the_least_precious_on() -> None:
    assert plant((5.0, 6.0, 4.0, 1.0, 1.0)).served == pytest.approx([5.0, 3.0, 0.0, 0.0, 0.0])


def test_where_a_plan_rations_the_battery_gives_to_what_it_promised_only() -> None:
    """8 kW could be had; half of the essential load is promised, and comfort nothing."""
    bus = plant((2.0, 4.0, 0.0, 0.0, 3.0), essential_frac=0.5)
    assert bus.served == pytest.approx([2.0, 2.0, 0.0, 0.0, 0.0])
    assert bus.batteries[0].discharge_kw == pytest.approx(4.0)


def test_beside_a_live_grid_the_contract_comes_before_stored_energy() -> None:
    bus = plant((10.0, 8.0, 0.0, 0.0, 0.0), grid=True)
    assert (bus.import_kw, bus.batteries[0].discharge_kw) == (18.0, 0.0)
    bus = plant((20.0, 6.0, 0.0, 0.0, 0.0), grid=True, charge_kw=4.0)
    assert (bus.import_kw, bus.batteries[0].charge_kw, bus.batteries[0].discharge_kw) == (20.0, 0.0, 6.0)


def test_a_surplus_is_sent_out_as_far_as_it_may_then_stored_then_spilt() -> None:
    """30 kW of sun over 10 kW of load: 5 kW out, 8 kW into the battery, 7 kW spilt."""
    bus = plant((10.0, 0.0, 0.0, 0.0, 0.0), grid=True, sun_kw=30.0)
    assert (bus.export_kw, bus.batteries[0].charge_kw) == (5.0, 8.0)
    assert bus.arrays[0].used_kw == pytest.approx(23.0)
    assert bus.dumped_kw == 0.0


def test_an_engine_falls_to_its_least_load_and_the_rest_goes_into_the_load_bank() -> None:
    """6 kW at least from the engine, 0.5 kW of load, a battery that takes what is left of its room."""
    bus = plant((0.5, 0.0, 0.0, 0.0, 0.0), engine=True, genset_kw=15.0)
    assert bus.engines[0].output_kw == 6.0
    assert (bus.batteries[0].charge_kw, bus.dumped_kw) == (pytest.approx(5.5), 0.0)
    full = Area(area({"hall": PLANT | {"battery": {"b": {**BATTERY, "initial_level_frac": 1.0}}}})).buses[0]
    full.grid_up, full.wanted = False, [0.5, 0.0, 0.0, 0.0, 0.0]
    full.engines[0].state = EngineState.RUNNING
    balance([full], full)
    assert (full.engines[0].output_kw, full.dumped_kw) == (6.0, pytest.approx(5.5))


def test_a_line_for_own_sources_only_passes_on_no_grid_power() -> None:
    """Told to send 10 kW with 4 kW of sun: the rest would be the grid's."""
    wire = {"a": "hall", "b": "shed", "capacity_ab_kw": 50.0, "capacity_ba_kw": 50.0, "own_source_only": True}
    made = Area(area({"hall": PLANT, "shed": {"grid": GRID}}, tieline={"wire": wire}))
    hall, shed = made.buses
    hall.arrays[0].sun_kw, hall.wanted = 4.0, [1.0, 0.0, 0.0, 0.0, 0.0]
    lane = hall.lanes_out[0]
    lane.closed, lane.sent_kw = True, 10.0
    shed.stale = False
    balance(made.buses, hall)
    assert lane.sent_kw == pytest.approx(4.0)
    assert shed.stale
    balance(made.buses, hall)
    assert hall.imbalance_kw() == pytest.approx(0.0, abs=1e-9)
    assert hall.import_kw == pytest.approx(1.0)


def test_a_building_without_voltage_is_dark_and_sends_nothing() -> None:
    made = Area(area({"hall": PLANT}))
    bus = made.buses[0]
    bus.live, bus.wanted = False, [5.0, 0.0, 0.0, 0.0, 0.0]
    bus.arrays[0].sun_kw = 9.0
    balance(made.buses, bus)
    assert (sum(bus.served), bus.arrays[0].used_kw, bus.import_kw) == (0.0, 0.0, 0.0)
