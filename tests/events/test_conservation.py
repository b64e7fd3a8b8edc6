"""Whatever happens, energy, fuel, water and waiting load balance to 1e-9, and levels keep their bounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from simulation.events.trajectory import Trajectory
from simulation.scenario.spec import Spec
from simulation.units import TIERS
from tests.events.worlds import BATTERY, DIESEL, GRID, Hands, area, set_points

PROTECTED = (TIERS.index("critical"), TIERS.index("essential"), TIERS.index("comfort"))


def _area() -> Spec:
    """Three buildings on two feeders and one without, lines of every kind, everything that can run out."""
    engine = {**DIESEL, "rated_kw": 40.0, "fuel_tank": "t", "fuel_intercept_lph_per_kw": 0.04, "min_load_frac": 0.3}
    hub = {
        "grid": {**GRID, "contract_kw": 60.0, "export_limit_kw": 5.0},
        "genset": {"g": {**engine, "count": 2, "start_delay_min": 7.0}},
        "fuel_tank": {"t": {"fuel": "diesel", "capacity_l": 150.0, "vehicle_demand_l_per_day": 40.0}},
        "water_tank": {"w": {"capacity_m3": 6.0, "mains_m3ph": 1.0, "daily_use_m3": 9.0, "daily_use_stops": False}},
        "pump": {"well": {"tank": "w", "rated_m3ph": 1.5, "kwh_per_m3": 2.0, "refill_below_frac": 0.7}},
        "shelter": {"gym": {"floor_area_m2": 100.0, "peak_people": 30.0, "water_tank": "w", "food_person_days": 20.0}},
        "communications": {"mast": {"battery_h": 3.0}},
    }
    mall = {
        "grid": {**GRID, "feeder": "other", "contract_kw": 80.0},
        "battery": {"b": {**BATTERY, "min_level_frac": 0.1, "emergency_reserve_frac": 0.3}},
        "pv": {"p": {"rated_kw": 50.0}},
        "genset": {"chp": {**engine, "operation": "always", "fuel_tank": None, "fuel": "city_gas", "start": "manual"}},
    }
    farm = {"battery": {"b": {**BATTERY, "forms_grid": False}}, "pv": {"p": {"rated_kw": 30.0}}}
    line = {"capacity_ab_kw": 20.0, "capacity_ba_kw": 15.0, "loss_frac": 0.05}
    return area(
        {"hub": hub, "mall": mall, "farm": farm},
        days=2,
        tieline={
            "x": {"a": "hub", "b": "mall", **line, "own_source_only": True},
            "y": {"a": "mall", "b": "farm", **line, "operation": "normal"},
            "z": {"a": "farm", "b": "hub", **line, "operation": "emergency"},
        },
        hazard={"start": "2019-09-09T05:10"},
        road={"r": {"slow_factor": 1.5}},
        delivery={
            "tanker": {"to": "hub.fuel_tank.t", "amount": 90.0, "order": "reorder", "road": "r"},
            "water": {"to": "hub.water_tank.w", "amount": 3.0, "every_h": 8.0},
            "food": {"to": "hub.shelter.gym", "amount": 15.0, "every_h": 11.0},
        },
    )


SPEC = _area()


def _play(seed: int, load: float, planned: bool, foreseen: bool) -> Trajectory:
    chance = np.random.default_rng(seed)
    hands = Hands(SPEC, lives=3)
    hands.demand_kw[:] = load * chance.uniform(0.0, 1.0, hands.demand_kw.shape)
    hands.islanded_kw = hands.demand_kw * chance.uniform(0.2, 1.2, hands.demand_kw.shape)
    hands.pv_kw[:] = chance.uniform(-20.0, 40.0, hands.pv_kw.shape).clip(0.0)
    hands.start_h[:, :, 0] = chance.uniform(0.0, 30.0, 2)
    hands.end_h[:, :, 0] = hands.start_h[:, :, 0] + chance.exponential(8.0, 2)
    hands.start_h[:, :, 1] = hands.end_h[:, :, 0] + chance.exponential(4.0, 2)
    hands.end_h[:, :, 1] = hands.start_h[:, :, 1] + chance.exponential(8.0, 2)
    hands.available[:] = chance.uniform(size=hands.available.shape) < 0.9
    hands.start_fails[:] = chance.uniform(size=hands.start_fails.shape) < 0.2
    hands.life_h[:] = chance.exponential(6.0, hands.life_h.shape)
    hands.repair_h[:] = chance.exponential(2.0, hands.repair_h.shape)
    hands.road_opens_h[:] = chance.uniform(0.0, 20.0)
    hands.travel_h[:] = chance.uniform(0.1, 5.0, hands.travel_h.shape)
    hands.wanting[:] = chance.uniform(0.0, 40.0, hands.wanting.shape)
    n = SPEC.planning_clock.n_steps
    plan = set_points(
        SPEC,
        charge_kw=chance.uniform(-40.0, 40.0, (1, n, 2)).clip(0.0),
        discharge_kw=chance.uniform(-40.0, 40.0, (1, n, 2)).clip(0.0),
        genset_kw=chance.uniform(-40.0, 40.0, (1, n, 3)).clip(0.0),
        sent_kw=chance.uniform(-20.0, 20.0, (1, n, 3, 2)).clip(0.0),
        pump_kw=chance.uniform(-2.0, 3.0, (1, n, 1)).clip(0.0),
        deferrable_kw=chance.uniform(0.0, 30.0, (1, n, 3)),
    )
    return hands.play(plan if planned else None, foreseen=foreseen)


def _closes(left: np.ndarray, right: np.ndarray) -> None:
    scale = max(1.0, float(np.abs(left).max()), float(np.abs(right).max()))
    assert np.abs(left - right).max() <= 1e-9 * scale


def _imbalance(run: Trajectory, name: str) -> tuple[np.ndarray, np.ndarray]:
    """What comes into a building and what goes out of it, in every step [kW]."""

    def total(quantity: str) -> np.ndarray:
        series = run.flows[quantity]
        here = [i for i, e in enumerate(series.elements) if e == name or e.startswith(f"{name}.")]
        return series.values[0][:, here].sum(axis=1)

    sent = run.flows["sent_kw"]
    keep = {f"{key}": 1.0 - line.loss_frac for key, line in SPEC.tieline.items()}
    into = total("import_kw") + total("pv_kw") + total("discharge_kw") + total("genset_kw")
    out = total("export_kw") + total("dumped_kw") + total("charge_kw") + total("pump_kw") + total("deferrable_kw")
    for i, element in enumerate(sent.elements):
        key, way = element.split(":")
        start, stop = way.split(">")
        into = into + sent.values[0, :, i] * keep[key] * (stop == name)
        out = out + sent.values[0, :, i] * (start == name)
    for tier in PROTECTED:
        element = f"{name}.{TIERS[tier]}"
        out = out + run.flow("demand_kw", element)[0] - run.flow("unserved_kw", element)[0]
    return into, out


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 10_000),
    load=st.floats(1.0, 80.0),
    planned=st.booleans(),
    foreseen=st.booleans(),
)
@example(seed=21597, load=1.0, planned=True, foreseen=False)  # an engine stops whose output went over a line
@example(seed=21140, load=5.0, planned=True, foreseen=True)  # a battery comes within a hair of full at a tick
def test_everything_balances_whatever_happens(seed: int, load: float, planned: bool, foreseen: bool) -> None:
    run = _play(seed, load, planned, foreseen)
    step_h = run.clock.step_h
    for name in SPEC.building:
        _closes(*_imbalance(run, name))
        backlog = np.diff(run.level("backlog_kwh", name)[0])
        asked = run.flow("demand_kw", f"{name}.deferrable")[0] - run.flow("unserved_kw", f"{name}.deferrable")[0]
        _closes(backlog, (asked - run.flow("deferrable_kw", name)[0]) * step_h)
    for battery in SPEC.batteries:
        stored = np.diff(run.level("battery_kwh", battery.name)[0])
        charge, discharge = run.flow("charge_kw", battery.name)[0], run.flow("discharge_kw", battery.name)[0]
        _closes(stored, (0.9 * charge - discharge / 0.9) * step_h)
    burnt = sum(run.flow("genset_fuel_lph", f"hub.genset.g_{i}")[0] for i in (1, 2))
    tank = "hub.fuel_tank.t"
    vehicles = run.flow("vehicle_demand_lph", tank)[0] - run.flow("vehicle_unserved_lph", tank)[0]
    poured = run.flow("delivered", "tanker")[0]
    _closes(np.diff(run.level("fuel_l", tank)[0]), (poured - burnt - vehicles) * step_h)
    water = "hub.water_tank.w"
    used = run.flow("water_demand_m3ph", water)[0] - run.flow("water_unserved_m3ph", water)[0]
    inflow = run.flow("mains_m3ph", water)[0] + run.flow("pump_m3ph", "hub.pump.well")[0]
    _closes(np.diff(run.level("water_m3", water)[0]), (inflow + run.flow("delivered", "water")[0] - used) * step_h)


@pytest.mark.parametrize("seed", range(4))
def test_flows_and_levels_keep_their_bounds(seed: int) -> None:
    run = _play(seed, 40.0, planned=True, foreseen=False)
    for name, series in run.flows.items():
        assert series.values.min(initial=0.0) >= -1e-9, name
    assert (run.flows["import_kw"].values[0].max(axis=0) <= np.array([60.0, 80.0, 0.0]) + 1e-9).all()
    assert run.flow("export_kw", "hub").max() <= 5.0 + 1e-9
    for name, capacity in (("battery_kwh", 100.0), ("fuel_l", 150.0), ("water_m3", 6.0), ("communications_h", 3.0)):
        assert 0.0 <= run.levels[name].values.min() <= run.levels[name].values.max() <= capacity
    assert run.level("battery_kwh", "mall.battery.b").min() >= 10.0 - 1e-9


def test_what_went_unserved_in_the_log_is_what_the_series_say() -> None:
    run = _play(3, 60.0, planned=False, foreseen=False)
    told: dict[str, float] = {}
    for event in run.events:
        if event.kind == "shedding_ended":
            told[event.element] = told.get(event.element, 0.0) + event.value
    still = {e.element for e in run.events if e.kind == "shedding_began"}
    for element in still:
        began = sum(e.kind == "shedding_began" and e.element == element for e in run.events)
        ended = sum(e.kind == "shedding_ended" and e.element == element for e in run.events)
        if began == ended:
            total = run.flow("unserved_kw", element)[0].sum() * run.clock.step_h
            assert told[element] == pytest.approx(total, rel=1e-9, abs=1e-4)
