"""The command ``compare``: configurations on the same draws."""

from __future__ import annotations

from pathlib import Path

import typer

from simulation.commands.options import (
    DEFAULT_SOLVER,
    Files,
    Out,
    PlanMode,
    PlanOption,
    Scenarios,
    Seed,
    SolverOption,
    Workers,
)
from simulation.commands.screen import command_line, show
from simulation.commands.work import play, read, work_of

__all__ = ["compare"]


def compare(
    files: Files,
    scenarios: Scenarios = None,
    seed: Seed = None,
    solver: SolverOption = DEFAULT_SOLVER,
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
    specs = [read(file) for file in files]
    check_comparable(specs)
    check_writable(out)
    count = scenarios or min(spec.runs.scenarios for spec in specs)
    root = specs[0].runs.seed if seed is None else seed
    metrics = []
    for spec in specs:
        work = work_of(spec, scenarios=count, seed=root, solver=solver, plan=plan, only=None)
        metrics.append(assess(spec, play(work, workers, f"{spec.name}: {plan.value}")))
    comparison = pair(specs, metrics)
    show(comparison_table(comparison), *published_lines(specs))
    typer.echo(f"report: {write_comparison(comparison, out, command=command_line())}")
