"""Small areas with hand-made draws: nothing is random unless a test says so."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulation.draws.arrival import ArrivalDraws
from simulation.draws.delivery import DeliveryDraws
from simulation.draws.demand import DemandDraws
from simulation.draws.draws import Draws
from simulation.draws.failure import FailureDraws
from simulation.draws.outage import OutageDraws
from simulation.draws.weather import WeatherDraws
from simulation.events.collect import collect
from simulation.events.trajectory import Trajectory
from simulation.events.world import World
from simulation.interchange.setpoints import SetPoints
from simulation.scenario.clock import Clock
from simulation.scenario.spec import Spec
from simulation.units import TIERS

GRID = {"feeder": "main", "tariff": "flat", "contract_kw": 1_000.0}
LOAD = {"constant_kw": 0.0, "tier_frac": {"critical": 1.0}}
DIESEL = {"fuel": "diesel", "fuel_slope_l_per_kwh": 0.28769, "fuel_jpy_per_l": 150.0, "start_delay_min": 0.0}
BATTERY = {
    "charge_kw": 50.0,
    "discharge_kw": 50.0,
    "capacity_kwh": 100.0,
    "charge_efficiency_frac": 0.9,
    "discharge_efficiency_frac": 0.9,
}


def area(building: dict[str, dict[str, Any]], *, days: int = 1, step_min: int = 30, **tables: Any) -> Spec:
    """A Spec on the clock of 2019-09-09; buildings get their load table, a tariff and a feeder stand ready."""
    for part in building.values():
        part.setdefault("load", {"all": LOAD})
    return Spec.model_validate(
        {
            "name": "test",
            "title": "a test",
            "story": "a test",
            "place": {"latitude_deg": 35.4, "longitude_deg": 140.3, "climate": "chiba"},
            "period": {
                "start": "2019-09-09",
                "days": days,
                "control_step_min": step_min,
                "planning_step_min": max(step_min, 30),
            },
            "building": building,
            "feeder": {"main": {}, "other": {}},
            "tariff": {"flat": {"band": [{"jpy_per_kwh": 20.0}]}},
            **tables,
        }
    )


class Hands:
    """Draws made by hand for S like scenarios: flat loads, no sun, no outage, nothing fails, until told otherwise."""

    def __init__(self, spec: Spec, *, scenarios: int = 1, lives: int = 1, lots: int = 20) -> None:
        clock = spec.clock
        S, T, B, G = scenarios, clock.n_steps, len(spec.building), len(spec.gensets)
        self.spec = spec
        self.clock = clock
        self.scenarios = scenarios
        self.demand_kw = np.zeros((S, T, B, len(TIERS)))
        self.islanded_kw: np.ndarray | None = None
        self.pv_kw = np.zeros((S, T, len(spec.pvs)))
        self.start_h = np.full((S, len(spec.feeder), 3), np.inf)
        self.end_h = np.full((S, len(spec.feeder), 3), np.inf)
        self.available = np.ones((S, G), dtype=bool)
        self.start_fails = np.zeros((S, G, lives), dtype=bool)
        self.life_h = np.full((S, G, lives), np.inf)
        self.repair_h = np.full((S, G, lives), np.inf)
        self.road_opens_h = np.full((S, len(spec.road)), -np.inf)
        self.travel_h = (
            np.ones((S, len(spec.delivery), lots)) * [[[part.travel_h] for part in spec.delivery.values()]]
            if spec.delivery
            else np.ones((S, 0, lots))
        )
        self.cancelled = np.zeros((S, len(spec.delivery), lots), dtype=bool)
        self.wanting = np.zeros((S, T + 1, len(spec.shelters)))

    def demand(self, building: str, **tiers_kw: float | np.ndarray) -> Hands:
        """Load of a building by tier, flat or with an axis T [kW]."""
        b = self.spec.building_names.index(building)
        for tier, power in tiers_kw.items():
            self.demand_kw[:, :, b, TIERS.index(tier)] = power
        return self

    def sun(self, array: str, power_kw: float | np.ndarray) -> Hands:
        """What the sun allows an array [kW]."""
        self.pv_kw[:, :, [unit.name for unit in self.spec.pvs].index(array)] = power_kw
        return self

    def outage(self, start_h: float, end_h: float, *, feeder: str = "main", slot: int = 0) -> Hands:
        """An outage in every scenario [h]."""
        f = list(self.spec.feeder).index(feeder)
        self.start_h[:, f, slot], self.end_h[:, f, slot] = start_h, end_h
        return self

    def draws(self) -> Draws:
        """The record."""
        S, T = self.demand_kw.shape[:2]
        islanded = self.demand_kw if self.islanded_kw is None else self.islanded_kw
        return Draws(
            clock=self.clock,
            seed=0,
            scenario_ids=np.arange(S),
            demand=DemandDraws(
                expected_kw=self.demand_kw[:1],
                islanded_expected_kw=islanded[:1],
                demand_kw=self.demand_kw,
                islanded_kw=islanded,
            ),
            weather=WeatherDraws(
                temperature_c=np.full((S, T), 20.0),
                usual_c=np.full(T, 20.0),
                spread_c=np.zeros(T),
                warmth_correlation=0.0,
                clearness=np.full((S, 1), 0.5),
                pv_kw=self.pv_kw,
                pv_expected_kw=self.pv_kw[0],
            ),
            outage=OutageDraws(start_h=self.start_h, end_h=self.end_h),
            failure=FailureDraws(
                available=self.available, start_fails=self.start_fails, life_h=self.life_h, repair_h=self.repair_h
            ),
            delivery=DeliveryDraws(road_opens_h=self.road_opens_h, travel_h=self.travel_h, cancelled=self.cancelled),
            arrival=ArrivalDraws(wanting_people=self.wanting, expected_people=self.wanting.mean(axis=0)),
        )

    def play(self, points: SetPoints | None = None, *, foreseen: bool = False) -> Trajectory:
        """Run every scenario to its end, every bus checked after every dispatch."""
        draws = self.draws()
        worlds = [World(self.spec, draws, s) for s in range(self.scenarios)]
        for s, world in enumerate(worlds):
            world.check_balance = True
            if points is not None:
                world.follow(points, s, foreseen=foreseen)
            world.advance(self.clock.duration_h)
        return collect(self.spec, draws, worlds, planned_by="hand", perfect_information=foreseen)


def set_points(spec: Spec, clock: Clock | None = None, *, scenarios: int = 1, **values: np.ndarray) -> SetPoints:
    """Set-points that are zero where nothing is given."""
    clock = spec.planning_clock if clock is None else clock
    S, T = scenarios, clock.n_steps
    fields = {
        "charge_kw": np.zeros((S, T, len(spec.batteries))),
        "discharge_kw": np.zeros((S, T, len(spec.batteries))),
        "genset_kw": np.zeros((S, T, len(spec.gensets))),
        "sent_kw": np.zeros((S, T, len(spec.tieline), 2)),
        "pump_kw": np.zeros((S, T, len(spec.pumps))),
        "deferrable_kw": np.zeros((S, T, len(spec.building))),
        "essential_frac": np.ones((S, T, len(spec.building))),
        "peak_kw": np.full((S, T, len(spec.meters)), np.inf),
    }
    for name, value in values.items():
        fields[name] = np.broadcast_to(value, fields[name].shape).copy()
    return SetPoints(clock=clock, **fields)


def texts(trajectory: Trajectory, *kinds: str) -> list[str]:
    """The words of the log, all or of some kinds."""
    return [event.text for event in trajectory.events if not kinds or event.kind in kinds]
