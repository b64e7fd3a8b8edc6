"""One exception tree: every message says where, what was given, what is legal, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "Fault",
    "OutputError",
    "ProblemError",
    "RunError",
    "ScenarioError",
    "SeriesError",
    "StoppedError",
    "YuimaruError",
]


class YuimaruError(Exception):
    """Anything this package raises on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with an input: where it is, what stands there, what may stand there."""

    where: str
    given: str
    legal: str
    hint: str = ""

    def __str__(self) -> str:
        hint = f"; {self.hint}" if self.hint else ""
        return f"{self.where}: given {self.given}; legal: {self.legal}{hint}"


class ScenarioError(YuimaruError):
    """A scenario file that cannot be used; carries all its faults at once."""

    def __init__(self, path: str, faults: Sequence[Fault]) -> None:
        self.path = path
        self.faults = tuple(faults)
        count = len(self.faults)
        head = f"{path}: {count} fault{'s' if count != 1 else ''}"
        super().__init__("\n".join([head, *(f"  - {fault}" for fault in self.faults)]))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[str, tuple[Fault, ...]]]:
        """What makes it anew in another process: its message alone would not."""
        return type(self), (self.path, self.faults)


class SeriesError(YuimaruError):
    """A time series that cannot be read as the scenario says."""


class ProblemError(YuimaruError):
    """Arrays of an interchange problem that contradict each other; names the element and the hour."""


class RunError(YuimaruError):
    """A run that could not be finished or whose results could not be read."""


class OutputError(YuimaruError):
    """A place that results cannot be written to, found before anything is run."""


class StoppedError(YuimaruError):
    """A run that somebody stopped; nothing half-written is left of it."""
