"""The command ``run``: one scenario, from its file to the report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.commands.options import (
    DEFAULT_SOLVER,
    File,
    Keep,
    Out,
    PlanMode,
    PlanOption,
    Scenarios,
    Seed,
    SolverOption,
    Workers,
)
from simulation.commands.screen import command_line, progress, show
from simulation.commands.work import Watch, play, read, work_of
from simulation.units import LARGEST_SEED

if TYPE_CHECKING:
    from simulation.interchange.schedule import Solver
    from simulation.scenario.spec import Spec

__all__ = ["run"]


def run(
    file: File,
    scenarios: Scenarios = None,
    seed: Seed = None,
    solver: SolverOption = DEFAULT_SOLVER,
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
    from simulation.report.story import event_lines
    from simulation.report.terminal import answer_lines, summary_table, survival_table
    from simulation.report.write import write_report

    if bound and plan is PlanMode.PERFECT:
        raise typer.BadParameter("it stands beside the closed loop; leave --plan perfect away", param_hint="--bound")
    if only is not None and scenarios is not None:
        raise typer.BadParameter("it runs one scenario by its number; leave --scenarios away", param_hint="--only")
    spec = read(file)
    check_writable(out)
    work = work_of(spec, scenarios=scenarios, seed=seed, solver=solver, plan=plan, only=only)
    watch = Watch()
    trajectory = play(work, workers, f"{spec.name}: {plan.value}")
    watch.lap("run")
    if only is not None:
        typer.echo("\n".join(event_lines(spec, trajectory)))
    metrics = assess(spec, trajectory)
    watch.lap("assess")
    at_best = None
    if bound:
        best = work_of(spec, scenarios=scenarios, seed=seed, solver=solver, plan=PlanMode.PERFECT, only=only)
        at_best = assess(spec, play(best, workers, f"{spec.name}: perfect information"))
        watch.lap("bound")
    explained: list[str] = []
    if explain:
        explained = _explained(spec, work.seed, only or 0, work.solver)
        watch.lap("explain")
    record = RunRecord.of(
        spec, seed=work.seed, plan=work.plan, solver=work.solver, command=command_line(), wall_s=watch.wall_s
    )
    page = write_report(spec, trajectory, metrics, out, run=record, bound=at_best, keep=keep.value, explained=explained)
    show(summary_table(spec, metrics, at_best), survival_table(metrics), *answer_lines(metrics, file))
    if explained:
        typer.echo("\n".join(explained))
    typer.echo(f"report: {page}")


def _explained(spec: Spec, seed: int, scenario: int, solver: Solver) -> list[str]:
    """What held the plan of perfect information of one scenario back, and what would have cured it.

    A rule plans without prices; where one planned the run, the core explains.
    """
    import simulation
    from simulation.interchange.outlook import truth

    if not isinstance(solver, simulation.HiGHS | simulation.InteriorPoint):
        solver = simulation.InteriorPoint()
    with progress(f"{spec.name}: scenario {scenario} explained"):
        draws = simulation.sample(spec, seed=seed, only=[scenario])
        schedule = simulation.solve(simulation.assemble(spec, draws), solver)
        found = simulation.explain(spec, truth(spec, draws), schedule, solver)
    return [f"With perfect information, scenario {scenario}:", *found.sentences()]
