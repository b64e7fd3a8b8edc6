"""People: who was sheltered, who was turned away, what they lacked, and hours without communications."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from simulation.events.trajectory import Trajectory
from simulation.metrics.quantity import Kind, Quantity, Topic, key, step_means, total
from simulation.scenario.spec import Spec
from simulation.units import HOURS_PER_DAY

__all__ = ["people", "present", "with_power"]

_LACKS = (
    ("without_food", "after the food in store was gone"),
    ("without_toilet", "beyond those whom its toilets serve by the standard"),
)


def people(spec: Spec, trajectory: Trajectory) -> dict[str, Quantity]:
    """Shelters: people and person-days; base stations: hours dark."""
    step_h = trajectory.clock.step_h
    step_days = step_h / HOURS_PER_DAY
    on_floor = step_means(trajectory, "people")
    away = step_means(trajectory, "turned_away")
    found: dict[str, Quantity] = {}
    for shelter in spec.shelters:
        if shelter.name not in on_floor:
            continue
        inside = on_floor[shelter.name]
        turned = away[shelter.name]
        found |= _beside_the_floor(shelter.name, trajectory)
        found[key("peak_people", shelter.name)] = Quantity(
            values=inside.max(axis=1), unit="people", meaning=f"most people in {shelter.name}", topic=Topic.PEOPLE
        )
        found[key("sheltered_person_days", shelter.name)] = total(
            inside, step_days, unit="person-days", meaning=f"stay in {shelter.name}", topic=Topic.PEOPLE
        )
        found[key("turned_away_person_days", shelter.name)] = total(
            turned,
            step_days,
            unit="person-days",
            meaning=f"people who found no room in {shelter.name}",
            topic=Topic.PEOPLE,
            kind=Kind.LOSS,
        )
        for quantity, lack in _LACKS:
            lacking = step_means(trajectory, quantity)
            if shelter.name in lacking:
                found[key(f"{quantity}_person_days", shelter.name)] = total(
                    lacking[shelter.name],
                    step_days,
                    unit="person-days",
                    meaning=f"people in {shelter.name} {lack}",
                    topic=Topic.PEOPLE,
                    kind=Kind.LOSS,
                )
    for item, without in step_means(trajectory, "without_item").items():
        found[key("without_person_days", item)] = total(
            without,
            step_days,
            unit="person-days",
            meaning=f"people who go without {item}",
            topic=Topic.PEOPLE,
            kind=Kind.LOSS,
        )
    for station, up in step_means(trajectory, "communications_up_frac").items():
        found[key("communications_dark_h", station)] = total(
            1.0 - up, step_h, unit="h", meaning=f"time without {station}", topic=Topic.PEOPLE, kind=Kind.LOSS
        )
    return found


def present(trajectory: Trajectory) -> dict[str, Float[np.ndarray, "S T"]]:
    """People on the floor of every shelter and in cars before it."""
    cars = step_means(trajectory, "car_people")
    return {
        name: floor + cars[name] if name in cars else floor for name, floor in step_means(trajectory, "people").items()
    }


def with_power(spec: Spec, trajectory: Trajectory) -> dict[str, Float[np.ndarray, "S T"]]:
    """Those for whom power is meant, by shelter: people in cars only where they draw some."""
    floor, everybody = step_means(trajectory, "people"), present(trajectory)
    drawing = {
        shelter.name
        for shelter in spec.shelters
        if shelter.part.cars is not None and shelter.part.cars.power_kwh_per_person_day > 0.0
    }
    return {name: everybody[name] if name in drawing else here for name, here in floor.items()}


def _beside_the_floor(shelter: str, trajectory: Trajectory) -> dict[str, Quantity]:
    """People in cars, and visitors whom the disaster found there."""
    step_days = trajectory.clock.step_h / HOURS_PER_DAY
    found: dict[str, Quantity] = {}
    for quantity, word, meaning in (
        ("car_people", "in_cars", f"nights and days in cars at {shelter}"),
        ("stranded_people", "stranded", f"stranded visitors at {shelter}, with or without a place"),
    ):
        flow = step_means(trajectory, quantity).get(shelter)
        if flow is not None:
            found[key(f"{word}_person_days", shelter)] = total(
                flow, step_days, unit="person-days", meaning=meaning, topic=Topic.PEOPLE
            )
            found[key(f"{word}_peak_people", shelter)] = Quantity(
                values=flow.max(axis=1), unit="people", meaning=f"most of: {meaning}", topic=Topic.PEOPLE
            )
    return found
