"""Electric demand by building and tier: expected course and AR(1) errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from simulation.draws.autoregression import autoregressive
from simulation.draws.building import expected_kw
from simulation.draws.foreknowledge import N_ORDERS, warmth_nodes, warmth_series
from simulation.draws.seeds import Stream, generator
from simulation.draws.weather import WeatherDraws
from simulation.scenario.clock import Clock
from simulation.scenario.demand import Load, Noise
from simulation.scenario.series import read_series
from simulation.scenario.spec import Spec
from simulation.units import TIERS

__all__ = ["DemandDraws", "sample_demand"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandDraws:
    """Demand of every building in every tier.

    ``demand = course * (1 + error)`` in every step, the course under the scenario's own temperature; while the grid of
    the building is lost the demand is ``islanded`` instead (loads switched off or added by hand in an emergency), with
    the same error.  ``expected`` belongs to no scenario: it is the course as a series in warmth, K terms, the first
    the mean over all the weather that the season may bring (``foreknowledge.given_warmth`` turns it into a forecast).
    """

    expected_kw: Float[np.ndarray, "K T B Q"]
    islanded_expected_kw: Float[np.ndarray, "K T B Q"]
    demand_kw: Float[np.ndarray, "S T B Q"]
    islanded_kw: Float[np.ndarray, "S T B Q"]


def sample_demand(spec: Spec, scenario_ids: Int[np.ndarray, " S"], seed: int, weather: WeatherDraws) -> DemandDraws:
    """Draw the demand of every scenario on the control-step grid.

    Each load strays from its expected course by a factor of its own, ``1 + day + within``: the error of the local day
    and the error within the day, both stationary AR(1), the latter's correlation over one hour raised to the length
    of the step.  The factor never falls below 0.

    Args:
        spec: the scenario.
        scenario_ids: numbers of the scenarios; each is the same whatever stands beside it.
        seed: root seed.
        weather: of the same scenarios; their temperature, and what is usual.

    Raises:
        ScenarioError: if an archetype is unknown or is not counted as its load says.
        SeriesError: if a series on file cannot be read as its load says.
    """
    clock = spec.clock
    shape = (clock.n_steps, len(spec.building), len(TIERS))
    expected, islanded_expected = (np.zeros((N_ORDERS, *shape)) for _ in range(2))
    demand, islanded = (np.zeros((len(scenario_ids), *shape)) for _ in range(2))
    any_temperature_c = weather.usual_c + weather.spread_c * warmth_nodes()[:, None]
    for item in spec.loads:
        load, b, shares = item.part, item.building, np.array(item.part.tier_shares())
        course = _course_kw(load, clock, weather.temperature_c, spec.folder)[..., None] * shares
        factor = _error_factor(load.noise, clock, scenario_ids, seed, item.name)[..., None]
        series = warmth_series(_course_kw(load, clock, any_temperature_c, spec.folder))[..., None] * shares
        if not load.emergency_only:
            expected[:, :, b] += series
            demand[:, :, b] += course * factor
        islanded_expected[:, :, b] += series * load.emergency_frac
        islanded[:, :, b] += course * (load.emergency_frac * factor)
    for drawn in (expected, islanded_expected, demand, islanded):
        drawn.setflags(write=False)
    return DemandDraws(
        expected_kw=expected, islanded_expected_kw=islanded_expected, demand_kw=demand, islanded_kw=islanded
    )


def _course_kw(
    load: Load, clock: Clock, temperature_c: Float[np.ndarray, "S T"], folder: str
) -> Float[np.ndarray, "S T"]:
    if load.archetype is not None:
        return expected_kw(load, clock, temperature_c)
    if load.series is not None:
        course = read_series(load.series, folder, clock)
    else:
        course = np.full(clock.n_steps, load.constant_kw, dtype=float)
    return np.broadcast_to(load.scale * course, temperature_c.shape)


def _error_factor(
    noise: Noise, clock: Clock, scenario_ids: Int[np.ndarray, " S"], seed: int, name: str
) -> Float[np.ndarray, "S T"]:
    """What each scenario multiplies the expected course of one load by."""
    n_days = int(clock.local_day[-1]) + 1
    normal = np.empty((len(scenario_ids), n_days + clock.n_steps))
    for row, scenario in zip(normal, scenario_ids, strict=True):
        row[:] = generator(seed, int(scenario), Stream.DEMAND, name).standard_normal(len(row))
    day = noise.day_std_frac * autoregressive(normal[:, :n_days], noise.day_correlation)
    within = noise.hour_std_frac * autoregressive(normal[:, n_days:], noise.hour_correlation**clock.step_h)
    return np.maximum(1.0 + day[:, clock.local_day] + within, 0.0)
