"""Small areas and Trajectories made by hand, so that metrics and figures have answers known beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np

from simulation.events.trajectory import EventRecord, Series, Trajectory
from simulation.scenario.spec import Spec
from simulation.units import TIERS, WATER_USES

FLAT_TARIFF = {
    "band": [{"jpy_per_kwh": 20.0}],
    "demand_jpy_per_kw_month": 1_000.0,
    "export_jpy_per_kwh": 8.0,
    "co2_kg_per_kwh": 0.5,
}

DIESEL_60_KW = {
    "rated_kw": 60,
    "fuel": "diesel",
    "fuel_tank": "diesel",
    "fuel_slope_l_per_kwh": 0.25,
    "fuel_jpy_per_l": 160,
    "co2_kg_per_l": 2.6,
}


def two_buildings(**changes: object) -> Spec:
    """A mall and a hub on one feeder, a line between them; one day from midnight in Tokyo, 30-minute steps."""
    data: dict[str, object] = {
        "name": "two_buildings",
        "title": "A mall and a hub",
        "story": "Two buildings made by hand.",
        "place": {"latitude_deg": 35.0, "longitude_deg": 136.0, "climate": "fukui"},
        "period": {"start": datetime(2026, 8, 3), "days": 1},
        "tariff": {"flat": FLAT_TARIFF},
        "feeder": {"town": {}},
        "building": {
            "mall": {
                "title": "The mall",
                "grid": {"feeder": "town", "tariff": "flat", "contract_kw": 500},
                "load": {"shops": {"constant_kw": 100, "tier_frac": {"critical": 0.5, "comfort": 0.5}}},
            },
            "hub": {
                "title": "The hub",
                "grid": {"feeder": "town", "tariff": "flat", "contract_kw": 100},
                "load": {"all": {"constant_kw": 40, "tier_frac": {"critical": 1.0}}},
                "battery": {"li": {"charge_kw": 50, "discharge_kw": 50, "capacity_kwh": 100, "wear_jpy_per_kwh": 3.0}},
                "fuel_tank": {"diesel": {"fuel": "diesel", "capacity_l": 950, "vehicle_demand_l_per_day": 480}},
                "genset": {"main": DIESEL_60_KW | {"start_cost_jpy": 500}},
                "water_tank": {"tank": {"capacity_m3": 50, "daily_use_m3": 24}},
                "shelter": {"hall": {"floor_area_m2": 350, "peak_people": 90, "food_person_days": 60}},
                "communications": {"base": {}},
            },
        },
        "tieline": {"road": {"a": "mall", "b": "hub", "capacity_ab_kw": 50, "capacity_ba_kw": 50, "loss_frac": 0.1}},
        "hazard": {"start": datetime(2026, 8, 3, 6)},
        "lost_load": {"critical_jpy_per_kwh": 10_000, "essential_jpy_per_kwh": 5_000, "comfort_jpy_per_kwh": 500},
    }
    return Spec.model_validate(data | changes)


def tiers(spec: Spec) -> tuple[str, ...]:
    """Names of the axis ``building.tier``."""
    return tuple(f"{name}.{tier}" for name in spec.building for tier in TIERS)


_FLOW_UNITS = {
    "demand_kw": "kW",
    "unserved_kw": "kW",
    "import_kw": "kW",
    "export_kw": "kW",
    "pv_kw": "kW",
    "curtailed_kw": "kW",
    "charge_kw": "kW",
    "discharge_kw": "kW",
    "genset_kw": "kW",
    "genset_fuel_lph": "L/h",
    "sent_kw": "kW",
    "pump_kw": "kW",
    "pump_m3ph": "m3/h",
    "water_demand_m3ph": "m3/h",
    "water_unserved_m3ph": "m3/h",
    "water_use_demand_m3ph": "m3/h",
    "water_use_unserved_m3ph": "m3/h",
    "vehicle_demand_lph": "L/h",
    "vehicle_unserved_lph": "L/h",
    "people": "people",
    "turned_away": "people",
    "grid_up_frac": "-",
    "communications_up_frac": "-",
}
_LEVEL_UNITS = {
    "battery_kwh": "kWh",
    "fuel_l": "L",
    "water_m3": "m3",
    "backlog_kwh": "kWh",
    "food_person_days": "person-days",
    "communications_h": "h",
}


def water_users(spec: Spec) -> tuple[str, ...]:
    """Every use of every shelter, and what every tank is used for on a normal day."""
    people = [f"{item.name}.{use}" for item in spec.shelters for use in WATER_USES]
    return (*people, *(f"{item.name}.{WATER_USES[item.part.usual_use]}" for item in spec.water_tanks))


def elements_of(spec: Spec) -> dict[str, tuple[str, ...]]:
    """Element axis of every series."""
    buildings = spec.building_names

    def names(placed: tuple) -> tuple[str, ...]:
        return tuple(item.name for item in placed)

    lines = tuple(
        f"{name}:{start}>{stop}"
        for name, line in spec.tieline.items()
        for start, stop in ((line.a, line.b), (line.b, line.a))
    )
    return (
        dict.fromkeys(("demand_kw", "unserved_kw"), tiers(spec))
        | dict.fromkeys(("import_kw", "export_kw", "backlog_kwh"), buildings)
        | dict.fromkeys(("pv_kw", "curtailed_kw"), names(spec.pvs))
        | dict.fromkeys(("charge_kw", "discharge_kw", "battery_kwh"), names(spec.batteries))
        | dict.fromkeys(("genset_kw", "genset_fuel_lph"), names(spec.gensets))
        | {"sent_kw": lines, "grid_up_frac": tuple(spec.feeder)}
        | dict.fromkeys(("pump_kw", "pump_m3ph"), names(spec.pumps))
        | dict.fromkeys(("water_demand_m3ph", "water_unserved_m3ph", "water_m3"), names(spec.water_tanks))
        | dict.fromkeys(("water_use_demand_m3ph", "water_use_unserved_m3ph"), water_users(spec))
        | dict.fromkeys(("vehicle_demand_lph", "vehicle_unserved_lph", "fuel_l"), names(spec.fuel_tanks))
        | dict.fromkeys(("people", "turned_away", "food_person_days"), names(spec.shelters))
        | dict.fromkeys(("communications_up_frac", "communications_h"), names(spec.communications))
    )


def made(
    spec: Spec,
    values: Mapping[tuple[str, str], object],
    *,
    n: int = 1,
    events: tuple[EventRecord, ...] = (),
    perfect: bool = False,
    ids: tuple[int, ...] | None = None,
) -> Trajectory:
    """A Trajectory of n scenarios: ``values`` gives (quantity, element) a number, ``[T]``, or ``[S, T]``; else zero.

    Grids and base stations are up where nothing else is said, and levels stand where the parts are full.
    """
    clock = spec.clock
    elements = elements_of(spec)
    full = {"battery_kwh": 50.0, "fuel_l": 950.0, "water_m3": 50.0, "food_person_days": 60.0, "communications_h": 24.0}

    def series(quantity: str, unit: str, length: int, default: float) -> Series:
        names = elements[quantity]
        array = np.full((n, length, len(names)), default)
        for (what, element), value in values.items():
            if what == quantity:
                array[:, :, names.index(element)] = value
        array.flags.writeable = False
        return Series(values=array, elements=names, unit=unit, meaning=quantity)

    ones = {"grid_up_frac", "communications_up_frac"}
    return Trajectory(
        clock=clock,
        scenario_ids=np.arange(n) if ids is None else np.array(ids),
        planned_by="by hand",
        perfect_information=perfect,
        flows={q: series(q, unit, clock.n_steps, float(q in ones)) for q, unit in _FLOW_UNITS.items()},
        levels={q: series(q, unit, clock.n_steps + 1, full.get(q, 0.0)) for q, unit in _LEVEL_UNITS.items()},
        events=events,
        n_events=np.zeros(n, dtype=np.int64),
    )


def during(spec: Spec, first: int, end: int, value: float = 1.0) -> np.ndarray:
    """``value`` in the steps from ``first`` to before ``end``, zero elsewhere."""
    array = np.zeros(spec.clock.n_steps)
    array[first:end] = value
    return array
