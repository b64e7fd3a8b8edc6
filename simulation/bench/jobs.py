"""What is run and timed for one case and phase, what came out, and whether its counts are those of the registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Float

from simulation.bench.area import Area
from simulation.bench.cases import SEED, Case, Phase
from simulation.bench.family_spec import Family
from simulation.bench.references import Reference
from simulation.draws.draws import Draws, sample
from simulation.events.world import World
from simulation.interchange.certificate import Certificate, certify
from simulation.interchange.interior_point import InteriorPoint
from simulation.interchange.problem import Problem
from simulation.interchange.schedule import Schedule, Solution
from simulation.interchange.solve import solve

__all__ = ["Facts", "Job", "Material", "faults", "prepare"]

WORST = 1e-6
"""Largest residual or gap that counts as solved, for every solver."""

WORST_OF_CORE = InteriorPoint.tol
"""Largest residual or gap that the core may leave, by its own promise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a job came to: scenarios done, a deterministic count of what, and the proof where there is one.

    ``iterations`` is the mean of a scenario.
    """

    scenarios: int
    variables: int
    count: int
    counted: str
    iterations: float | None = None
    worst: float | None = None
    objective_jpy: float | None = None
    objectives_jpy: Float[np.ndarray, " S"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something to time: ``run`` alone is timed, ``look`` reads what it handed back."""

    run: Callable[[], Any]
    look: Callable[[Any], Facts]


@dataclass(eq=False)
class Material:
    """Inputs of every phase of a case with ``n`` scenarios, each made once and kept.

    Where these are the first of more, ``whole``, problem, costs and plain numbers are taken from there: a scenario is
    the same among few and among many.  ``solution`` may be set to what a timed run has found, to save solving again.
    """

    case: Case
    n: int
    whole: Material | None = None

    def first(self, n: int) -> Material:
        """The first ``n`` of these scenarios."""
        return self if n == self.n else Material(self.case, n, self)

    def made(self) -> Material:
        """The same with its problem made, outside of what is timed."""
        self.problem.check()
        return self

    @cached_property
    def member(self) -> Family:
        """Spec and draws."""
        return self.case.make(self.n)

    @cached_property
    def problem(self) -> Problem:
        """The interchange problem."""
        return self.case.problem(self.member) if self.whole is None else self.whole.problem.take(slice(self.n))

    @cached_property
    def solution(self) -> Solution:
        """The solution of the case's own solver, as it stands after one solve."""
        return self.case.solver.solve(self.problem)

    @cached_property
    def objective_jpy(self) -> Float[np.ndarray, " S"]:
        """Cost of that solution [yen]."""
        if self.whole is not None:
            return self.whole.objective_jpy[: self.n]
        return certify(self.problem, self.solution).objective_jpy

    @cached_property
    def area(self) -> Area:
        """The same as plain numbers, for the peers."""
        return Area.of(self.member if self.whole is None else self.whole.member, self.n)

    @property
    def variables(self) -> int:
        """Flows, levels and global columns of one scenario."""
        problem = self.problem
        per_step = len(problem.columns) + len(problem.stores)
        return per_step * problem.n_steps + len(problem.peaks)


def prepare(material: Material, phase: Phase, solver: Reference | None = None) -> Job:
    """The job of one phase; inputs that earlier phases make are made here, outside of what is timed.

    ``solver`` solves instead of the case's own in the phase ``solve``; the others do not heed it.
    """
    case, variables = material.case, material.variables
    if phase is Phase.SAMPLE:
        spec = material.member.spec

        def drawn(draws: Draws) -> Facts:
            count = draws.demand.demand_kw.size + draws.pv_kw.size
            return Facts(scenarios=material.n, variables=variables, count=count, counted="numbers drawn")

        return Job(run=lambda: sample(spec, n_scenarios=material.n, seed=SEED), look=drawn)
    if phase is Phase.ASSEMBLE:
        member = material.member

        def assembled(problem: Problem) -> Facts:
            count = problem.matrix.shape[1] * problem.n_steps + problem.level_min[0].size + len(problem.peaks)
            return Facts(scenarios=problem.n_scenarios, variables=variables, count=count, counted="variables")

        return Job(run=lambda: case.problem(member), look=assembled)
    if phase is Phase.SOLVE:
        return _solve(material, solver)
    if phase is Phase.CERTIFY:
        problem, solution = material.problem, material.solution

        def proven(certificate: Certificate) -> Facts:
            return _proof(material, certificate, solution, "scenarios proven")

        return Job(run=lambda: certify(problem, solution), look=proven)
    if phase is Phase.PLAN:
        return _plan(material)
    return _simulate(material)


def _solve(material: Material, solver: Reference | None) -> Job:
    if solver is None:
        problem = material.problem
        own = material.case.solver

        def run() -> Solution | np.ndarray:
            return own.solve(problem)
    else:
        run = solver.prepare(material)

    def solved(found: Solution | np.ndarray) -> Facts:
        if isinstance(found, Solution):
            return _proof(material, certify(material.problem, found), found, "iterations")
        return Facts(
            scenarios=len(found),
            variables=material.variables,
            count=int(np.isfinite(found).sum()),
            counted="scenarios solved",
            objective_jpy=float(found.mean()),
            objectives_jpy=found,
        )

    return Job(run=run, look=solved)


def _plan(material: Material) -> Job:
    case, member = material.case, material.member

    def planned(schedule: Schedule) -> Facts:
        return _proof(material, schedule.certificate, schedule.solution, "iterations")

    return Job(run=lambda: solve(case.problem(member), case.solver), look=planned)


def _simulate(material: Material) -> Job:
    """The event model alone, by its local rules: no plan, so that counts do not move with the solver."""
    spec, draws = material.member.spec, material.member.draws
    n = min(material.n, material.case.worlds)

    def play() -> list[World]:
        worlds = [World(spec, draws, s) for s in range(n)]
        for world in worlds:
            world.advance(draws.clock.duration_h)
        return worlds

    def played(worlds: list[World]) -> Facts:
        return Facts(
            scenarios=len(worlds),
            variables=material.variables,
            count=worlds[0].n_events,
            counted="events in the first world",
        )

    return Job(run=play, look=played)


def _proof(material: Material, certificate: Certificate, solution: Solution, counted: str) -> Facts:
    measures = (certificate.gap, certificate.primal_residual, certificate.dual_residual)
    worst = np.max(np.abs(measures), axis=0)
    proven = int((worst <= WORST).sum())
    return Facts(
        scenarios=len(worst),
        variables=material.variables,
        count=int(solution.iterations.sum()) if counted == "iterations" else proven,
        counted=counted,
        iterations=float(solution.iterations.mean()),
        worst=float(worst.max()),
        objective_jpy=float(certificate.objective_jpy.mean()),
        objectives_jpy=certificate.objective_jpy,
    )


def faults(case: Case, phase: Phase, facts: Facts) -> list[str]:
    """What contradicts the registry, in words; nothing where all is as it was recorded."""
    where, wrong = f"{case.name} {phase.value}", []
    if facts.variables != case.variables:
        wrong.append(f"{where}: {facts.variables} variables; recorded {case.variables}")
    own = phase in (Phase.SOLVE, Phase.CERTIFY) and isinstance(case.solver, InteriorPoint)
    worst = WORST_OF_CORE if own else WORST
    if facts.worst is not None and not facts.worst <= worst:
        wrong.append(f"{where}: worst residual or gap {facts.worst:.1e}; legal: at most {worst:g}")
    most = case.most_iterations
    if phase is Phase.SOLVE and facts.iterations is not None and most is not None and facts.iterations > most:
        wrong.append(f"{where}: {facts.iterations:.1f} iterations a scenario; legal: at most {most:g}")
    if phase is Phase.CERTIFY and facts.count != facts.scenarios:
        wrong.append(f"{where}: {facts.count} of {facts.scenarios} scenarios proven")
    if phase is Phase.SIMULATE and case.events is not None and facts.count != case.events:
        wrong.append(f"{where}: {facts.count} events in the first world; recorded {case.events}")
    return wrong
