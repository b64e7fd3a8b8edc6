"""What a planner who does not know the future expects, from the state of the plant: the closed loop's Outlook.

Of the draws it reads what is expected, and what has been seen up to now:

- *demand*: its expected course over all weather, given the warmth of the last step, which fades as the weather
  forgets; times 1 + the present error, which fades as its two AR(1) processes do;
- *sun*: the expected course times the ratio of the last ``sky_memory_h`` hours to their expectation, which fades
  to 1 with that memory; snow that covers panels is seen, and slides off as on average, but no fall is seen in advance;
- *grid*: an outage is never seen in advance; one that lasts ends when ``planner.belief`` says;
- *strike*: what it changes is known once it has come, and so is the return of mains water;
  people come and go as expected, scaled by those present;
- *deliveries*: a lot counts once it is in the tank.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int

from simulation.draws.draws import Draws
from simulation.draws.foreknowledge import given_warmth
from simulation.draws.outage import restoration_curve
from simulation.errors import RunError
from simulation.interchange.damage import held_frac
from simulation.interchange.hazard import (
    mains_m3ph,
    mains_returned_m3ph,
    pump_up_frac,
    usual_returned_m3ph,
    usual_water_m3ph,
    vehicle_demand_lph,
)
from simulation.interchange.outage import lost_frac, share_after
from simulation.interchange.outlook import Outlook, step_means
from simulation.interchange.plant_state import PlantState
from simulation.interchange.presence import expected_vehicles
from simulation.interchange.shelter import housed_people, people_power, people_water
from simulation.interchange.snow import uncovered_ahead_frac
from simulation.interchange.water_use import asked_of_tanks, rain_m3ph
from simulation.physics.restoration import remaining_quantile_h
from simulation.scenario.building import Building
from simulation.scenario.clock import Clock
from simulation.scenario.demand import Noise
from simulation.scenario.spec import Spec
from simulation.units import HOURS_PER_DAY, MINUTES_PER_HOUR

__all__ = ["believed_return_h", "foresee"]


def foresee(spec: Spec, draws: Draws, state: PlantState, rows: Int[np.ndarray, " S"] | slice = slice(None)) -> Outlook:
    """The Outlook from ``state.now_h`` over the planner's horizon (or to the end of the period, if that is sooner).

    ``rows`` are those of the draws whose state it is, all unless told otherwise.  What it knows stands above.

    Raises RunError where now is not on a planning step, or the period is over.
    """
    fine, clock = draws.clock, _horizon(spec, state.now_h)
    per = clock.step_min // fine.step_min
    first = round(state.now_h / fine.step_h)
    window = slice(first, first + clock.n_steps * per)
    edges_h = state.now_h + fine.window(first, clock.n_steps * per).hours
    plan_edges_h = state.now_h + clock.hours
    struck = np.full(clock.n_steps * per, float(spec.hazard_h is not None and state.now_h >= spec.hazard_h))
    return_h = believed_return_h(spec, state)
    up = np.moveaxis(share_after(edges_h, return_h), 1, 2)
    people = _people(spec, draws, state, window)
    error = _demand_error(spec, state, fine.window(first, clock.n_steps * per))
    course_kw = _course_kw(spec, draws, up, rows, window)
    usual_m3ph = step_means(usual_water_m3ph(spec, struck)[None], per) + _usual_returned(spec, state)
    people_m3ph = step_means(people_water(spec, edges_h, people), per)
    S, T = len(people), clock.n_steps

    def for_all(values: Float[np.ndarray, "t E"]) -> Float[np.ndarray, "S T E"]:
        return np.broadcast_to(step_means(values[None], per), (S, T, values.shape[1]))

    def nothing(elements: Sequence[object]) -> Float[np.ndarray, "S T E"]:
        return np.broadcast_to(0.0, (S, T, len(elements)))

    return Outlook(
        clock=clock,
        demand_kw=step_means(course_kw * (1.0 + error)[..., None] + people_power(spec, people), per),
        pv_kw=step_means(_sun_kw(spec, draws, rows, window), per),
        grid_up_frac=step_means(up, per),
        genset_up_frac=_engines_up_frac(spec, state, plan_edges_h, return_h),
        pump_up_frac=for_all(pump_up_frac(spec, struck)) * held_frac(state.pump_works),
        line_up_frac=held_frac(state.line_works),
        water_use_m3ph=asked_of_tanks(spec, clock, usual_m3ph, people_m3ph, state.water_m3),
        rain_m3ph=np.broadcast_to(rain_m3ph(spec, clock), (S, T, len(spec.water_tanks))),
        mains_m3ph=for_all(mains_m3ph(spec, struck)) + _mains_returned(spec, state),
        vehicle_demand_lph=for_all(vehicle_demand_lph(spec, struck)),
        fuel_delivery_l=nothing(spec.fuel_tanks),
        water_delivery_m3=nothing(spec.water_tanks),
        fuel_on_order_l=nothing(spec.fuel_tanks),
        water_on_order_m3=nothing(spec.water_tanks),
        battery_kwh=state.battery_kwh,
        fuel_l=state.fuel_l,
        water_m3=state.water_m3,
        backlog_kwh=state.backlog_kwh,
        peak_kw=state.peak_kw,
        earlier_kw=np.zeros((*state.peak_kw.shape, 1)) if state.earlier_kw is None else state.earlier_kw,
        metered_kwh=np.zeros_like(state.peak_kw) if state.metered_kwh is None else state.metered_kwh,
        perfect=False,
        vehicles=expected_vehicles(spec, clock, state.vehicle_kwh, state.vehicle_there),
    )


def _usual_returned(spec: Spec, state: PlantState) -> Float[np.ndarray, "S 1 W C"] | float:
    """Usual use of water that mains which have returned make possible again [m3/h]."""
    return 0.0 if state.mains_back is None else usual_returned_m3ph(spec, 1.0 * state.mains_back[:, None, :])


def _mains_returned(spec: Spec, state: PlantState) -> Float[np.ndarray, "S 1 W"] | float:
    """What mains bring that have returned [m3/h]; a return is never seen in advance."""
    return 0.0 if state.mains_back is None else mains_returned_m3ph(spec, 1.0 * state.mains_back[:, None, :])


def believed_return_h(spec: Spec, state: PlantState) -> Float[np.ndarray, "S F"]:
    """Hour from which each feeder is believed to have power: now or before where it has, else by the belief [h]."""
    belief = spec.planner.belief
    if belief.kind == "remaining_hours" or belief.preset is None:
        remaining_h = np.full(state.feeder_up.shape, belief.hours)
    else:
        lasted_h = np.where(state.feeder_up, 0.0, state.now_h - state.feeder_down_since_h)
        remaining_h = remaining_quantile_h(restoration_curve(belief.preset), lasted_h, belief.quantile_frac)
    return np.where(state.feeder_up, -np.inf, state.now_h + remaining_h)


def _horizon(spec: Spec, now_h: float) -> Clock:
    """The planning grid from now over the planner's horizon, cut at the end of the period."""
    whole = spec.planning_clock
    step = round(now_h / whole.step_h)
    if abs(step * whole.step_h - now_h) > 1e-6 or not 0 <= step < whole.n_steps:
        raise RunError(
            f"plan at hour {now_h:g}; legal: a planning step of {whole.step_min} min before hour {whole.duration_h:g}"
        )
    wanted = max(1, round(spec.planner.horizon_h / whole.step_h))
    return whole.window(step, min(wanted, whole.n_steps - step))


def _course_kw(
    spec: Spec, draws: Draws, up: Float[np.ndarray, "S t F"], rows: Int[np.ndarray, " S"] | slice, window: slice
) -> Float[np.ndarray, "S t B Q"]:
    """Expected demand, with the grid where it is ``up`` and without it elsewhere, given the last temperature [kW].

    Before the first step of the period nothing has been seen.
    """
    weather, demand, first = draws.weather, draws.demand, window.start
    lead_days = np.arange(1, window.stop - first + 1) * draws.clock.step_h / HOURS_PER_DAY
    warmth = weather.warmth(slice(max(first, 1) - 1, max(first, 1)))[rows]
    kept = weather.warmth_correlation**lead_days if first > 0 else np.zeros_like(lead_days)
    seen = np.broadcast_to(warmth, (len(warmth), len(kept)))
    lost = lost_frac(spec, up)[..., None]
    course_kw = given_warmth(demand.expected_kw[:, window], seen, kept)
    islanded_kw = given_warmth(demand.islanded_expected_kw[:, window], seen, kept)
    return course_kw * (1.0 - lost) + islanded_kw * lost


def _demand_error(spec: Spec, state: PlantState, clock: Clock) -> Float[np.ndarray, "S t B"]:
    """Expected error of demand at every step, given the present one.

    The error is a day's part plus a part within the day, both AR(1).  Of a present sum the day's part holds the share
    of its variance; it fades from day to day, the other from hour to hour.
    """
    error = np.empty((len(state.demand_error), clock.n_steps, len(spec.building)))
    for b, building in enumerate(spec.building.values()):
        noise = _noise(building)
        day_var, hour_var = noise.day_std_frac**2, noise.hour_std_frac**2
        day_share = day_var / (day_var + hour_var) if day_var + hour_var > 0 else 0.0
        fades = (
            day_share * noise.day_correlation**clock.local_day
            + (1.0 - day_share) * noise.hour_correlation ** clock.hours[:-1]
        )
        error[:, :, b] = state.demand_error[:, [b]] * fades
    return error


def _noise(building: Building) -> Noise:
    """Noise of a building's loads: that of all, or their mean where they differ."""
    noises = [load.noise for load in building.load.values()] or [Noise()]
    return Noise(
        day_std_frac=float(np.mean([noise.day_std_frac for noise in noises])),
        day_correlation=float(np.mean([noise.day_correlation for noise in noises])),
        hour_std_frac=float(np.mean([noise.hour_std_frac for noise in noises])),
        hour_correlation=float(np.mean([noise.hour_correlation for noise in noises])),
    )


def _sun_kw(spec: Spec, draws: Draws, rows: Int[np.ndarray, " S"] | slice, window: slice) -> Float[np.ndarray, "S t V"]:
    """Expected PV times the recent sky's ratio to its expectation, fading; never above the array's limit [kW].

    The sky is seen beside the panels, not through the snow on them.
    """
    memory_h, step_h, first = spec.planner.sky_memory_h, draws.clock.step_h, window.start
    expected_kw = draws.weather.pv_expected_kw[window]
    recent = slice(max(0, first - round(memory_h / step_h)), first)
    usual = draws.weather.pv_expected_kw[recent].sum()
    snow = draws.weather.snow
    seen = (draws.pv_kw if snow is None else snow.bare_kw)[rows, recent].sum(axis=(1, 2))
    ratio = seen / usual if usual > 0 else np.ones_like(seen)
    fades = np.exp(-np.arange(len(expected_kw)) * step_h / memory_h)
    forecast_kw = (1.0 + (ratio[:, None] - 1.0) * fades)[..., None] * expected_kw
    limits_kw = [item.part.inverter_kw or item.part.rated_kw for item in spec.pvs]
    bare_kw = np.minimum(forecast_kw, np.array(limits_kw))
    return bare_kw if snow is None else bare_kw * uncovered_ahead_frac(spec, snow, rows, window)


def _people(spec: Spec, draws: Draws, state: PlantState, window: slice) -> Float[np.ndarray, "S t H"]:
    """People in each shelter: as expected once the disaster has struck, scaled by those who are there now."""
    expected = draws.arrival.expected_people[:-1]
    S, t = len(state.people), window.stop - window.start
    if spec.hazard_h is None or state.now_h < spec.hazard_h:
        return np.zeros((S, t, len(spec.shelters)))
    now = expected[window.start]
    scale = np.where(now > 0, state.people / np.where(now > 0, now, 1.0), 1.0)
    return housed_people(spec, scale[:, None, :] * expected[window])


def _engines_up_frac(
    spec: Spec, state: PlantState, edges_h: Float[np.ndarray, " T1"], return_h: Float[np.ndarray, "S F"]
) -> Float[np.ndarray, "S T G"]:
    """Share of each step in which an engine may run.

    Usable ones always, but emergency ones only until the grid returns, and those that trip with the grid not before
    their start delay is over.
    """
    up = np.ones((len(state.genset_usable), len(edges_h) - 1, len(spec.gensets)))
    feeders = list(spec.feeder)
    since_h = np.where(state.feeder_up, state.now_h, state.feeder_down_since_h)
    for g, placed in enumerate(spec.gensets):
        engine, grid = placed.part, spec.building[spec.building_names[placed.building]].grid
        if grid is None:
            continue
        f = feeders.index(grid.feeder)
        ready = share_after(edges_h, since_h[:, f] + engine.start_delay_min / MINUTES_PER_HOUR)
        if engine.operation == "emergency":
            up[:, :, g] = np.maximum(ready - share_after(edges_h, return_h[:, f]), 0.0)
        elif not engine.rides_through:
            up[:, :, g] = np.where(state.feeder_up[:, [f]], 1.0, ready)
    return up * state.genset_usable[:, None, :]
