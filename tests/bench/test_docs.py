from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from simulation.bench.cases import TARGET_FAST_MS, TARGET_MS
from simulation.bench.docs import BEGIN, END, write_docs
from simulation.bench.floor import Breakdown
from simulation.bench.machine import this_machine
from simulation.bench.references import CORE, FAST, REFERENCES
from simulation.bench.sizes import SIZES
from simulation.bench.tables import figures_table, ms_text
from simulation.bench.targets import misses
from simulation.bench.yardstick import THERE_MS, slower, yardstick
from simulation.errors import RunError
from tests.bench.sessions import session

ROOT = Path(__file__).parents[2]

FUSED = Breakdown(
    case="2x48-stressed", kernels="numba", iterations=12.5, assemble_ms=0.1, scale_ms=0.02, factor_ms=None,
    solve_ms=None, step_ms=0.1, measure_ms=0.05, prove_ms=0.02, rest_ms=0.01, certify_ms=0.1, floor_ms=0.04,
)  # fmt: skip
"""A solve of 0.2 ms, of which 0.17 in iterations; the target is 0.15 ms."""


def test_the_page_gets_its_tables_between_the_marks_and_keeps_the_rest(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text(f"# Head\n\n{BEGIN}\nold\n{END}\n\n## Tail\n", encoding="utf-8")
    write_docs(page, session())
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# Head\n\n{BEGIN}\n")
    assert text.endswith(f"{END}\n\n## Tail\n")
    assert "old" not in text
    assert "| buildings x steps | Yuimaru's core, numpy | Yuimaru's core, numba | HiGHS through scipy |" in text
    assert "| 2x48 | 0.25 | 0.20 | 5.0 |" in text
    assert "| 2x48 | 0.4 | 0.25 | met | 0.15 | 0.20 | missed, 1.3 times | 12.5 | 0.030 | - | - | - |" in text
    assert "`yuimaru bench` at commit `0123456789ab`: Processor 9000, Linux x86_64, 1 thread of 2" in text
    assert "Not installed, so not timed: oemof-solph." in text
    assert "(images/benchmarks.svg)" in text
    drawing = (tmp_path / "images" / "benchmarks.svg").read_text(encoding="utf-8")
    assert "HiGHS through scipy" in drawing
    assert "Yuimaru's core, numba" in drawing
    again = text
    write_docs(page, session())
    assert page.read_text(encoding="utf-8") == again
    assert sorted(path.name for path in tmp_path.iterdir()) == ["benchmarks.md", "images"]


@pytest.mark.parametrize("text", ["no marks", f"{END}\n{BEGIN}", f"{BEGIN}\n{BEGIN}\n{END}"])
def test_a_page_without_its_marks_is_left_alone(tmp_path: Path, text: str) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text(text, encoding="utf-8")
    with pytest.raises(RunError, match="needs one line <!-- measured: begin -->"):
        write_docs(page, session())
    assert page.read_text(encoding="utf-8") == text


def test_a_busy_machine_is_told(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text(f"{BEGIN}\n{END}\n", encoding="utf-8")
    write_docs(page, session())
    assert "not idle" not in page.read_text(encoding="utf-8")
    one = session()
    write_docs(page, replace(one, machine=replace(one.machine, load=3.0)))
    assert "**The machine was not idle" in page.read_text(encoding="utf-8")
    for others_load, disturbed in ((0.2, False), (0.8, True)):
        write_docs(page, replace(one, others_load=others_load))
        text = page.read_text(encoding="utf-8")
        assert f"highest load by others meanwhile {others_load:g}" in text
        assert ("**The machine was not idle" in text) == disturbed


def test_the_shipped_page_has_its_marks() -> None:
    text = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert text.count(BEGIN) == text.count(END) == 1


def test_the_table_names_what_is_absent_and_how_solvers_stand_to_the_core() -> None:
    table = figures_table(session())
    assert "not installed, so not timed: oemof-solph" in str(table.caption)
    assert "'yuimaru[peers]'" in str(table.caption)
    assert table.row_count == 8
    ratios = list(table.columns[6].cells)
    assert ratios[:3] == ["", "0.8", "20"]


def test_times_keep_two_or_three_digits() -> None:
    assert [ms_text(value) for value in (0.0123, 4.0, 12.34, 345.6, 46_123.0)] == [
        "0.012",
        "4.0",
        "12",
        "346",
        "46,100",
    ]


def test_the_machine_is_described_without_its_name() -> None:
    import platform

    machine = this_machine()
    assert machine.processor
    assert platform.node() not in str(machine).replace(machine.processor, "")
    assert {"python", "numpy", "scipy"} <= set(machine.versions)


def test_the_page_says_where_the_time_goes_and_how_far_from_the_floor(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text(f"{BEGIN}\n{END}\n", encoding="utf-8")
    write_docs(page, session(), (FUSED,))
    text = page.read_text(encoding="utf-8")
    assert (
        "| 2x48-stressed | numba | 12.5 | 0.10 | 0.020 | in step | in step | 0.10 | 0.050 | 0.020 | 0.010 | 0.10 "
        "| 0.040 | 4.2 |"
    ) in text
    assert (
        "- 2x48, numba: 1.3 times the target. 50 % step, 25 % measure, 10 % scale; iterations take 4.2 times the "
        "floor, and the target leaves 3.0 times for as many iterations."
    ) in text
    assert "(`flagship-week`)" in text
    assert "(`hub-fortnight`)" in text


def test_a_target_that_is_met_needs_no_words_and_one_below_what_lies_around_iterations_is_told() -> None:
    figures = session().figures
    assert misses(session(core_ms=0.1).figures, (FUSED,)) == ""
    assert "longer than the target alone" in misses(figures, (replace(FUSED, scale_ms=0.2),))
    assert misses(figures, (replace(FUSED, kernels="numpy", factor_ms=0.1, solve_ms=0.1),)) == ""


def test_figures_are_scaled_by_what_the_references_took_where_the_targets_were_set() -> None:
    figures = session().figures
    assert slower(figures, "2x48") == pytest.approx(5.0 / 4.7)
    assert slower(figures, "5x48") is None
    heading, _, table = yardstick(figures)
    assert "machine on which the targets were set" in heading
    assert table.splitlines()[-1] == "| 2x48 | 4.7 (1.1) | 1.1 | 0.24 (0.4) | 0.19 (0.15) |"
    assert yardstick([one for one in figures if one.solver != "highs"]) == []


def test_every_yardstick_is_of_a_size_and_a_reference_that_there_is() -> None:
    assert set(THERE_MS) <= {one.name for one in REFERENCES if one not in (CORE, FAST)}
    assert all(set(times_ms) <= set(SIZES) for times_ms in THERE_MS.values())
    assert set(TARGET_MS) == set(TARGET_FAST_MS) == set(SIZES)
