"""Files with series, and the clocks to put them on."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest

from simulation.errors import SeriesError
from simulation.scenario.clock import Clock
from simulation.scenario.demand import SeriesFile
from simulation.scenario.series import read_series


def tokyo(start: str, n_steps: int, step_min: int = 60) -> Clock:
    return local_clock(start, n_steps, step_min, "Asia/Tokyo")


def local_clock(start: str, n_steps: int, step_min: int, zone: str) -> Clock:
    utc = pd.Timestamp(start, tz=zone).tz_convert("UTC").tz_localize(None).to_pydatetime()
    return Clock(start_utc=utc, step_min=step_min, n_steps=n_steps, zone=zone)


def described(**changes: object) -> SeriesFile:
    table = {"path": "load.csv", "column": "load", "unit": "kW", "zone": "Asia/Tokyo"}
    return SeriesFile.model_validate(table | changes)


def csv_of(stamps: list[str], values: list[object] | None = None, head: str = "time,load") -> str:
    values = list(range(1, len(stamps) + 1)) if values is None else values
    return "\n".join([head, *(f"{stamp},{value}" for stamp, value in zip(stamps, values, strict=True))]) + "\n"


def hours(day: str, n: int = 24) -> list[str]:
    return [f"{moment:%Y-%m-%d %H:%M}" for moment in pd.date_range(day, periods=n, freq="60min")]


def write(folder: Path, text: str, name: str = "load.csv", encoding: str = "utf-8") -> None:
    data = text.encode(encoding)
    (folder / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)


def refused(tmp_path: Path, file: SeriesFile, clock: Clock, *said: str) -> None:
    with pytest.raises(SeriesError) as caught:
        read_series(file, tmp_path, clock)
    message = str(caught.value)
    assert str(tmp_path / file.path) in message
    for text in said:
        assert text in message, message
