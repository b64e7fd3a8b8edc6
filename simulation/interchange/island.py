"""Who has voltage: an island lives only where something forms its grid."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from simulation.interchange.outage import up_frac
from simulation.interchange.outlook import Outlook
from simulation.interchange.tieline import closed_frac
from simulation.scenario.spec import Spec

__all__ = ["energised_frac"]


def energised_frac(spec: Spec, outlook: Outlook) -> Float[np.ndarray, "S T B"]:
    """Share of each step in which a building has voltage to synchronise with.

    It has where its feeder is up, where it has a battery that forms a grid or an engine that may run, or where a closed
    line can bring power from such a building.  A simplification of the planner: that the battery is not empty and the
    engine runs is left to the event model.  Shares of a step that come from grid and lines are not added up: the
    larger one counts.
    """
    live = up_frac(spec, outlook.grid_up_frac)
    for g, engine in enumerate(spec.gensets):
        live[:, :, engine.building] = np.minimum(1.0, live[:, :, engine.building] + outlook.genset_up_frac[:, :, g])
    for battery in spec.batteries:
        if battery.part.forms_grid:
            live[:, :, battery.building] = 1.0
    if outlook.vehicles is not None:
        for e, vehicle in enumerate(spec.vehicles):
            if vehicle.part.forms_grid:
                there = outlook.vehicles.there_frac[:, :, e]
                live[:, :, vehicle.building] = np.maximum(live[:, :, vehicle.building], there)
    if live.all():
        return live
    names = list(spec.building)
    closed = closed_frac(spec, outlook.grid_up_frac)
    for _ in names[1:]:
        before = live.copy()
        for i, line in enumerate(spec.tieline.values()):
            a, b = names.index(line.a), names.index(line.b)
            for start, stop, capacity_kw in ((a, b, line.capacity_ab_kw), (b, a, line.capacity_ba_kw)):
                if capacity_kw > 0:
                    through = np.minimum(closed[:, :, i], live[:, :, start])
                    live[:, :, stop] = np.maximum(live[:, :, stop], through)
        if np.array_equal(before, live):
            break
    return live
