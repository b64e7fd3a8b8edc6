"""The command ``yuimaru``: check, run, compare, new, bench, schema.

Exit codes: 0 good, 1 a failed run, 2 a faulty file or option.  Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import errno
import io
import json
import os
import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from simulation.errors import (
    OutputError,
    ProblemError,
    RunError,
    ScenarioError,
    SeriesError,
    StoppedError,
    YuimaruError,
)
from simulation.units import LARGEST_SEED, MOST_SCENARIOS

if TYPE_CHECKING:
    from simulation.events.trajectory import Trajectory
    from simulation.interchange.schedule import Solver
    from simulation.scenario.spec import Spec
    from simulation.study.workers import Work

__all__ = ["app", "main"]

_FAULTY = (ScenarioError, SeriesError, ProblemError, OutputError)
"""What is wrong before anything is run: exit code 2."""

_MOST_WORKERS = 256


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


class PlanMode(StrEnum):
    """How a run is planned."""

    REPLAN = "replan"
    PERFECT = "perfect"


class SolverName(StrEnum):
    """Solvers by the name that the command line uses."""

    AUTO = "auto"
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
Scenarios = Annotated[
    int | None, typer.Option(min=1, max=MOST_SCENARIOS, help="number of scenarios; default: what the file says")
]
Seed = Annotated[int | None, typer.Option(min=0, max=LARGEST_SEED, help="root seed; default: what the file says")]
Out = Annotated[Path, typer.Option(help="folder for results")]
Workers = Annotated[int | None, typer.Option(min=1, max=_MOST_WORKERS, help="processes; default: one per processor")]
SolverOption = Annotated[SolverName, typer.Option("--solver", help="who makes the plans; auto goes by size")]
PlanOption = Annotated[
    PlanMode, typer.Option("--plan", help="replan: the closed loop; perfect: the bound of perfect information")
]


@app.command()
def check(files: Files) -> None:
    """Read scenario files and the series they point at, list every fault, and show what is in them."""
    from simulation.report.terminal import area_table
    from simulation.scenario.moments import late_lots

    faulty = False
    for file in files:
        try:
            spec = _load(file)
        except _FAULTY as error:
            faulty = True
            _tell(str(error))
        else:
            _show(area_table(spec), *(f"note: {line}" for line in late_lots(spec)))
    if faulty:
        raise typer.Exit(2)


@app.command()
def run(
    file: File,
    scenarios: Scenarios = None,
    seed: Seed = None,
    solver: SolverOption = SolverName.HIGHS,
    plan: PlanOption = PlanMode.REPLAN,
    bound: Annotated[bool, typer.Option("--bound", help="also run perfect information and show it beside")] = False,
    only: Annotated[
        int | None, typer.Option(min=0, max=LARGEST_SEED, help="replay this one scenario and print its events")
    ] = None,
    out: Out = Path("results"),
    workers: Workers = None,
    keep: Annotated[Keep, typer.Option(help="what to keep of the series")] = Keep.QUANTILES,
    explain: Annotated[
        bool, typer.Option("--explain", help="say what held the best plan of a scenario (--only, or 0) back")
    ] = False,
) -> None:
    """Run a scenario from file to report."""
    from simulation.metrics.metrics import assess
    from simulation.report.folder import check_writable
    from simulation.report.run_record import RunRecord
    from simulation.report.terminal import event_lines, summary_table, survival_table
    from simulation.report.write import write_report

    if bound and plan is PlanMode.PERFECT:
        raise typer.BadParameter("it stands beside the closed loop; leave --plan perfect away", param_hint="--bound")
    if only is not None and scenarios is not None:
        raise typer.BadParameter("it runs one scenario by its number; leave --scenarios away", param_hint="--only")
    spec = _load(file)
    check_writable(out)
    work = _work(spec, scenarios=scenarios, seed=seed, solver=solver, plan=plan, only=only)
    watch = _Watch()
    trajectory = _run(work, workers, f"{spec.name}: {plan.value}")
    watch.lap("run")
    if only is not None:
        typer.echo("\n".join(event_lines(spec, trajectory)))
    metrics = assess(spec, trajectory)
    watch.lap("assess")
    at_best = None
    if bound:
        best = _work(spec, scenarios=scenarios, seed=seed, solver=solver, plan=PlanMode.PERFECT, only=only)
        at_best = assess(spec, _run(best, workers, f"{spec.name}: perfect information"))
        watch.lap("bound")
    record = RunRecord.of(
        spec, seed=work.seed, plan=work.plan, solver=work.solver, command=_command(), wall_s=watch.wall_s
    )
    page = write_report(spec, trajectory, metrics, out, run=record, bound=at_best, keep=keep.value)
    _show(summary_table(spec, metrics, at_best), survival_table(metrics))
    if explain:
        typer.echo("\n".join(_explained(spec, work.seed, only or 0)))
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
    from simulation.report.folder import check_writable
    from simulation.report.terminal import comparison_table, published_lines
    from simulation.study.compare import check_comparable
    from simulation.study.compare import compare as pair

    if len(files) < 2:
        raise typer.BadParameter("give two or more scenario files", param_hint="FILES")
    specs = [_load(file) for file in files]
    check_comparable(specs)
    check_writable(out)
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
        _show(history_table(sessions))
        typer.echo(f"figure: {write_timeline(sessions, out)}")
        return
    try:
        choice = everything() if (full or docs) and not case else choose(case or [], phase or [], solver or [])
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    with _progress("benchmarks") as tell:
        if full or docs is not None:
            session = run_full(choice, _command(), lambda share, _: tell(share))
        else:
            session = run_quick(choice, repeats, _command(), lambda share, _: tell(share))
    _show(figures_table(session))
    if save or docs is not None:
        append(out / HISTORY, session)
        typer.echo(f"history: {out / HISTORY}")
    if docs is not None:
        from simulation.bench.docs import write_docs

        typer.echo(f"page: {write_docs(docs, session)}")
    wrong = [fault for figure in session.figures for fault in figure.faults]
    if wrong:
        raise RunError("counts differ from the registry:\n" + "\n".join(f"  - {fault}" for fault in wrong))


@app.command()
def schema() -> None:
    """Print the JSON Schema of a scenario file (for editors that complete and check TOML)."""
    from simulation.scenario.load import schema as scenario_schema

    typer.echo(json.dumps(scenario_schema(), indent=2, ensure_ascii=False))


def main() -> None:
    """Run the command; turn this package's errors into a message and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a letter is no reason to stop
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        app(standalone_mode=True)
    except _FAULTY as error:
        _fail(str(error), code=2)
    except YuimaruError as error:
        _fail(str(error), code=1)


def _interrupt(number: int, frame: object) -> None:
    """Being told to end is being interrupted: workers stop, and half-written folders go."""
    raise KeyboardInterrupt


def _tell(message: str) -> None:
    typer.secho(message, err=True, fg=typer.colors.RED)


def _fail(message: str, *, code: int) -> None:
    _tell(message)
    try:
        sys.stdout.flush()
    except OSError:
        os._exit(code)  # what could not be printed would be tried once more, and replace the code
    sys.exit(code)


def _load(file: str) -> Spec:
    """A scenario together with the series that it points at, all faults of either at once."""
    from simulation.scenario.load import load
    from simulation.scenario.series import check_series

    spec = load(file)
    check_series(spec, file)
    return spec


def _solver(name: SolverName) -> Solver:
    import simulation

    return {
        SolverName.AUTO: lambda: simulation.Automatic(),
        SolverName.HIGHS: lambda: simulation.HiGHS(),
        SolverName.INTERIOR_POINT: lambda: simulation.InteriorPoint(),
        SolverName.NO_EXCHANGE: lambda: simulation.NoExchange(),
        SolverName.MERIT_ORDER: lambda: simulation.MeritOrder(),
    }[name]()


def _explained(spec: Spec, seed: int, scenario: int) -> list[str]:
    """What held the plan of perfect information of one scenario back, and what would have cured it."""
    import simulation
    from simulation.interchange.outlook import truth

    draws = simulation.sample(spec, seed=seed, only=[scenario])
    schedule = simulation.solve(simulation.assemble(spec, draws), simulation.HiGHS())
    found = simulation.explain(spec, truth(spec, draws), schedule, simulation.HiGHS())
    return [f"With perfect information, scenario {scenario}:", *found.sentences()]


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


class _Watch:
    """Seconds of each phase of a run, by the clock on the wall."""

    def __init__(self) -> None:
        self.wall_s: dict[str, float] = {}
        self._began = time.perf_counter()

    def lap(self, phase: str) -> None:
        """End a phase; the next begins."""
        now = time.perf_counter()
        self.wall_s[phase] = round(now - self._began, 3)
        self._began = now


def _command() -> str:
    """The command as it was given, to stand in the results; bytes that are no text are written out."""
    return shlex.join(["yuimaru", *sys.argv[1:]]).encode("utf-8", "backslashreplace").decode("utf-8")


def _show(*things: object) -> None:
    """Print tables and text as wide as they need, also into a file or a pipe; brackets in them are only brackets."""
    from rich.console import Console

    console = Console(markup=False, emoji=False)
    wide = console if console.is_terminal else Console(width=160, markup=False, emoji=False)
    wide.print(*things, sep="\n")


@contextmanager
def _progress(title: str) -> Iterator[Callable[[float], None]]:
    """A bar with the time that remains, on standard error."""
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
