from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from simulation.bench.docs import BEGIN, END, write_docs
from simulation.bench.floor import Breakdown
from simulation.bench.machine import this_machine
from simulation.bench.tables import figures_table, ms_text
from simulation.errors import RunError
from tests.bench.sessions import session

ROOT = Path(__file__).parents[2]


def test_the_page_gets_its_tables_between_the_marks_and_keeps_the_rest(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text(f"# Head\n\n{BEGIN}\nold\n{END}\n\n## Tail\n", encoding="utf-8")
    write_docs(page, session())
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# Head\n\n{BEGIN}\n")
    assert text.endswith(f"{END}\n\n## Tail\n")
    assert "old" not in text
    assert "| 2x48 | 0.25 | 5.0 |" in text
    assert "| 2x48 | 0.4 | 0.25 | met | 12.5 | 0.030 | - | - | - |" in text
    assert "`yuimaru bench` at commit `0123456789ab`: Processor 9000, Linux x86_64, 1 thread of 2" in text
    assert "Not installed, so not timed: oemof-solph." in text
    assert "(images/benchmarks.svg)" in text
    assert "HiGHS through scipy" in (tmp_path / "images" / "benchmarks.svg").read_text(encoding="utf-8")
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


def test_the_shipped_page_has_its_marks() -> None:
    text = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert text.count(BEGIN) == text.count(END) == 1


def test_the_table_names_what_is_absent_and_how_solvers_stand_to_the_core() -> None:
    table = figures_table(session())
    assert "not installed, so not timed: oemof-solph" in str(table.caption)
    assert table.row_count == 6
    ratios = list(table.columns[6].cells)
    assert ratios[:2] == ["", "20"]


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
    one = Breakdown(
        case="2x48-stressed", kernels="numba", iterations=12.5, assemble_ms=0.1, scale_ms=0.2, factor_ms=None,
        solve_ms=None, step_ms=1.0, measure_ms=0.5, certify_ms=0.1, floor_ms=0.5,
    )  # fmt: skip
    write_docs(page, session(), (one,))
    text = page.read_text(encoding="utf-8")
    assert "| 2x48-stressed | numba | 12.5 | 0.10 | 0.20 | in step | in step | 1.0 | 0.50 | 0.10 | 0.50 | 3.0 |" in text
    assert "(`flagship-week`)" in text
    assert "(`hub-fortnight`)" in text
