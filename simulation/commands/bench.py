"""The command ``bench``: timings beside the references that are installed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.commands.screen import command_line, progress, show
from simulation.errors import RunError

__all__ = ["bench"]


def bench(
    case: Annotated[list[str] | None, typer.Option(help="case, or a size such as 5x48; may be repeated")] = None,
    phase: Annotated[list[str] | None, typer.Option(help="phase such as solve; may be repeated")] = None,
    solver: Annotated[list[str] | None, typer.Option(help="solver such as highs; may be repeated")] = None,
    repeats: Annotated[int | None, typer.Option(min=1, max=1000, help="runs of each; default: as time allows")] = None,
    full: Annotated[bool, typer.Option("--full/--quick", help="full size, or in under a minute")] = False,
    save: Annotated[bool, typer.Option("--save", help="add the figures to the history in --out")] = False,
    history: Annotated[
        bool, typer.Option("--history", help="time nothing; show and draw the history in --out")
    ] = False,
    docs: Annotated[Path | None, typer.Option(help="measure everything at full size into this page")] = None,
    out: Annotated[Path, typer.Option(help="folder of the history")] = Path("results/benchmarks"),
) -> None:
    """Time the solver and the stages of a run beside the references that are installed, on one thread."""
    from simulation.bench.machine import one_thread

    one_thread()
    from simulation.bench.history import HISTORY, append, read
    from simulation.bench.session import choose, everything, run_full, run_quick
    from simulation.bench.tables import figures_table, history_table

    if history:
        from simulation.bench.timeline import write_timeline

        sessions = read(out / HISTORY)
        show(history_table(sessions))
        typer.echo(f"figure: {write_timeline(sessions, out)}")
        return
    try:
        choice = everything() if (full or docs) and not case else choose(case or [], phase or [], solver or [])
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    with progress("benchmarks") as tell:
        if full or docs is not None:
            session = run_full(choice, command_line(), lambda share, _: tell(share))
        else:
            session = run_quick(choice, repeats, command_line(), lambda share, _: tell(share))
    show(figures_table(session))
    if save or docs is not None:
        append(out / HISTORY, session)
        typer.echo(f"history: {out / HISTORY}")
    if docs is not None:
        from simulation.bench.docs import write_docs
        from simulation.bench.floor import breakdowns

        typer.echo(f"page: {write_docs(docs, session, tuple(breakdowns(session)))}")
    wrong = [fault for figure in session.figures for fault in figure.faults]
    if wrong:
        raise RunError("counts differ from the registry:\n" + "\n".join(f"  - {fault}" for fault in wrong))
