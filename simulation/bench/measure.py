"""Medians of jobs: one untimed run to warm up, then repeats within a budget of time, on one thread."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import median
from time import perf_counter

import numpy as np
from threadpoolctl import threadpool_limits

from simulation.bench.cases import CASES, Case, Phase, case_named
from simulation.bench.jobs import Facts, Job, Material, faults, prepare
from simulation.bench.references import CORE, FAST, REFERENCES, Reference

__all__ = ["Figure", "Plan", "Want", "measure", "scaling_plan", "wanted"]

PATIENCE_S = 6.0
"""A first run that takes longer than this is the figure itself: its solver has been warmed up on the smallest case."""

_MS = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured cell: times per scenario [ms]; ``differs`` is the largest relative distance of a cost to the core's.

    ``repeats`` counts timed runs.  ``faults`` names counts that are not the registry's.
    """

    case: str
    phase: str
    solver: str
    scenarios: int
    repeats: int
    median_ms: float
    fastest_ms: float
    slowest_ms: float
    variables: int
    count: int
    counted: str
    iterations: float | None
    worst: float | None
    objective_jpy: float | None
    differs: float | None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """A cell to measure: a case in a phase by a solver on ``scenarios``."""

    case: Case
    phase: Phase
    solver: Reference
    scenarios: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Cells to measure, each ``repeats`` times within about ``budget_s``."""

    wants: tuple[Want, ...]
    repeats: int
    budget_s: float


def wanted(
    cases: Sequence[Case],
    phases: Sequence[Phase],
    solvers: Sequence[Reference],
    scenarios: Callable[[Case, Reference], int],
) -> Iterator[Want]:
    """Cells of a selection: the core in every phase, the others where they have one; absent ones are left out."""
    for case in cases:
        for phase in phases:
            if phase not in case.phases:
                continue
            for solver in solvers:
                own = solver is CORE
                if not own and (phase is not Phase.SOLVE or not case.is_family or not solver.installed):
                    continue
                yield Want(case=case, phase=phase, solver=solver, scenarios=scenarios(case, solver))


def scaling_plan(cases: Sequence[Case], counts: Sequence[int], most: Callable[[Reference], int]) -> Iterator[Want]:
    """Cells of time against number of scenarios, for every solver that is there."""
    for solver in REFERENCES:
        if solver.installed:
            for case in cases:
                for n in counts:
                    if n <= most(solver):
                        yield Want(case=case, phase=Phase.SOLVE, solver=solver, scenarios=n)


def measure(plan: Plan, tell: Callable[[float, str], None]) -> Iterator[Figure]:
    """Measure every cell in turn; ``tell`` hears the share that is done and what comes next."""
    warmed: set[str] = set()
    with threadpool_limits(limits=1):
        for place, want in enumerate(plan.wants):
            tell(place / len(plan.wants), f"{want.case.name} {want.phase.value} {want.solver.name}")
            if want.solver.name not in warmed:
                warmed.add(want.solver.name)
                if want.case.is_family:
                    prepare(_material(CASES[0].name, 1), Phase.SOLVE, want.solver).run()
            yield _cell(want, plan)


@lru_cache(maxsize=3)
def _material(name: str, n: int) -> Material:
    return Material(case_named(name), n)


def _cell(want: Want, plan: Plan) -> Figure:
    case, solver = want.case, want.solver
    material = _material(case.name, want.scenarios)
    job = prepare(material, want.phase, solver if case.is_family else None)
    times_s, facts = _timed(job, plan, float("inf") if solver.compiled else PATIENCE_S)
    per_ms = [_MS * time_s / facts.scenarios for time_s in times_s]
    return Figure(
        case=case.name,
        phase=want.phase.value,
        solver=solver.name if case.is_family else case.solver.name,
        scenarios=facts.scenarios,
        repeats=len(times_s),
        median_ms=median(per_ms),
        fastest_ms=min(per_ms),
        slowest_ms=max(per_ms),
        variables=facts.variables,
        count=facts.count,
        counted=facts.counted,
        iterations=facts.iterations,
        worst=facts.worst,
        objective_jpy=facts.objective_jpy,
        differs=_differs(material, want, facts),
        faults=tuple(faults(case, want.phase, facts)) if solver in (CORE, FAST) else (),
    )


def _timed(job: Job, plan: Plan, patience_s: float) -> tuple[list[float], Facts]:
    gc.collect()
    start_s = perf_counter()
    found = job.run()
    first_s = perf_counter() - start_s
    facts = job.look(found)
    if first_s > patience_s:
        return [first_s], facts
    times_s: list[float] = []
    while len(times_s) < plan.repeats and (len(times_s) < 1 or sum(times_s) + first_s < plan.budget_s):
        start_s = perf_counter()
        job.run()
        times_s.append(perf_counter() - start_s)
    return times_s, facts


def _differs(material: Material, want: Want, facts: Facts) -> float | None:
    """Largest relative distance of a cost to what the case's own solver finds."""
    if want.phase is not Phase.SOLVE or want.solver is CORE or facts.objectives_jpy is None:
        return None
    own = material.objective_jpy[: facts.scenarios]
    return float(np.max(np.abs(facts.objectives_jpy / own - 1.0)))
