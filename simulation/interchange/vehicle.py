"""Vehicles in the interchange problem: batteries that count while they are there and the grid is lost."""

from __future__ import annotations

import numpy as np

from simulation.interchange.builder import Builder, Store
from simulation.interchange.island import energised_frac
from simulation.interchange.names import BUS, CHARGE, DISCHARGE, LEVEL_KWH
from simulation.interchange.outage import up_frac
from simulation.interchange.outlook import Outlook
from simulation.physics.vehicle import home_kwh
from simulation.scenario.spec import Spec

__all__ = ["contribute"]


def contribute(builder: Builder, spec: Spec, outlook: Outlook) -> None:
    """Give and take of every vehicle while it is there and there is voltage; what it needs to drive home it keeps.

    Energy left in one is worth what the planner is told that stored energy is worth, else nothing: it is filled again
    elsewhere.
    """
    seen = outlook.vehicles
    if seen is None:
        return
    lost, live = 1.0 - up_frac(spec, outlook.grid_up_frac), energised_frac(spec, outlook)
    end_value = np.zeros(builder.clock.n_steps)
    end_value[-1] = -(spec.planner.stored_energy_jpy_per_kwh or 0.0)
    for e, placed in enumerate(spec.vehicles):
        part, b = placed.part, placed.building
        bus, balance = builder.find_row(spec.building_names[b], BUS), builder.row(placed.name, "balance_kwh")
        usable = lost[:, :, b] if part.forms_grid else np.minimum(lost[:, :, b], live[:, :, b])
        there, hours = np.minimum(seen.there_frac[:, :, e], usable), builder.step_h
        charge = builder.column(placed.name, CHARGE, upper=part.charge_kw * there, enters={bus: -1.0, balance: hours})
        discharge = builder.column(
            placed.name, DISCHARGE, upper=part.discharge_kw * there, enters={bus: 1.0, balance: -hours}
        )
        builder.exclude(charge, discharge)
        builder.own_source.setdefault(b, []).append(discharge)
        initial = seen.level_kwh[:, [e]]
        builder.store(
            placed.name,
            LEVEL_KWH,
            balance,
            Store(
                initial=initial,
                level_min=np.minimum(home_kwh(part.distance_km, part.use_kwh_per_km), initial),
                level_max=part.capacity_kwh,
                level_cost=end_value,
            ),
        )
