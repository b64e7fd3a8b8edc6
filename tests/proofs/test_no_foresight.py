"""The closed loop plans on what it has seen: whatever chance decides after a moment, the plans until then are the same.

Scenarios that are the same until a moment, and of which each then goes its own way by one cause, are played side by
side with a solver that keeps every problem it is given.  Of all that is planned until that moment, not a bit may
differ between them; afterwards it must, or the proof would prove nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from simulation.draws.draws import Draws
from simulation.ensemble import replan
from simulation.interchange.problem import Problem
from simulation.interchange.rules import NoExchange
from simulation.interchange.schedule import Solution
from simulation.scenario.spec import Spec
from tests.interchange.scenes import mixed_area

STRIKE_H, OUTAGE_H = 9.0, 9.25


@dataclass(frozen=True)
class Recorder:
    """The quickest rule, which also keeps every problem that it is given: what it makes of it proves nothing here."""

    problems: list[Problem] = field(default_factory=list)
    name: str = "recorder"

    def solve(self, problem: Problem) -> Solution:
        self.problems.append(problem)
        return NoExchange().solve(problem)


def other_loads(draws: dict[str, Any], now_h: int) -> None:
    for name in ("demand_kw", "islanded_kw"):
        draws[name][now_h:] *= 1.7


def other_temperature(draws: dict[str, Any], now_h: int) -> None:
    """Warmer, which loads that follow the weather follow."""
    draws["temperature_c"][now_h:] += 6.0
    for name in ("demand_kw", "islanded_kw"):
        draws[name][now_h:] *= 1.2


def other_sun(draws: dict[str, Any], now_h: int) -> None:
    draws["pv_kw"][now_h:] *= 0.2


def other_outage(draws: dict[str, Any], now_h: int) -> None:
    """Begins later where it is still to come, and ends later."""
    draws["start_h"][draws["start_h"] > now_h] += 2.0
    draws["end_h"] += 5.0


def other_failures(draws: dict[str, Any], now_h: int) -> None:
    """Before the outage: one engine is unfit, the other does not start.  In it: those that run since 9.6 h fail."""
    if now_h < OUTAGE_H:
        draws["available"][0] = False
        draws["start_fails"][:] = True
    draws["life_h"][:] = 2.4
    draws["repair_h"][:] = 50.0


def other_people(draws: dict[str, Any], now_h: int) -> None:
    draws["wanting_people"][now_h + 1 :] *= 1.5


def other_deliveries(draws: dict[str, Any], now_h: int) -> None:
    """Every lot stays out; none can arrive before 12 h."""
    draws["cancelled"][:] = True


def other_road(draws: dict[str, Any], now_h: int) -> None:
    draws["road_opens_h"] += 8.0


FUTURES = (
    other_loads,
    other_temperature,
    other_sun,
    other_outage,
    other_failures,
    other_people,
    other_deliveries,
    other_road,
)
CAUSES = ("demand", "weather", "outage", "failure", "delivery", "arrival")
SHARED = ("pv_expected_kw", "expected_people", "expected_kw", "islanded_expected_kw", "usual_c", "spread_c")


def case(now_h: int) -> tuple[Spec, Draws]:
    """Everything that a Spec may hold; scenario 0 as drawn, each other with one of the futures from ``now_h`` on."""
    spec, draws = mixed_area(2, n_scenarios=1, planner={"replan_every_h": 1.0, "horizon_h": 4.0})
    data = spec.model_dump()
    data["building"]["hub"]["shelter"] = {
        "hall": {"floor_area_m2": 350.0, "peak_people": 80.0, "water_tank": "water", "food_person_days": 50.0}
    }
    data["road"] = {"pass": {"closed_prob": 0.5}}
    data["delivery"]["tanker"]["road"] = "pass"
    spec = Spec.model_validate(data)
    people = np.where(draws.clock.hours >= STRIKE_H, 60.0, 0.0)[None, :, None]
    G = len(spec.gensets)
    chance = {
        "start_fails": np.zeros((1, G, 8), dtype=bool),
        "life_h": np.full((1, G, 4), np.inf),
        "repair_h": np.full((1, G, 4), 5.0),
        "road_opens_h": np.full((1, 1), STRIKE_H + 4.0),
        "wanting_people": people,
        "expected_people": people[0],
        "spread_c": np.full(draws.clock.n_steps, 3.0),
    }
    for name in ("expected_kw", "islanded_expected_kw"):
        usual_kw = getattr(draws.demand, name)
        chance[name] = np.concatenate([usual_kw, 0.1 * usual_kw])
    records = {}
    for cause in CAUSES:
        record = getattr(draws, cause)
        values = {item.name: chance.get(item.name, getattr(record, item.name)) for item in fields(record)}
        apart = {name: np.repeat(v, 1 + len(FUTURES), axis=0) for name, v in values.items() if _by_scenario(name, v)}
        records[cause] = replace(record, **values | apart)
    for s, future in enumerate(FUTURES, start=1):
        drawn = {item.name: getattr(r, item.name) for r in records.values() for item in fields(r)}
        future({name: values[s] for name, values in drawn.items() if _by_scenario(name, values)}, now_h)
    return spec, replace(draws, scenario_ids=np.arange(1 + len(FUTURES)), **records)


def _by_scenario(name: str, values: object) -> bool:
    return isinstance(values, np.ndarray) and name not in SHARED


@cache
def plans(now_h: int) -> tuple[Problem, ...]:
    """The plan of every hour, all scenarios in each."""
    spec, draws = case(now_h)
    recorder = Recorder()
    replan(spec, draws, recorder)
    return tuple(recorder.problems)


def parted(problem: Problem, s: int) -> set[str]:
    """In which arrays a scenario's plan differs from that of scenario 0."""
    arrays = {item.name: getattr(problem, item.name) for item in fields(problem)}
    shared = ("matrix", "store_row", "retention", "peak_matrix", "peak_active", "peak_rows", "exclusive")
    return {
        name
        for name, array in arrays.items()
        if isinstance(array, np.ndarray) and name not in shared and not np.array_equal(array[s], array[0])
    }


@pytest.mark.parametrize("future", FUTURES, ids=lambda future: future.__name__)
@pytest.mark.parametrize("now_h", [7, 11])
def test_no_plan_knows_what_chance_decides_later(future: Callable, now_h: int) -> None:
    s = 1 + FUTURES.index(future)
    found = [parted(problem, s) for problem in plans(now_h)]
    assert len(found) == 24
    assert found[: now_h + 1] == [set()] * (now_h + 1)
    assert any(found[now_h + 1 :])
