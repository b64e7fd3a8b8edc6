"""Arguments and options that commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from simulation.units import LARGEST_SEED, MOST_SCENARIOS

__all__ = [
    "DEFAULT_SOLVER",
    "File",
    "Files",
    "Keep",
    "Out",
    "PlanMode",
    "PlanOption",
    "Scenarios",
    "Seed",
    "SolverName",
    "SolverOption",
    "Workers",
]

_MOST_WORKERS = 256


class PlanMode(StrEnum):
    """How a run is planned."""

    REPLAN = "replan"
    PERFECT = "perfect"


class SolverName(StrEnum):
    """Solvers by the name that the command line uses."""

    INTERIOR_POINT = "interior-point"
    INTERIOR_POINT_FAST = "interior-point-fast"
    HIGHS = "highs"
    NO_EXCHANGE = "no-exchange"
    MERIT_ORDER = "merit-order"


class Keep(StrEnum):
    """How much of the series is stored."""

    QUANTILES = "quantiles"
    ALL = "all"


DEFAULT_SOLVER: Final = SolverName.INTERIOR_POINT

File = Annotated[str, typer.Argument(help="scenario file, or the name of a shipped scenario")]
Files = Annotated[list[str], typer.Argument(help="scenario files, or names of shipped scenarios")]
Scenarios = Annotated[
    int | None, typer.Option(min=1, max=MOST_SCENARIOS, help="number of scenarios; default: what the file says")
]
Seed = Annotated[int | None, typer.Option(min=0, max=LARGEST_SEED, help="root seed; default: what the file says")]
Out = Annotated[Path, typer.Option(help="folder for results")]
Workers = Annotated[int | None, typer.Option(min=1, max=_MOST_WORKERS, help="processes; default: one per processor")]
SolverOption = Annotated[SolverName, typer.Option("--solver", help="who makes the plans; -fast needs yuimaru[fast]")]
PlanOption = Annotated[
    PlanMode, typer.Option("--plan", help="replan: the closed loop; perfect: the bound of perfect information")
]
