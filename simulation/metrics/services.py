"""The services of a scenario: power by tier, water, fuel for vehicles, communications, room in the shelter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from jaxtyping import Float

from simulation.events.trajectory import Trajectory
from simulation.metrics.interruptions import Interruptions, Lack, join, lacking_share, refine, stretches
from simulation.metrics.quantity import step_means
from simulation.metrics.survival import Service
from simulation.scenario.fuel_tank import FuelTank
from simulation.scenario.spec import Placed, Spec
from simulation.scenario.water import WaterTank
from simulation.units import TIERS

__all__ = ["services"]

_DEFERRABLE = "deferrable"


def services(spec: Spec, trajectory: Trajectory) -> tuple[Service, ...]:
    """Every service of the scenario: power by tier of the area and of each building, water, fuel, radio, shelter."""
    power = tuple(_power(spec, trajectory))
    whole = []
    for tier in TIERS:
        parts = tuple(service for service in power if service.name.endswith(f".{tier}"))
        if len(parts) > 1:
            whole.append(
                Service(
                    name=f"area.{tier}",
                    meaning=f"{tier} power in every building with {tier} load",
                    allowed_gap_min=min(part.allowed_gap_min for part in parts),
                    served_threshold_frac=max(part.served_threshold_frac for part in parts),
                    interruptions=join(part.interruptions for part in parts),
                    parts=parts,
                )
            )
    return (*whole, *power, *_water(spec, trajectory), *_fuel(spec, trajectory), *_people(spec, trajectory))


def _power(spec: Spec, trajectory: Trajectory) -> Iterator[Service]:
    """Deferrable load is lost when its deadline passes, which step means tell; the others, to the minute."""
    demand = step_means(trajectory, "demand_kw")
    lacking = step_means(trajectory, "unserved_kw")
    told = stretches(trajectory, "shedding_began", "shedding_ended")
    for name, building in spec.building.items():
        for tier in TIERS:
            element = f"{name}.{tier}"
            if element not in demand or not demand[element].any():
                continue
            lack = Lack(
                share=lacking_share(demand[element], lacking[element]),
                allowed=1.0 - building.served_threshold_frac,
                step_h=trajectory.clock.step_h,
            )
            yield Service(
                name=element,
                meaning=f"{tier} power in {building.title or name}",
                allowed_gap_min=building.allowed_gap_min.get(tier, 0.0),
                served_threshold_frac=building.served_threshold_frac,
                interruptions=refine(lack, None if tier == _DEFERRABLE else told.get(element)),
            )


def _water(spec: Spec, trajectory: Trajectory) -> Iterator[Service]:
    demand = step_means(trajectory, "water_demand_m3ph")
    lacking = step_means(trajectory, "water_unserved_m3ph")
    told = stretches(trajectory, "stock_empty", "stock_refilled")
    for tank in spec.water_tanks:
        if tank.name in demand and demand[tank.name].any():
            share = lacking_share(demand[tank.name], lacking[tank.name])
            yield _of_tank(tank, share, trajectory, told, f"water from {tank.name}")


def _fuel(spec: Spec, trajectory: Trajectory) -> Iterator[Service]:
    """Vehicles get all or nothing: the tank is dry, or its pump has no power."""
    demand = step_means(trajectory, "vehicle_demand_lph")
    lacking = step_means(trajectory, "vehicle_unserved_lph")
    for tank in spec.fuel_tanks:
        if tank.name in demand and demand[tank.name].any():
            share = lacking_share(demand[tank.name], lacking[tank.name])
            yield _of_tank(tank, share, trajectory, {}, f"fuel for emergency vehicles from {tank.name}")


def _of_tank(
    tank: Placed[WaterTank] | Placed[FuelTank],
    share: Float[np.ndarray, "S T"],
    trajectory: Trajectory,
    told: Mapping[str, Interruptions],
    meaning: str,
) -> Service:
    lack = Lack(share=share, allowed=1.0 - tank.part.served_threshold_frac, step_h=trajectory.clock.step_h)
    return Service(
        name=tank.name,
        meaning=meaning,
        allowed_gap_min=tank.part.allowed_gap_min,
        served_threshold_frac=tank.part.served_threshold_frac,
        interruptions=refine(lack, told.get(tank.name), on_off=True),
    )


def _people(spec: Spec, trajectory: Trajectory) -> Iterator[Service]:
    """Base stations and shelter floor carry no gap or threshold: any loss ends them."""
    step_h = trajectory.clock.step_h
    up = step_means(trajectory, "communications_up_frac")
    for station in spec.communications:
        if station.name in up:
            lack = Lack(share=1.0 - up[station.name], allowed=0.0, step_h=step_h)
            yield _any_loss(station.name, f"communications by {station.name}", refine(lack, None, on_off=True))
    inside, away = step_means(trajectory, "people"), step_means(trajectory, "turned_away")
    for shelter in spec.shelters:
        if shelter.name in inside:
            share = lacking_share(inside[shelter.name] + away[shelter.name], away[shelter.name])
            lack = Lack(share=share, allowed=0.0, step_h=step_h)
            yield _any_loss(shelter.name, f"room for everybody in {shelter.name}", refine(lack, None))


def _any_loss(name: str, meaning: str, interruptions: Interruptions) -> Service:
    return Service(
        name=name, meaning=meaning, allowed_gap_min=0.0, served_threshold_frac=1.0, interruptions=interruptions
    )
