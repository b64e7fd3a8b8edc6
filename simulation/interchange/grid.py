"""The public grid in the interchange problem: import and export of every connection."""

from __future__ import annotations

from simulation.interchange.builder import Builder
from simulation.interchange.names import BUS, EXPORT, IMPORT
from simulation.interchange.outage import up_frac
from simulation.interchange.outlook import Outlook
from simulation.scenario.spec import Spec

__all__ = ["contribute"]


def contribute(builder: Builder, spec: Spec, outlook: Outlook) -> None:
    """Import up to the contract and export up to its limit, for the share of each step in which the feeder is up."""
    up = up_frac(spec, outlook.grid_up_frac)
    for b, (name, building) in enumerate(spec.building.items()):
        grid, tariff = building.grid, spec.tariff_of(name)
        if grid is None or tariff is None:
            continue
        bus = builder.find_row(name, BUS)
        price = tariff.energy_jpy_per_kwh(builder.clock) * builder.step_h
        bought = builder.column(name, IMPORT, upper=grid.contract_kw * up[:, :, b], enters={bus: 1.0}, cost=price)
        if grid.export_limit_kw > 0:
            limit_kw = grid.export_limit_kw * up[:, :, b]
            paid = tariff.export_jpy_per_kwh * builder.step_h
            sold = builder.column(name, EXPORT, upper=limit_kw, enters={bus: -1.0}, cost=-paid)
            builder.exclude(bought, sold)
