"""The registry of cases under pytest-benchmark: every case in every phase, with its counts; timings never gate.

Without ``--benchmark-enable`` each runs once.  ``make bench`` times the small sizes, ``make bench-full`` the large.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from simulation.bench.cases import CASES, WEEK, Case, Phase, case_named
from simulation.bench.jobs import WORST, Material, faults, prepare
from simulation.bench.references import REFERENCES, Reference

QUICK = ("2x48", "5x48", "flagship-week", "hub-fortnight")
SLOW = ("20x48", "5x336")


@lru_cache(maxsize=2)
def _material(name: str, n: int) -> Material:
    return Material(case_named(name), n)


def _marked(case: Case, phase: Phase) -> object:
    small = case.group in QUICK and not (case is WEEK and phase in (Phase.SOLVE, Phase.CERTIFY, Phase.PLAN))
    marks = [] if small else [pytest.mark.slow] if case is WEEK or case.group in SLOW else [pytest.mark.full]
    return pytest.param(case, phase, marks=marks, id=f"{case.name}-{phase.value}")


def _time(benchmark: BenchmarkFixture, case: Case, n: int, phase: Phase, solver: Reference | None = None) -> None:
    material = _material(case.name, n)
    job = prepare(material, phase, solver)
    facts = job.look(benchmark(job.run))
    benchmark.extra_info.update(
        {
            "scenarios": facts.scenarios,
            "variables": facts.variables,
            "iterations_per_scenario": facts.iterations,
            "worst_residual": facts.worst,
            "objective_jpy": facts.objective_jpy,
            facts.counted: facts.count,
        }
    )
    if solver is None:
        assert faults(case, phase, facts) == []
    else:
        assert facts.worst is None or facts.worst <= WORST


@pytest.mark.parametrize(("case", "phase"), [_marked(case, phase) for case in CASES for phase in case.phases])
def test_phase(benchmark: BenchmarkFixture, case: Case, phase: Phase) -> None:
    _time(benchmark, case, case.few, phase)


@pytest.mark.full
@pytest.mark.parametrize(
    ("case", "phase"), [pytest.param(c, p, id=f"{c.name}-{p.value}") for c in CASES for p in c.phases]
)
def test_phase_at_full_size(benchmark: BenchmarkFixture, case: Case, phase: Phase) -> None:
    _time(benchmark, case, case.many, phase)


@pytest.mark.parametrize(
    "solver",
    [
        pytest.param(one, marks=[pytest.mark.slow] if one.compiled else [], id=one.name)
        for one in REFERENCES
        if one.peer is None
    ],
)
def test_reference(benchmark: BenchmarkFixture, solver: Reference) -> None:
    if not solver.installed:
        pytest.skip(f"{solver.distribution} is not installed: pip install 'yuimaru[{solver.extra}]'")
    _time(benchmark, case_named("5x48-stressed"), 4, Phase.SOLVE, solver)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # the peers' own, of which there are many
@pytest.mark.parametrize("solver", [one for one in REFERENCES if one.peer is not None], ids=lambda one: one.name)
def test_peer(benchmark: BenchmarkFixture, solver: Reference) -> None:
    if not solver.installed:
        pytest.skip(f"{solver.distribution} is not installed: pip install 'yuimaru[peers]'")
    _time(benchmark, case_named("2x48-stressed"), 1, Phase.SOLVE, solver)


def test_counts_gate() -> None:
    """A count that is not the registry's is named, with what was recorded."""
    case = case_named("2x48-plain")
    job = prepare(Material(case, 1), Phase.SIMULATE)
    facts = job.look(job.run())
    assert faults(case, Phase.SIMULATE, facts) == []
    (fault,) = faults(case, Phase.SIMULATE, replace(facts, count=47))
    assert fault == "2x48-plain simulate: 47 events in the first world; recorded 48"
    (fault,) = faults(case, Phase.SOLVE, replace(facts, worst=2e-7))
    assert fault == "2x48-plain solve: worst residual or gap 2.0e-07; legal: at most 1e-07"
    assert faults(case, Phase.PLAN, replace(facts, worst=2e-7)) == []


def test_names_are_unique_and_an_unknown_one_is_answered_with_the_list() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
    with pytest.raises(KeyError, match="2x48-plain, 2x48-stressed"):
        case_named("nonsense")
