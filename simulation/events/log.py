"""The event log: what happened, when, to what, and in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from simulation.events.trajectory import EventRecord
from simulation.scenario.clock import Clock

__all__ = ["Log"]


class Log:
    """Event records of one world, in the order of time; the text starts with the wall clock of the place."""

    __slots__ = ("_now_h", "_scenario", "_start", "_zone", "records")

    def __init__(self, clock: Clock, scenario: int) -> None:
        self._start = datetime.replace(clock.start_utc, tzinfo=UTC)
        self._zone = ZoneInfo(clock.zone)
        self._scenario = scenario
        self._now_h = 0.0
        self.records: list[EventRecord] = []

    def set_time(self, now_h: float) -> None:
        """Hour that the next records carry [h]."""
        self._now_h = now_h

    def say(self, kind: str, element: str, words: str, value: float = 0.0) -> None:
        """Write down one event."""
        moment = self._start + timedelta(minutes=round(self._now_h * 60.0))
        text = f"{moment.astimezone(self._zone):%Y-%m-%d %H:%M} {words}"
        self.records.append(
            EventRecord(
                scenario=self._scenario, time_h=self._now_h, element=element, kind=kind, value=float(value), text=text
            )
        )
