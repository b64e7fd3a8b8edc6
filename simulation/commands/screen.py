"""What commands say: messages, tables, a bar of progress; and the command itself, as it was given."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

__all__ = ["command_line", "progress", "show", "tell"]


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
        yield lambda share: bar.update(task, completed=share)


def command_line() -> str:
    """The command as it was given, to stand in the results; bytes that are no text are written out."""
    return shlex.join(["yuimaru", *sys.argv[1:]]).encode("utf-8", "backslashreplace").decode("utf-8")
