"""Lots over the road graph: the plan with perfect information expects each in the step in which it arrives."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simulation.draws.delivery import sample_deliveries
from simulation.events.collect import collect
from simulation.events.world import World
from simulation.interchange.delivery import scheduled_lots
from tests.events.worlds import GRID, Hands, area

N = 12
LINKS: dict[str, dict[str, Any]] = {
    "R1": {"a": "depot", "b": "pass", "length_km": 20.0, "closed_prob": 0.6, "limit_t": 4.0, "limit_h": 10.0},
    "R2": {"a": "pass", "b": "s", "length_km": 40.0, "closed_prob": 0.6, "priority": 2},
    "R3": {"a": "s", "b": "depot", "length_km": 120.0, "closed_prob": 0.6, "slow_factor": 1.5, "priority": 3},
}


@pytest.mark.parametrize(("vehicle_t", "patience_h"), [(3.0, None), (20.0, None), (20.0, 8.0)])
def test_plan_and_events_agree_when_a_lot_arrives(vehicle_t: float, patience_h: float | None) -> None:
    lot = {
        "to": "s.fuel_tank.t", "amount": 100.0, "travel_h": 2.0, "first_after_h": 1.0, "every_h": 9.0, "depot": "depot",
        "vehicle_t": vehicle_t, "gives_up_after_h": patience_h, "cancel_prob": 0.1,
    }  # fmt: skip
    spec = area(
        {"s": {"grid": GRID, "fuel_tank": {"t": {"fuel": "diesel", "capacity_l": 1e5, "initial_frac": 0.0}}}},
        days=3, hazard={"start": "2019-09-09T02:00"}, road_link=LINKS, road_works={"crews": 1, "begins_after_h": 3.0},
        delivery={"tanker": lot},
    )  # fmt: skip
    deliveries = sample_deliveries(spec, np.arange(N), 5)
    draws = replace(Hands(spec, scenarios=N).draws(), delivery=deliveries)
    worlds = [World(spec, draws, s) for s in range(N)]
    for world in worlds:
        world.advance(spec.clock.duration_h)
    run = collect(spec, draws, worlds, planned_by="hand", perfect_information=True)
    expected = scheduled_lots(spec, deliveries, spec.planning_clock, ("s.fuel_tank.t",))[:, :, 0]
    brought = run.flow("delivered", "tanker") * spec.clock.step_h
    np.testing.assert_allclose(brought, expected, atol=1e-9)
    waits = [event for event in run.events if event.kind in ("delivery_late", "delivery_cancelled")]
    assert len(waits) > N / 2, "most of these worlds hold something up"
