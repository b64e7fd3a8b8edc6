"""The registry of named cases: what is timed here and over time, with the counts that each must reproduce.

Counts gate, timings never do: a count that moves says that results moved, whatever the machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from simulation.bench.family_spec import Family, family_problem, family_scenario
from simulation.draws.draws import sample
from simulation.interchange.assemble import assemble
from simulation.interchange.highs import HiGHS
from simulation.interchange.interior_point import InteriorPoint
from simulation.interchange.problem import Problem
from simulation.interchange.schedule import Solver
from simulation.scenario.load import load

__all__ = ["CASES", "FORTNIGHT", "SEED", "TARGET_FAST_MS", "TARGET_MS", "WEEK", "Case", "Phase", "case_named"]

SEED = 7


class Phase(StrEnum):
    """A stage of the main job that is timed by itself; ``plan`` is what a user waits for.

    ``plan`` assembles, solves, solves again where a plan runs two ways at once, and proves the answer.
    """

    SAMPLE = "sample"
    ASSEMBLE = "assemble"
    SOLVE = "solve"
    CERTIFY = "certify"
    PLAN = "plan"
    SIMULATE = "simulate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One named case.

    ``few`` scenarios are run by the quick tests, ``many`` at full size, ``worlds`` of them are simulated.  Each
    scenario has ``variables``; ``solver`` takes at most ``most_iterations`` on their mean (None: a reference, whose
    count is its own affair); it is the core on numpy's kernels, so that a year is planned on those that its solve is
    timed on.  The first world, played without a plan, has ``events`` events.
    """

    name: str
    group: str
    make: Callable[[int], Family]
    problem: Callable[[Family], Problem]
    few: int
    many: int
    worlds: int
    variables: int
    events: int
    most_iterations: float | None
    solver: Solver = InteriorPoint(kernels="numpy")
    phases: tuple[Phase, ...] = (Phase.ASSEMBLE, Phase.SOLVE, Phase.CERTIFY, Phase.PLAN, Phase.SIMULATE)
    is_family: bool = True


TARGET_MS = {"2x48": 0.4, "5x48": 1.5, "20x48": 18.0, "50x96": 120.0, "5x336": 10.0, "5x8760": 700.0}
"""What the core is to take per schedule at most on the kernels of numpy, build and solve, on one thread [ms]."""

TARGET_FAST_MS = {"2x48": 0.15, "5x48": 0.4, "20x48": 8.0, "50x96": 60.0, "5x336": 3.0, "5x8760": 300.0}
"""The same on the fused kernels of numba [ms]."""


def _member(n_scenarios: int, *, size: tuple[int, int, int], stressed: bool) -> Family:
    buildings, steps, step_min = size
    return family_scenario(buildings, steps, n_scenarios, seed=SEED, stressed=stressed, step_min=step_min)


def _week(n_scenarios: int) -> Family:
    """The flagship in the week of its disaster, on control steps of 30 minutes."""
    period = {"start": "2026-08-07", "days": 7, "control_step_min": 30, "planning_step_min": 30}
    spec = load("area_and_hub", {"period": period})
    return Family(spec=spec, draws=sample(spec, n_scenarios=n_scenarios, seed=SEED))


def _fortnight(n_scenarios: int) -> Family:
    """A hub with every component there is, over fourteen days on control steps of ten minutes."""
    spec = load("mihama_everything")
    return Family(spec=spec, draws=sample(spec, n_scenarios=n_scenarios, seed=SEED))


def _assembled(member: Family) -> Problem:
    return assemble(member.spec, member.draws)


def _halves(
    size: tuple[int, int, int], runs: tuple[int, int, int], counts: dict[bool, tuple[int, int, float]]
) -> list[Case]:
    """The plain and the stressed half of one size; ``counts`` has variables, events and most iterations of each."""
    buildings, steps, _ = size
    few, many, worlds = runs
    return [
        Case(
            name=f"{buildings}x{steps}-{'stressed' if stressed else 'plain'}",
            group=f"{buildings}x{steps}",
            make=partial(_member, size=size, stressed=stressed),
            problem=family_problem,
            few=few,
            many=many,
            worlds=worlds,
            variables=variables,
            most_iterations=most_iterations,
            events=events,
        )
        for stressed, (variables, events, most_iterations) in counts.items()
    ]


WEEK = Case(
    name="flagship-week",
    group="flagship-week",
    make=_week,
    problem=_assembled,
    few=1,
    many=4,
    worlds=1,
    variables=29910,
    events=354,
    most_iterations=32,
    phases=tuple(Phase),
    is_family=False,
)

FORTNIGHT = Case(
    name="hub-fortnight",
    group="hub-fortnight",
    make=_fortnight,
    problem=_assembled,
    few=1,
    many=8,
    worlds=8,
    variables=38978,
    events=2104,
    most_iterations=None,
    solver=HiGHS(),
    phases=(Phase.SAMPLE, Phase.ASSEMBLE, Phase.SIMULATE),
    is_family=False,
)
"""The event model at its heaviest: what a world costs that is to be played ten thousand times."""

CASES: tuple[Case, ...] = (
    *_halves((2, 48, 30), (4, 1000, 4), {False: (865, 48, 18.0), True: (865, 50, 18.0)}),
    *_halves((5, 48, 30), (4, 1000, 4), {False: (2401, 48, 20.0), True: (2401, 53, 20.0)}),
    *_halves((20, 48, 30), (2, 64, 2), {False: (9265, 48, 24.0), True: (9265, 75, 24.0)}),
    *_halves((50, 96, 30), (1, 8, 1), {False: (46177, 96, 32.0), True: (46177, 231, 32.0)}),
    *_halves((5, 336, 30), (2, 64, 2), {False: (16801, 336, 25.0), True: (16801, 367, 27.0)}),
    *_halves((5, 8760, 60), (1, 2, 1), {False: (438012, 8765, 32.0), True: (438012, 9727, 42.0)}),
    WEEK,
    FORTNIGHT,
)


def case_named(name: str) -> Case:
    """The case of this name.

    Raises:
        KeyError: naming the cases there are.
    """
    found = {case.name: case for case in CASES}
    if name not in found:
        raise KeyError(f"no case {name!r}; there are: {', '.join(found)}")
    return found[name]
