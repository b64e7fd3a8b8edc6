"""What commands say: messages, tables, a bar of progress; and the command itself, as it was given."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

import typer

__all__ = ["command_line", "progress", "show", "steps", "tell"]


def tell(message: str) -> None:
    """Say what is wrong, in red, on standard error."""
    typer.secho(message, err=True, fg=typer.colors.RED)


def show(*things: object) -> None:
    """Print tables and text as wide as they need, also into a file or a pipe; brackets in them are only brackets."""
    from rich.console import Console

    console = Console(markup=False, emoji=False)
    wide = console if console.is_terminal else Console(width=160, markup=False, emoji=False)
    wide.print(*things, sep="\n")


@contextmanager
def progress(title: str) -> Iterator[Callable[[float], None]]:
    """A bar with the time that remains, on standard error; what it hands out takes the share that is done."""
    with _bar(title) as tell:
        yield lambda share: tell(share, title)


@contextmanager
def steps(title: str) -> Iterator[Callable[[float, str], None]]:
    """The same for named steps of work: a bar on a terminal, else a line a step, when it began and how long it took.

    What it hands out takes the share that is done and what comes next.
    """
    if sys.stderr.isatty():
        with _bar(title) as tell:
            yield lambda share, words: tell(share, f"{title}: {words}")
        return
    start_s, at_s = perf_counter(), None

    def line(_: float, words: str) -> None:
        nonlocal at_s
        end()
        at_s = perf_counter()
        typer.echo(f"{at_s - start_s:6.0f} s  {words}", err=True, nl=False)

    def end() -> None:
        if at_s is not None:
            typer.echo(f": {perf_counter() - at_s:.1f} s", err=True)

    try:
        yield line
    finally:
        end()


@contextmanager
def _bar(title: str) -> Iterator[Callable[[float, str], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=1.0)
        yield lambda share, words: bar.update(task, completed=share, description=words)


def command_line() -> str:
    """The command as it was given, to stand in the results; bytes that are no text are written out."""
    return shlex.join(["yuimaru", *sys.argv[1:]]).encode("utf-8", "backslashreplace").decode("utf-8")
