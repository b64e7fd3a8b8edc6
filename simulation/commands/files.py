"""Commands that only read or write scenario files: check, new, schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from simulation.commands.options import Files
from simulation.commands.screen import show, tell
from simulation.commands.work import read
from simulation.errors import OutputError, ProblemError, ScenarioError, SeriesError

__all__ = ["FAULTY", "check", "new", "schema"]

FAULTY = (ScenarioError, SeriesError, ProblemError, OutputError)
"""What is wrong before anything is run: exit code 2."""


def check(files: Files) -> None:
    """Read scenario files and the series they point at, list every fault, and show what is in them."""
    from simulation.report.terminal import area_table
    from simulation.scenario.moments import late_lots

    faulty = False
    for file in files:
        try:
            spec = read(file)
        except FAULTY as error:
            faulty = True
            tell(str(error))
        else:
            show(area_table(spec), *(f"note: {line}" for line in late_lots(spec)))
    if faulty:
        raise typer.Exit(2)


def new(
    path: Annotated[Path, typer.Argument(help="file to write")],
    source: Annotated[str, typer.Option("--from", help="shipped scenario to start from")] = "starter",
) -> None:
    """Write a new scenario file to start from; an existing file is left alone."""
    from simulation.scenario.starter import write_starter

    typer.echo(f"wrote {write_starter(path, source)}; next: yuimaru check {path}")


def schema() -> None:
    """Print the JSON Schema of a scenario file (for editors that complete and check TOML)."""
    from simulation.scenario.load import schema as scenario_schema

    typer.echo(json.dumps(scenario_schema(), indent=2, ensure_ascii=False))
