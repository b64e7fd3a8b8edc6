"""Sessions of measuring: what is chosen, how many scenarios, and the two that come ready-made."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from simulation.bench.cases import CASES, Case, Phase
from simulation.bench.history import Session
from simulation.bench.machine import LoadWatch, this_machine
from simulation.bench.measure import Plan, Want, measure, series, wanted
from simulation.bench.references import CORE, REFERENCES, Reference, absent
from simulation.report.run_record import git_commit

__all__ = ["SCALING_CASE", "Choice", "choose", "run_full", "run_quick"]

SCALING_CASE = "5x48"
"""The size whose time is drawn against the number of scenarios."""

_SCALING = (1, 4, 16, 64, 256)
_QUICK_CASES = ("2x48-stressed", "5x48-plain", "5x48-stressed", "flagship-week")
_QUICK_BUDGET_S, _FULL_BUDGET_S = 0.4, 1.5
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


def choose(cases: Sequence[str], phases: Sequence[str], solvers: Sequence[str], *, full: bool = False) -> Choice:
    """The choice by names; a case may be named by its size alone.

    No case means all of them at ``full`` size and a few of them else; peers are then timed on one case alone unless
    they are chosen.

    Raises:
        ValueError: if a name is unknown, a solver is not installed, naming what there is, or nothing is left to time.

    >>> [case.name for case in choose(["2x48"], ["solve"], ["highs"]).cases]
    ['2x48-plain', '2x48-stressed']
    """
    names = list(cases) or ([case.name for case in CASES] if full else list(_QUICK_CASES))
    _known("--case", names, [*(case.name for case in CASES), *(case.group for case in CASES)])
    _known("--phase", phases, [phase.value for phase in Phase])
    found = {one.name: one for one in REFERENCES}
    _known("--solver", solvers, list(found))
    for name in solvers:
        if not found[name].installed:
            one = found[name]
            raise ValueError(f"--solver {name}: {one.distribution} is absent; pip install 'yuimaru[{one.extra}]'")
    chosen = tuple(case for case in CASES if case.name in names or case.group in names)
    choice = Choice(
        cases=chosen,
        phases=tuple(Phase(phase) for phase in phases) or tuple(Phase),
        solvers=tuple(found[name] for name in solvers) or REFERENCES,
        peer_cases=chosen if solvers or full else chosen[:1],
    )
    if not _wants(choice, _few):
        raise ValueError(
            "--case, --phase, --solver: no case chosen has such a phase with such a solver; every solver solves the "
            "standard family, interior-point stands for all else"
        )
    return choice


def _known(option: str, given: Sequence[str], legal: Sequence[str]) -> None:
    for name in given:
        if name not in legal:
            raise ValueError(f"{option}: given {name!r}; legal: {', '.join(dict.fromkeys(legal))}")


def run_quick(choice: Choice, repeats: int | None, command: str, tell: Callable[[float, str], None]) -> Session:
    """Measure a choice, each cell for less than a second where one run allows."""
    return _run(_wants(choice, _few), (repeats, _QUICK_REPEATS, _QUICK_BUDGET_S), command, tell)


def run_full(choice: Choice, repeats: int | None, command: str, tell: Callable[[float, str], None]) -> Session:
    """Measure a choice at full size, and time against number of scenarios where its size is among the chosen.

    Everything is the session behind ``docs/benchmarks.md``: about 20 minutes.
    """
    wants = _wants(choice, _many)
    scaled = [want for want in wants if want.case.group == SCALING_CASE]
    places = {case.name: place for place, case in enumerate(CASES)}
    wants = (*wants, *series(scaled, _SCALING, _worth_timing))
    ordered = tuple(sorted(wants, key=lambda want: places[want.case.name]))
    return _run(ordered, (repeats, _FULL_REPEATS, _FULL_BUDGET_S), command, tell)


def _run(
    wants: tuple[Want, ...], times: tuple[int | None, int, float], command: str, tell: Callable[[float, str], None]
) -> Session:
    """Measure cells; ``times``: the repeats asked for (None: as time allows), their usual number, the budget [s]."""
    asked, usual, budget_s = times
    watch, opened = LoadWatch(), _opened(command)

    def told(share: float, words: str) -> None:
        watch.look()
        tell(share, words)

    plan = Plan(wants=wants, repeats=asked or usual, budget_s=budget_s if asked is None else math.inf)
    cells = list(zip(wants, measure(plan, told), strict=True))
    watch.look()
    return replace(
        opened,
        others_load=round(watch.highest, 2),
        figures=tuple(figure for want, figure in cells if not want.series),
        scaling=tuple(figure for want, figure in cells if _of_series(want)) if any(w.series for w in wants) else (),
    )


def _of_series(want: Want) -> bool:
    return want.case.group == SCALING_CASE and want.phase is Phase.SOLVE


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
