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
from simulation.scenario.spec import Spec
from simulation.units import TIERS

LOAD = {"constant_kw": 1.0, "tier_frac": {"critical": 1.0}}
"""A load whose size the draws give; it says which tiers there are."""


def load(**tier_frac: float) -> dict:
    return {"constant_kw": 1.0, "tier_frac": tier_frac}


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
    planner = {"stored_energy_jpy_per_kwh": 0.0, "stored_water_jpy_per_m3": 0.0} | more.pop("planner", {})
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
        demand=DemandDraws(expected_kw=demand, islanded_expected_kw=demand, demand_kw=demand, islanded_kw=demand),
        weather=WeatherDraws(
            temperature_c=np.full((S, T), 20.0), clearness=np.ones((S, 1)), pv_kw=sun, pv_expected_kw=sun[0]
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
