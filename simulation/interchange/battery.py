"""Batteries in the interchange problem: charge, discharge, and the band of the level between them."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from simulation.interchange.builder import Builder, Store
from simulation.interchange.island import energised_frac
from simulation.interchange.names import BUS, CHARGE, DISCHARGE, LEVEL_KWH
from simulation.interchange.outage import up_frac
from simulation.interchange.outlook import Outlook
from simulation.physics.battery import store_rate_kw
from simulation.physics.stock import effective_h, retention_frac
from simulation.scenario.battery import Battery
from simulation.scenario.spec import Placed, Spec
from simulation.units import HOURS_PER_DAY

__all__ = ["contribute", "level_band"]


def contribute(builder: Builder, spec: Spec, outlook: Outlook) -> None:
    """Charge and discharge of every battery; energy kept on the way and left at the end has the planner's values."""
    if not spec.batteries:
        return
    live, up = energised_frac(spec, outlook), up_frac(spec, outlook.grid_up_frac)
    for k, placed in enumerate(spec.batteries):
        battery, b = placed.part, placed.building
        loss = battery.standing_loss_frac_per_h
        hours = effective_h(loss, builder.step_h)
        into = store_rate_kw(1.0, 0.0, battery.charge_efficiency_frac, battery.discharge_efficiency_frac) * hours
        out = store_rate_kw(0.0, 1.0, battery.charge_efficiency_frac, battery.discharge_efficiency_frac) * hours
        bus = builder.find_row(spec.building_names[b], BUS)
        balance = builder.row(placed.name, "balance_kwh")
        charge = builder.column(
            placed.name,
            CHARGE,
            upper=battery.charge_kw * live[:, :, b],
            enters={bus: -1.0, balance: into},
        )
        discharge = builder.column(
            placed.name,
            DISCHARGE,
            upper=battery.discharge_kw * live[:, :, b],
            enters={bus: 1.0, balance: out},
            cost=battery.wear_jpy_per_kwh * builder.step_h,
        )
        builder.exclude(charge, discharge)
        builder.own_source.setdefault(b, []).append(discharge)
        initial = outlook.battery_kwh[:, k]
        refill_kwh = into * min(battery.charge_kw, _share_of_contract_kw(spec, placed))
        low, high = level_band(
            battery, initial, up[:, :, b] >= 1.0, (builder.step_h, spec.planner.horizon_h, refill_kwh)
        )
        builder.store(
            placed.name,
            LEVEL_KWH,
            balance,
            Store(
                initial=initial[:, None],
                level_min=low,
                level_max=high,
                retention=retention_frac(loss, builder.step_h),
                level_cost=-_kept_jpy_per_kwh(spec, placed, outlook),
            ),
        )


def level_band(
    battery: Battery,
    initial_kwh: Float[np.ndarray, " S"],
    grid_up: np.ndarray,
    terms: tuple[float, float, float],
) -> tuple[float | Float[np.ndarray, "S T"], float | Float[np.ndarray, "S T"]]:
    """Lowest and highest level at the end of each step [kWh], such that a plan always exists.

    The floor is ``min_level_frac``, raised to ``emergency_reserve_frac`` while the grid is up.  A level below it (at
    the start, or once an outage has used the reserve) is led back at a pace that would take the planner's horizon from
    empty, and never faster than the connection allows; during an outage nothing forces a charge.  A level above the
    band may stay until it is used or lost.

    Args:
        battery: its usable band, reserve and standing loss.
        initial_kwh: level at the first edge [kWh].
        grid_up: whether the building has its public grid throughout each step, ``[S, T]``.
        terms: length of a step [h], hours over which a floor is led back [h], most that a step may refill [kWh].
    """
    step_h, lead_h, refill_kwh = terms
    least = battery.min_level_frac * battery.capacity_kwh
    most = battery.max_level_frac * battery.capacity_kwh
    reserve = min(max(least, battery.emergency_reserve_frac * battery.capacity_kwh), most)
    inside = bool(np.all((initial_kwh >= least) & (initial_kwh <= most)))
    if inside and reserve == least and battery.standing_loss_frac_per_h == 0.0:
        return least, most
    kept = retention_frac(battery.standing_loss_frac_per_h, step_h)
    climb = min(refill_kwh, (1.0 - kept) * reserve + reserve * step_h / lead_h)
    steps = np.arange(1, grid_up.shape[1] + 1)
    high = np.maximum(most, initial_kwh[:, None] * kept**steps)
    target, climbs = np.where(grid_up.T, reserve, least), np.where(grid_up.T, climb, 0.0)
    low, floor = np.empty_like(target), initial_kwh
    for t in range(len(target)):
        floor = np.minimum(target[t], kept * floor + climbs[t])
        low[t] = floor
    return low.T, high


def _kept_jpy_per_kwh(spec: Spec, placed: Placed[Battery], outlook: Outlook) -> Float[np.ndarray, " T"]:
    """What a kWh in store at the end of each step is worth: readiness all along, and at the end what it saves later.

    Without the first a charge that may wait waits for ever, as every plan puts it off to its own end; who knows the
    future needs no readiness.  With less than the price of refilling at the end, every plan empties the store before
    its end.
    """
    planner, clock = spec.planner, outlook.clock
    kept = np.full(clock.n_steps, 0.0 if outlook.perfect else planner.readiness_jpy_per_kwh_h * clock.step_h)
    left_jpy_per_kwh = planner.stored_energy_jpy_per_kwh
    if left_jpy_per_kwh is None:
        tariff = spec.tariff_of(spec.building_names[placed.building])
        day = round(HOURS_PER_DAY / clock.step_h)
        price = 0.0 if tariff is None else float(tariff.energy_jpy_per_kwh(clock)[-day:].mean())
        left_jpy_per_kwh = max(0.0, price) / placed.part.charge_efficiency_frac
    kept[-1] += left_jpy_per_kwh
    return kept


def _share_of_contract_kw(spec: Spec, placed: Placed[Battery]) -> float:
    """Part of the building's contract that is this battery's, beside the others there [kW]."""
    grid = spec.building[spec.building_names[placed.building]].grid
    if grid is None:
        return 0.0
    all_kw = sum(other.part.charge_kw for other in spec.batteries if other.building == placed.building)
    return grid.contract_kw * placed.part.charge_kw / all_kw
