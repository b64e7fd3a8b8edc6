"""The standard problem as a user of oemof.solph would state it: what they would pick instead, through Pyomo to HiGHS.

U. Krien, P. Schönfeldt, J. Launer, S. Hilpert, C. Kaldemeyer and G. Pleßmann 2020, "oemof.solph: a model generator for
linear and mixed-integer linear optimisation of energy systems", Softw. Impacts 6.  The area's demand charge is the
cost of investing in the flow of a source per month, behind which all connections hang.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
from jaxtyping import Float

from simulation.bench.area import Area
from simulation.bench.quiet import quiet

__all__ = ["oemof_cost_jpy"]


def oemof_cost_jpy(area: Area) -> Float[np.ndarray, " S"]:
    """Optimal cost of every scenario [yen], each model built and solved from nothing.

    ImportError without ``oemof.solph``.
    """
    solph = import_module("oemof.solph")
    costs = []
    for s in range(area.n_scenarios):
        with quiet():
            model: Any = solph.Model(_system(solph, area, s))
            model.solve(solver="highs", solve_kwargs={"tee": False})
        costs.append(float(model.objective()))
    return np.array(costs)


def _system(solph: Any, area: Area, s: int) -> Any:
    stamps = area.clock.utc.tz_localize(None)
    after = stamps[-1:] + (stamps[1] - stamps[0])
    system = solph.EnergySystem(timeindex=stamps.append(after), infer_last_interval=False)
    public = solph.Bus(label="public")
    buses = [solph.Bus(label=name) for name in area.names]
    system.add(public, *buses)
    for place, (name, active) in enumerate(zip(area.months, area.month_active.T, strict=True)):
        least_kw = area.peak_so_far_kw if place == 0 else 0.0
        peak = solph.Investment(ep_costs=area.demand_jpy_per_kw, minimum=least_kw)
        flow = solph.Flow(nominal_capacity=peak, maximum=active)
        system.add(solph.components.Source(label=f"public {name}", outputs={public: flow}))
    for b, bus in enumerate(buses):
        system.add(*_building(solph, area, s, b, (public, bus)))
    for one, other in area.lines:
        for sender, receiver in ((one, other), (other, one)):
            system.add(
                solph.components.Converter(
                    label=f"{area.names[sender]} to {area.names[receiver]}",
                    inputs={buses[sender]: solph.Flow(nominal_capacity=area.line_kw)},
                    outputs={buses[receiver]: solph.Flow()},
                    conversion_factors={buses[receiver]: 1.0 - area.line_loss_frac},
                )
            )
    return system


def _building(solph: Any, area: Area, s: int, b: int, buses: tuple[Any, Any]) -> list[Any]:
    name, (public, bus) = area.names[b], buses
    parts, flow = solph.components, solph.Flow
    contract_kw, demand_kw = area.contract_kw[b], area.demand_kw[s, :, b]
    bought = flow(nominal_capacity=contract_kw, variable_costs=area.import_jpy_per_kwh)
    sold = flow(nominal_capacity=contract_kw, variable_costs=-area.export_jpy_per_kwh)
    missing = flow(nominal_capacity=1.0, maximum=demand_kw, variable_costs=area.unserved_jpy_per_kwh)
    floor = np.full(len(demand_kw) + 1, area.level_min_frac)
    floor[-1] = area.level_start_frac
    there = [
        parts.Converter(label=f"{name} import", inputs={public: flow()}, outputs={bus: bought}),
        parts.Sink(label=f"{name} export", inputs={bus: sold}),
        parts.Sink(label=f"{name} load", inputs={bus: flow(nominal_capacity=1.0, fix=demand_kw)}),
        parts.Source(label=f"{name} unserved", outputs={bus: missing}),
        parts.Source(label=f"{name} pv", outputs={bus: flow(nominal_capacity=1.0, maximum=area.pv_kw[s, :, b])}),
        parts.GenericStorage(
            label=f"{name} battery",
            inputs={bus: flow(nominal_capacity=area.battery_kw[b])},
            outputs={bus: flow(nominal_capacity=area.battery_kw[b])},
            nominal_capacity=area.capacity_kwh[b],
            initial_storage_level=area.level_start_frac,
            balanced=False,
            min_storage_level=floor,
            inflow_conversion_factor=area.efficiency_frac,
            outflow_conversion_factor=area.efficiency_frac,
        ),
    ]
    if area.genset_kw[b] > 0.0:
        power = flow(nominal_capacity=area.genset_kw[b], variable_costs=area.genset_jpy_per_kwh)
        there.append(parts.Source(label=f"{name} genset", outputs={bus: power}))
    return there
