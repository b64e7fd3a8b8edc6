"""A run's results on disk: the report, its figures, the tables, and where it all came from."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from simulation.events.trajectory import Trajectory
from simulation.metrics.metrics import Metrics
from simulation.report.figures.draw import draw
from simulation.report.figures.window import choose
from simulation.report.folder import whole_folder
from simulation.report.html import Page
from simulation.report.run_record import RunRecord
from simulation.report.tables import (
    Keep,
    event_table,
    scenario_table,
    series_dataset,
    summary,
    write_parquet,
    write_series,
)
from simulation.scenario.spec import Spec

__all__ = ["write_report"]


def write_report(  # noqa: PLR0913 (three say what happened, the rest are options of the output)
    spec: Spec,
    trajectory: Trajectory,
    metrics: Metrics,
    out: Path | str,
    *,
    run: RunRecord | None = None,
    bound: Metrics | None = None,
    keep: Keep = "quantiles",
    explained: Sequence[str] = (),
) -> Path:
    """Write ``out/<run-id>/`` with report.html, figures, tables, series and run.json; the path of the report.

    The folder appears under its name only when it is whole; an interrupted run leaves nothing that looks like a
    result.  ``bound`` holds the metrics of perfect information, shown beside; ``keep`` says how much of the series is
    stored; ``explained`` are sentences on what would have helped, shown as they are.
    """
    if run is None:
        plan = "perfect" if trajectory.perfect_information else "replan"
        run = RunRecord.of(spec, seed=None, plan=plan, solver=trajectory.planned_in_words)
    began = time.perf_counter()
    with whole_folder(Path(out), run.run_id) as folder:
        here = folder.temporary
        figures = draw(spec, trajectory, metrics)
        (here / "figures").mkdir()
        for figure in figures:
            (here / "figures" / f"{figure.name}.{figure.ending}").write_bytes(figure.data)
        units = {name: (quantity.unit, quantity.meaning) for name, quantity in metrics.per_scenario.items()}
        write_parquet(scenario_table(metrics), here / "metrics.parquet", units)
        write_parquet(event_table(trajectory), here / "events.parquet")
        write_series(series_dataset(trajectory, keep), here / "series.nc")
        headline = json.dumps(summary(metrics), indent=2, ensure_ascii=False, allow_nan=False)
        (here / "summary.json").write_text(headline + "\n", encoding="utf-8")
        run = replace(run, wall_s={**run.wall_s, "report": round(time.perf_counter() - began, 3)})
        page = Page(
            spec=spec,
            trajectory=trajectory,
            metrics=metrics,
            figures=figures,
            window=choose(spec, trajectory, metrics),
            run=run,
            bound=bound,
            explained=explained,
        )
        (here / "report.html").write_text(page.html(), encoding="utf-8")
        (here / "run.json").write_text(run.as_json(spec), encoding="utf-8")
    assert folder.final is not None
    return folder.final / "report.html"
