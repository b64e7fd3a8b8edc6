"""Stocks: when each ran out, counted from the strike, and which was the first."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float

from simulation.events.trajectory import Trajectory
from simulation.metrics.quantity import Kind, Quantity, Topic, key, row_of_scenario
from simulation.metrics.reference import Reference, dark
from simulation.scenario.spec import Spec

__all__ = ["NOTHING", "first_to_run_out", "hours_to_empty", "run_out"]

NOTHING = "nothing ran out"
"""What stands for the first stock to run out where none did."""

_EMPTY_FRAC = 1e-6
"""A level within this share of its highest is at its floor: far above rounding, far below any answer."""


def hours_to_empty(spec: Spec, trajectory: Trajectory, reference: Reference) -> dict[str, Float[np.ndarray, " S"]]:
    """Hours from the reference until every stock first stands at its floor; infinite where it never does [h].

    To the minute where an event tells it, else from the levels at the edges of the control steps.  A battery counts
    only while its building's feeder is dark: in normal operation it is emptied on purpose.  A stock that the scenario
    never fills (no food in store) is left out.
    """
    edges_h = trajectory.clock.hours
    after = edges_h[None, :] >= reference.start_h[:, None]
    told = _told(trajectory, reference)
    never = np.full(len(trajectory.scenario_ids), np.inf)
    found: dict[str, Float[np.ndarray, " S"]] = {}
    for name, level, floor, counts in _levels(spec, trajectory):
        at_floor = (level <= floor + _EMPTY_FRAC * max(float(level.max()), 1e-12)) & after & counts
        first = np.argmax(at_floor, axis=1)
        at_edge = np.where(at_floor.any(axis=1), edges_h[first] - reference.start_h, np.inf)
        found[name] = np.minimum(at_edge, told.get(name, never))
    return found


def run_out(hours: Mapping[str, Float[np.ndarray, " S"]]) -> dict[str, Quantity]:
    """For every stock: whether it ran out, and when."""
    found: dict[str, Quantity] = {}
    for name, hour in hours.items():
        found[key("ran_out", name)] = Quantity(
            values=np.isfinite(hour).astype(float),
            unit="-",
            meaning=f"share of scenarios in which {name} ran out",
            topic=Topic.STOCKS,
            kind=Kind.EVENT,
        )
        found[key("hours_to_empty", name)] = Quantity(
            values=hour,
            unit="h",
            meaning=f"hours until {name} ran out, over the scenarios in which it did",
            topic=Topic.STOCKS,
            kind=Kind.MOMENT,
        )
    return found


def first_to_run_out(hours: Mapping[str, Float[np.ndarray, " S"]]) -> dict[str, int]:
    """In how many scenarios each stock was the first to run out, most often first; of a tie, the first in order.

    >>> first_to_run_out({"fuel": np.array([30.0, 50.0, np.inf]), "water": np.array([40.0, 20.0, np.inf])})
    {'fuel': 1, 'water': 1, 'nothing ran out': 1}
    """
    if not hours:
        return {}
    names = [*hours, NOTHING]
    table = np.stack(list(hours.values()), axis=0)
    first = np.where(np.isfinite(table).any(axis=0), np.argmin(table, axis=0), len(hours))
    counts = np.bincount(first, minlength=len(names))
    order = np.argsort(-counts, kind="stable")
    return {names[i]: int(counts[i]) for i in order if counts[i] > 0}


def _levels(spec: Spec, trajectory: Trajectory) -> list[tuple[str, Float[np.ndarray, "S T1"], float, np.ndarray]]:
    """Name, level, floor, and where it counts, of everything that can run out."""
    everywhere = np.ones((1, 1), dtype=bool)
    found = []
    islanded = _dark_edges(spec, trajectory)
    for battery in spec.batteries:
        level = trajectory.level("battery_kwh", battery.name)
        floor = battery.part.min_level_frac * battery.part.capacity_kwh
        found.append((battery.name, level, floor, islanded[battery.building]))
    for quantity in ("fuel_l", "water_m3", "food_person_days", "item_person_days", "toilet_room_l", "communications_h"):
        series = trajectory.levels.get(quantity)
        if series is None:
            continue
        for element in series.elements:
            level = series.of(element)
            if level.max() > 0.0:
                found.append((_label(element, quantity), level, 0.0, everywhere))
    return found


def _told(trajectory: Trajectory, reference: Reference) -> dict[str, Float[np.ndarray, " S"]]:
    """Hours from the reference to the first event that says a stock is empty."""
    row = row_of_scenario(trajectory)
    shelters = set(trajectory.levels["food_person_days"].elements) if "food_person_days" in trajectory.levels else set()
    found: dict[str, Float[np.ndarray, " S"]] = {}
    for event in trajectory.events:
        if event.kind not in ("stock_empty", "phones_dead"):
            continue
        s = row[event.scenario]
        hour = event.time_h - reference.start_h[s]
        if hour < 0.0:
            continue
        name = f"{event.element} food" if event.element in shelters else event.element
        hours = found.setdefault(name, np.full(len(row), np.inf))
        hours[s] = min(hours[s], hour)
    return found


def _label(element: str, quantity: str) -> str:
    """A shelter's stock is its food; the others are named by their element."""
    return f"{element} food" if quantity == "food_person_days" else element


def _dark_edges(spec: Spec, trajectory: Trajectory) -> list[np.ndarray]:
    """For every building, the edges that end a step in which its grid was lost; always, without a grid."""
    lost = dark(trajectory)
    feeders = list(spec.feeder)
    shape = (len(trajectory.scenario_ids), trajectory.clock.n_steps + 1)
    masks = []
    for building in spec.building.values():
        mask = np.ones(shape, dtype=bool)
        if building.grid is not None:
            mask[:, 0] = False
            mask[:, 1:] = lost[:, :, feeders.index(building.grid.feeder)]
        masks.append(mask)
    return masks
