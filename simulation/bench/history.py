"""The history of timings: a line of JSON per session, with the machine, the versions and the commit."""

from __future__ import annotations

import json
import math
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from simulation.bench.machine import Machine
from simulation.bench.measure import Figure
from simulation.bench.references import CORE
from simulation.errors import RunError

__all__ = ["HISTORY", "Session", "append", "read"]

HISTORY = "history.jsonl"
"""Name of the file in the folder of benchmarks."""

_NAMES_BEFORE = {"InteriorPoint": CORE.name}
"""Names in histories of what is called otherwise now: the core on the flagship's week, which is too small for numba."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One session of measuring; ``absent`` names packages of references that were not installed.

    ``others_load`` is the highest 1-minute load by other processes between its cells (None: not watched).
    """

    started_utc: datetime
    command: str
    commit: str | None
    machine: Machine
    absent: tuple[str, ...] = ()
    others_load: float | None = None
    figures: tuple[Figure, ...] = ()
    scaling: tuple[Figure, ...] = ()

    def as_line(self) -> str:
        """The session as one line of JSON."""
        table = _plain(asdict(self) | {"started_utc": self.started_utc.isoformat()})
        return json.dumps(table, ensure_ascii=False, allow_nan=False) + "\n"


def append(path: Path, session: Session) -> None:
    """Add a session at the end of the history, in one write.

    Raises:
        RunError: if the history that is there cannot be read; it is left as it is.
    """
    read(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(descriptor, session.as_line().encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(path: Path) -> list[Session]:
    """All sessions, oldest first; none where there is no file.

    Raises:
        RunError: naming the first line that is not a session.
    """
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    if text and not text.endswith("\n"):
        number = text.count("\n") + 1
        raise RunError(f"{path}, line {number}: cut short; take the line out, or put the file back from git")
    return [_session(path, number, line) for number, line in enumerate(text.splitlines(), start=1)]


def _session(path: Path, number: int, line: str) -> Session:
    try:
        table: dict[str, Any] = json.loads(line)
        figures: list[dict[str, Any]] = table["figures"]
        return Session(
            started_utc=datetime.fromisoformat(table["started_utc"]),
            command=table["command"],
            commit=table["commit"],
            machine=Machine(**table["machine"]),
            absent=tuple(table["absent"]),
            others_load=table.get("others_load"),
            figures=tuple(_figure(one) for one in figures),
            scaling=tuple(_figure(one) for one in table["scaling"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        problem = str(error).splitlines()[0]
        raise RunError(
            f"{path}, line {number}: not a session of benchmarks ({problem}); take the line out, or put the file back "
            "from git"
        ) from error


def _figure(table: dict[str, Any]) -> Figure:
    solver = _NAMES_BEFORE.get(table["solver"], table["solver"])
    fields: dict[str, Any] = {**table, "solver": solver, "faults": tuple(table["faults"])}
    return Figure(**fields)


def _plain(value: Any) -> Any:
    """The same with None for what is not a number, which JSON cannot say."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
