"""The command ``yuimaru``: check, run, compare, new, bench, schema.

Exit codes: 0 good, 1 a failed run, 2 a faulty file or option.  Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from simulation.commands.bench import bench
from simulation.commands.compare import compare
from simulation.commands.files import FAULTY, check, new, schema
from simulation.commands.run import run
from simulation.commands.screen import tell
from simulation.errors import RunError, StoppedError, YuimaruError

__all__ = ["app", "main"]


class _Commands(TyperGroup):
    """All commands: what stops any of them from outside becomes one of this package's errors."""

    def invoke(self, ctx: Any) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except KeyboardInterrupt:
            said = "interrupted: all workers were stopped; no results were written, and nothing half-written is left"
            raise StoppedError(said) from None
        except MemoryError:
            raise RunError("the memory ran out; run fewer --scenarios at a time, or fewer --workers") from None
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever read the output has gone
                raise
            raise RunError(f"the system refused: {error}; mend that and run the command again") from error
        return result


app = typer.Typer(
    cls=_Commands,
    help="Simulate buildings that share power and a roadside station that becomes a disaster hub.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: laying it out prettily takes longer than all else
)
for command in (check, run, compare, new, bench, schema):
    app.command()(command)


def main() -> None:
    """Run the command; turn this package's errors into a message and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a letter is no reason to stop
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        app(standalone_mode=True)
    except FAULTY as error:
        _fail(str(error), code=2)
    except YuimaruError as error:
        _fail(str(error), code=1)


def _interrupt(number: int, frame: object) -> None:
    """Being told to end is being interrupted: workers stop, and half-written folders go."""
    raise KeyboardInterrupt


def _fail(message: str, *, code: int) -> None:
    tell(message)
    try:
        sys.stdout.flush()
    except OSError:
        os._exit(code)  # what could not be printed would be tried once more, and replace the code
    sys.exit(code)
