"""Rewrites what ``docs/benchmarks.md`` shows of a session: tables between two marks, and the figure beside it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

from simulation.bench.cases import FORTNIGHT, WEEK, Case, Phase
from simulation.bench.floor import Breakdown
from simulation.bench.history import Session
from simulation.bench.measure import Figure
from simulation.bench.references import REFERENCES
from simulation.bench.session import SCALING_CASE
from simulation.bench.sizes import SIZES, markdown_table, mean_ms
from simulation.bench.tables import load_words, machine_words, ms_text
from simulation.bench.targets import misses, target_table
from simulation.bench.yardstick import yardstick
from simulation.errors import RunError
from simulation.report.figures.benchmarks import scaling
from simulation.report.figures.style import Drawn

__all__ = ["read_page", "scaling_figure", "write_docs"]

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"

_DISTURBING = 0.5
"""Load by others above which times are not to be trusted: one other process for half a minute."""


def write_docs(path: Path, session: Session, breakdowns: Sequence[Breakdown] = ()) -> Path:
    """Put a session's tables between the marks of a page, and its figure into ``images/`` beside it.

    ``breakdowns`` say where the core's time goes; without them that section is left out.

    Raises:
        RunError: if the page is not there or lacks the marks; nothing is written then.
    """
    page = read_page(path)
    drawn = scaling_figure(session)
    image = path.parent / "images" / f"{drawn.name}.{drawn.ending}"
    image.parent.mkdir(parents=True, exist_ok=True)
    image.write_bytes(drawn.data)
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    middle = "\n\n".join(_parts(session, breakdowns, f"images/{image.name}", drawn))
    _replace(path, f"{before}{BEGIN}\n\n{middle}\n\n{END}{after}")
    return path


def read_page(path: Path) -> str:
    """The page as it is; RunError if it is not there or lacks the marks."""
    page = path.read_text(encoding="utf-8") if path.is_file() else ""
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(BEGIN) > page.index(END):
        raise RunError(f"{path}: needs one line {BEGIN} and, below it, one line {END}; the tables are put in between")
    return page


def scaling_figure(session: Session) -> Drawn:
    """Time per schedule against number of scenarios, the mean of the plain and the stressed half."""
    titles = {one.name: one.title for one in REFERENCES}
    points: dict[str, dict[int, list[float]]] = {}
    for figure in session.scaling:
        counts = points.setdefault(titles.get(figure.solver, figure.solver), {})
        counts.setdefault(figure.scenarios, []).append(figure.median_ms)
    lines = {title: [(n, fmean(times)) for n, times in sorted(counts.items())] for title, counts in points.items()}
    words = f"Standard family, {SCALING_CASE}: mean of the plain and the stressed half; one thread."
    return scaling(lines, words)


def _parts(session: Session, breakdowns: Sequence[Breakdown], image: str, drawn: Drawn) -> list[str]:
    others_load = session.others_load or 0.0
    busy = session.machine.load > session.machine.threads or others_load > _DISTURBING
    loads = " **The machine was not idle, so these times are too long and do not compare.**" if busy else ""
    where = (
        f"Measured on {session.started_utc:%Y-%m-%d %H:%M} UTC with `{session.command}` at commit "
        f"`{session.commit or 'unknown'}`: {machine_words(session.machine)}; {load_words(session)}.{loads}"
    )
    missing = f"Not installed, so not timed: {', '.join(session.absent)}." if session.absent else ""
    parts = [
        where,
        missing,
        "### Time per schedule [ms]",
        _by_solver(session.figures),
        "### The core's targets",
        target_table(session.figures),
        *yardstick(session.figures),
        *_where_time_goes(session.figures, breakdowns),
        "### The flagship's week (`flagship-week`)",
        _by_phase(session.figures, WEEK),
        "### A hub's fortnight (`hub-fortnight`)",
        _by_phase(session.figures, FORTNIGHT),
        "### Time against number of scenarios",
        f"![{drawn.title}: {drawn.caption}]({image})",
        drawn.caption,
    ]
    return [part for part in parts if part]


def _by_solver(figures: Sequence[Figure]) -> str:
    """A row a size, a column a solver: mean of the two halves' medians; how far costs lie apart at most."""
    there = [one for one in REFERENCES if any(figure.solver == one.name for figure in figures)]
    rows = []
    for size in SIZES:
        times = [mean_ms(figures, size, Phase.SOLVE, one.name) for one in there]
        if any(time is not None for time in times):
            rows.append([size, *("-" if time is None else ms_text(time) for time in times)])
    apart = [_worst_apart(figures, one.name) for one in there]
    rows.append(["cost apart, at most", *apart])
    return markdown_table(["buildings x steps", *(one.title for one in there)], rows)


def _worst_apart(figures: Sequence[Figure], solver: str) -> str:
    found = [figure.differs for figure in figures if figure.solver == solver and figure.differs is not None]
    return f"{max(found):.0e}" if found else "-"


def _where_time_goes(figures: Sequence[Figure], breakdowns: Sequence[Breakdown]) -> list[str]:
    """A row a case and kind of kernels: time of each phase, and how far the iterations are above the floor."""
    if not breakdowns:
        return []
    rows = []
    for one in breakdowns:
        inside = [None if ms is None else ms_text(ms) for ms in (one.factor_ms, one.solve_ms)]
        rows.append(
            [
                one.case,
                one.kernels,
                f"{one.iterations:.1f}",
                *(ms_text(ms) for ms in (one.assemble_ms, one.scale_ms)),
                *(text or "in step" for text in inside),
                *(ms_text(ms) for ms in (one.step_ms, one.measure_ms, one.prove_ms, one.rest_ms)),
                *(ms_text(ms) for ms in (one.certify_ms, one.floor_ms)),
                f"{one.iterating_ms / one.floor_ms:.1f}",
            ]
        )
    words = (
        "Milliseconds per scenario, under a profiler. *Scale* turns arrays batch last and lays out the pattern of the "
        "normal equations, *factor* and *solve* are these with their border, *step* is what is left of an iteration, "
        "*measure* residuals and gap, *prove* the same as the certificate has them where a scenario may have "
        "converged, *rest* lanes that are stored and refilled, and what is checked before and after. The *floor* is "
        "the time in which the memory of this machine could move what the iterations must read and write (distances, "
        "prices and costs of the columns, and the factors), at the bandwidth that copying a large array reached; "
        "*times the floor* is factor + solve + step + measure + prove over it. Blocks that stay in the cache may go "
        "below it."
    )
    phases = ("assemble", "scale", "factor", "solve", "step", "measure", "prove", "rest", "certify", "floor")
    table = markdown_table(["case", "kernels", "iterations", *phases, "times the floor"], rows)
    missed = misses(figures, breakdowns)
    told = f"Where a target is missed, of the stressed half's time:\n\n{missed}" if missed else ""
    return ["### Where the time goes", words, table, told]


def _by_phase(figures: Sequence[Figure], case: Case) -> str:
    rows = [
        [figure.phase, str(figure.scenarios), ms_text(figure.median_ms), f"{figure.count:,} {figure.counted}"]
        for figure in figures
        if figure.case == case.name
    ]
    return markdown_table(["phase", "scenarios", "ms per scenario", "count"], rows)


def _replace(path: Path, text: str) -> None:
    """Write beside the page and rename, so that no half page is ever left."""
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, path)
