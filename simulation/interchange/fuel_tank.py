"""Fuel tanks in the interchange problem: a stock that engines and vehicles draw on."""

from __future__ import annotations

from simulation.interchange.builder import Builder, Store
from simulation.interchange.delivery import is_ordered, is_scheduled, take_from_gate
from simulation.interchange.names import LEVEL_L, SPILL_FUEL, UNSERVED_VEHICLES
from simulation.interchange.outlook import Outlook
from simulation.scenario.spec import Spec

__all__ = ["BALANCE_L", "contribute"]

BALANCE_L = "balance_l"


def contribute(builder: Builder, spec: Spec, outlook: Outlook) -> None:
    """Level of every tank; vehicles' demand that goes unserved at its price; deliveries, spilled where they exceed it.

    What is spilled is worth what its engines would pay for it.  The engines add their draw in ``genset.py``.
    """
    for u, placed in enumerate(spec.fuel_tanks):
        tank, step_h = placed.part, builder.step_h
        asked_lph, delivered_l = outlook.vehicle_demand_lph[:, :, u], outlook.fuel_delivery_l[:, :, u]
        balance = builder.row(placed.name, BALANCE_L, rhs=asked_lph * step_h - delivered_l)
        if tank.vehicle_demand_l_per_day > 0:
            builder.column(
                placed.name,
                UNSERVED_VEHICLES,
                upper=asked_lph,
                enters={balance: step_h},
                cost=tank.vehicle_shortage_jpy_per_l * step_h,
            )
        if is_scheduled(spec, placed.name):
            builder.column(
                placed.name,
                SPILL_FUEL,
                upper=delivered_l / step_h,
                enters={balance: -step_h},
                cost=_fuel_price_jpy_per_l(spec, placed.name) * step_h,
            )
        if outlook.perfect and is_ordered(spec, placed.name):
            take_from_gate(builder, placed.name, balance, outlook.fuel_on_order_l[:, :, u])
        builder.store(
            placed.name,
            LEVEL_L,
            balance,
            Store(initial=outlook.fuel_l[:, [u]], level_min=0.0, level_max=tank.capacity_l),
        )


def _fuel_price_jpy_per_l(spec: Spec, tank: str) -> float:
    prices = [
        engine.part.fuel_jpy_per_l
        for engine in spec.gensets
        if f"{spec.building_names[engine.building]}.fuel_tank.{engine.part.fuel_tank}" == tank
    ]
    return max(prices, default=0.0)
