from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from simulation.bench.cases import CASES, Phase
from simulation.bench.family_spec import Family
from simulation.bench.floor import SWEEPS, breakdown
from simulation.bench.jobs import Facts, Job, Material
from simulation.bench.measure import Figure, Plan, Want, measure, wanted
from simulation.bench.references import CORE, FAST, REFERENCES, Reference, absent, reference_named
from simulation.bench.session import Choice, choose, run_full, run_quick
from simulation.interchange.interior_point import InteriorPoint
from simulation.interchange.problem import Problem
from simulation.interchange.schedule import Solution
from tests.bench.sessions import figure


def test_names_choose_and_a_size_means_both_halves() -> None:
    choice = choose(["5x48", "flagship-week"], ["solve", "simulate"], ["highs", "interior-point"])
    assert [case.name for case in choice.cases] == ["5x48-plain", "5x48-stressed", "flagship-week"]
    assert choice.phases == (Phase.SOLVE, Phase.SIMULATE)
    assert [one.name for one in choice.solvers] == ["highs", "interior-point"]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ((["6x48"], [], []), "--case: given '6x48'; legal: 2x48-plain, 2x48-stressed"),
        (([], ["dream"], []), "--phase: given 'dream'; legal: sample, assemble, solve"),
        (([], [], ["gurobi"]), "--solver: given 'gurobi'; legal: interior-point, interior-point-fast, highs"),
    ],
)
def test_an_unknown_name_is_answered_with_what_there_is(names: tuple, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        choose(*names)


def test_full_size_without_a_case_means_all_cases_and_keeps_the_rest_of_the_choice() -> None:
    choice = choose([], ["solve"], ["highs"], full=True)
    assert choice.cases == choice.peer_cases == CASES
    assert choice.phases == (Phase.SOLVE,)
    assert [one.name for one in choice.solvers] == ["highs"]
    assert choose([], [], [], full=True).solvers == REFERENCES
    assert len(choose([], [], []).cases) < len(CASES)


def test_a_choice_that_leaves_nothing_to_time_is_refused() -> None:
    with pytest.raises(ValueError, match="no case chosen has such a phase"):
        choose(["hub-fortnight"], ["solve"], [])


def test_time_against_number_of_scenarios_is_of_the_chosen_solvers_and_only_if_its_size_is_chosen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def measured(plan: Plan, tell: object) -> list[Figure]:
        return [figure(one.case.name, one.phase.value, one.solver.name, 1.0, one.scenarios) for one in plan.wants]

    monkeypatch.setattr("simulation.bench.session.measure", measured)
    assert run_full(choose(["2x48"], [], ["highs"], full=True), None, "", lambda *_: None).scaling == ()
    assert run_full(choose(["5x48"], ["certify"], [], full=True), None, "", lambda *_: None).scaling == ()
    session = run_full(choose(["2x48", "5x48"], [], ["interior-point", "highs"], full=True), None, "", lambda *_: None)
    points = {(one.solver, one.scenarios) for one in session.scaling}
    assert points == {
        *(("interior-point", n) for n in (1, 4, 16, 64, 256, 1000)),
        *(("highs", n) for n in (1, 4, 16, 64)),
    }
    assert len(session.scaling) == 2 * len(points), "each half once, and what is a figure anyway is not timed again"
    solves = [(one.case, one.scenarios) for one in session.figures if one.solver == "highs"]
    assert solves == [("2x48-plain", 16), ("2x48-stressed", 16), ("5x48-plain", 16), ("5x48-stressed", 16)]


def test_a_case_is_made_once_for_all_its_solvers_and_its_costs_are_those_of_the_timed_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[int] = []
    solved: list[int] = []
    make, solve = CASES[0].make, InteriorPoint.solve

    def counted(self: InteriorPoint, problem: Problem) -> Solution:
        solved.append(problem.n_scenarios)
        return solve(self, problem)

    def making(n: int) -> Family:
        made.append(n)
        return make(n)

    monkeypatch.setattr(InteriorPoint, "solve", counted)
    case = replace(CASES[0], name="twin", make=making)
    cells = ((Phase.SOLVE, CORE, 3), (Phase.SOLVE, reference_named("highs"), 2), (Phase.CERTIFY, CORE, 3))
    wants = tuple(Want(case=case, phase=phase, solver=one, scenarios=n) for phase, one, n in cells)
    figures = list(measure(Plan(wants=wants, repeats=1, budget_s=1.0), lambda *_: None))
    assert made == [3]
    assert solved == [1, 3, 3], "the smallest case and the cell to warm up, and the cell"
    assert figures[1].differs is not None
    assert figures[1].differs < 1e-6


def test_the_first_of_many_scenarios_are_those_that_few_would_be() -> None:
    few, first = Material(CASES[1], 2), Material(CASES[1], 5).first(2)
    for field in fields(few.problem):
        ours, theirs = getattr(first.problem, field.name), getattr(few.problem, field.name)
        if isinstance(ours, np.ndarray):
            np.testing.assert_array_equal(ours, theirs, err_msg=field.name)
    np.testing.assert_array_equal(first.area.demand_kw, few.area.demand_kw)
    np.testing.assert_array_equal(first.objective_jpy, few.objective_jpy)


def test_costs_of_nothing_lie_nothing_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = np.zeros(1)
    facts = Facts(scenarios=1, variables=1, count=1, counted="iterations", objectives_jpy=nothing)
    monkeypatch.setattr("simulation.bench.measure.prepare", lambda *_: Job(run=lambda: None, look=lambda _: facts))
    monkeypatch.setattr(Material, "objective_jpy", nothing)
    want = Want(case=CASES[0], phase=Phase.SOLVE, solver=reference_named("highs"), scenarios=1)
    (cell,) = measure(Plan(wants=(want,), repeats=1, budget_s=1.0), lambda *_: None)
    assert cell.differs == 0.0


def test_the_year_is_planned_on_the_kernels_that_its_solve_is_timed_on() -> None:
    planners = [case.solver for case in CASES if isinstance(case.solver, InteriorPoint)]
    assert planners
    assert all(planner == CORE.solver for planner in planners)


@pytest.mark.slow
def test_a_session_measures_what_was_chosen_and_names_what_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = Reference(name="nowhere", title="Nowhere", package="nowhere_at_all", distribution="nowhere")
    monkeypatch.setattr("simulation.bench.references.REFERENCES", (*REFERENCES, missing))
    monkeypatch.setattr("simulation.bench.session._QUICK_MOST", 2)
    heard: list[tuple[float, str]] = []
    choice = choose(["2x48-plain"], ["assemble", "solve", "simulate"], ["interior-point", "highs"])
    assert not missing.installed
    choice = Choice(
        cases=choice.cases,
        phases=choice.phases,
        solvers=(*choice.solvers, missing),
        peer_cases=choice.cases,
    )
    session = run_quick(choice, 1, "yuimaru bench", lambda share, words: heard.append((share, words)))
    cells = [(one.phase, one.solver) for one in session.figures]
    assert cells == [
        ("assemble", "interior-point"),
        ("solve", "interior-point"),
        ("solve", "highs"),
        ("simulate", "interior-point"),
    ]
    assert "nowhere" in session.absent
    assert list(dict.fromkeys(share for share, _ in heard)) == [0.0, 0.25, 0.5, 0.75]
    assert [words for share, words in heard if share == 0.5] == [
        "highs warmed up",
        "2x48-plain solve highs, 4 scenarios",
    ]
    assert session.others_load is not None
    assert session.scaling == ()
    assert all(one.faults == () and one.repeats == 1 for one in session.figures)
    assert all(0.0 < one.fastest_ms <= one.median_ms <= one.slowest_ms for one in session.figures)
    highs = session.figures[2]
    assert highs.differs is not None
    assert highs.differs < 1e-6


@pytest.mark.slow
def test_phases_of_the_fused_kernels_add_up_too() -> None:
    one = breakdown(CASES[1], "numba", 2, bandwidth_gb_per_s=10.0)
    assert (one.factor_ms, one.solve_ms) == (None, None)
    assert min(one.parts_ms.values()) > 0.0
    assert one.iterating_ms == pytest.approx(one.step_ms + one.measure_ms + one.prove_ms)


def test_a_breakdown_says_how_long_each_phase_takes_and_knows_its_floor() -> None:
    one = breakdown(CASES[1], "numpy", 2, bandwidth_gb_per_s=10.0)
    assert (one.case, one.kernels) == ("2x48-stressed", "numpy")
    assert one.factor_ms is not None
    assert one.solve_ms is not None
    assert min(one.assemble_ms, *one.parts_ms.values()) > 0.0
    assert one.total_ms == pytest.approx(one.scale_ms + one.iterating_ms + one.rest_ms)
    least_bytes = 8 * 48 * SWEEPS * 18
    assert 1.0 < one.floor_ms * 1e-3 * 10e9 / (one.iterations * least_bytes) < 2.0


def test_the_core_comes_first_wherever_solvers_are_listed() -> None:
    assert REFERENCES[:2] == (CORE, FAST)


def test_without_numba_the_fast_core_is_absent_and_its_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulation.bench.references.find_spec", lambda name: None if name == "numba" else name)
    assert absent() == ("numba",)
    assert [want.solver for want in wanted(CASES[:1], [Phase.SOLVE], [CORE, FAST], lambda *_: 1)] == [CORE]
    with pytest.raises(ValueError, match=r"numba is absent; pip install 'yuimaru\[fast\]'"):
        choose([], [], ["interior-point-fast"])


def test_a_first_run_that_may_compile_never_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulation.bench.measure.PATIENCE_S", -1.0)
    runs: dict[str, int] = {}

    def prepare(material: Material, phase: Phase, solver: Reference) -> Job:
        facts = Facts(scenarios=1, variables=1, count=1, counted="iterations")
        return Job(run=lambda: runs.update({solver.name: runs.get(solver.name, 0) + 1}), look=lambda _: facts)

    monkeypatch.setattr("simulation.bench.measure.prepare", prepare)
    monkeypatch.setattr("simulation.bench.measure.faults", lambda *_: [])
    wants = tuple(Want(case=CASES[0], phase=Phase.SOLVE, solver=one, scenarios=1) for one in (CORE, FAST))
    cells = list(measure(Plan(wants=wants, repeats=2, budget_s=60.0), lambda *_: None))
    warm_up = 1
    assert [cell.repeats for cell in cells] == [1, 2]
    assert runs == {CORE.name: warm_up + 1, FAST.name: warm_up + 1 + 2}
