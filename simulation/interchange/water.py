"""Water tanks and pumps in the interchange problem: pumping is a load with a stock behind it."""

from __future__ import annotations

import numpy as np

from simulation.interchange.builder import Builder, Store
from simulation.interchange.delivery import is_ordered, is_scheduled, take_from_gate
from simulation.interchange.names import BUS, LEVEL_M3, MAINS, PUMPED, SPILL_WATER, UNSERVED_WATER
from simulation.interchange.outlook import Outlook
from simulation.physics.pump import pumping_kw
from simulation.scenario.spec import Spec

__all__ = ["contribute"]


def contribute(builder: Builder, spec: Spec, outlook: Outlook) -> None:
    """Level of every tank, fed by mains, pumps and deliveries; water not served at its price.

    Water left at the end of the plan has the planner's value, and so has what is spilled of a delivery.  A plan that
    does not know the future values every hour that a cubic metre is ready, too; otherwise it would pump at its very
    end, and so would the next.
    """
    step_h = builder.step_h
    worth = spec.planner.stored_water_jpy_per_m3
    ready = 0.0 if outlook.perfect else spec.planner.readiness_jpy_per_m3_h * step_h
    kept_value = np.full(builder.clock.n_steps, -ready)
    kept_value[-1] -= worth
    for w, placed in enumerate(spec.water_tanks):
        tank = placed.part
        asked_m3ph, delivered_m3 = outlook.water_demand_m3ph[:, :, w], outlook.water_delivery_m3[:, :, w]
        name = spec.building_names[placed.building]
        balance = builder.row(placed.name, "balance_m3", rhs=asked_m3ph * step_h - delivered_m3)
        builder.column(
            placed.name,
            UNSERVED_WATER,
            upper=asked_m3ph,
            enters={balance: step_h},
            cost=tank.shortage_jpy_per_m3 * step_h,
        )
        if tank.mains_m3ph > 0:
            builder.column(placed.name, MAINS, upper=outlook.mains_m3ph[:, :, w], enters={balance: step_h})
        if is_scheduled(spec, placed.name):
            builder.column(
                placed.name, SPILL_WATER, upper=delivered_m3 / step_h, enters={balance: -step_h}, cost=worth * step_h
            )
        for i, pump in enumerate(spec.pumps):
            if f"{spec.building_names[pump.building]}.water_tank.{pump.part.tank}" == placed.name:
                builder.column(
                    pump.name,
                    PUMPED,
                    upper=pump.part.rated_m3ph * outlook.pump_up_frac[:, :, i],
                    enters={
                        builder.find_row(name, BUS): -pumping_kw(1.0, pump.part.kwh_per_m3),
                        balance: step_h,
                    },
                )
        if outlook.perfect and is_ordered(spec, placed.name):
            take_from_gate(builder, placed.name, balance, outlook.water_on_order_m3[:, :, w])
        builder.store(
            placed.name,
            LEVEL_M3,
            balance,
            Store(initial=outlook.water_m3[:, [w]], level_min=0.0, level_max=tank.capacity_m3, level_cost=kept_value),
        )
