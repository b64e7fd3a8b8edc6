"""The history of timings as a figure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from simulation.bench.history import Session
from simulation.bench.tables import CORE_KERNELS, core_solves
from simulation.errors import RunError
from simulation.report.figures.benchmarks import over_time

__all__ = ["write_timeline"]


def write_timeline(sessions: Sequence[Session], folder: Path) -> Path:
    """Draw the core's time per schedule over all sessions into a folder; a line a case, kernels and processor.

    Raises:
        RunError: if no session has timed the core's solve.
    """
    lines: dict[str, list[tuple[datetime, float]]] = {}
    for session in sessions:
        for figure in core_solves(session):
            title = f"{figure.case}, {CORE_KERNELS[figure.solver]}, {session.machine.processor}"
            lines.setdefault(title, []).append((session.started_utc, figure.median_ms))
    if not lines:
        raise RunError(f"{folder}: no session has timed the core yet; run yuimaru bench --save first")
    drawn = over_time(lines)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{drawn.name}.{drawn.ending}"
    path.write_bytes(drawn.data)
    return path
