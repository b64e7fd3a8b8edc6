"""Small areas written down in a few lines, and draws whose every number the test chooses."""

from __future__ import annotations

import numpy as np

from simulation.draws.arrival import ArrivalDraws
from simulation.draws.delivery import DeliveryDraws
from simulation.draws.demand import DemandDraws
from simulation.draws.draws import Draws
from simulation.draws.failure import FailureDraws
from simulation.draws.outage import OutageDraws
from simulation.draws.weather import WeatherDraws
from simulation.interchange.highs import HiGHS
from simulation.interchange.problem import Problem
from simulation.interchange.schedule import Schedule, Status
from simulation.interchange.solve import solve
from simulation.scenario.spec import Spec
from simulation.units import TIERS

LOAD = {"constant_kw": 1.0, "tier_frac": {"critical": 1.0}}
"""A load whose size the draws give; it says which tiers there are."""


def load(**tier_frac: float) -> dict:
    return {"constant_kw": 1.0, "tier_frac": tier_frac}


CRITICAL = {"a": load(critical=1.0)}


def flat(jpy_per_kwh: float, **more) -> dict:
    return {"band": [{"jpy_per_kwh": jpy_per_kwh}], **more}


def connection(contract_kw: float = 1000.0, **more) -> dict:
    return {"feeder": "f", "tariff": "t", "contract_kw": contract_kw, **more}


def area(building: dict, *, hours: int = 24, step_min: int = 60, start: str = "2026-08-03", **more) -> Spec:
    """A Spec of these buildings on one feeder ``f`` and one tariff ``t`` of 20 yen, a day long; keys overrule."""
    period = {
        "start": start,
        "days": max(1, -(-hours // 24)),
        "planning_step_min": step_min,
        "control_step_min": step_min,
        "metering_step_min": step_min,
    }
    period |= more.pop("period", {})
    worthless = {"stored_energy_jpy_per_kwh": 0.0, "readiness_jpy_per_kwh_h": 0.0, "stored_water_jpy_per_m3": 0.0}
    planner = worthless | more.pop("planner", {})
    values = {
        "name": "scene",
        "title": "a scene",
        "story": "made up for a test",
        "place": {"latitude_deg": 35.0, "longitude_deg": 140.0, "climate": "chiba"},
        "period": period,
        "planner": planner,
        "feeder": {"f": {}},
        "tariff": {"t": flat(20.0)},
        "building": building,
    }
    return Spec.model_validate(values | more)


def drawn(
    spec: Spec,
    demand_kw: dict[str, object],
    *,
    pv_kw: dict[str, object] | None = None,
    outage_h: list[tuple[float, float]] | None = None,
    n_scenarios: int = 1,
    wanting_people: object = 0.0,
) -> Draws:
    """Draws with these demands [kW]: by building, or by ``building.tier``; numbers, ``[T]`` or ``[S, T]``.

    ``outage_h`` are (start, end) of the feeder ``f``, in every scenario.  Demand does not change while it lasts.
    """
    clock = spec.clock
    S, T = n_scenarios, clock.n_steps
    demand = np.zeros((S, T, len(spec.building), len(TIERS)))
    for key, values in demand_kw.items():
        name, _, tier = key.partition(".")
        demand[:, :, spec.building_names.index(name), TIERS.index(tier or "critical")] = values
    sun = np.zeros((S, T, len(spec.pvs)))
    for v, placed in enumerate(spec.pvs):
        sun[:, :, v] = (pv_kw or {}).get(placed.name, 0.0)
    spans = np.full((S, len(spec.feeder), max(1, len(outage_h or []))), np.inf)
    start_h, end_h = spans.copy(), spans.copy()
    for n, (start, end) in enumerate(outage_h or []):
        start_h[:, list(spec.feeder).index("f"), n], end_h[:, list(spec.feeder).index("f"), n] = start, end
    G, H, D, R = len(spec.gensets), len(spec.shelters), len(spec.delivery), len(spec.road)
    people = np.broadcast_to(np.asarray(wanting_people, dtype=float), (S, T + 1, H))
    return Draws(
        clock=clock,
        seed=0,
        scenario_ids=np.arange(S),
        demand=DemandDraws(
            expected_kw=demand[:1], islanded_expected_kw=demand[:1], demand_kw=demand, islanded_kw=demand
        ),
        weather=WeatherDraws(
            temperature_c=np.full((S, T), 20.0),
            usual_c=np.full(T, 20.0),
            spread_c=np.zeros(T),
            warmth_correlation=0.7,
            clearness=np.ones((S, 1)),
            pv_kw=sun,
            pv_expected_kw=sun[0],
        ),
        outage=OutageDraws(start_h=start_h, end_h=end_h),
        failure=FailureDraws(
            available=np.ones((S, G), dtype=bool),
            start_fails=np.zeros((S, G, 1), dtype=bool),
            life_h=np.full((S, G, 1), np.inf),
            repair_h=np.full((S, G, 1), np.inf),
        ),
        delivery=DeliveryDraws(
            road_opens_h=np.full((S, R), -np.inf),
            travel_h=np.full((S, D, 20), 2.0),
            cancelled=np.zeros((S, D, 20), dtype=bool),
        ),
        arrival=ArrivalDraws(wanting_people=people, expected_people=people[0]),
    )


def best(problem: Problem) -> Schedule:
    schedule = solve(problem, HiGHS())
    assert (schedule.solution.status == Status.OPTIMAL).all()
    assert schedule.certificate.worst() < 1e-7
    return schedule


def cell(**more) -> dict:
    """A battery without losses that starts empty."""
    values = {
        "charge_kw": 50.0,
        "discharge_kw": 50.0,
        "capacity_kwh": 100.0,
        "charge_efficiency_frac": 1.0,
        "discharge_efficiency_frac": 1.0,
        "initial_level_frac": 0.0,
    }
    return values | more


def _mixed_buildings(size: np.ndarray) -> dict:
    """A mall with a battery, a hub with engines, fuel and water, and homes, for the power of each [kW]."""
    return {
        "mall": {
            "grid": connection(0.7 * size[0], export_limit_kw=20.0),
            "load": {"a": load(critical=0.2, essential=0.3, deferrable=0.2, comfort=0.3)},
            "pv": {"roof": {"rated_kw": size[0]}},
            "battery": {
                "b": {
                    "charge_kw": 30.0,
                    "discharge_kw": 40.0,
                    "capacity_kwh": 120.0,
                    "standing_loss_frac_per_h": 0.001,
                    "min_level_frac": 0.1,
                    "emergency_reserve_frac": 0.3,
                    "wear_jpy_per_kwh": 2.0,
                }
            },
        },
        "hub": {
            "grid": connection(0.9 * size[1]),
            "load": {"a": load(critical=0.6, comfort=0.4)},
            "genset": {
                "engine": {
                    "rated_kw": 40.0,
                    "count": 2,
                    "fuel": "diesel",
                    "fuel_tank": "tank",
                    "fuel_slope_l_per_kwh": 0.24,
                    "fuel_intercept_lph_per_kw": 0.03,
                    "fuel_jpy_per_l": 150.0,
                    "start_delay_min": 20.0,
                }
            },
            "fuel_tank": {"tank": {"fuel": "diesel", "capacity_l": 80.0, "vehicle_demand_l_per_day": 60.0}},
            "water_tank": {"water": {"capacity_m3": 20.0, "mains_m3ph": 0.4, "daily_use_m3": 24.0}},
            "pump": {"well": {"tank": "water", "rated_m3ph": 3.0, "kwh_per_m3": 1.2}},
        },
        "homes": {
            "load": {"a": load(essential=0.7, comfort=0.3)},
            "pv": {"roofs": {"rated_kw": 0.5 * size[2]}},
        },
    }


_MIXED_RULES = {
    "hazard": {"start": "2026-08-03T09:00"},
    "delivery": {
        "tanker": {"to": "hub.fuel_tank.tank", "amount": 50.0, "first_after_h": 3.0},
        "truck": {"to": "hub.water_tank.water", "amount": 2.0, "order": "reorder", "first_after_h": 4.0},
    },
    "tariff": {
        "t": {
            "band": [{"jpy_per_kwh": 12.0, "from_hour": 0.0, "to_hour": 7.0}, {"jpy_per_kwh": 28.0}],
            "demand_jpy_per_kw_month": 1800.0,
            "export_jpy_per_kwh": 8.0,
        }
    },
}


def mixed_area(seed: int, *, n_scenarios: int = 2, own_source_only: bool = False, **more) -> tuple[Spec, Draws]:
    """Three buildings in a ring with everything a Spec may hold, an outage of a few hours, and random courses."""
    chance = np.random.default_rng(seed)
    size = chance.uniform(50.0, 150.0, 3)
    lines = {
        "one": {"a": "mall", "b": "hub", "capacity_ab_kw": 40.0, "capacity_ba_kw": 30.0, "loss_frac": 0.03},
        "two": {"a": "hub", "b": "homes", "capacity_ab_kw": 80.0, "capacity_ba_kw": 80.0},
        "three": {"a": "homes", "b": "mall", "capacity_ab_kw": 25.0, "capacity_ba_kw": 60.0},
    }
    for line in lines.values():
        line["own_source_only"] = own_source_only
    spec = area(
        _mixed_buildings(size),
        **{"tieline": lines} | _MIXED_RULES | more,
    )
    T, S = spec.clock.n_steps, n_scenarios
    hour = spec.clock.local_hour
    sun = np.maximum(0.0, np.sin(np.pi * (hour - 6.0) / 12.0)) * chance.uniform(0.3, 1.0, (S, T))
    demand_kw: dict[str, object] = {}
    for name, kw, tiers in (
        ("mall", size[0], ("critical", "essential", "deferrable", "comfort")),
        ("hub", size[1], ("critical", "comfort")),
        ("homes", 0.5 * size[2], ("essential", "comfort")),
    ):
        for tier in tiers:
            demand_kw[f"{name}.{tier}"] = kw / len(tiers) * chance.uniform(0.4, 1.2, (S, T))
    pv_kw = {"mall.pv.roof": size[0] * sun, "homes.pv.roofs": 0.5 * size[2] * sun}
    return spec, drawn(spec, demand_kw, pv_kw=pv_kw, outage_h=[(9.25, 15.5)], n_scenarios=S)
