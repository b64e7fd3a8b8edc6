"""Water tanks and pumps in the interchange problem: pumping is a load with a stock behind it."""

from __future__ import annotations

import numpy as np

from simulation.interchange.builder import Builder, Store
from simulation.interchange.delivery import is_ordered, is_scheduled, take_from_gate
from simulation.interchange.names import BUS, LEVEL_M3, MAINS, PUMPED, SPILL_WATER, UNSERVED_WATER
from simulation.interchange.outlook import Outlook
from simulation.interchange.water_use import asked_uses
from simulation.physics.pump import pumping_kw
from simulation.scenario.spec import Spec
from simulation.scenario.water import Treatment
from simulation.units import WATER_USES

__all__ = ["contribute"]

_FLUSHING = WATER_USES.index("flushing")


def contribute(builder: Builder, spec: Spec, outlook: Outlook) -> None:
    """Level of every tank, fed by mains, rain, pumps and deliveries; what a use does not get, at the price of that use.

    Water left at the end of the plan has the planner's value, and so has what is spilled of a delivery.  A plan that
    does not know the future values every hour that a cubic metre is ready, too; otherwise it would pump at its very
    end, and so would the next.  Both are for drinking water: of water to flush with they are less by the ratio of what
    the two are worth, so that a treatment unit fills a tank that people can drink from.
    """
    step_h = builder.step_h
    lost = spec.lost_water.by_use
    balances: dict[str, int] = {}
    for w, placed in enumerate(spec.water_tanks):
        tank = placed.part
        part_of_worth = 1.0 if tank.potable else lost[_FLUSHING] / lost[0]
        worth = part_of_worth * spec.planner.stored_water_jpy_per_m3
        ready = 0.0 if outlook.perfect else part_of_worth * spec.planner.readiness_jpy_per_m3_h * step_h
        kept_value = np.full(builder.clock.n_steps, -ready)
        kept_value[-1] -= worth
        asked_m3ph, delivered_m3 = outlook.water_use_m3ph[:, :, w], outlook.water_delivery_m3[:, :, w]
        rain = outlook.rain_m3ph[:, :, w]
        balances[placed.name] = balance = builder.row(
            placed.name, "balance_m3", rhs=(asked_m3ph.sum(axis=-1) - rain) * step_h - delivered_m3
        )
        for use in asked_uses(spec, placed):
            builder.column(
                placed.name,
                UNSERVED_WATER[use],
                upper=asked_m3ph[:, :, use],
                enters={balance: step_h},
                cost=lost[use] * step_h,
            )
        if tank.mains_m3ph > 0:
            builder.column(placed.name, MAINS, upper=outlook.mains_m3ph[:, :, w], enters={balance: step_h})
        if is_scheduled(spec, placed.name) or tank.roof is not None:
            spilled = delivered_m3 / step_h + rain
            builder.column(placed.name, SPILL_WATER, upper=spilled, enters={balance: -step_h}, cost=worth * step_h)
        if outlook.perfect and is_ordered(spec, placed.name):
            take_from_gate(builder, placed.name, balance, outlook.water_on_order_m3[:, :, w])
        builder.store(
            placed.name,
            LEVEL_M3,
            balance,
            Store(initial=outlook.water_m3[:, [w]], level_min=0.0, level_max=tank.capacity_m3, level_cost=kept_value),
        )
    _pumps(builder, spec, outlook, balances)


def _pumps(builder: Builder, spec: Spec, outlook: Outlook, balances: dict[str, int]) -> None:
    """Pumps from a well, and treatment units, which draw on a tank of raw water where they have one."""
    for i, pump in enumerate(spec.pumps):
        name = spec.building_names[pump.building]
        enters = {
            builder.find_row(name, BUS): -pumping_kw(1.0, pump.part.kwh_per_m3),
            balances[f"{name}.water_tank.{pump.part.tank}"]: builder.step_h,
        }
        if isinstance(pump.part, Treatment) and pump.part.raw_tank is not None:
            raw = balances[f"{name}.water_tank.{pump.part.raw_tank}"]
            enters[raw] = -builder.step_h / pump.part.recovered_frac
        upper = pump.part.rated_m3ph * outlook.pump_up_frac[:, :, i]
        builder.column(pump.name, PUMPED, upper=upper, enters=enters)
