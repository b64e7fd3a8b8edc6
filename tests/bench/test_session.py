from __future__ import annotations

import pytest

from simulation.bench.cases import CASES, Phase
from simulation.bench.floor import SWEEPS, breakdown
from simulation.bench.jobs import Facts, Job, Material
from simulation.bench.measure import Plan, Want, measure, wanted
from simulation.bench.references import CORE, FAST, REFERENCES, Reference, absent
from simulation.bench.session import Choice, choose, run_quick


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


@pytest.mark.slow
def test_a_session_measures_what_was_chosen_and_names_what_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = Reference(name="nowhere", title="Nowhere", package="nowhere_at_all", distribution="nowhere")
    monkeypatch.setattr("simulation.bench.references.REFERENCES", (*REFERENCES, missing))
    monkeypatch.setattr("simulation.bench.session._QUICK_MOST", 2)
    heard: list[float] = []
    choice = choose(["2x48-plain"], ["assemble", "solve", "simulate"], ["interior-point", "highs"])
    assert not missing.installed
    choice = Choice(
        cases=choice.cases,
        phases=choice.phases,
        solvers=(*choice.solvers, missing),
        peer_cases=choice.cases,
    )
    session = run_quick(choice, 1, "yuimaru bench", lambda share, words: heard.append(share))
    cells = [(one.phase, one.solver) for one in session.figures]
    assert cells == [
        ("assemble", "interior-point"),
        ("solve", "interior-point"),
        ("solve", "highs"),
        ("simulate", "interior-point"),
    ]
    assert "nowhere" in session.absent
    assert heard == [0.0, 0.25, 0.5, 0.75]
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
