"""Engines in the interchange problem: power along a straight fuel line."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from simulation.interchange.builder import Builder
from simulation.interchange.fuel_tank import BALANCE_L
from simulation.interchange.names import BUS, POWER
from simulation.interchange.outlook import Outlook
from simulation.physics.genset import chord_l_per_kwh
from simulation.scenario.spec import Spec

__all__ = ["contribute", "on_fewest"]


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


def on_fewest(
    spec: Spec, power_kw: Float[np.ndarray, "S T G"], room_kw: Float[np.ndarray, "S T G"]
) -> Float[np.ndarray, "S T G"]:
    """The same total power on as few as will do of every ``count`` like engines, evenly among those [kW].

    To the linear planner like engines are one, and how it splits their power means nothing; at run time each has its
    minimum load and its fuel at no load.  The first in order that may run (``room_kw`` is what each may give) come
    first.
    """
    shared_kw = power_kw.copy()
    first = 0
    while first < len(spec.gensets):
        likes = slice(first, first + spec.gensets[first].part.count)
        if likes.stop - likes.start > 1:
            total_kw = power_kw[:, :, likes].sum(axis=-1, keepdims=True)
            room = room_kw[:, :, likes]
            before_kw = np.cumsum(room, axis=-1) - room
            used_kw = np.where(before_kw < total_kw * (1.0 - 1e-9), room, 0.0)
            sum_kw = used_kw.sum(axis=-1, keepdims=True)
            share = np.divide(total_kw, sum_kw, out=np.zeros_like(total_kw), where=sum_kw > 0.0)
            shared_kw[:, :, likes] = used_kw * np.minimum(share, 1.0)
        first = likes.stop
    return shared_kw
