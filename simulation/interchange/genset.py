"""Engines in the interchange problem: power along a straight fuel line."""

from __future__ import annotations

from simulation.interchange.builder import Builder
from simulation.interchange.fuel_tank import BALANCE_L
from simulation.interchange.names import BUS, POWER
from simulation.interchange.outlook import Outlook
from simulation.physics.genset import chord_l_per_kwh
from simulation.scenario.spec import Spec

__all__ = ["contribute"]


def contribute(builder: Builder, spec: Spec, outlook: Outlook) -> None:
    """Power of every engine while it may run; its fuel is priced, and drawn from its tank if it has one.

    Fuel per kWh is that at the middle of the usable band.  Minimum load and the cost of a start are not seen by the
    linear planner; the event model has them.
    """
    for g, placed in enumerate(spec.gensets):
        engine = placed.part
        fuel_l_per_kwh = chord_l_per_kwh(
            engine.rated_kw, engine.min_load_frac, engine.fuel_slope_l_per_kwh, engine.fuel_intercept_lph_per_kw
        )
        name = spec.building_names[placed.building]
        enters = {builder.find_row(name, BUS): 1.0}
        if engine.fuel_tank is not None:
            tank = f"{name}.fuel_tank.{engine.fuel_tank}"
            enters[builder.find_row(tank, BALANCE_L)] = -fuel_l_per_kwh * builder.step_h
        power = builder.column(
            placed.name,
            POWER,
            upper=engine.rated_kw * outlook.genset_up_frac[:, :, g],
            enters=enters,
            cost=fuel_l_per_kwh * engine.fuel_jpy_per_l * builder.step_h,
        )
        builder.own_source.setdefault(placed.building, []).append(power)
