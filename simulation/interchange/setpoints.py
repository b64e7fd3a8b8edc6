"""Set-points: the part of a Schedule that the plant is told to do, by element in the order of the Spec."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from simulation.interchange.genset import on_fewest
from simulation.interchange.names import CHARGE, DISCHARGE, POWER, PUMPED, SENT, SERVED_DEFERRABLE, UNSERVED
from simulation.interchange.schedule import Schedule
from simulation.physics.pump import pumping_kw
from simulation.scenario.clock import Clock
from simulation.scenario.spec import Spec
from simulation.units import TIERS

__all__ = ["SetPoints", "set_points"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPoints:
    """What every controllable element is told, on the planning grid ``clock`` (its start is the plan's first step).

    ``sent_kw`` has the two directions of a line on its last axis, a to b first; ``deferrable_kw`` is the deferrable
    load to be served, backlog included; ``essential_frac`` the share of essential load that is served, 1 where all is;
    ``peak_kw`` the demand that each meter is to stay below in the month of the step, infinite where it costs nothing.
    Other loads are served as far as power goes and PV gives what the sun allows; neither carries a set-point.
    """

    clock: Clock
    charge_kw: Float[np.ndarray, "S T K"]
    discharge_kw: Float[np.ndarray, "S T K"]
    genset_kw: Float[np.ndarray, "S T G"]
    sent_kw: Float[np.ndarray, "S T L 2"]
    pump_kw: Float[np.ndarray, "S T Pu"]
    deferrable_kw: Float[np.ndarray, "S T B"]
    essential_frac: Float[np.ndarray, "S T B"]
    peak_kw: Float[np.ndarray, "S T M"]
    vehicle_charge_kw: Float[np.ndarray, "S T Ve"] | None = None
    vehicle_discharge_kw: Float[np.ndarray, "S T Ve"] | None = None


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
    engines = [(engine.name, POWER) for engine in spec.gensets]
    room_kw = [schedule.problem.upper[:, :, place[key]] for key in engines]
    pumped_m3ph = gather(*((pump.name, PUMPED) for pump in spec.pumps))
    return SetPoints(
        clock=schedule.problem.clock,
        charge_kw=gather(*((battery.name, CHARGE) for battery in spec.batteries)),
        discharge_kw=gather(*((battery.name, DISCHARGE) for battery in spec.batteries)),
        genset_kw=on_fewest(spec, gather(*engines), np.stack(room_kw, axis=-1)) if engines else gather(),
        sent_kw=np.stack(ways, axis=-1),
        pump_kw=pumping_kw(pumped_m3ph, np.array([pump.part.kwh_per_m3 for pump in spec.pumps])),
        deferrable_kw=gather(*((name, SERVED_DEFERRABLE) for name in spec.building_names)),
        essential_frac=_essential_frac(spec, schedule),
        peak_kw=_peaks(spec, schedule),
        vehicle_charge_kw=gather(*((vehicle.name, CHARGE) for vehicle in spec.vehicles)),
        vehicle_discharge_kw=gather(*((vehicle.name, DISCHARGE) for vehicle in spec.vehicles)),
    )


def _essential_frac(spec: Spec, schedule: Schedule) -> Float[np.ndarray, "S T B"]:
    """Share of each building's essential load that the plan serves.

    It is 1 where none is asked for, where there is no plan, and where the planner does not ration essential load.
    """
    problem = schedule.problem
    served = np.ones((problem.n_scenarios, problem.n_steps, len(spec.building)))
    if not spec.planner.rations_essential:
        return served
    for n, label in enumerate(problem.columns):
        if label.quantity == UNSERVED[TIERS.index("essential")]:
            asked_kw = problem.upper[:, :, n]
            short_kw = np.clip(np.nan_to_num(schedule.solution.flows[:, :, n]), 0.0, asked_kw)
            b = spec.building_names.index(label.element)
            served[:, :, b] -= np.divide(short_kw, asked_kw, out=np.zeros_like(asked_kw), where=asked_kw > 0.0)
    return served


def _peaks(spec: Spec, schedule: Schedule) -> Float[np.ndarray, "S T M"]:
    """Peak that the plan allows every meter in every step: that of the first metering interval to end from it on.

    Where peaks cost nothing themselves it is what their months are charged anyway.
    """
    problem = schedule.problem
    steps = np.arange(problem.n_steps)
    peak_kw = np.full((problem.n_scenarios, problem.n_steps, len(spec.meters)), np.inf)
    for m, meter in enumerate(spec.meters):
        columns = [
            p
            for p, label in enumerate(problem.peaks)
            if label.element == f"meter.{meter}" and problem.peak_active[:, p].any()
        ]
        if not columns:
            continue
        active = problem.peak_active[:, columns] != 0.0
        ends = np.flatnonzero(active.any(axis=1))
        end = ends[np.minimum(np.searchsorted(ends, steps), len(ends) - 1)]
        planned_kw = _allowed_kw(schedule, columns)[:, active.argmax(axis=1)[end]]
        peak_kw[:, :, m] = np.where(np.isnan(planned_kw), np.inf, planned_kw)
    return peak_kw


def _allowed_kw(schedule: Schedule, columns: list[int]) -> Float[np.ndarray, "S P"]:
    """What each of some peaks may rise to at no cost [kW]."""
    problem, peaks = schedule.problem, schedule.solution.peaks
    allowed_kw = peaks[:, columns].copy()
    for i, p in enumerate(columns):
        above = [int(row.argmax()) for row in problem.peak_rows if row[p] < 0.0]
        if above and not problem.peak_cost[..., p].any():
            allowed_kw[:, i] = peaks[:, above].min(axis=1)
    return allowed_kw
