"""A PV array at run time."""

from __future__ import annotations

from simulation.scenario.pv import PV
from simulation.scenario.spec import Placed

__all__ = ["ArrayUnit"]


class ArrayUnit:
    """What the sun allows, what is fit to run, and what is used of it [kW]."""

    __slots__ = ("available_kw", "building", "name", "runs_islanded", "sun_kw", "used_kw")

    def __init__(self, placed: Placed[PV]) -> None:
        self.name = placed.name
        self.building = placed.building
        self.runs_islanded = placed.part.runs_islanded
        self.sun_kw = 0.0
        self.available_kw = 0.0
        self.used_kw = 0.0
