"""The standard problem as a user of PyPSA would state it: what they would pick instead, built and solved by HiGHS.

T. Brown, J. Hörsch and D. Schlachtberger 2018, "PyPSA: Python for Power System Analysis", J. Open Res. Softw. 6, 4.
The area's demand charge is the cost of extending a generator per month, behind which all connections hang.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from simulation.bench.area import Area
from simulation.bench.quiet import quiet

__all__ = ["pypsa_cost_jpy"]


def pypsa_cost_jpy(area: Area) -> Float[np.ndarray, " S"]:
    """Optimal cost of every scenario [yen], each network built and solved from nothing.

    ImportError without ``pypsa``.
    """
    pypsa = import_module("pypsa")
    costs = []
    for s in range(area.n_scenarios):
        with quiet():
            network = _network(pypsa.Network(), area, s)
            status, condition = network.optimize(
                solver_name="highs",
                log_to_console=False,
                solver_options={"output_flag": False, "threads": 1},
                include_objective_constant=False,
                progress=False,
            )
        costs.append(float(network.objective) if condition == "optimal" and status == "ok" else np.nan)
    return np.array(costs)


def _network(network: Any, area: Area, s: int) -> Any:
    """Components are added kind by kind, which is how PyPSA is quickest to build."""
    stamps, names = area.clock.utc.tz_localize(None), list(area.names)
    network.set_snapshots(stamps)
    for column in network.snapshot_weightings.columns:
        network.snapshot_weightings[column] = area.clock.step_h

    def called(words: str) -> list[str]:
        return [f"{name} {words}" for name in names]

    def each(words: str, values: Float[np.ndarray, "T B"]) -> pd.DataFrame:
        return pd.DataFrame(values, index=stamps, columns=called(words))

    batteries, eta = called("battery"), area.efficiency_frac
    network.add("Bus", ["public", *names, *batteries])
    months = [f"public {month}" for month in area.months]
    network.add(
        "Generator",
        months,
        bus="public",
        p_nom_extendable=True,
        p_nom_min=[area.peak_so_far_kw, *[0.0] * (len(months) - 1)],
        capital_cost=area.demand_jpy_per_kw,
        p_max_pu=pd.DataFrame(area.month_active, index=stamps, columns=months),
    )
    price = np.repeat(area.import_jpy_per_kwh[:, None], len(names), axis=1)
    imports = {"p_nom": area.contract_kw, "marginal_cost": each("import", price)}
    network.add("Link", called("import"), bus0="public", bus1=names, **imports)
    network.add("Load", called("load"), bus=names, p_set=each("load", area.demand_kw[s]))
    for words, values, cost in (
        ("pv", area.pv_kw[s], 0.0),
        ("unserved", area.demand_kw[s], area.unserved_jpy_per_kwh),
    ):
        network.add("Generator", called(words), bus=names, p_nom=1.0, p_max_pu=each(words, values), marginal_cost=cost)
    for words, most_kw, sign, cost in (
        ("export", area.contract_kw, -1.0, -area.export_jpy_per_kwh),
        ("genset", area.genset_kw, 1.0, area.genset_jpy_per_kwh),
    ):
        network.add("Generator", called(words), bus=names, p_nom=most_kw, sign=sign, marginal_cost=cost)
    floor = np.full((len(stamps), len(names)), area.level_min_frac)
    floor[-1] = area.level_start_frac
    start_kwh = area.level_start_frac * area.capacity_kwh
    levels = {"e_nom": area.capacity_kwh, "e_initial": start_kwh, "e_min_pu": each("battery", floor)}
    network.add("Store", batteries, bus=batteries, **levels)
    network.add("Link", called("charge"), bus0=names, bus1=batteries, p_nom=area.battery_kw, efficiency=eta)
    network.add("Link", called("discharge"), bus0=batteries, bus1=names, p_nom=area.battery_kw / eta, efficiency=eta)
    ways = [(names[a], names[b]) for one, other in area.lines for a, b in ((one, other), (other, one))]
    if ways:
        network.add(
            "Link",
            [f"{sender} to {receiver}" for sender, receiver in ways],
            bus0=[sender for sender, _ in ways],
            bus1=[receiver for _, receiver in ways],
            p_nom=area.line_kw,
            efficiency=1.0 - area.line_loss_frac,
        )
    return network
