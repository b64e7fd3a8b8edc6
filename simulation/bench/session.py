"""Sessions of measuring: what is chosen, how many scenarios, and the two that come ready-made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from simulation.bench.cases import CASES, Case, Phase
from simulation.bench.history import Session
from simulation.bench.machine import this_machine
from simulation.bench.measure import Plan, Want, measure, scaling_plan, wanted
from simulation.bench.references import CORE, REFERENCES, Reference, absent
from simulation.report.run_record import git_commit

__all__ = ["SCALING_CASE", "Choice", "choose", "everything", "run_full", "run_quick"]

SCALING_CASE = "5x48"
"""The size whose time is drawn against the number of scenarios."""

_SCALING = (1, 4, 16, 64, 256, 1024)
_QUICK_CASES = ("2x48-stressed", "5x48-plain", "5x48-stressed", "flagship-week")
_QUICK_BUDGET_S, _FULL_BUDGET_S, _SCALING_BUDGET_S = 0.4, 1.5, 0.8
_QUICK_REPEATS, _FULL_REPEATS = 3, 5
_QUICK_MOST = 64
_ALONE_VARIABLES = 40_000
_ALONE_MOST = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Cases, phases and solvers to measure; ``peer_cases`` are those on which peers are timed, which take seconds."""

    cases: tuple[Case, ...]
    phases: tuple[Phase, ...]
    solvers: tuple[Reference, ...]
    peer_cases: tuple[Case, ...]


def choose(cases: Sequence[str], phases: Sequence[str], solvers: Sequence[str]) -> Choice:
    """The choice by names; a case may be named by its size alone, nothing chosen means the quick part.

    Raises:
        ValueError: if a name is unknown or a solver is not installed, naming what there is.

    >>> [case.name for case in choose(["2x48"], ["solve"], ["highs"]).cases]
    ['2x48-plain', '2x48-stressed']
    """
    names = list(cases) or list(_QUICK_CASES)
    _known("--case", names, [*(case.name for case in CASES), *(case.group for case in CASES)])
    _known("--phase", phases, [phase.value for phase in Phase])
    found = {one.name: one for one in REFERENCES}
    _known("--solver", solvers, list(found))
    for name in solvers:
        if not found[name].installed:
            one = found[name]
            raise ValueError(f"--solver {name}: {one.distribution} is absent; pip install 'yuimaru[{one.extra}]'")
    chosen = tuple(case for case in CASES if case.name in names or case.group in names)
    return Choice(
        cases=chosen,
        phases=tuple(Phase(phase) for phase in phases) or tuple(Phase),
        solvers=tuple(found[name] for name in solvers) or REFERENCES,
        peer_cases=chosen if solvers else chosen[:1],
    )


def everything() -> Choice:
    """All cases, phases and solvers."""
    return Choice(cases=CASES, phases=tuple(Phase), solvers=REFERENCES, peer_cases=CASES)


def _known(option: str, given: Sequence[str], legal: Sequence[str]) -> None:
    for name in given:
        if name not in legal:
            raise ValueError(f"{option}: given {name!r}; legal: {', '.join(dict.fromkeys(legal))}")


def run_quick(choice: Choice, repeats: int | None, command: str, tell: Callable[[float, str], None]) -> Session:
    """Measure a choice, each cell for less than a second where one run allows."""
    wants = _wants(choice, _few)
    budget_s = _QUICK_BUDGET_S if repeats is None else float("inf")
    plan = Plan(wants=wants, repeats=repeats or _QUICK_REPEATS, budget_s=budget_s)
    session = _opened(command)
    return replace(session, figures=tuple(measure(plan, tell)))


def run_full(choice: Choice, command: str, tell: Callable[[float, str], None]) -> Session:
    """Measure everything at full size: the session behind ``docs/benchmarks.md``, about ten minutes."""
    wants = _wants(choice, _many)
    halves = [case for case in CASES if case.group == SCALING_CASE]
    more = tuple(scaling_plan(halves, _SCALING, _worth_timing))
    session = _opened(command)
    share = len(wants) / (len(wants) + len(more))
    figures = tuple(
        measure(
            Plan(wants=wants, repeats=_FULL_REPEATS, budget_s=_FULL_BUDGET_S),
            lambda done, words: tell(share * done, words),
        )
    )
    scaling = tuple(
        measure(
            Plan(wants=more, repeats=_QUICK_REPEATS, budget_s=_SCALING_BUDGET_S),
            lambda done, words: tell(share + (1.0 - share) * done, words),
        )
    )
    return replace(session, figures=figures, scaling=scaling)


def _opened(command: str) -> Session:
    return Session(
        started_utc=datetime.now(UTC).replace(microsecond=0),
        command=command,
        commit=git_commit(),
        machine=this_machine(),
        absent=absent(),
    )


def _wants(choice: Choice, scenarios: Callable[[Case, Reference], int]) -> tuple[Want, ...]:
    wants = wanted(choice.cases, choice.phases, choice.solvers, scenarios)
    return tuple(want for want in wants if want.solver.peer is None or want.case in choice.peer_cases)


def _few(case: Case, solver: Reference) -> int:
    if not case.is_family:
        return case.few
    return min(_QUICK_MOST, case.many) if solver.together else min(_many(case, solver), 4)


def _many(case: Case, solver: Reference) -> int:
    """All scenarios where more together are cheaper; else as many as say what one takes."""
    if solver.together or solver is CORE:
        return case.many
    if solver.peer is not None:
        return 1
    return max(1, min(_ALONE_MOST, case.many, _ALONE_VARIABLES // max(1, case.variables)))


def _worth_timing(solver: Reference) -> int:
    return _SCALING[-1] if solver.together else 4 if solver.peer is not None else 64
