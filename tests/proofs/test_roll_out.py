"""Without surprises the event run is the same set-points rolled out in arrays through the same physics, to 1e-9.

The roll-out knows nothing of events: for all scenarios at once it steps from edge to edge, limits charge and
discharge to the room in the store, deferrable load to what waits, and lets the grid take up the rest.
"""

from __future__ import annotations

import numpy as np
import pytest

from simulation.events.trajectory import Trajectory
from simulation.interchange.setpoints import SetPoints
from simulation.physics.battery import store_rate_kw
from simulation.physics.genset import fuel_lph
from simulation.physics.pump import lifted_m3ph
from simulation.physics.stock import effective_h, retention_frac
from simulation.physics.tieline import received_kw
from simulation.scenario.spec import Spec
from tests.events.worlds import BATTERY, DIESEL, GRID, Hands, area, set_points

SCENARIOS = 4
LOSSY = {**BATTERY, "capacity_kwh": 5_000.0, "standing_loss_frac_per_h": 0.002}
ENGINE = {**DIESEL, "rated_kw": 60.0, "operation": "always", "fuel_tank": "t", "fuel_intercept_lph_per_kw": 0.03}


def _spec(step_min: int) -> Spec:
    """A mall with a small battery and a tank, a hall with a lossy one and an engine, a line; a farm off the grid."""
    mall = {
        "grid": {**GRID, "export_limit_kw": 500.0},
        "battery": {"b": {**BATTERY, "min_level_frac": 0.1, "max_level_frac": 0.9}},
        "pv": {"p": {"rated_kw": 200.0}},
        "water_tank": {"w": {"capacity_m3": 400.0, "initial_frac": 0.5, "daily_use_m3": 48.0}},
        "pump": {"well": {"tank": "w", "rated_m3ph": 6.0, "kwh_per_m3": 0.8}},
        "load": {"all": {"constant_kw": 0.0, "tier_frac": {"deferrable": 1.0}, "deadline_h": 72.0}},
    }
    hall = {
        "grid": {**GRID, "export_limit_kw": 500.0},
        "battery": {"b": LOSSY},
        "genset": {"g": ENGINE},
        "fuel_tank": {"t": {"fuel": "diesel", "capacity_l": 2_000.0}},
    }
    farm = {"battery": {"b": {**BATTERY, "capacity_kwh": 900.0}}, "pv": {"p": {"rated_kw": 60.0}}}
    line = {"a": "mall", "b": "hall", "capacity_ab_kw": 50.0, "capacity_ba_kw": 50.0, "loss_frac": 0.04}
    return area({"mall": mall, "hall": hall, "farm": farm}, days=2, step_min=step_min, tieline={"l": line})


def _case(spec: Spec) -> tuple[Hands, SetPoints]:
    """Random loads, sun and set-points; the farm's battery is told exactly what load and sun leave it."""
    chance = np.random.default_rng(11)
    hands = Hands(spec, scenarios=SCENARIOS)
    hands.demand_kw[:] = chance.uniform(0.0, 40.0, hands.demand_kw.shape)
    hands.pv_kw[:] = chance.uniform(0.0, 150.0, hands.pv_kw.shape)
    n = spec.planning_clock.n_steps
    per = spec.planning_clock.step_min // spec.clock.step_min

    def one_of(low: float, high: float, *shape: int) -> np.ndarray:
        return chance.uniform(low, high, (SCENARIOS, n, *shape)).clip(0.0)

    charge = one_of(-40.0, 40.0, 3)
    discharge = one_of(0.0, 40.0, 3) * (charge == 0.0)
    load, sun = one_of(0.0, 40.0), one_of(-20.0, 50.0)
    charge[:, :, 2], discharge[:, :, 2] = (sun - load).clip(0.0), (load - sun).clip(0.0)
    hands.demand_kw[:, :, 2] = 0.0
    hands.demand_kw[:, :, 2, 0] = np.repeat(load, per, axis=1)
    hands.pv_kw[:, :, 1] = np.repeat(sun, per, axis=1)
    ways = one_of(-40.0, 40.0, 1, 1)
    sent = np.concatenate([ways, one_of(0.0, 40.0, 1, 1) * (ways == 0.0)], axis=3)
    plan = set_points(
        spec,
        scenarios=SCENARIOS,
        charge_kw=charge,
        discharge_kw=discharge,
        genset_kw=one_of(5.0, 60.0, 1),
        sent_kw=sent,
        pump_kw=one_of(0.0, 4.8, 1),
        deferrable_kw=one_of(0.0, 90.0, 3),
    )
    return hands, plan


class RolledOut:
    """The set-points in arrays [S, T, element]."""

    def __init__(self, spec: Spec, hands: Hands, plan: SetPoints) -> None:
        T, dt = spec.clock.n_steps, spec.clock.step_h
        per = T // plan.clock.n_steps
        values = {name: getattr(plan, name) for name in plan.__slots__ if name != "clock"}
        told = {name: np.repeat(value, per, axis=1) for name, value in values.items() if value is not None}
        self.levels = np.empty((SCENARIOS, T + 1, 3))
        self.levels[:, 0] = [b.part.initial_level_frac * b.part.capacity_kwh for b in spec.batteries]
        self.backlog = np.zeros((SCENARIOS, T + 1, 3))
        self.charge, self.discharge = np.empty((SCENARIOS, T, 3)), np.empty((SCENARIOS, T, 3))
        self.deferrable = np.empty((SCENARIOS, T, 3))
        parts = [battery.part for battery in spec.batteries]
        loss = [part.standing_loss_frac_per_h for part in parts]
        keep = np.array([retention_frac(x, dt) for x in loss])
        hours = np.array([effective_h(x, dt) for x in loss])
        low = np.array([part.min_level_frac * part.capacity_kwh for part in parts])
        high = np.array([part.max_level_frac * part.capacity_kwh for part in parts])
        for t in range(T):
            level, waiting, arriving = self.levels[:, t], self.backlog[:, t], hands.demand_kw[:, t, :, 2]
            self.charge[:, t] = np.minimum(told["charge_kw"][:, t], (high - keep * level) / (0.9 * hours))
            self.discharge[:, t] = np.minimum(told["discharge_kw"][:, t], (keep * level - low) * 0.9 / hours)
            rate = store_rate_kw(self.charge[:, t], self.discharge[:, t], 0.9, 0.9)
            self.levels[:, t + 1] = keep * level + rate * hours
            self.deferrable[:, t] = np.minimum(told["deferrable_kw"][:, t], waiting / dt + arriving)
            self.backlog[:, t + 1] = waiting + (arriving - self.deferrable[:, t]) * dt
        self.genset = told["genset_kw"]
        self.pump = told["pump_kw"]
        self.sent = told["sent_kw"][:, :, 0]
        burnt = fuel_lph(self.genset[:, :, 0], 60.0, ENGINE["fuel_slope_l_per_kwh"], 0.03)
        self.fuel = 2_000.0 - np.concatenate([np.zeros((SCENARIOS, 1)), np.cumsum(burnt * dt, axis=1)], axis=1)
        inflow = lifted_m3ph(self.pump[:, :, 0], 0.8) - 2.0
        self.water = 200.0 + np.concatenate([np.zeros((SCENARIOS, 1)), np.cumsum(inflow * dt, axis=1)], axis=1)
        need = hands.demand_kw[:, :, :, [0, 1, 3]].sum(axis=3) + self.deferrable + self.charge - self.discharge
        need[:, :, 0] += self.pump[:, :, 0] - hands.pv_kw[:, :, 0] + self.sent[:, :, 0]
        need[:, :, 0] -= received_kw(self.sent[:, :, 1], 0.04)
        need[:, :, 1] += self.sent[:, :, 1] - received_kw(self.sent[:, :, 0], 0.04) - self.genset[:, :, 0]
        need[:, :, 2] -= hands.pv_kw[:, :, 1]
        self.net_import = need


@pytest.fixture(scope="module", params=[15, 30])
def pair(request: pytest.FixtureRequest) -> tuple[Trajectory, RolledOut]:
    spec = _spec(request.param)
    hands, plan = _case(spec)
    return hands.play(plan, foreseen=True), RolledOut(spec, hands, plan)


def test_the_case_is_one_without_surprises_and_with_full_and_empty_stores(pair: tuple) -> None:
    run, rolled = pair
    assert run.flows["unserved_kw"].values.max() <= 1e-9
    assert rolled.levels[:, :, 0].min() == pytest.approx(10.0)
    assert rolled.levels[:, :, 0].max() == pytest.approx(90.0)
    assert (rolled.backlog == 0.0).mean() > 0.1
    assert rolled.net_import.min() < -10.0
    assert abs(rolled.net_import[:, :, 2]).max() < 1e-9


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        ("charge_kw", "charge"),
        ("discharge_kw", "discharge"),
        ("genset_kw", "genset"),
        ("sent_kw", "sent"),
        ("pump_kw", "pump"),
        ("deferrable_kw", "deferrable"),
    ],
)
def test_flows_are_the_same(pair: tuple, quantity: str, expected: str) -> None:
    run, rolled = pair
    assert np.abs(run.flows[quantity].values - getattr(rolled, expected)).max() <= 1e-9


def test_the_grid_takes_up_the_same_rest(pair: tuple) -> None:
    run, rolled = pair
    net = run.flows["import_kw"].values - run.flows["export_kw"].values
    assert np.abs(net - rolled.net_import).max() <= 1e-9


def test_levels_are_the_same(pair: tuple) -> None:
    run, rolled = pair
    assert np.abs(run.levels["battery_kwh"].values / rolled.levels - 1.0).max() <= 1e-9
    assert np.abs(run.levels["backlog_kwh"].values - rolled.backlog).max() <= 1e-9
    assert np.abs(run.levels["fuel_l"].values[:, :, 0] / rolled.fuel - 1.0).max() <= 1e-9
    assert np.abs(run.levels["water_m3"].values[:, :, 0] / rolled.water - 1.0).max() <= 1e-9
