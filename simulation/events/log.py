"""The event log: what happened, when, to what, in words, and what brought it about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from simulation.events.causes import NO_CAUSE
from simulation.events.trajectory import EventRecord
from simulation.scenario.clock import Clock

__all__ = ["Log"]


class Log:
    """Event records of one world, in the order of time; the text starts with the wall clock of the place.

    A record is known by its index in ``records``; a cause is the index of the record that brought it about.
    ``now_h`` is the hour that the next records carry [h].
    """

    __slots__ = ("_scenario", "_start", "_zone", "now_h", "records")

    def __init__(self, clock: Clock, scenario: int) -> None:
        self._start = datetime.replace(clock.start_utc, tzinfo=UTC)
        self._zone = ZoneInfo(clock.zone)
        self._scenario = scenario
        self.now_h = 0.0
        self.records: list[EventRecord] = []

    def say(
        self,
        kind: str,
        element: str,
        words: str,
        value: float = 0.0,
        *,
        cause: int = NO_CAUSE,
        hour: float | None = None,
    ) -> int:
        """Write down one event; its index.

        Args:
            kind: what kind of event it is, one word.
            element: full name of what it happened to.
            words: what happened, for people.
            value: how much, in the unit of the kind.
            cause: index of the record that brought it about; -1 where none did.
            hour: when, where the world has not been settled at this moment [h]; default: now.
        """
        time_h = self.now_h if hour is None else hour
        self.records.append(
            EventRecord(
                scenario=self._scenario,
                time_h=time_h,
                element=element,
                kind=kind,
                value=float(value),
                text=self._text(time_h, words),
                cause=cause,
            )
        )
        return len(self.records) - 1

    def reword(self, record: int, words: str) -> None:
        """Tell an event again, once more is known of it."""
        self.records[record] = replace(self.records[record], text=self._text(self.records[record].time_h, words))

    def _text(self, time_h: float, words: str) -> str:
        moment = self._start + timedelta(minutes=round(time_h * 60.0))
        local = moment.astimezone(self._zone).isoformat(" ")
        return f"{local[:16]} {words}"  # to the minute; a format that has to be parsed takes twice as long
