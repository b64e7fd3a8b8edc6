"""The command ``yuimaru``: check, run, compare, new, schema.

Exit codes: 0 good, 1 a failed run, 2 a faulty file or option.  Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from simulation.events.trajectory import Trajectory
    from simulation.interchange.schedule import Solver
    from simulation.metrics.metrics import Metrics
    from simulation.scenario.spec import Spec
    from simulation.study.workers import Work

__all__ = ["app", "main"]

app = typer.Typer(
    help="Simulate buildings that share power and a roadside station that becomes a disaster hub.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class PlanMode(StrEnum):
    """How a run is planned."""

    REPLAN = "replan"
    PERFECT = "perfect"


class SolverName(StrEnum):
    """Solvers by the name that the command line uses."""

    HIGHS = "highs"
    INTERIOR_POINT = "interior-point"
    NO_EXCHANGE = "no-exchange"
    MERIT_ORDER = "merit-order"


class Keep(StrEnum):
    """How much of the series is stored."""

    QUANTILES = "quantiles"
    ALL = "all"


File = Annotated[str, typer.Argument(help="scenario file, or the name of a shipped scenario")]
Files = Annotated[list[str], typer.Argument(help="scenario files, or names of shipped scenarios")]
Scenarios = Annotated[int | None, typer.Option(min=1, help="number of scenarios; default: what the file says")]
Seed = Annotated[int | None, typer.Option(min=0, help="root seed; default: what the file says")]
Out = Annotated[Path, typer.Option(help="folder for results")]
Workers = Annotated[int | None, typer.Option(min=1, help="processes; default: one per processor")]
SolverOption = Annotated[SolverName, typer.Option("--solver", help="who makes the plans")]
PlanOption = Annotated[
    PlanMode, typer.Option("--plan", help="replan: the closed loop; perfect: the bound of perfect information")
]


@app.command()
def check(files: Files) -> None:
    """Read scenario files and the series they point at, list every fault, and show what is in them."""
    from simulation.report.terminal import area_table
    from simulation.scenario.series import read_series

    for file in files:
        spec = _load(file)
        for load in spec.loads:
            if load.part.series is not None:
                read_series(load.part.series, spec.folder, spec.clock)
        _show(area_table(spec))


@app.command()
def run(
    file: File,
    scenarios: Scenarios = None,
    seed: Seed = None,
    solver: SolverOption = SolverName.HIGHS,
    plan: PlanOption = PlanMode.REPLAN,
    bound: Annotated[bool, typer.Option("--bound", help="also run perfect information and show it beside")] = False,
    only: Annotated[int | None, typer.Option(min=0, help="replay this one scenario and print its events")] = None,
    out: Out = Path("results"),
    workers: Workers = None,
    keep: Annotated[Keep, typer.Option(help="what to keep of the series")] = Keep.QUANTILES,
) -> None:
    """Run a scenario from file to report."""
    from simulation.metrics.metrics import assess
    from simulation.report.terminal import event_lines, summary_table, survival_table

    if bound and plan is PlanMode.PERFECT:
        raise typer.BadParameter("it stands beside the closed loop; leave --plan perfect away", param_hint="--bound")
    spec = _load(file)
    work = _work(spec, scenarios=scenarios, seed=seed, solver=solver, plan=plan, only=only)
    trajectory = _run(work, workers, f"{spec.name}: {plan.value}")
    if only is not None:
        typer.echo("\n".join(event_lines(spec, trajectory)))
    metrics = assess(spec, trajectory)
    at_best = None
    if bound:
        best = _work(spec, scenarios=scenarios, seed=seed, solver=solver, plan=PlanMode.PERFECT, only=only)
        at_best = assess(spec, _run(best, workers, f"{spec.name}: perfect information"))
    page = _report(work, trajectory, metrics, at_best, out, keep)
    _show(summary_table(spec, metrics, at_best), survival_table(metrics))
    typer.echo(f"report: {page}")


@app.command()
def compare(
    files: Files,
    scenarios: Scenarios = None,
    seed: Seed = None,
    solver: SolverOption = SolverName.HIGHS,
    plan: PlanOption = PlanMode.REPLAN,
    out: Out = Path("results"),
    workers: Workers = None,
) -> None:
    """Run two or more scenario files on the same draws and show paired differences from the first."""
    from simulation.metrics.metrics import assess
    from simulation.report.comparison import write_comparison
    from simulation.report.terminal import comparison_table, published_lines
    from simulation.study.compare import compare as pair

    if len(files) < 2:
        raise typer.BadParameter("give two or more scenario files", param_hint="FILES")
    specs = [_load(file) for file in files]
    count = scenarios or min(spec.runs.scenarios for spec in specs)
    root = specs[0].runs.seed if seed is None else seed
    metrics = []
    for spec in specs:
        work = _work(spec, scenarios=count, seed=root, solver=solver, plan=plan, only=None)
        metrics.append(assess(spec, _run(work, workers, f"{spec.name}: {plan.value}")))
    comparison = pair(specs, metrics)
    _show(comparison_table(comparison), *published_lines(specs))
    typer.echo(f"report: {write_comparison(comparison, out, command=_command())}")


@app.command()
def new(
    path: Annotated[Path, typer.Argument(help="file to write")],
    source: Annotated[str, typer.Option("--from", help="shipped scenario to start from")] = "starter",
) -> None:
    """Write a new scenario file to start from; an existing file is left alone."""
    from simulation.scenario.starter import write_starter

    typer.echo(f"wrote {write_starter(path, source)}; next: yuimaru check {path}")


@app.command()
def schema() -> None:
    """Print the JSON Schema of a scenario file (for editors that complete and check TOML)."""
    from simulation.scenario.load import schema as scenario_schema

    typer.echo(json.dumps(scenario_schema(), indent=2, ensure_ascii=False))


def main() -> None:
    """Run the command; turn this package's errors into a message and an exit code."""
    from simulation.errors import ProblemError, ScenarioError, SeriesError, YuimaruError

    try:
        app(standalone_mode=True)
    except (ScenarioError, SeriesError, ProblemError) as error:
        _fail(str(error), code=2)
    except YuimaruError as error:
        _fail(str(error), code=1)
    except KeyboardInterrupt:
        _fail("interrupted; no result was written", code=1)


def _fail(message: str, *, code: int) -> None:
    typer.secho(message, err=True, fg=typer.colors.RED)
    sys.exit(code)


def _load(file: str) -> Spec:
    from simulation.scenario.load import load

    return load(file)


def _solver(name: SolverName) -> Solver:
    import simulation

    return {
        SolverName.HIGHS: lambda: simulation.HiGHS(),
        SolverName.INTERIOR_POINT: lambda: simulation.InteriorPoint(),
        SolverName.NO_EXCHANGE: lambda: simulation.NoExchange(),
        SolverName.MERIT_ORDER: lambda: simulation.MeritOrder(),
    }[name]()


def _work(
    spec: Spec, *, scenarios: int | None, seed: int | None, solver: SolverName, plan: PlanMode, only: int | None
) -> Work:
    from simulation.study.workers import Work

    ids = (only,) if only is not None else tuple(range(scenarios or spec.runs.scenarios))
    root = spec.runs.seed if seed is None else seed
    return Work(spec=spec, plan=plan.value, solver=_solver(solver), scenario_ids=ids, seed=root)


def _run(work: Work, workers: int | None, title: str) -> Trajectory:
    from simulation.study.workers import default_workers, run_scenarios

    with _progress(f"{title}, {len(work.scenario_ids)} scenarios") as tell:
        return run_scenarios(work, workers=workers or default_workers(), progress=tell)


def _command() -> str:
    """The command as it was given, to stand in the results."""
    return shlex.join(["yuimaru", *sys.argv[1:]])


def _report(work: Work, trajectory: Trajectory, metrics: Metrics, bound: Metrics | None, out: Path, keep: Keep) -> Path:
    from simulation.report.run_record import RunRecord
    from simulation.report.write import write_report

    record = RunRecord.of(work.spec, seed=work.seed, plan=work.plan, solver=work.solver, command=_command())
    return write_report(work.spec, trajectory, metrics, out, run=record, bound=bound, keep=keep.value)


def _show(*things: object) -> None:
    """Print tables and text as wide as they need, also into a file or a pipe."""
    from rich.console import Console

    console = Console()
    wide = console if console.is_terminal else Console(width=160)
    wide.print(*things, sep="\n")


@contextmanager
def _progress(title: str) -> Iterator[Callable[[float], None]]:
    """A bar with the time that remains, on standard error."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=1.0)
        yield lambda share: bar.update(task, completed=share)
