"""Time stamps of a file -> the UTC start of every interval, on an even grid or with a clear error."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd
from jaxtyping import Bool, Int

from simulation.errors import SeriesError
from simulation.scenario.series_table import SeriesTable

__all__ = ["utc_starts"]

_CLOCK = r"(?:[T ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.0+)?)?)?"
_OFFSET = r"\s*(?P<offset>Z|[+-]\d{2}:?\d{2})?$"
_PATTERN = {
    "year_first": r"^(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})" + _CLOCK + _OFFSET,
    "day_first": r"^(?P<day>\d{1,2})[./-](?P<month>\d{1,2})[./-](?P<year>\d{4})" + _CLOCK + _OFFSET,
}
_LOOKS = {"year_first": "2026-08-03 14:30 or 2026/8/3 24:00", "day_first": "03.08.2026 14:30"}
_MINUTES_PER_DAY = 24 * 60


def utc_starts(table: SeriesTable, zone: str) -> tuple[Int[np.ndarray, " N"], int]:
    """Start of every interval, and the length of them all.

    Args:
        table: with the stamps of N rows, in the order of the file.
        zone: IANA name of the clock that stamps without an offset were read from.

    Returns:
        Minutes from the start of 1970 in UTC, and the step [min].

    Raises:
        SeriesError: if a stamp cannot be read, is not in the zone's clock, or the grid has a gap or a double.
    """
    if len(table.stamps) < 2:
        raise SeriesError(f"{table.path}: given {len(table.stamps)} rows; legal: at least 2")
    stamp_min, has_offset = _minutes(table)
    if has_offset.all():
        step = _usual_step(stamp_min)
        starts = stamp_min - step if table.shape.label == "end" else stamp_min
        return _even(starts, step, table), step
    if has_offset.any():
        row = int(np.flatnonzero(~has_offset)[0])
        raise table.error(row, "a stamp without an offset", "offsets in every row, as in others, or in none")
    step = _usual_step(stamp_min)
    if table.shape.label == "start":
        return _even(_in_utc(stamp_min, zone, table), step, table), step
    try:
        return _even(_in_utc(stamp_min - step, zone, table), step, table), step
    except SeriesError:
        try:  # where the clock changes, some files label an end by what the clock then shows
            return _even(_in_utc(stamp_min, zone, table) - step, step, table), step
        except SeriesError:
            pass
        raise


def _minutes(table: SeriesTable) -> tuple[Int[np.ndarray, " N"], Bool[np.ndarray, " N"]]:
    """Every stamp in minutes from 1970: of UTC where it has an offset, else of the clock on the wall."""
    stamps = table.stamps
    if isinstance(stamps.dtype, pd.DatetimeTZDtype):
        stamps = stamps.dt.tz_convert("UTC").dt.tz_localize(None)
        return _whole_minutes(stamps, table), np.ones(len(stamps), dtype=bool)
    if pd.api.types.is_datetime64_dtype(stamps):
        return _whole_minutes(stamps, table), np.zeros(len(stamps), dtype=bool)
    order = table.shape.order
    parts = stamps.astype(str).str.strip().str.extract(_PATTERN[order])
    numbers = parts[["year", "month", "day", "hour", "minute", "second"]].astype(float)
    hour, minute = numbers["hour"].fillna(0.0), numbers["minute"].fillna(0.0)
    date = pd.to_datetime(numbers[["year", "month", "day"]], errors="coerce")
    legal = date.notna() & (minute < 60) & (hour * 60 + minute <= _MINUTES_PER_DAY)
    if not legal.all():
        row = int(np.flatnonzero(~legal)[0])
        hint = "name the shape that fits, or mend the stamp"
        raise table.error(row, repr(str(stamps.iloc[row])), f"a stamp such as {_LOOKS[order]}", hint)
    if (numbers["second"].fillna(0.0) != 0).any():
        row = int(np.flatnonzero(numbers["second"].fillna(0.0) != 0)[0])
        raise table.error(row, repr(str(stamps.iloc[row])), "stamps on whole minutes")
    clock = _whole_minutes(date, table) + (hour * 60 + minute).to_numpy().astype(np.int64)
    offset = parts["offset"].where(parts["offset"].notna(), "").str.replace(":", "").replace("Z", "+0000")
    has_offset = (offset != "").to_numpy()
    sign = np.where(offset.str.startswith("-"), -1, 1)
    hours, minutes = (offset.str[1:3].where(has_offset, "0"), offset.str[3:5].where(has_offset, "0"))
    ahead_min = hours.astype(np.int64).to_numpy() * 60 + minutes.astype(np.int64).to_numpy()
    return clock - sign * ahead_min, has_offset


def _whole_minutes(moments: pd.Series, table: SeriesTable) -> Int[np.ndarray, " N"]:
    if moments.isna().any():
        raise table.error(int(np.flatnonzero(moments.isna())[0]), "no stamp", "a stamp in every row")
    seconds = moments.to_numpy().astype("datetime64[s]").astype(np.int64)
    odd = np.flatnonzero(seconds % 60)
    if len(odd):
        raise table.error(int(odd[0]), str(moments.iloc[int(odd[0])]), "stamps on whole minutes")
    return seconds // 60


def _in_utc(wall_min: Int[np.ndarray, " N"], zone: str, table: SeriesTable) -> Int[np.ndarray, " N"]:
    """Minutes of the wall clock as minutes of UTC; an hour that comes twice must stand twice, in order."""
    try:
        info = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        legal = "an IANA name such as Asia/Tokyo, or UTC"
        raise SeriesError(f"{table.path}: zone: given {zone!r}; legal: {legal}") from None
    wall = pd.DatetimeIndex(wall_min.astype("datetime64[m]").astype("datetime64[s]"))
    twice = wall.tz_localize(info, ambiguous="NaT", nonexistent="shift_forward").isna()
    turn = pd.Series(wall).groupby(np.asarray(wall)).cumcount().to_numpy()
    alone = twice & ~pd.Series(wall).duplicated(keep=False).to_numpy()
    if alone.any():
        given = f"{wall[alone][0]} once, though clocks in {zone} show it twice that day"
        hint = "add the missing hour, or name a zone without clock changes if the file's clock has none"
        raise table.error(int(np.flatnonzero(alone)[0]), given, "both hours, one after the other", hint)
    utc = wall.tz_localize(info, ambiguous=turn == 0, nonexistent="NaT")
    if utc.isna().any():
        row = int(np.flatnonzero(utc.isna())[0])
        hint = "leave that hour out, or name a zone without clock changes if the file's clock has none"
        raise table.error(row, f"{wall[row]}, which clocks in {zone} skip that day", "times that exist", hint)
    seconds = utc.tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[s]").astype(np.int64)
    return seconds // 60


def _usual_step(stamp_min: Int[np.ndarray, " N"]) -> int:
    """The most common distance between rows [min]."""
    distance, count = np.unique(np.diff(stamp_min), return_counts=True)
    return int(distance[np.argmax(count)])


def _even(starts_min: Int[np.ndarray, " N"], step: int, table: SeriesTable) -> Int[np.ndarray, " N"]:
    """The starts, if each is one step after the one before."""
    if step <= 0:
        raise table.error(1, f"a usual distance of {step} min between rows", "rows in order of time", "sort the file")
    distance = np.diff(starts_min)
    wrong = np.flatnonzero(distance != step)
    if not len(wrong):
        return starts_min
    row = int(wrong[0]) + 1
    before = table.stamps.iloc[row - 1]
    if distance[row - 1] == 0:
        hint = "delete one; where clocks change in autumn, name the zone whose clock the file follows"
        raise table.error(row, "the same time twice", "each interval once", hint)
    if distance[row - 1] < 0:
        raise table.error(row, f"an earlier time than {before} above it", "rows in order of time", "sort the file")
    n_missing = distance[row - 1] / step - 1
    what = f"{n_missing:g} missing after {before}" if n_missing == int(n_missing) else f"{distance[row - 1]} min after"
    if n_missing != int(n_missing):
        what = f"a row {distance[row - 1]} min after {before}"
    legal = f"a row every {step} min"
    raise table.error(row, what, legal, "fill the gap, or choose a period without it")
