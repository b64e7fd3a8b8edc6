"""The Draws: everything that chance decides, for S scenarios, before anybody plans or anything happens."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from simulation.draws.arrival import ArrivalDraws
from simulation.draws.delivery import DeliveryDraws
from simulation.draws.demand import DemandDraws
from simulation.draws.failure import FailureDraws
from simulation.draws.outage import OutageDraws
from simulation.draws.weather import WeatherDraws
from simulation.scenario.clock import Clock

__all__ = ["Draws"]


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

    @property
    def n_scenarios(self) -> int:
        """S, the number of scenarios."""
        return len(self.scenario_ids)

    @property
    def pv_kw(self) -> Float[np.ndarray, "S T V"]:
        """Power that the sun allows every array [kW]."""
        return self.weather.pv_kw
