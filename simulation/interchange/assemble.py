"""From a Spec and what a planner sees to the interchange Problem."""

from __future__ import annotations

import warnings
from collections.abc import Callable

from simulation.draws.draws import Draws
from simulation.interchange import (
    battery,
    building,
    demand,
    fuel_tank,
    genset,
    grid,
    metering,
    pv,
    tieline,
    vehicle,
    water,
)
from simulation.interchange.builder import Builder
from simulation.interchange.outlook import Outlook, truth
from simulation.interchange.problem import Problem
from simulation.scenario.spec import Spec

__all__ = ["COMPONENTS", "assemble", "build"]

COMPONENTS: tuple[Callable[[Builder, Spec, Outlook], None], ...] = (
    building.contribute,
    demand.contribute,
    grid.contribute,
    pv.contribute,
    battery.contribute,
    vehicle.contribute,
    fuel_tank.contribute,
    genset.contribute,
    water.contribute,
    tieline.contribute,
    metering.contribute,
)
"""What adds to a Problem, in order: rows come before the columns that enter them."""


def assemble(spec: Spec, draws: Draws) -> Problem:
    """The interchange problem of the whole period with PERFECT INFORMATION about every draw: a bound, not a plan.

    Warns where a battery starts outside its usable band; the band is then widened as far as it takes.
    """
    for placed in spec.batteries:
        part = placed.part
        if not part.min_level_frac <= part.initial_level_frac <= part.max_level_frac:
            warnings.warn(
                f"{placed.name}.initial_level_frac: given {part.initial_level_frac:g}, outside "
                f"{part.min_level_frac:g} to {part.max_level_frac:g}; the band is widened until the level is inside",
                stacklevel=2,
            )
    return build(spec, truth(spec, draws))


def build(spec: Spec, outlook: Outlook) -> Problem:
    """The interchange problem of an outlook, one linear programme per scenario; every column and row has a name."""
    builder = Builder(clock=outlook.clock, n_scenarios=outlook.demand_kw.shape[0])
    for contribute in COMPONENTS:
        contribute(builder, spec, outlook)
    return builder.build()
