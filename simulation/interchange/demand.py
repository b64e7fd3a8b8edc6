"""Electric load in the interchange problem: tiers that may go unserved at a price, and a backlog that may wait."""

from __future__ import annotations

from math import floor

import numpy as np
from jaxtyping import Float

from simulation.interchange.builder import Builder, Store
from simulation.interchange.names import BACKLOG, BUS, DEFERRABLE, SERVED_DEFERRABLE, UNSERVED
from simulation.interchange.outlook import Outlook
from simulation.scenario.building import Building
from simulation.scenario.demand import Load
from simulation.scenario.spec import Spec
from simulation.units import TIERS

__all__ = ["contribute", "deadline_h"]


def contribute(builder: Builder, spec: Spec, outlook: Outlook) -> None:
    """Unserved power per tier of every building; deferrable load as a store of energy that waits.

    Deferrable energy is asked for when it arises and served when it suits, at the latest ``deadline_h`` later: the
    backlog may never exceed what arose in the last ``deadline_h`` hours.  What is not served by then leaves the
    backlog as unserved, and so is priced what still waits at the end of the plan.
    """
    for b, (name, building) in enumerate(spec.building.items()):
        bus = builder.find_row(name, BUS)
        for tier, jpy_per_kwh in enumerate(spec.lost_load.by_tier):
            demand_kw = outlook.demand_kw[:, :, b, tier]
            if not (_asks_for(building, tier) or demand_kw.any()):
                continue
            if tier == DEFERRABLE:
                _backlog(builder, name, bus, demand_kw, (outlook.backlog_kwh[:, b], deadline_h(building), jpy_per_kwh))
            else:
                cost = jpy_per_kwh * builder.step_h
                builder.column(name, UNSERVED[tier], upper=demand_kw, enters={bus: 1.0}, cost=cost)


def deadline_h(building: Building) -> float:
    """Hours that deferrable energy of a building may wait: the shortest of its loads [h]."""
    loads = [load.deadline_h for load in building.load.values() if load.tier_shares()[DEFERRABLE] > 0]
    return min(loads, default=Load.model_fields["deadline_h"].default)


def _asks_for(building: Building, tier: int) -> bool:
    """Whether any load or shelter of the building has a share in the tier."""
    loads = any(load.tier_shares()[tier] > 0 for load in building.load.values())
    return loads or any(shelter.power_tier == TIERS[tier] for shelter in building.shelter.values())


def _backlog(
    builder: Builder,
    name: str,
    bus: int,
    demand_kw: Float[np.ndarray, "S T"],
    terms: tuple[Float[np.ndarray, " S"], float, float],
) -> None:
    waiting_kwh, deadline, jpy_per_kwh = terms
    step_h = builder.step_h
    most_kwh = _most_waiting_kwh(demand_kw * step_h, waiting_kwh, deadline, step_h)
    before_kwh = np.concatenate([waiting_kwh[:, None], most_kwh[:, :-1]], axis=1)
    most_kw = before_kwh / step_h + demand_kw
    balance = builder.row(name, "backlog_balance_kwh", rhs=-demand_kw * step_h)
    builder.column(name, SERVED_DEFERRABLE, upper=most_kw, enters={bus: -1.0, balance: -step_h})
    builder.column(name, UNSERVED[DEFERRABLE], upper=most_kw, enters={balance: -step_h}, cost=jpy_per_kwh * step_h)
    last = np.zeros(builder.clock.n_steps)
    last[-1] = jpy_per_kwh
    builder.store(
        name, BACKLOG, balance, Store(initial=waiting_kwh[:, None], level_min=0.0, level_max=most_kwh, level_cost=last)
    )


def _most_waiting_kwh(
    arising_kwh: Float[np.ndarray, "S T"], waiting_kwh: Float[np.ndarray, " S"], deadline: float, step_h: float
) -> Float[np.ndarray, "S T"]:
    """Most that may wait at the end of each step: what arose within the deadline before it [kWh].

    The ages of what waits already are not known; it is taken to have arisen evenly over the deadline.
    """
    T = arising_kwh.shape[1]
    window = min(floor(deadline / step_h + 1e-9), T)
    total = np.cumsum(arising_kwh, axis=1)
    recent = total.copy()
    recent[:, window:] -= total[:, : T - window]
    faded = np.maximum(0.0, 1.0 - np.arange(1, T + 1) * step_h / deadline)
    return np.maximum(recent, 0.0) + waiting_kwh[:, None] * faded
