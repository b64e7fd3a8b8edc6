"""A week of a hub and a mall with a blackout, made by a few rules, to try tables, figures and pages on."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from simulation.events.trajectory import EventRecord, Trajectory
from simulation.scenario.spec import Spec
from tests.metrics.trajectories import DIESEL_60_KW, FLAT_TARIFF, made

HUB = {
    "title": "Roadside station",
    "grid": {"feeder": "town", "tariff": "flat", "contract_kw": 100},
    "load": {
        "all": {
            "constant_kw": 40,
            "tier_frac": {"critical": 0.4, "essential": 0.3, "comfort": 0.3},
            "assumption": "40 kW of load around the clock, split by tier",
        }
    },
    "pv": {"roof": {"rated_kw": 60, "source": "a catalogue"}},
    "battery": {"li": {"charge_kw": 50, "discharge_kw": 50, "capacity_kwh": 120}},
    "fuel_tank": {"diesel": {"fuel": "diesel", "capacity_l": 950, "vehicle_demand_l_per_day": 120}},
    "genset": {"main": DIESEL_60_KW},
    "water_tank": {"tank": {"capacity_m3": 12}},
    "shelter": {"hall": {"floor_area_m2": 420, "peak_people": 110, "food_person_days": 200}},
    "communications": {"base": {"battery_h": 24}},
}

MALL = {
    "title": "Shopping mall",
    "grid": {"feeder": "town", "tariff": "flat", "contract_kw": 500},
    "load": {"shops": {"constant_kw": 200, "tier_frac": {"critical": 0.2, "essential": 0.3, "comfort": 0.5}}},
    "pv": {"roof": {"rated_kw": 150}},
}


def spec() -> Spec:
    """Monday to Sunday in Tokyo; the strike comes on Tuesday at 15:00."""
    return Spec.model_validate(
        {
            "name": "hub_week",
            "title": "A week of a hub and a mall, with a blackout",
            "story": "Made by rules for tests of the report.",
            "place": {"latitude_deg": 35.0, "longitude_deg": 136.0, "climate": "fukui"},
            "period": {"start": datetime(2026, 8, 3), "days": 7},
            "tariff": {"flat": FLAT_TARIFF},
            "feeder": {
                "town": {"outage": {"storm": {"kind": "distribution", "distribution": "weibull", "mean_h": 60}}}
            },
            "building": {"hub": HUB, "mall": MALL},
            "tieline": {
                "road": {"a": "mall", "b": "hub", "capacity_ab_kw": 50, "capacity_ba_kw": 50, "loss_frac": 0.05}
            },
            "hazard": {"start": datetime(2026, 8, 4, 15)},
        }
    )


def trajectory(area: Spec, n: int = 24, seed: int = 5) -> Trajectory:
    """The week in n scenarios: PV, then the engine while it lasts, then shedding, tier by tier."""
    chance = np.random.default_rng(seed)
    clock = area.clock
    hour = clock.local_hour
    start_h = area.hazard_h or 0.0
    t = clock.hours[:-1]
    outage_h = chance.weibull(1.4, n) * 60.0
    dark = (t[None, :] >= start_h) & (t[None, :] < start_h + outage_h[:, None])
    sun = np.clip(np.sin((hour - 6) / 12 * np.pi), 0, None) ** 1.3 * chance.beta(3, 2, (n, 8))[:, clock.local_day]
    shops = 40 + 160 * ((hour >= 9) & (hour < 21)) * chance.normal(1, 0.05, (n, len(t)))
    station = 25 + 15 * ((hour >= 8) & (hour < 19)) * chance.normal(1, 0.05, (n, len(t)))
    fails_h = start_h + chance.exponential(150.0, n)
    after = np.clip(clock.hours - start_h, 0, None)
    wanting = 110 * (1 - np.exp(-after / 12)) * np.exp(-after / 240) * chance.lognormal(0, 0.3, (n, 1))
    people = np.minimum(wanting, 120.0)
    state = _stocks(area, dark, t[None, :] < fails_h[:, None], people)
    flows = _flows(dark, sun, shops, station, state["engine"])
    flows |= {
        ("grid_up_frac", "town"): 1.0 - dark,
        ("people", "hub.shelter.hall"): people[:, :-1],
        ("turned_away", "hub.shelter.hall"): (wanting - people)[:, :-1],
        ("communications_up_frac", "hub.communications.base"): state["radio_h"][:, 1:] > 0,
        ("vehicle_demand_lph", "hub.fuel_tank.diesel"): 5.0 * (t >= start_h),
        ("vehicle_unserved_lph", "hub.fuel_tank.diesel"): 5.0 * (t >= start_h) * (state["fuel_l"][:, 1:] <= 0),
        ("water_demand_m3ph", "hub.water_tank.tank"): state["thirst_m3ph"],
        ("water_unserved_m3ph", "hub.water_tank.tank"): state["thirst_m3ph"] * (state["water_m3"][:, 1:] <= 0),
        ("genset_fuel_lph", "hub.genset.main"): 12.0 * state["engine"],
        ("fuel_l", "hub.fuel_tank.diesel"): state["fuel_l"],
        ("water_m3", "hub.water_tank.tank"): state["water_m3"],
        ("food_person_days", "hub.shelter.hall"): state["food"],
        ("communications_h", "hub.communications.base"): state["radio_h"],
        ("battery_kwh", "hub.battery.li"): 60.0 + 40.0 * np.sin((clock.hours - 9) / 24 * 2 * np.pi),
    }
    events = tuple(
        EventRecord(scenario=s, time_h=start_h, element="town", kind="grid_lost", value=0.0, text="town lost power")
        for s in range(n)
    ) + tuple(
        EventRecord(
            scenario=s,
            time_h=start_h + 1 / 60,
            element="hub.genset.main",
            kind="genset_started",
            value=60.0,
            text="hub.genset.main started",
        )
        for s in range(n)
    )
    return made(area, flows, n=n, events=events)


def _stocks(area: Spec, dark: np.ndarray, fit: np.ndarray, people: np.ndarray) -> dict[str, np.ndarray]:
    n, steps = dark.shape
    struck = area.clock.hours[:-1] >= (area.hazard_h or 0.0)
    fuel, water, food, radio = (np.full((n, steps + 1), v) for v in (950.0, 12.0, 200.0, 24.0))
    engine, thirst = np.zeros((n, steps)), np.zeros((n, steps))
    for i in range(steps):
        engine[:, i] = dark[:, i] & fit[:, i] & (fuel[:, i] > 0)
        thirst[:, i] = people[:, i] * (0.02 if area.clock.hours[i] > 111 else 0.003) / 24
        fuel[:, i + 1] = np.clip(fuel[:, i] - 0.5 * (12.0 * engine[:, i] + 5.0 * struck[i]), 0, None)
        water[:, i + 1] = np.clip(water[:, i] - 0.5 * thirst[:, i], 0, None)
        food[:, i + 1] = np.clip(food[:, i] - people[:, i] / 48, 0, None)
        radio[:, i + 1] = np.clip(radio[:, i] + np.where(dark[:, i] & (engine[:, i] == 0), -0.5, 1.5), 0, 24)
    return {
        "engine": engine,
        "fuel_l": fuel,
        "water_m3": water,
        "food": food,
        "radio_h": radio,
        "thirst_m3ph": thirst,
    }


def _flows(
    dark: np.ndarray, sun: np.ndarray, shops: np.ndarray, station: np.ndarray, engine: np.ndarray
) -> dict[tuple[str, str], np.ndarray]:
    """Both buildings balance: the mall lends its spare sun, the station runs its engine, the rest is shed."""
    mall_pv, hub_pv = 150 * sun, 60 * sun
    lent = np.clip(mall_pv - np.where(dark, 0.2, 1.0) * shops, 0, 40)
    hub_need = np.clip(station - hub_pv - 0.95 * lent, 0, None)
    hub_own = np.where(dark, engine, 0.0) * hub_need
    hub_lack = np.where(dark, hub_need - hub_own, 0.0)
    mall_need = np.clip(shops - mall_pv + lent, 0, None)
    mall_lack = np.where(dark, mall_need, 0.0)
    flows = {
        ("pv_kw", "mall.pv.roof"): np.minimum(mall_pv, shops + lent),
        ("pv_kw", "hub.pv.roof"): np.minimum(hub_pv, station),
        ("curtailed_kw", "mall.pv.roof"): np.clip(mall_pv - shops - lent, 0, None),
        ("curtailed_kw", "hub.pv.roof"): np.clip(hub_pv - station, 0, None),
        ("genset_kw", "hub.genset.main"): hub_own,
        ("sent_kw", "road:mall>hub"): lent,
        ("import_kw", "mall"): np.where(dark, 0.0, mall_need),
        ("import_kw", "hub"): np.where(dark, 0.0, hub_need),
    }
    for building, load, lack, shares in (
        ("hub", station, hub_lack, {"comfort": 0.3, "essential": 0.3, "critical": 0.4}),
        ("mall", shops, mall_lack, {"comfort": 0.5, "essential": 0.3, "critical": 0.2}),
    ):
        left = lack
        for tier, share in shares.items():
            shed = np.minimum(left, share * load)
            left = left - shed
            flows[("demand_kw", f"{building}.{tier}")] = share * load
            flows[("unserved_kw", f"{building}.{tier}")] = shed
    return flows
