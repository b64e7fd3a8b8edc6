"""Medians of jobs: one untimed run to warm up, then repeats within a budget of time, on one thread."""

from __future__ import annotations

import gc
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from simulation.bench.cases import CASES, Case, Phase
from simulation.bench.jobs import Facts, Job, Material, faults, prepare
from simulation.bench.references import CORE, FAST, Reference
from simulation.interchange.interior_point import InteriorPoint
from simulation.interchange.schedule import Solution

__all__ = ["Figure", "Plan", "Want", "measure", "series", "wanted"]

PATIENCE_S = 2.0
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
    """A cell to measure: a case in a phase by a solver on ``scenarios``; or a mere point of a ``series`` over these."""

    case: Case
    phase: Phase
    solver: Reference
    scenarios: int
    series: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Cells to measure, each ``repeats`` times within about ``budget_s``; those of a case stand together."""

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


def series(wants: Sequence[Want], counts: Sequence[int], most: Callable[[Reference], int]) -> Iterator[Want]:
    """Cells of time against number of scenarios that ``wants`` lack: the same solves on each of ``counts``, ascending.

    A solver has points up to ``most``; what ``wants`` measure anyway is a point too, and not measured again.
    """
    for want in wants:
        if want.phase is not Phase.SOLVE:
            continue
        for n in counts:
            if n <= most(want.solver) and n < want.case.many and n != want.scenarios:
                yield replace(want, scenarios=n, series=True)


def measure(plan: Plan, tell: Callable[[float, str], None]) -> Iterator[Figure]:
    """Measure every cell in turn; ``tell`` hears the share that is done and what comes next."""
    warmed: set[str] = set()
    smallest, whole = Material(CASES[0], 1), None
    most: dict[str, int] = {}
    for want in plan.wants:
        most[want.case.name] = max(want.scenarios, most.get(want.case.name, 0))
    with threadpool_limits(limits=1):
        for place, want in enumerate(plan.wants):
            share, case, solver = place / len(plan.wants), want.case, want.solver
            if whole is None or whole.case is not case:
                tell(share, f"{case.name} made, {most[case.name]} scenarios")
                whole = Material(case, most[case.name]).made()
            if solver.name not in warmed and case.is_family:
                warmed.add(solver.name)
                tell(share, f"{solver.name} warmed up")
                prepare(smallest, Phase.SOLVE, solver).run()
            tell(share, f"{case.name} {want.phase.value} {solver.name}, {want.scenarios} scenarios")
            yield _cell(want, plan, whole.first(want.scenarios))


def _cell(want: Want, plan: Plan, material: Material) -> Figure:
    case, solver = want.case, want.solver
    job = prepare(material, want.phase, solver if case.is_family else None)
    times_s, facts, found = _timed(job, plan, patient=solver.compiled)
    if want.phase is Phase.SOLVE and solver is CORE and isinstance(found, Solution):
        material.solution = found
    per_ms = [_MS * time_s / facts.scenarios for time_s in times_s]
    return Figure(
        case=case.name,
        phase=want.phase.value,
        solver=solver.name if isinstance(case.solver, InteriorPoint) else case.solver.name,
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


def _timed(job: Job, plan: Plan, *, patient: bool) -> tuple[list[float], Facts, Any]:
    """Times of the runs that count, and what the first run came to; a ``patient`` one never counts its first run."""
    gc.collect()
    start_s = perf_counter()
    found = job.run()
    first_s = perf_counter() - start_s
    facts = job.look(found)
    if first_s > PATIENCE_S and math.isfinite(plan.budget_s) and not patient:
        return [first_s], facts, found
    times_s: list[float] = []
    while len(times_s) < plan.repeats and (len(times_s) < 1 or sum(times_s) + first_s < plan.budget_s):
        start_s = perf_counter()
        job.run()
        times_s.append(perf_counter() - start_s)
    return times_s, facts, found


def _differs(material: Material, want: Want, facts: Facts) -> float | None:
    """Largest distance of a cost to what the case's own solver finds, relative to one yen more than that."""
    if want.phase is not Phase.SOLVE or want.solver is CORE or facts.objectives_jpy is None:
        return None
    own_jpy = material.objective_jpy
    return float(np.max(np.abs(facts.objectives_jpy - own_jpy) / (1.0 + np.abs(own_jpy))))
