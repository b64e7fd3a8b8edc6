"""Cost by item: what is paid in the period, what is worn out, what was lost, and what the assets cost a year."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float

from simulation.events.trajectory import Trajectory
from simulation.metrics.metering import metered
from simulation.metrics.power import meter_import_kw
from simulation.metrics.quantity import Kind, Quantity, Topic, key, row_of_scenario, step_means
from simulation.scenario.battery import Battery
from simulation.scenario.genset import Genset
from simulation.scenario.grid import Grid
from simulation.scenario.part import Asset
from simulation.scenario.pv import PV
from simulation.scenario.spec import Spec
from simulation.scenario.tieline import Tieline
from simulation.units import MONTHS_PER_YEAR, TIERS, WATER_USES

__all__ = ["CASH_ITEMS", "annuity_factor", "billed_kw", "cash", "lost", "yearly"]

CASH_ITEMS = (
    ("cost_energy_jpy", "grid energy by the bands of the tariffs, levies included"),
    ("cost_demand_jpy", "demand charge on every meter's highest mean; a part of a month is charged as a whole one"),
    ("cost_fuel_jpy", "fuel burnt by the engines"),
    ("cost_starts_jpy", "starts of the engines"),
    ("income_export_jpy", "paid for power sent to the grid (lowers the cost)"),
)


def cash(spec: Spec, trajectory: Trajectory) -> dict[str, Quantity]:
    """What is paid in the period, by item and in all; and battery wear, which is no payment and stands beside it."""
    zero = np.zeros(len(trajectory.scenario_ids))
    energy, income, step_h = zero, zero, trajectory.clock.step_h
    exports = step_means(trajectory, "export_kw")
    for name, power in step_means(trajectory, "import_kw").items():
        tariff = spec.tariff_of(name)
        if tariff is None:
            continue
        energy = energy + power @ tariff.energy_jpy_per_kwh(trajectory.clock) * step_h
        if name in exports:
            income = income + exports[name].sum(axis=1) * tariff.export_jpy_per_kwh * step_h
    burnt = step_means(trajectory, "genset_fuel_lph")
    fuel = zero
    for engine in spec.gensets:
        if engine.name in burnt:
            fuel = fuel + burnt[engine.name].sum(axis=1) * engine.part.fuel_jpy_per_l * step_h
    demand, demand_of_year = _demand_charge(spec, trajectory)
    items = (energy, demand, fuel, _starts(spec, trajectory), income)
    found = {
        name: Quantity(values=values, unit="yen", meaning=meaning, topic=Topic.COST)
        for (name, meaning), values in zip(CASH_ITEMS, items, strict=True)
    }
    total = items[0] + items[1] + items[2] + items[3] - income
    given = step_means(trajectory, "discharge_kw")
    wear = zero
    for battery in spec.batteries:
        if battery.name in given:
            wear = wear + given[battery.name].sum(axis=1) * battery.part.wear_jpy_per_kwh * step_h
    return {
        "cost_jpy": Quantity(
            values=total,
            unit="yen",
            meaning="paid in the period: energy, demand charge, fuel and starts, less income from export",
            topic=Topic.COST,
        ),
        **found,
        "demand_charge_jpy_per_year": Quantity(
            values=demand_of_year,
            unit="yen/year",
            meaning="demand charge of a year whose highest means are those of this period",
            topic=Topic.COST,
        ),
        "wear_jpy": Quantity(
            values=wear, unit="yen", meaning="ageing of batteries by energy discharged (no payment)", topic=Topic.COST
        ),
    }


def lost(spec: Spec, trajectory: Trajectory) -> dict[str, Quantity]:
    """What the energy, water and vehicle fuel not served were worth; no payment, so apart from the cost."""
    step_h = trajectory.clock.step_h
    zero = np.zeros(len(trajectory.scenario_ids))
    found: dict[str, Quantity] = {}
    total = zero

    def add(name: str, values: Float[np.ndarray, " S"], meaning: str) -> None:
        found[name] = Quantity(
            values=np.maximum(values, 0.0), unit="yen", meaning=meaning, topic=Topic.COST, kind=Kind.LOSS
        )

    lacking = step_means(trajectory, "unserved_kw")
    for tier, value in zip(TIERS, spec.lost_load.by_tier, strict=True):
        here = [power.sum(axis=1) for name, power in lacking.items() if name.split(".")[1] == tier and power.any()]
        if here:
            worth = np.sum(here, axis=0) * step_h * value
            total = total + worth
            add(key("lost_load_jpy", tier), worth, f"value of {tier} energy not served, at {value:,.0f} yen/kWh")
    short = step_means(trajectory, "water_use_unserved_m3ph")
    worth_of: dict[str, float] = dict(zip(WATER_USES, spec.lost_water.by_use, strict=True))
    water = sum((flow.sum(axis=1) * worth_of[user.rpartition(".")[2]] for user, flow in short.items()), zero)
    short = step_means(trajectory, "vehicle_unserved_lph")
    fuel = sum(
        (short[t.name].sum(axis=1) * t.part.vehicle_shortage_jpy_per_l for t in spec.fuel_tanks if t.name in short),
        zero,
    )
    if spec.water_tanks:
        add("lost_water_jpy", water * step_h, "value of water not served")
    if any(tank.part.vehicle_demand_l_per_day for tank in spec.fuel_tanks):
        add("lost_vehicle_fuel_jpy", fuel * step_h, "value of fuel not given to emergency vehicles")
    total = total + (water + fuel) * step_h
    everything = Quantity(
        values=np.maximum(total, 0.0),
        unit="yen",
        meaning="value of all energy, water and vehicle fuel not served (no payment)",
        topic=Topic.COST,
        kind=Kind.LOSS,
    )
    return {"lost_jpy": everything, **found}


def yearly(spec: Spec, trajectory: Trajectory, lost_jpy: Float[np.ndarray, " S"]) -> dict[str, Quantity]:
    """Yearly cost of the assets, and of the disaster at the frequency that the scenario assumes."""
    ones = np.ones(len(trajectory.scenario_ids))
    rate = spec.money.discount_rate_frac
    assets = [(asset, _capital_jpy(asset)) for asset in _assets(spec)]
    capital = sum(jpy * annuity_factor(rate, asset.life_years) for asset, jpy in assets)
    upkeep = sum(jpy * asset.upkeep_frac_per_year for asset, jpy in assets)
    rows = {
        "capital_jpy_per_year": Quantity(
            values=capital * ones,
            unit="yen/year",
            meaning=f"capital cost of all assets spread over their lives at {100 * rate:g} % a year",
            topic=Topic.COST,
        ),
        "upkeep_jpy_per_year": Quantity(
            values=upkeep * ones, unit="yen/year", meaning="upkeep of all assets", topic=Topic.COST
        ),
    }
    if spec.hazard is not None:
        often = spec.money.disasters_per_year
        rows["disaster_loss_jpy_per_year"] = Quantity(
            values=lost_jpy * often,
            unit="yen/year",
            meaning=f"value of what was not served in this period, at {often:g} disasters a year",
            topic=Topic.COST,
            kind=Kind.LOSS,
        )
    return rows


def annuity_factor(rate_frac: float, years: float) -> float:
    """Yearly payment that pays back 1 over ``years`` at ``rate_frac``: r / (1 - (1 + r)^-n).

    >>> round(annuity_factor(0.03, 15.0), 6), annuity_factor(0.0, 10.0)
    (0.083767, 0.1)
    """
    if rate_frac == 0.0:
        return 1.0 / years
    return rate_frac / (1.0 - (1.0 + rate_frac) ** -years)


def billed_kw(
    monthly_peak_kw: Float[np.ndarray, "S Mo"], peak_so_far_kw: float, ratchet_months: int
) -> Float[np.ndarray, "S Mo"]:
    """Demand that is billed in every month: the highest of it and of the ``ratchet_months - 1`` months before.

    ``peak_so_far_kw`` is the highest of the months before the period that still count.  It stands for an unknown
    month, so it is kept for as long as it can count, and at least in the first month.

    >>> billed_kw(np.array([[50.0, 80.0, 60.0]]), 70.0, 2)
    array([[70., 80., 80.]])
    """
    kept = max(ratchet_months - 1, 1)
    floors = np.where(np.arange(monthly_peak_kw.shape[1]) < kept, peak_so_far_kw, 0.0)
    billed = np.maximum(monthly_peak_kw, floors)
    for back in range(1, min(ratchet_months, monthly_peak_kw.shape[1])):
        billed[:, back:] = np.maximum(billed[:, back:], monthly_peak_kw[:, :-back])
    return billed


def _demand_charge(spec: Spec, trajectory: Trajectory) -> tuple[Float[np.ndarray, " S"], Float[np.ndarray, " S"]]:
    """Demand charge of the months of the period, and of a whole year at the period's highest mean [yen]."""
    period = np.zeros(len(trajectory.scenario_ids))
    year = np.zeros_like(period)
    for meter, power in meter_import_kw(spec, trajectory).items():
        names = [name for name in spec.building_names if spec.meter_of(name) == meter]
        grids: list[Grid] = [grid for name in names if (grid := spec.building[name].grid) is not None]
        tariff = spec.tariff[grids[0].tariff]
        peak = metered(trajectory.clock, power, spec.period.metering_step_min).monthly_peak_kw()
        so_far = max(grid.peak_so_far_kw for grid in grids)
        billed = billed_kw(peak, so_far, tariff.ratchet_months)
        period = period + billed.sum(axis=1) * tariff.demand_after_power_factor_jpy
        year = year + peak.max(axis=1) * tariff.demand_after_power_factor_jpy * MONTHS_PER_YEAR
    return period, year


def _starts(spec: Spec, trajectory: Trajectory) -> Float[np.ndarray, " S"]:
    price = {engine.name: engine.part.start_cost_jpy for engine in spec.gensets}
    total = np.zeros(len(trajectory.scenario_ids))
    row = row_of_scenario(trajectory)
    for event in trajectory.events:
        if event.kind == "genset_started":
            total[row[event.scenario]] += price[event.element]
    return total


def _assets(spec: Spec) -> Iterator[Asset]:
    power = (spec.pvs, spec.batteries, spec.gensets, spec.vehicles)
    stocks = (spec.fuel_tanks, spec.service_stations, spec.water_tanks, spec.pumps)
    people = (spec.shelters, spec.toilets, spec.showers)
    for kind in (*power, *stocks, *people):
        for placed in kind:
            yield placed.part
    yield from spec.tieline.values()


def _capital_jpy(asset: Asset) -> float:
    """Capital cost as given; where it is not, the size times the cost of one more unit (per engine, for engines)."""
    if "capital_jpy" in asset.model_fields_set:
        return asset.capital_jpy
    match asset:
        case PV():
            return asset.rated_kw * asset.capital_jpy_per_kw
        case Battery():
            power_kw = max(asset.charge_kw, asset.discharge_kw)
            return asset.capacity_kwh * asset.capital_jpy_per_kwh + power_kw * asset.capital_jpy_per_kw
        case Genset():
            return asset.rated_kw * asset.capital_jpy_per_kw
        case Tieline():
            return max(asset.capacity_ab_kw, asset.capacity_ba_kw) * asset.capital_jpy_per_kw
        case _:
            return asset.capital_jpy
