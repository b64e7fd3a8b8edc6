"""Expected course of a building's load from its archetype, the calendar, the hour and the outdoor temperature."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from simulation.errors import Fault, ScenarioError
from simulation.physics.building import building_w, comfort_w, hvac_w
from simulation.scenario.archetype import Air, Archetype, read_archetype
from simulation.scenario.clock import Clock
from simulation.scenario.demand import Load

__all__ = ["expected_kw", "power_w"]

_W_PER_KW = 1000.0


def power_w(archetype: Archetype, clock: Clock, temperature_c: Float[np.ndarray, "S T"]) -> Float[np.ndarray, "S T"]:
    """Expected power per m2 or per dwelling, the mean of every step [W]; ``temperature_c`` is outdoors [C]."""
    air = np.zeros_like(temperature_c) if archetype.air is None else _air_w(archetype.air, clock, temperature_c)
    return building_w(archetype.rooms_w(clock), archetype.services_frac, archetype.constant_w, air)


def expected_kw(load: Load, clock: Clock, temperature_c: Float[np.ndarray, "S T"]) -> Float[np.ndarray, "S T"]:
    """Expected course of a load that names an archetype, the mean of every step [kW].

    Args:
        load: with an archetype, and the floor area or dwellings that it counts by.
        clock: grid with T steps; the calendar is the Japanese one.
        temperature_c: outdoor temperature [C].

    Raises:
        ScenarioError: if the archetype is unknown, or counts by the other of floor area and dwellings.

    >>> from datetime import datetime
    >>> office = Load(archetype="office", floor_area_m2=1000, tier_frac={"essential": 1})
    >>> clock = Clock(start_utc=datetime(2026, 8, 3, 5), step_min=60, n_steps=1, zone="Asia/Tokyo")  # Monday, 14 h
    >>> expected_kw(office, clock, np.array([[33.0]])).round(1)
    array([[70.8]])
    """
    archetype = read_archetype(str(load.archetype))
    size = load.floor_area_m2 if archetype.per == "m2" else load.dwellings
    if size is None:
        key = "floor_area_m2" if archetype.per == "m2" else "dwellings"
        fault = Fault(where=key, given="nothing", legal=f"a number: archetype {load.archetype} counts by {key}")
        raise ScenarioError("load", [fault])
    return power_w(archetype, clock, temperature_c) * (size * load.scale / _W_PER_KW)


def _air_w(air: Air, clock: Clock, temperature_c: Float[np.ndarray, "S T"]) -> Float[np.ndarray, "S T"]:
    comfort = comfort_w(
        temperature_c, air.cooling_from_c, air.cooling_w_per_k, air.heating_below_c, air.heating_w_per_k
    )
    plant, people = air.plant.course(clock), air.people.course(clock)
    return hvac_w(comfort, plant, people, air.people_share_frac, air.fans_w, air.limit_w)
