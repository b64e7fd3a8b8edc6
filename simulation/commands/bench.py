"""The command ``bench``: timings beside the references that are installed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.commands.screen import command_line, show, steps
from simulation.errors import RunError

if TYPE_CHECKING:
    from simulation.bench.history import Session

__all__ = ["bench"]


def bench(
    case: Annotated[list[str] | None, typer.Option(help="case, or a size such as 5x48; may be repeated")] = None,
    phase: Annotated[list[str] | None, typer.Option(help="phase such as solve; may be repeated")] = None,
    solver: Annotated[list[str] | None, typer.Option(help="solver such as highs; may be repeated")] = None,
    repeats: Annotated[int | None, typer.Option(min=1, max=1000, help="runs of each; default: as time allows")] = None,
    full: Annotated[bool, typer.Option("--full/--quick", help="full size, or in about a minute")] = False,
    save: Annotated[bool, typer.Option("--save", help="add the figures to the history in --out")] = False,
    history: Annotated[
        bool, typer.Option("--history", help="time nothing; show and draw the history in --out")
    ] = False,
    docs: Annotated[
        Path | None,
        typer.Option(help="measure everything at full size into this page, and add it to the history in --out"),
    ] = None,
    out: Annotated[Path, typer.Option(help="folder of the history")] = Path("results/benchmarks"),
) -> None:
    """Time the solver and the stages of a run beside the references that are installed, on one thread."""
    from simulation.bench.machine import one_thread

    one_thread()
    from simulation.bench.history import HISTORY, append, read
    from simulation.bench.session import choose, run_full, run_quick
    from simulation.bench.tables import figures_table, history_table

    if history:
        from simulation.bench.timeline import write_timeline

        sessions = read(out / HISTORY)
        show(history_table(sessions))
        typer.echo(f"figure: {write_timeline(sessions, out)}")
        return
    chosen = {"--case": case, "--phase": phase, "--solver": solver, "--repeats": repeats}
    full = full or docs is not None
    if docs is not None:
        _check_page(docs, [name for name, value in chosen.items() if value])
    try:
        choice = choose(case or [], phase or [], solver or [], full=full)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    save = save or docs is not None
    if save:
        read(out / HISTORY)
    with steps("benchmarks") as tell:
        session = (run_full if full else run_quick)(choice, repeats, command_line(), tell)
        if save:
            append(out / HISTORY, session)
        if docs is not None:
            _write_page(docs, session, tell)
    show(figures_table(session))
    if save:
        typer.echo(f"history: {out / HISTORY}")
    if docs is not None:
        typer.echo(f"page: {docs}")
    wrong = [fault for figure in session.figures for fault in figure.faults]
    if wrong:
        raise RunError("counts differ from the registry:\n" + "\n".join(f"  - {fault}" for fault in wrong))


def _check_page(docs: Path, chosen: Sequence[str]) -> None:
    """Refuse before anything is measured what would end in half a page, or in none."""
    from simulation.bench.docs import read_page

    if chosen:
        raise typer.BadParameter(
            f"--docs shows everything, so it takes no {', '.join(chosen)}; measure a part with --full, and add it to "
            "the history with --save"
        )
    read_page(docs)


def _write_page(docs: Path, session: Session, tell: Callable[[float, str], None]) -> None:
    from simulation.bench.docs import write_docs
    from simulation.bench.floor import breakdowns

    write_docs(docs, session, tuple(breakdowns(session, tell)))
