"""A measured or simulated series on file -> mean power of every step of the scenario's clock."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int

from simulation.errors import Fault, SeriesError
from simulation.scenario.clock import Clock
from simulation.scenario.demand import SeriesFile
from simulation.scenario.series_table import read_table
from simulation.scenario.spec import Spec
from simulation.scenario.stamps import utc_starts
from simulation.units import MINUTES_PER_HOUR

__all__ = ["check_series", "read_series"]

_KW_PER_UNIT = {"kW": 1.0, "kWh": 1.0, "W": 1e-3, "MW": 1e3, "MWh": 1e3}
_FILES_KEPT = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class _Series:
    """Mean power of even intervals; energy is counted from the start of the first [kWh]."""

    start_min: int
    step_min: int
    energy_kwh: Float[np.ndarray, " N1"]

    @property
    def end_min(self) -> int:
        return self.start_min + self.step_min * (len(self.energy_kwh) - 1)

    def covers(self, start_min: Int[np.ndarray, " T"], length_min: int) -> Bool[np.ndarray, " T"]:
        return (start_min >= self.start_min) & (start_min + length_min <= self.end_min)

    def mean_kw(self, start_min: Int[np.ndarray, " T"], length_min: int) -> Float[np.ndarray, " T"]:
        """Mean power from each start on: energy at its end less energy at its start, so none is lost or made."""
        edges_min = self.start_min + self.step_min * np.arange(len(self.energy_kwh))
        taken = np.interp(start_min + length_min, edges_min, self.energy_kwh) - np.interp(
            start_min, edges_min, self.energy_kwh
        )
        return np.maximum(taken * (MINUTES_PER_HOUR / length_min), 0.0)


def read_series(file: SeriesFile, folder: str | Path, clock: Clock) -> Float[np.ndarray, " T"]:
    """Mean power of every step of the clock [kW].

    Steps of other lengths than the file's get the mean of the power over them, so energy is kept.  With
    ``repeat_years`` a step that the file does not cover takes the same month, day and hour, by the scenario's clock,
    of the nearest year that it does; 29 February takes the 28th where that year has none.

    Args:
        file: which file and column, and how its clock and unit are to be read.
        folder: where a relative path starts.
        clock: grid with T steps.

    Raises:
        SeriesError: if the file is not as described, has gaps or doubles, or does not cover the period; names the
            file, the line or time, what is legal, and what to do.
    """
    path = Path(folder) / file.path
    try:
        changed_ns = path.stat().st_mtime_ns
    except (OSError, ValueError):  # said where it is read
        changed_ns = 0
    series = _read(file, path, changed_ns)  # pyright: ignore[reportArgumentType]  frozen models have a hash
    start_min = _minutes(clock.utc)
    source_min = _repeated(series, clock) if file.repeat_years else start_min
    missing = np.flatnonzero(~series.covers(source_min, clock.step_min))
    if len(missing):
        raise _too_short(file, path, series, clock, int(missing[0]))
    return series.mean_kw(source_min, clock.step_min)


def check_series(spec: Spec, scenario: str) -> None:
    """Read every series that a scenario points at, as a run would.

    Args:
        spec: the scenario.
        scenario: its file, for the message.

    Raises:
        SeriesError: with what is wrong with each series, beside the path of the table that points at it.
    """
    wrong = []
    for load in spec.loads:
        if load.part.series is not None:
            try:
                read_series(load.part.series, spec.folder, spec.clock)
            except SeriesError as error:
                wrong.append(f"  - building.{load.name}.series: {error}")
    if wrong:
        count = f"{len(wrong)} series" if len(wrong) > 1 else "a series"
        raise SeriesError("\n".join([f"{scenario}: {count} that cannot be used", *wrong]))


@lru_cache(maxsize=_FILES_KEPT)
def _read(file: SeriesFile, path: Path, changed_ns: int) -> _Series:
    """The series of a file; ``changed_ns`` makes a changed file a new one."""
    del changed_ns
    table = read_table(file, path)
    starts_min, step_min = utc_starts(table, file.zone)
    per_interval_h = step_min / MINUTES_PER_HOUR
    to_kwh = _KW_PER_UNIT[file.unit] * (1.0 if file.unit.endswith("h") else per_interval_h)
    energy_kwh = np.concatenate([[0.0], np.cumsum(table.values * to_kwh)])
    energy_kwh.setflags(write=False)
    start_min = int(starts_min[0]) + round(file.shift_h * MINUTES_PER_HOUR)
    return _Series(start_min=start_min, step_min=step_min, energy_kwh=energy_kwh)


def _repeated(series: _Series, clock: Clock) -> Int[np.ndarray, " T"]:
    """Where in the file each step is taken from: the nearest year that covers it; unchanged where none does [min]."""
    source_min = _minutes(clock.utc)
    first, last = (pd.Timestamp(edge, unit="m").year for edge in (series.start_min, series.end_min))
    years = clock.local.year.to_numpy()
    reach = range(int(first - years.max()) - 1, int(last - years.min()) + 2)
    open_steps = ~series.covers(source_min, clock.step_min)
    for ahead in sorted(reach, key=lambda years_ahead: (abs(years_ahead), years_ahead)):
        if not open_steps.any():
            break
        moved_min = _in_other_year(clock, ahead)
        found = open_steps & series.covers(moved_min, clock.step_min)
        source_min = np.where(found, moved_min, source_min)
        open_steps &= ~found
    return source_min


def _in_other_year(clock: Clock, years_ahead: int) -> Int[np.ndarray, " T"]:
    """UTC minutes of the same month, day and hour on the clock of the place, some years later."""
    wall = clock.local.tz_localize(None)
    moved = wall + pd.DateOffset(years=years_ahead)  # 29 February becomes the 28th
    first = np.ones(len(moved), dtype=bool)
    utc = moved.tz_localize(ZoneInfo(clock.zone), ambiguous=first, nonexistent="shift_forward")
    return _minutes(utc.tz_convert("UTC"))


def _minutes(moments: pd.DatetimeIndex) -> Int[np.ndarray, " T"]:
    return moments.tz_localize(None).to_numpy().astype("datetime64[m]").astype(np.int64)


def _too_short(file: SeriesFile, path: Path, series: _Series, clock: Clock, step: int) -> SeriesError:
    zone = ZoneInfo(clock.zone)

    def local(minutes: int) -> str:
        return pd.Timestamp(minutes, unit="m", tz="UTC").tz_convert(zone).strftime("%Y-%m-%d %H:%M")

    start = local(int(_minutes(clock.utc)[step]))
    hint = "choose a period inside it" if file.repeat_years else "choose a period inside it, or set repeat_years = true"
    fault = Fault(
        where=f"column {file.column}",
        given=f"values from {local(series.start_min)} to {local(series.end_min)} ({clock.zone})",
        legal=f"values for the whole period; there is none at {start}",
        hint=hint,
    )
    return SeriesError(f"{path}: {fault}")
