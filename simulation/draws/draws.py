"""The Draws: everything that chance decides, for S scenarios, before anybody plans or anything happens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from simulation.draws.arrival import ArrivalDraws, sample_arrivals
from simulation.draws.black_start import sample_start_delays
from simulation.draws.communications import sample_batteries
from simulation.draws.delivery import DeliveryDraws, sample_deliveries
from simulation.draws.demand import DemandDraws, sample_demand
from simulation.draws.failure import FailureDraws, sample_failures
from simulation.draws.gas import sample_gas
from simulation.draws.mains import MainsDraws, sample_mains
from simulation.draws.outage import OutageDraws, sample_outages
from simulation.draws.sewer import sample_sewers
from simulation.draws.shaking import ShakingDraws, sample_shaking
from simulation.draws.vehicle import VehicleDraws, sample_vehicles
from simulation.draws.weather import WeatherDraws, sample_weather
from simulation.scenario.clock import Clock
from simulation.scenario.spec import Spec

__all__ = ["Draws", "sample"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """One record per cause, all on the control-step grid ``clock``.

    ``scenario_ids`` names the scenarios: number 17 is the same world whatever else is drawn beside it.
    """

    clock: Clock
    seed: int
    scenario_ids: Int[np.ndarray, " S"]
    demand: DemandDraws
    weather: WeatherDraws
    outage: OutageDraws
    failure: FailureDraws
    delivery: DeliveryDraws
    arrival: ArrivalDraws
    gas: OutageDraws | None = None
    vehicle: VehicleDraws | None = None
    shaking: ShakingDraws | None = None
    mains: MainsDraws | None = None
    sewer: OutageDraws | None = None
    start_delay_h: Float[np.ndarray, "S G"] | None = None
    station_battery_h: Float[np.ndarray, "S C"] | None = None

    @property
    def n_scenarios(self) -> int:
        """S, the number of scenarios."""
        return len(self.scenario_ids)

    @property
    def pv_kw(self) -> Float[np.ndarray, "S T V"]:
        """Power that the sun allows every array [kW]."""
        return self.weather.pv_kw


def sample(
    spec: Spec, n_scenarios: int | None = None, seed: int | None = None, only: Iterable[int] | None = None
) -> Draws:
    """Draw everything that chance decides.

    Scenario 17 of a seed is the same world whether it is drawn alone, among ten or among a thousand.

    Args:
        spec: the scenario file's content.
        n_scenarios: draw scenarios 0 to n - 1; default: ``spec.runs.scenarios``.
        seed: root seed; default: ``spec.runs.seed``.
        only: numbers of the scenarios to draw instead, in this order, to replay them.

    Raises:
        ValueError: if there is no scenario to draw, or a number is negative.
        ScenarioError: if a preset is unknown, or the climate does not fit the latitude.
        SeriesError: if a series on file cannot be read.
    """
    if n_scenarios is not None and only is not None:
        raise ValueError("n_scenarios, only: both given; legal: one of them")
    root = spec.runs.seed if seed is None else seed
    n = spec.runs.scenarios if n_scenarios is None else n_scenarios
    ids = np.arange(n, dtype=np.int64) if only is None else np.array(list(only), dtype=np.int64)
    if len(ids) == 0 or ids.min() < 0:
        raise ValueError(f"n_scenarios, only: given {n_scenarios}, {only}; legal: at least one scenario, from 0 up")
    ids.setflags(write=False)
    weather = sample_weather(spec, ids, root)
    shaking = sample_shaking(spec, ids, root)
    delivery = sample_deliveries(spec, ids, root, shaking)
    return Draws(
        clock=spec.clock,
        seed=root,
        scenario_ids=ids,
        demand=sample_demand(spec, ids, root, weather),
        weather=weather,
        outage=sample_outages(spec, ids, root, shaking),
        failure=sample_failures(spec, ids, root),
        delivery=delivery,
        arrival=sample_arrivals(spec, ids, root, delivery.links, shaking),
        gas=sample_gas(spec, ids, root),
        vehicle=sample_vehicles(spec, ids, root),
        shaking=shaking,
        mains=sample_mains(spec, ids, root, shaking),
        sewer=sample_sewers(spec, ids, root),
        start_delay_h=sample_start_delays(spec, ids, root),
        station_battery_h=sample_batteries(spec, ids, root),
    )
