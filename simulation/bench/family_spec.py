"""The standard family as a Spec with draws of its own, so that assembly and events are timed on it too."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from simulation.bench import family
from simulation.draws.draws import Draws, sample
from simulation.interchange.assemble import assemble
from simulation.interchange.names import CHARGE
from simulation.interchange.problem import Problem
from simulation.scenario.spec import Spec
from simulation.units import MINUTES_PER_HOUR, TIERS

__all__ = ["Family", "family_problem", "family_scenario"]

_GENSET_L_PER_KWH = 0.25
_MINUTES_PER_DAY = 24 * MINUTES_PER_HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One member of the standard family: its Spec, and what the family itself draws."""

    spec: Spec
    draws: Draws


def family_scenario(
    n_buildings: int, n_steps: int, n_scenarios: int, *, seed: int, stressed: bool, step_min: int = 30
) -> Family:
    """The member of the family with these sizes, over whole days; numbers as in ``family.standard_problem``.

    Raises:
        ValueError: if the steps do not make up whole days.

    >>> family_scenario(2, 48, 3, seed=1, stressed=True).spec.building_names
    ('office0', 'hospital1')
    """
    days, rest = divmod(n_steps * step_min, int(_MINUTES_PER_DAY))
    if rest:
        raise ValueError(f"n_steps: given {n_steps} of {step_min} min; legal: whole days")
    kinds = family.family_kinds(n_buildings)
    names = [f"{kind.name}{building}" for building, kind in enumerate(kinds)]
    so_far_kw = family.peak_so_far_kw(kinds, stressed)
    spec = Spec.model_validate(
        {
            "name": f"standard-{n_buildings}x{n_steps}-{'stressed' if stressed else 'plain'}",
            "title": f"Standard family: {n_buildings} buildings, {n_steps} steps",
            "story": "A yardstick for solvers, not a model of a place.",
            "assumption": "all sizes and prices are assumptions, fixed so that times stay comparable",
            "place": {"latitude_deg": 35.6, "longitude_deg": 140.1, "climate": "yokkaichi"},
            "period": {
                "start": family.FIRST_DAY,
                "days": days,
                "planning_step_min": step_min,
                "control_step_min": step_min,
                "metering_step_min": step_min,
            },
            "building": {name: _building(kind, stressed, so_far_kw) for name, kind in zip(names, kinds, strict=True)},
            "tieline": {
                f"{names[one]}-{names[other]}": {
                    "a": names[one],
                    "b": names[other],
                    "capacity_ab_kw": family.LINE_KW,
                    "capacity_ba_kw": family.LINE_KW,
                    "loss_frac": family.LINE_LOSS_FRAC,
                }
                for one, other in family.family_lines(n_buildings)
            },
            "feeder": {"public": {}},
            "tariff": {"area": _tariff()},
            "lost_load": {f"{tier}_jpy_per_kwh": family.UNSERVED_JPY_PER_KWH for tier in TIERS},
            "runs": {"scenarios": n_scenarios, "seed": seed},
        }
    )
    return Family(spec=spec, draws=_draws(spec, stressed))


def family_problem(member: Family) -> Problem:
    """The member's interchange problem: assembled, and every battery to end at least as full as it began.

    That bound takes the place of the planner's prices of what is kept in store.
    """
    problem = assemble(member.spec, member.draws)
    batteries = {label.element for label in problem.columns if label.quantity == CHARGE}
    ends = np.array([store.element in batteries for store in problem.stores])
    level_min = problem.level_min.copy()
    level_min[:, -1, ends] = problem.initial_level[:, ends]
    return replace(problem, level_min=level_min, level_cost=np.zeros_like(problem.level_cost))


def _building(kind: family.Kind, stressed: bool, so_far_kw: float) -> dict:
    capacity_kwh = kind.peak_kw * kind.battery_h
    contract_kw, battery_kw = family.contract_kw(kind, stressed), family.battery_kw(kind)
    building: dict = {
        "grid": {
            "feeder": "public",
            "tariff": "area",
            "contract_kw": contract_kw,
            "export_limit_kw": contract_kw,
            "meter": "area",
            "peak_so_far_kw": so_far_kw,
        },
        "load": {"all": {"constant_kw": kind.peak_kw, "tier_frac": {"critical": 1.0}}},
        "pv": {"roof": {"rated_kw": kind.peak_kw * kind.pv_frac * (family.STRESS_PV if stressed else 1.0)}},
        "battery": {
            "main": {
                "charge_kw": battery_kw,
                "discharge_kw": battery_kw,
                "capacity_kwh": capacity_kwh,
                "charge_efficiency_frac": family.BATTERY_EFFICIENCY,
                "discharge_efficiency_frac": family.BATTERY_EFFICIENCY,
                "min_level_frac": family.BATTERY_MIN_FRAC,
                "max_level_frac": 1.0,
                "initial_level_frac": family.BATTERY_START_FRAC,
            }
        },
    }
    if kind.genset_frac > 0:
        building["genset"] = {
            "engine": {
                "rated_kw": kind.genset_frac * kind.peak_kw,
                "operation": "always",
                "fuel": "city_gas",
                "fuel_slope_l_per_kwh": _GENSET_L_PER_KWH,
                "fuel_jpy_per_l": family.GENSET_JPY_PER_KWH / _GENSET_L_PER_KWH,
            }
        }
    return building


def _tariff() -> dict:
    return {
        "band": [
            {"jpy_per_kwh": family.NIGHT_JPY_PER_KWH, "to_hour": family.DAY_HOUR_FROM},
            {"jpy_per_kwh": family.DAY_JPY_PER_KWH, "to_hour": family.PEAK_HOUR_FROM},
            {"jpy_per_kwh": family.PEAK_JPY_PER_KWH},
        ],
        "demand_jpy_per_kw_month": family.DEMAND_JPY_PER_KW_MONTH,
        "ratchet_months": 1,
        "export_jpy_per_kwh": family.EXPORT_JPY_PER_KWH,
    }


def _draws(spec: Spec, stressed: bool) -> Draws:
    """Draws of the Spec, with demand and sun replaced by the family's own, which need no weather."""
    draws = sample(spec)
    kinds = family.family_kinds(len(spec.building))
    demand_kw, pv_kw = family.family_draws(draws.clock, kinds, draws.n_scenarios, draws.seed)
    by_tier = np.zeros((*demand_kw.shape, len(TIERS)))
    by_tier[..., TIERS.index("critical")] = demand_kw
    available_kw = pv_kw * (family.STRESS_PV if stressed else 1.0)
    for drawn in (by_tier, available_kw):
        drawn.setflags(write=False)
    demand = replace(
        draws.demand,
        expected_kw=by_tier.mean(axis=0, keepdims=True),
        islanded_expected_kw=by_tier.mean(axis=0, keepdims=True),
        demand_kw=by_tier,
        islanded_kw=by_tier,
    )
    weather = replace(draws.weather, pv_kw=available_kw, pv_expected_kw=available_kw.mean(axis=0))
    return replace(draws, demand=demand, weather=weather)
