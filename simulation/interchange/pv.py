"""Photovoltaic arrays in the interchange problem: what is used of what the sun allows."""

from __future__ import annotations

from simulation.interchange.builder import Builder
from simulation.interchange.island import energised_frac
from simulation.interchange.names import BUS, USED
from simulation.interchange.outage import up_frac
from simulation.interchange.outlook import Outlook
from simulation.scenario.spec import Spec

__all__ = ["contribute"]


def contribute(builder: Builder, spec: Spec, outlook: Outlook) -> None:
    """Power used of every array: up to the sun's, while there is voltage (or the public grid, if it needs that)."""
    if not spec.pvs:
        return
    live, up = energised_frac(spec, outlook), up_frac(spec, outlook.grid_up_frac)
    names = spec.building_names
    for v, array in enumerate(spec.pvs):
        fit = live if array.part.runs_islanded else up
        used = builder.column(
            array.name,
            USED,
            upper=outlook.pv_kw[:, :, v] * fit[:, :, array.building],
            enters={builder.find_row(names[array.building], BUS): 1.0},
        )
        builder.own_source.setdefault(array.building, []).append(used)
