from __future__ import annotations

import pytest

from simulation.bench.cases import CASES, Phase
from simulation.bench.profile import shares_by_file
from simulation.bench.references import CORE, REFERENCES, Reference
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
        (([], [], ["gurobi"]), "--solver: given 'gurobi'; legal: interior-point, highs"),
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
def test_a_profile_says_which_files_take_the_time() -> None:
    shares = shares_by_file(CASES[0], n_scenarios=4)
    assert 0.9 < sum(share for _, share in shares) <= 1.0 + 1e-9
    assert [share for _, share in shares] == sorted((share for _, share in shares), reverse=True)
    assert any(name in {"interior_point.py", "newton.py", "sides.py", "batch.py"} for name, _ in shares)


def test_the_core_comes_first_wherever_solvers_are_listed() -> None:
    assert REFERENCES[0] is CORE
