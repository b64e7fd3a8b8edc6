"""From worlds that have run to one Trajectory, and from many Trajectories to one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from simulation.draws.draws import Draws
from simulation.events.ledger import FLOWS, LEVELS
from simulation.events.quantity import Quantity
from simulation.events.rows import columns_of
from simulation.events.trajectory import Series, Trajectory
from simulation.events.world import World
from simulation.scenario.spec import Spec

__all__ = ["collect", "concatenate"]


def collect(
    spec: Spec,
    draws: Draws,
    worlds: Sequence[World],
    *,
    planned_by: str,
    perfect_information: bool,
    plans: Mapping[str, int] | None = None,
) -> Trajectory:
    """Join the rows of worlds that have been advanced to the end of the period; ``plans`` counts plans by solver.

    Raises ValueError where one of them has not.
    """
    end_h = draws.clock.duration_h
    for world in worlds:
        if world.row < draws.clock.n_steps:
            raise ValueError(f"{spec.name}: world {world.scenario} stands at {world.now_h:g} h of {end_h:g} h")
    return Trajectory(
        clock=draws.clock,
        scenario_ids=np.array([world.scenario for world in worlds], dtype=np.int64),
        planned_by=planned_by,
        perfect_information=perfect_information,
        flows=_series(FLOWS, worlds, np.stack([world.flow_rows for world in worlds])),
        levels=_series(LEVELS, worlds, np.stack([world.level_rows for world in worlds])),
        events=tuple(record for world in worlds for record in world.log.records),
        n_events=np.array([world.n_events for world in worlds], dtype=np.int64),
        plans=dict(plans or {}),
    )


def concatenate(trajectories: Sequence[Trajectory]) -> Trajectory:
    """Trajectories of the same scenario file, one behind the other along the axis S."""
    first = trajectories[0]
    plans: Counter[str] = Counter()
    for one in trajectories:
        plans.update(one.plans)
    return replace(
        first,
        scenario_ids=np.concatenate([one.scenario_ids for one in trajectories]),
        flows=_joined([one.flows for one in trajectories]),
        levels=_joined([one.levels for one in trajectories]),
        events=tuple(record for one in trajectories for record in one.events),
        n_events=np.concatenate([one.n_events for one in trajectories]),
        plans=dict(plans),
    )


def _series(quantities: tuple[Quantity, ...], worlds: Sequence[World], rows: np.ndarray) -> dict[str, Series]:
    rows.flags.writeable = False
    columns = columns_of(quantities, worlds[0])
    return {
        quantity.name: Series(
            values=rows[:, :, columns[quantity.name]],
            elements=tuple(quantity.elements(worlds[0])),
            unit=quantity.unit,
            meaning=quantity.meaning,
        )
        for quantity in quantities
    }


def _joined(parts: Sequence[Mapping[str, Series]]) -> dict[str, Series]:
    joined: dict[str, Series] = {}
    for name, series in parts[0].items():
        values = np.concatenate([part[name].values for part in parts])
        values.flags.writeable = False
        joined[name] = replace(series, values=values)
    return joined
