"""Power: energy, peaks, exchange, self-sufficiency, CO2, what was not served by tier, and the service that it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from jaxtyping import Float

from simulation.events.trajectory import Trajectory
from simulation.metrics.interruptions import Lack, join, lacking_share, refine, stretches
from simulation.metrics.metering import metered
from simulation.metrics.people import with_power
from simulation.metrics.quantity import Kind, Quantity, Topic, key, step_means
from simulation.metrics.survival import Service, Trouble
from simulation.scenario.spec import Spec
from simulation.units import TIERS

__all__ = [
    "DEFERRABLE",
    "carbon",
    "energy",
    "exchange",
    "load_cut",
    "meter_import_kw",
    "peaks",
    "power_services",
    "served_kwh",
    "total_kwh",
    "unserved",
]

DEFERRABLE: Final = "deferrable"
"""The tier whose load may wait."""

_CUT = ("shedding_began", "shedding_goes_on")

_FLOWS = (
    ("demand_kw", "demand_kwh", "energy that the loads asked for"),
    ("import_kw", "import_kwh", "energy drawn from the grid"),
    ("export_kw", "export_kwh", "energy sent to the grid"),
    ("pv_kw", "pv_kwh", "PV energy used or stored"),
    ("curtailed_kw", "curtailed_kwh", "PV energy that could not be used"),
    ("genset_kw", "genset_kwh", "energy of the engines"),
    ("charge_kw", "charge_kwh", "energy into the batteries, at their terminals"),
    ("discharge_kw", "discharge_kwh", "energy out of the batteries, at their terminals"),
    ("pump_kw", "pump_kwh", "energy of the pumps"),
)


def energy(spec: Spec, trajectory: Trajectory) -> dict[str, Quantity]:
    """Energy of the whole area by where it came from and went, and self-sufficiency."""
    found = {
        name: Quantity(values=total_kwh(trajectory, flow), unit="kWh", meaning=meaning, topic=Topic.POWER)
        for flow, name, meaning in _FLOWS
    }
    served = served_kwh(trajectory)
    imported = found["import_kwh"].values
    own = served + _stored_kwh(trajectory) - imported
    share = np.divide(own, served, out=np.zeros_like(served), where=served > 0)
    found["self_sufficiency_frac"] = Quantity(
        values=share,
        unit="-",
        meaning="1 - (import - rise of what the batteries hold) / energy served (loads and pumps)",
        topic=Topic.POWER,
    )
    return found


def meter_import_kw(spec: Spec, trajectory: Trajectory) -> dict[str, Float[np.ndarray, "S T"]]:
    """Sum of the imports behind every meter [kW]."""
    imports = step_means(trajectory, "import_kw")
    return {
        meter: np.sum([power for name, power in imports.items() if spec.meter_of(name) == meter], axis=0)
        for meter in spec.meters
    }


def peaks(spec: Spec, trajectory: Trajectory) -> dict[str, Quantity]:
    """Highest mean over a metering interval, of the area as one and of every meter."""
    step_min = spec.period.metering_step_min
    read_min = max(step_min, trajectory.clock.step_min)
    label = f"highest {read_min}-minute mean"
    if read_min > step_min:
        label += f" (the meter takes {step_min} minutes: this understates)"

    def peak(power_kw: Float[np.ndarray, "S T"], whose: str) -> Quantity:
        values = metered(trajectory.clock, power_kw, step_min).mean_kw.max(axis=1)
        return Quantity(values=values, unit="kW", meaning=f"{label} of the import of {whose}", topic=Topic.POWER)

    meters = meter_import_kw(spec, trajectory)
    if not meters:
        return {}
    found = {"area_peak_kw": peak(np.sum(list(meters.values()), axis=0), "all buildings together")}
    found |= {key("peak_kw", meter): peak(power, f"the meter {meter}") for meter, power in meters.items()}
    return found


def exchange(spec: Spec, trajectory: Trajectory) -> dict[str, Quantity]:
    """Energy over every tie-line and direction, counted where it is sent; its total and its loss."""
    found: dict[str, Quantity] = {}
    sent = np.zeros(len(trajectory.scenario_ids))
    lost = np.zeros_like(sent)
    for element, power in step_means(trajectory, "sent_kw").items():
        line = element.split(":")[0]
        kwh = power.sum(axis=1) * trajectory.clock.step_h
        sent = sent + kwh
        lost = lost + kwh * spec.tieline[line].loss_frac
        found[key("exchanged_kwh", element)] = Quantity(
            values=kwh, unit="kWh", meaning=f"energy sent over {element}", topic=Topic.POWER
        )
    if not found:
        return {}
    total = {
        "exchanged_kwh": (sent, "energy sent over all tie-lines"),
        "exchange_loss_kwh": (lost, "energy lost in the tie-lines"),
    }
    return {
        name: Quantity(values=values, unit="kWh", meaning=meaning, topic=Topic.POWER)
        for name, (values, meaning) in total.items()
    } | found


def carbon(spec: Spec, trajectory: Trajectory) -> dict[str, Quantity]:
    """CO2 of grid power and of fuel; power sent out earns no credit."""
    step_h = trajectory.clock.step_h
    grid = np.zeros(len(trajectory.scenario_ids))
    for name, power in step_means(trajectory, "import_kw").items():
        tariff = spec.tariff_of(name)
        if tariff is not None:
            grid = grid + power.sum(axis=1) * step_h * tariff.co2_kg_per_kwh
    fuel = np.zeros_like(grid)
    burnt = step_means(trajectory, "genset_fuel_lph")
    for engine in spec.gensets:
        if engine.name in burnt:
            fuel = fuel + burnt[engine.name].sum(axis=1) * step_h * engine.part.co2_kg_per_l
    rows = (
        ("co2_kg", grid + fuel, "CO2 of grid power and fuel; no credit for power sent out"),
        ("co2_grid_kg", grid, "CO2 of grid power"),
        ("co2_fuel_kg", fuel, "CO2 of fuel burnt"),
    )
    return {
        name: Quantity(values=values, unit="kg CO2", meaning=meaning, topic=Topic.POWER)
        for name, values, meaning in rows
    }


def unserved(spec: Spec, trajectory: Trajectory) -> dict[str, Quantity]:
    """Energy that was asked for and not served: in all, by tier, by building and tier."""
    demand = step_means(trajectory, "demand_kw")
    lacking = step_means(trajectory, "unserved_kw")
    step_h = trajectory.clock.step_h

    def loss(elements: list[str], whose: str) -> Quantity:
        values = np.sum([lacking[element].sum(axis=1) for element in elements], axis=0) * step_h
        return Quantity(
            values=np.maximum(values, 0.0),
            unit="kWh",
            meaning=f"energy not served, {whose}",
            topic=Topic.POWER,
            kind=Kind.LOSS,
        )

    asked = [element for element in lacking if demand[element].any()]
    if not asked:
        return {}
    found = {"unserved_kwh": loss(asked, "all loads")}
    for tier in TIERS:
        here = [element for element in asked if element.split(".")[1] == tier]
        if here:
            found[key("unserved_kwh", tier)] = loss(here, f"{tier} loads of all buildings")
    for element in asked:
        found[key("unserved_kwh", element)] = loss([element], element)
    return found


def power_services(spec: Spec, trajectory: Trajectory) -> Iterator[Service]:
    """Power by tier, of the area where two or more buildings have the tier, then of each building."""
    power = tuple(_of_buildings(spec, trajectory))
    for tier in TIERS:
        parts = tuple(service for service in power if service.name.endswith(f".{tier}"))
        if len(parts) > 1:
            yield Service(
                name=f"area.{tier}",
                meaning=f"{tier} power in every building with {tier} load",
                allowed_gap_min=min(part.allowed_gap_min for part in parts),
                served_threshold_frac=max(part.served_threshold_frac for part in parts),
                interruptions=join(part.interruptions for part in parts),
                parts=parts,
            )
    yield from power


def load_cut(element: str, told_late_h: float) -> Trouble:
    """What the log says of a cut of a tier's load in a building."""
    return Trouble(element=element, began=_CUT, over="shedding_ended", told_late_h=told_late_h)


def _of_buildings(spec: Spec, trajectory: Trajectory) -> Iterator[Service]:
    """Deferrable load is lost when its deadline passes, which step means tell; the others, to the minute.

    What is lost then may be more than its tier asks for in that step, but nobody goes without for longer than the step.
    """
    step_h = trajectory.clock.step_h
    demand = step_means(trajectory, "demand_kw")
    lacking = step_means(trajectory, "unserved_kw")
    told = stretches(trajectory, "shedding_began", "shedding_ended")
    people = _relying(spec, trajectory)
    for name, building in spec.building.items():
        for tier in TIERS:
            element = f"{name}.{tier}"
            if element not in demand or not demand[element].any():
                continue
            share = lacking_share(demand[element], lacking[element])
            lack = Lack(share=share, allowed=1.0 - building.served_threshold_frac, step_h=step_h)
            deferrable = tier == DEFERRABLE
            yield Service(
                name=element,
                meaning=f"{tier} power in {building.title or name}",
                allowed_gap_min=building.allowed_gap_min.get(tier, 0.0),
                served_threshold_frac=building.served_threshold_frac,
                interruptions=refine(lack, None if deferrable else told.get(element)),
                unserved_kwh=lacking[element] * step_h,
                unserved_person_h=people[name] * share.clip(max=1.0) * step_h if name in people else None,
                troubles=(load_cut(element, step_h if deferrable else 0.0),),
            )


def _relying(spec: Spec, trajectory: Trajectory) -> dict[str, Float[np.ndarray, "S T"]]:
    """People who rely on a building's power: those in its shelters, and those who live or work there.

    A building without either is left out.
    """
    sheltered = with_power(spec, trajectory)
    found: dict[str, Float[np.ndarray, "S T"]] = {}
    for i, (name, building) in enumerate(spec.building.items()):
        here = [sheltered[item.name] for item in spec.shelters if item.building == i and item.name in sheltered]
        if here or building.people > 0.0:
            n = (len(trajectory.scenario_ids), trajectory.clock.n_steps)
            found[name] = np.sum([np.full(n, building.people), *here], axis=0)
    return found


def served_kwh(trajectory: Trajectory) -> Float[np.ndarray, " S"]:
    """Energy given to loads and pumps; deferrable load counts when it is served, not when it is asked for [kWh]."""
    served = (
        total_kwh(trajectory, "demand_kw") - total_kwh(trajectory, "unserved_kw") + total_kwh(trajectory, "pump_kw")
    )
    waiting = trajectory.levels.get("backlog_kwh")
    if waiting is None:
        return served
    return served - (waiting.values[:, -1] - waiting.values[:, 0]).sum(axis=1)


def _stored_kwh(trajectory: Trajectory) -> Float[np.ndarray, " S"]:
    """What the batteries hold more at the end of the period than at its start [kWh]."""
    held = trajectory.levels.get("battery_kwh")
    if held is None:
        return np.zeros(len(trajectory.scenario_ids))
    return (held.values[:, -1] - held.values[:, 0]).sum(axis=1)


def total_kwh(trajectory: Trajectory, flow: str) -> Float[np.ndarray, " S"]:
    """Energy of a flow [kW] over the whole period and all its elements [kWh]."""
    series = trajectory.flows.get(flow)
    if series is None:
        return np.zeros(len(trajectory.scenario_ids))
    return series.values.sum(axis=(1, 2)) * trajectory.clock.step_h
