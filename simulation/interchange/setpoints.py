"""Set-points: the part of a Schedule that the plant is told to do, by element in the order of the Spec."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from simulation.interchange.names import CHARGE, DISCHARGE, POWER, PUMPED, SENT, SERVED_DEFERRABLE
from simulation.interchange.schedule import Schedule
from simulation.physics.pump import pumping_kw
from simulation.scenario.clock import Clock
from simulation.scenario.spec import Spec

__all__ = ["SetPoints", "set_points"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPoints:
    """What every controllable element is told, on the planning grid ``clock`` (its start is the plan's first step).

    ``sent_kw`` has the two directions of a line on its last axis, a to b first; ``deferrable_kw`` is the deferrable
    load to be served, backlog included.  Other loads are served as far as power goes and PV gives what the sun allows;
    neither carries a set-point.
    """

    clock: Clock
    charge_kw: Float[np.ndarray, "S T K"]
    discharge_kw: Float[np.ndarray, "S T K"]
    genset_kw: Float[np.ndarray, "S T G"]
    sent_kw: Float[np.ndarray, "S T L 2"]
    pump_kw: Float[np.ndarray, "S T Pu"]
    deferrable_kw: Float[np.ndarray, "S T B"]


def set_points(spec: Spec, schedule: Schedule) -> SetPoints:
    """What a schedule tells every element of the Spec; of two flows that exclude each other the larger one counts.

    ``solve`` leaves no such pair above its tolerance; this takes the last watts out.  A scenario without a plan (its
    status says why) is told 0 everywhere.
    """
    flows = np.nan_to_num(schedule.solution.flows)
    for one, other in schedule.problem.exclusive:
        larger = flows[:, :, one] >= flows[:, :, other]
        flows[:, :, other][larger] = 0.0
        flows[:, :, one][~larger] = 0.0
    place = {(label.element, label.quantity): n for n, label in enumerate(schedule.problem.columns)}

    def gather(*wanted: tuple[str, str]) -> Float[np.ndarray, "S T E"]:
        out = np.zeros((*flows.shape[:2], len(wanted)))
        for i, key in enumerate(wanted):
            if key in place:
                out[:, :, i] = np.maximum(flows[:, :, place[key]], 0.0)
        return out

    lines = [f"tieline.{key}" for key in spec.tieline]
    ways = [gather(*((line, quantity) for line in lines)) for quantity in SENT]
    pumped_m3ph = gather(*((pump.name, PUMPED) for pump in spec.pumps))
    return SetPoints(
        clock=schedule.problem.clock,
        charge_kw=gather(*((battery.name, CHARGE) for battery in spec.batteries)),
        discharge_kw=gather(*((battery.name, DISCHARGE) for battery in spec.batteries)),
        genset_kw=gather(*((engine.name, POWER) for engine in spec.gensets)),
        sent_kw=np.stack(ways, axis=-1),
        pump_kw=pumping_kw(pumped_m3ph, np.array([pump.part.kwh_per_m3 for pump in spec.pumps])),
        deferrable_kw=gather(*((name, SERVED_DEFERRABLE) for name in spec.building_names)),
    )
