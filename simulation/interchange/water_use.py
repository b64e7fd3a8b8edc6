"""What is asked of every water tank in the planner's arrays, use by use, and the rain that runs into it."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from simulation.physics.rain import roof_m3ph
from simulation.scenario.clock import Clock
from simulation.scenario.spec import Placed, Spec
from simulation.scenario.water import WaterTank
from simulation.scenario.water_supply import rain_mm_per_day
from simulation.units import NON_POTABLE_USES, WATER_USES

__all__ = ["asked_of_tanks", "asked_uses", "rain_m3ph"]

_FLUSHING = WATER_USES.index(NON_POTABLE_USES[0])


def asked_uses(spec: Spec, placed: Placed[WaterTank]) -> tuple[int, ...]:
    """Uses for which anybody may ask a tank for water, as indices of ``units.WATER_USES``."""
    uses = {placed.part.usual_use} if placed.part.daily_use_m3 > 0.0 else set()
    for h in range(len(spec.shelters)):
        tank, flushing = _tanks_of(spec, h)
        there = set(spec.shelters[h].part.water_uses)
        if tank == placed.name:
            uses |= there
        if flushing == placed.name:
            uses |= there & {_FLUSHING}
    return tuple(sorted(uses))


def rain_m3ph(spec: Spec, clock: Clock) -> Float[np.ndarray, "1 T W"]:
    """What roofs bring to each tank, at the mean rate of the month [m3/h]."""
    found = np.zeros((1, clock.n_steps, len(spec.water_tanks)))
    for w, placed in enumerate(spec.water_tanks):
        roof = placed.part.roof
        if roof is not None:
            by_month = np.array(rain_mm_per_day(roof, spec.place.climate))
            found[0, :, w] = roof_m3ph(roof.area_m2, by_month[clock.local_month - 1], roof.runoff_frac)
    return found


def asked_of_tanks(
    spec: Spec,
    clock: Clock,
    usual_m3ph: Float[np.ndarray, "#S T W C"],
    people_m3ph: Float[np.ndarray, "S T H C"],
    water_m3: Float[np.ndarray, "S W"],
) -> Float[np.ndarray, "S T W C"]:
    """What is asked of each tank, by use [m3/h].

    Toilets are flushed from their own tank while it lasts, and then with drinking water.  How long it lasts is reckoned
    by rain and mains alone, as if nothing else drew on it; what a treatment unit draws, the plan takes off its level.

    Args:
        spec: the scenario.
        clock: the planning grid.
        usual_m3ph: use on a normal day by tank.
        people_m3ph: use of each shelter's people.
        water_m3: level of each tank at the first edge [m3].
    """
    names = [placed.name for placed in spec.water_tanks]
    asked = np.broadcast_to(usual_m3ph, (*people_m3ph.shape[:2], *usual_m3ph.shape[2:])).copy()
    flushed = np.zeros(asked.shape[:3])
    for h in range(len(spec.shelters)):
        tank, flushing = _tanks_of(spec, h)
        if tank is not None:
            asked[:, :, names.index(tank)] += people_m3ph[:, :, h]
        if flushing is not None:
            flushed[:, :, names.index(flushing)] += people_m3ph[:, :, h, _FLUSHING]
    if not flushed.any():
        return asked
    served_frac = _served_frac(spec, clock, flushed + asked[..., _FLUSHING], water_m3)
    for h in range(len(spec.shelters)):
        tank, flushing = _tanks_of(spec, h)
        if flushing is None:
            continue
        f, own = names.index(flushing), people_m3ph[:, :, h, _FLUSHING]
        if tank is None:
            asked[:, :, f, _FLUSHING] += own
        else:
            asked[:, :, f, _FLUSHING] += own * served_frac[:, :, f]
            asked[:, :, names.index(tank), _FLUSHING] -= own * served_frac[:, :, f]
    return asked


def _served_frac(
    spec: Spec, clock: Clock, asked_m3ph: Float[np.ndarray, "S T W"], water_m3: Float[np.ndarray, "S W"]
) -> Float[np.ndarray, "S T W"]:
    """Share of what is asked of each tank that it can give, by rain and by mains that do not fail."""
    step_h = clock.step_h
    capacity = np.array([placed.part.capacity_m3 for placed in spec.water_tanks])
    lasting = [placed.part.mains_m3ph * (not placed.part.mains_fail_with_hazard) for placed in spec.water_tanks]
    inflow = rain_m3ph(spec, clock)[0] + np.array(lasting)
    share, level = np.ones_like(asked_m3ph), water_m3
    for t in range(clock.n_steps):
        there, wanted = level + inflow[t] * step_h, asked_m3ph[:, t] * step_h
        given = np.minimum(wanted, there)
        np.divide(given, wanted, out=share[:, t], where=wanted > 0.0)
        level = np.minimum(there - given, capacity)
    return share


def _tanks_of(spec: Spec, h: int) -> tuple[str | None, str | None]:
    """Full names of the tank of a shelter and of the tank that its toilets are flushed from."""
    item = spec.shelters[h]
    here = f"{spec.building_names[item.building]}.water_tank."
    tank, flushing = item.part.water_tank, item.part.flushing_tank
    return None if tank is None else here + tank, None if flushing is None else here + flushing
