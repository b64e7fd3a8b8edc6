"""A session as tables for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from simulation.bench.cases import Phase
from simulation.bench.history import Session
from simulation.bench.machine import Machine
from simulation.bench.measure import Figure
from simulation.bench.references import CORE, FAST, REFERENCES

__all__ = ["CORE_KERNELS", "core_solves", "figures_table", "history_table", "load_words", "machine_words", "ms_text"]

CORE_KERNELS = {CORE.name: "numpy", FAST.name: "numba"}
"""Kernels that the core runs on, by the name of the reference."""


def figures_table(session: Session) -> Table:
    """Medians per scenario, how they stand to the core, and what was counted and proven."""
    caption = f"{machine_words(session.machine)}; {load_words(session)}"
    if session.absent:
        extras = dict.fromkeys(one.extra for one in REFERENCES if one.distribution in session.absent)
        caption += (
            f"\nnot installed, so not timed: {', '.join(session.absent)} (pip install 'yuimaru[{','.join(extras)}]')"
        )
    table = Table(title="time per scenario, median of runs", caption=caption)
    for heading in ("case", "phase", "solver", "scenarios", "runs"):
        table.add_column(heading, justify="right" if heading in ("scenarios", "runs") else "left")
    for heading in ("ms", "times the core", "iterations", "worst residual", "cost apart"):
        table.add_column(heading, justify="right")
    for figure in session.figures:
        core = core_ms(session.figures, figure)
        table.add_row(
            figure.case,
            figure.phase,
            figure.solver if figure.phase in (Phase.SOLVE, Phase.PLAN) else "",
            str(figure.scenarios),
            str(figure.repeats),
            ms_text(figure.median_ms),
            "" if core is None else f"{figure.median_ms / core:.2g}",
            "" if figure.iterations is None else f"{figure.iterations:.1f}",
            "" if figure.worst is None else f"{figure.worst:.0e}",
            "" if figure.differs is None else f"{figure.differs:.0e}",
        )
    return table


def history_table(sessions: Sequence[Session]) -> Table:
    """The core's time per scenario in every session, by case; a row for each kind of kernels."""
    table = Table(title="the core over time: solve, ms per scenario")
    cases = list(dict.fromkeys(figure.case for session in sessions for figure in core_solves(session)))
    for heading in ("when (UTC)", "commit", "processor", "others'\nload", "kernels"):
        table.add_column(heading, no_wrap=True)
    for case in cases:
        table.add_column(case.replace("-", "\n"), justify="right", no_wrap=True)
    for session in sessions:
        for solver, kernels in CORE_KERNELS.items():
            found = {one.case: ms_text(one.median_ms) for one in core_solves(session) if one.solver == solver}
            if found:
                when = f"{session.started_utc:%Y-%m-%d %H:%M}"
                cells = (found.get(case, "") for case in cases)
                load = "" if session.others_load is None else f"{session.others_load:g}"
                table.add_row(when, session.commit or "", session.machine.processor, load, kernels, *cells)
    return table


def machine_words(machine: Machine) -> str:
    """Processor, threads, BLAS and versions in one line."""
    versions = ", ".join(f"{name} {number}" for name, number in machine.versions.items())
    threads = f"{machine.threads} thread{'s' if machine.threads != 1 else ''} of {machine.processors}"
    where = f"{machine.processor}, {machine.system}, {threads}, BLAS {machine.blas}"
    return f"{where}, load before {machine.load:g}; {versions}"


def load_words(session: Session) -> str:
    """The highest load that other processes brought while a session ran, in words."""
    if session.others_load is None:
        return "load by others meanwhile not watched"
    return f"highest load by others meanwhile {session.others_load:g}"


def ms_text(value_ms: float) -> str:
    """A time with two significant digits, three from ten on.

    >>> ms_text(0.0412), ms_text(1.337), ms_text(46123.0)
    ('0.041', '1.3', '46,100')
    """
    if value_ms < 10.0:
        return f"{value_ms:#.2g}"
    digits = max(0, len(f"{value_ms:.0f}") - 3)
    return f"{round(value_ms / 10**digits) * 10**digits:,.0f}"


def core_ms(figures: Sequence[Figure], figure: Figure) -> float | None:
    """The core's time for the same case in the phase solve [ms]; None where it was not measured, or is this one."""
    if figure.phase != Phase.SOLVE or figure.solver == CORE.name:
        return None
    found = [one for one in figures if (one.case, one.phase, one.solver) == (figure.case, figure.phase, CORE.name)]
    return found[0].median_ms if found else None


def core_solves(session: Session) -> list[Figure]:
    """Figures of the core's solve on either kind of kernels."""
    return [one for one in session.figures if one.phase == Phase.SOLVE and one.solver in CORE_KERNELS]
