"""Water in the plan: uses as tiers of their own value, raw water that power makes fit to drink, rain that runs over."""

from __future__ import annotations

from typing import Any

import pytest

from simulation.interchange.assemble import assemble
from simulation.interchange.highs import HiGHS
from simulation.interchange.interior_point import InteriorPoint
from simulation.interchange.names import PUMPED, SPILL_WATER, UNSERVED_WATER
from simulation.interchange.problem import Problem
from simulation.interchange.rules import MeritOrder
from simulation.interchange.schedule import Schedule
from simulation.interchange.solve import solve
from simulation.scenario.spec import Spec
from simulation.units import WATER_USES
from tests.interchange.scenes import area, connection, drawn, load

TANK = "hub.water_tank.w"
STRIKE = {"start": "2026-08-03T00:00"}


def hub(gym: dict[str, Any] | None = None, **parts: Any) -> Spec:
    """1,000 people who use 24 L a day each for every use: 1 m3/h a use, for a day."""
    uses = dict.fromkeys(WATER_USES, 24.0)
    shelter = {
        "floor_area_m2": 35_000.0,
        "peak_people": 0.0,
        "power_kwh_per_person_day": 0.0,
        "water_tank": "w",
        "water_step": [{"from_day": 0, "use_l_per_person_day": uses}],
        **(gym or {}),
    }
    building = {"grid": connection(), "load": {"a": load(critical=1.0)}, "shelter": {"gym": shelter}, **parts}
    return area({"hub": building}, hazard=STRIKE, planner={"stored_water_jpy_per_m3": 100.0})


def planned(spec: Spec, solver: Any = None, **draws: Any) -> tuple[Problem, Schedule]:
    problem = assemble(spec, drawn(spec, {"hub": 0.0}, wanting_people=1_000.0, **draws))
    return problem, solve(problem, solver or HiGHS())


def lacking_m3(problem: Problem, schedule: Schedule) -> dict[str, float]:
    flows = schedule.solution.flows[0]
    return {
        use: float(flows[:, problem.find(TANK, quantity)].sum())
        for use, quantity in zip(WATER_USES, UNSERVED_WATER, strict=True)
    }


@pytest.mark.parametrize("solver", [HiGHS(), InteriorPoint(), MeritOrder()], ids=lambda solver: solver.name)
def test_a_plan_does_without_the_least_precious_use_first(solver: Any) -> None:
    """60 m3 for 120: none to bathe and flush with, half of what hygiene asks; a rule does not look ahead."""
    problem, schedule = planned(hub(water_tank={"w": {"capacity_m3": 60.0}}), solver)
    lacking = lacking_m3(problem, schedule)
    assert sum(lacking.values()) == pytest.approx(60.0, rel=1e-6)
    assert schedule.certificate.primal_residual.max() < 1e-6
    if not isinstance(solver, MeritOrder):
        assert lacking == pytest.approx(
            {"drinking": 0.0, "cooking": 0.0, "hygiene": 12.0, "flushing": 24.0, "bath": 24.0}, abs=1e-3
        )


def test_raw_water_is_treated_while_there_is_power_and_no_more_than_the_pool_holds() -> None:
    """The pool of 30 m3 makes 24 of drinking water at 2 kWh each; dark from noon on, all of it before."""
    spec = hub(
        water_tank={
            "w": {"capacity_m3": 200.0, "initial_frac": 0.1},
            "pool": {"capacity_m3": 30.0, "quality": "non_potable"},
        },
        treatment={"t": {"tank": "w", "raw_tank": "pool", "rated_m3ph": 4.0, "kwh_per_m3": 2.0, "recovered_frac": 0.8}},
    )
    for solver in (HiGHS(), MeritOrder()):
        problem, schedule = planned(spec, solver, outage_h=[(12.0, 24.0)])
        treated = schedule.solution.flows[0, :, problem.find("hub.treatment.t", PUMPED)]
        assert treated.sum() == pytest.approx(24.0)
        assert treated[12:].max() == pytest.approx(0.0, abs=1e-9)
        assert schedule.certificate.primal_residual.max() < 1e-9
        assert sum(lacking_m3(problem, schedule).values()) == pytest.approx(120.0 - 20.0 - 24.0)


def test_rain_fills_the_tank_that_toilets_are_flushed_from_and_runs_over() -> None:
    """2 m3/h of rain against 1 m3/h: 10 of 24 m3 fill the tank, 14 run over; the other four uses draw on the other."""
    roof = {"area_m2": 5_000.0, "rain_mm_per_day": 9.6, "runoff_frac": 1.0}
    rain = {"capacity_m3": 10.0, "initial_frac": 0.0, "quality": "non_potable", "roof": roof}
    tanks = {"w": {"capacity_m3": 500.0}, "rain": rain}
    problem, schedule = planned(hub(water_tank=tanks, gym={"flushing_tank": "rain"}))
    levels, flows = schedule.solution.levels[0], schedule.solution.flows[0]
    names = [label.element for label in problem.stores]
    assert levels[-1, names.index("hub.water_tank.rain")] == pytest.approx(10.0)
    assert flows[:, problem.find("hub.water_tank.rain", SPILL_WATER)].sum() == pytest.approx(24.0 - 10.0)
    assert levels[-1, names.index(TANK)] == pytest.approx(500.0 - 4 * 24.0)
