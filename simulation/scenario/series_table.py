"""Files that hold a time series: CSV, packed CSV or Parquet in one of the named shapes -> stamps and values."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from jaxtyping import Float, Int
from pydantic import Field

from simulation.errors import Fault, SeriesError
from simulation.scenario.demand import SeriesFile
from simulation.scenario.legal import brief, did_you_mean, listed
from simulation.scenario.part import Part
from simulation.scenario.preset import preset_names, read_presets

__all__ = ["SeriesTable", "Shape", "read_table"]

_MOST_LINES_ABOVE_HEADINGS = 30
_THOUSANDS = r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?"
_UNIT_IN_HEADING = re.compile(r"(?:^|[_\s(\[（])((?:万|k|M|G)?Wh?|kVA)[)\]）]?$", re.IGNORECASE)


class Shape(Part):
    """How a file is laid out; see presets/series_shapes.toml."""

    title: str = Field(description="the shape, for people")
    encoding: Literal["utf-8-sig", "cp932"] = Field(default="utf-8-sig", description="how text is coded")
    label: Literal["start", "end"] = Field(default="start", description="end of the interval that a stamp marks")
    order: Literal["year_first", "day_first"] = Field(default="year_first", description="order within a date")
    date_columns: tuple[str, ...] = Field(default=(), description="headings of the column of dates, where apart")
    time_columns: tuple[str, ...] = Field(default=(), description="headings of the column of times, where apart")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesTable:
    """Stamps and values of a file as they stand there, row by row."""

    path: Path
    shape: Shape
    stamps: pd.Series
    values: Float[np.ndarray, " N"]
    lines: Int[np.ndarray, " N"]

    def error(self, row: int, given: str, legal: str, hint: str = "") -> SeriesError:
        """What is wrong at a row, with its line in the file and its stamp."""
        stamp = self.stamps.iloc[row]
        return _error(self.path, f"line {self.lines[row]} ({stamp})", given, legal, hint)


def read_table(file: SeriesFile, path: Path) -> SeriesTable:
    """Read the stamps and one column of a file.

    Raises:
        SeriesError: if the file, its coding, a column or a value is not as the scenario says.
    """
    shapes = preset_names("series_shapes")
    if file.shape not in shapes:
        raise _error(path, "shape", repr(file.shape), f"one of {listed(shapes)}", did_you_mean(file.shape, shapes))
    shape = Shape.model_validate(read_presets("series_shapes")[file.shape])
    _check_unit(file, path)
    _check_file(path)
    if path.suffix in (".parquet", ".pq"):
        try:
            frame = pd.read_parquet(path).reset_index()
        except (OSError, ValueError) as error:
            raise _error(path, "file", str(error).splitlines()[0], "a Parquet file, as its name says") from None
        lines = np.arange(1, len(frame) + 1)
        stamp_columns = _stamp_columns(list(map(str, frame.columns)), file, shape, path)
    else:
        try:
            frame, lines, stamp_columns = _read_csv(file, shape, path)
        except csv.Error as error:
            raise _error(path, "file", str(error), "a CSV file with commas, or Parquet named .parquet") from None
    stamps = pd.Series(frame[stamp_columns[0]])
    if len(stamp_columns) == 2:
        stamps = stamps.astype(str).str.strip() + " " + pd.Series(frame[stamp_columns[1]]).astype(str).str.strip()
    table = SeriesTable(path=path, shape=shape, stamps=stamps, values=np.zeros(len(frame)), lines=lines)
    return replace(table, values=_numbers(pd.Series(frame[file.column]), table))


def _read_csv(
    file: SeriesFile, shape: Shape, path: Path
) -> tuple[pd.DataFrame, Int[np.ndarray, " N"], tuple[str, ...]]:
    """The needed columns as text, the line of each row, and the columns that hold the stamp."""
    text = _text(file, shape, path)
    headings, above = _headings(text, file, shape)
    stamp_columns = _stamp_columns(headings, file, shape, path)
    places = [headings.index(name) for name in (*stamp_columns, file.column)]
    reader = csv.reader(io.StringIO(text), skipinitialspace=True)
    for _ in range(above + 1):
        next(reader)
    cells, lines = [], []
    for row in reader:
        if not any(row):
            continue
        if any(row[len(headings) :]) or len(row) <= max(places):
            legal = f"{len(headings)} cells, as there are headings"
            hint = "numbers with commas need quotes" if len(row) > len(headings) else ""
            raise _error(path, f"line {reader.line_num}", f"{len(row)} cells", legal, hint)
        cells.append([row[place] for place in places])
        lines.append(reader.line_num)
    frame = pd.DataFrame(cells, columns=[*stamp_columns, file.column], dtype=object)
    return frame, np.array(lines, dtype=np.int64), stamp_columns


def _text(file: SeriesFile, shape: Shape, path: Path) -> str:
    data = path.read_bytes()
    try:
        data = gzip.decompress(data) if path.suffix == ".gz" else data
        return data.decode(shape.encoding)
    except (OSError, EOFError, zlib.error) as error:
        raise _error(path, "file", str(error), "a file packed by gzip, since its name ends in .gz") from None
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        hint = f"name another shape ({listed(preset_names('series_shapes'))}), or save the file as UTF-8"
        given = f"the byte 0x{data[error.start]:02x}"
        raise _error(path, f"line {line}", given, f"{shape.encoding}, as shape {file.shape} has it", hint) from None


def _headings(text: str, file: SeriesFile, shape: Shape) -> tuple[list[str], int]:
    """The line of headings, the first that holds the column of values, and how many lines stand above it."""
    first: list[str] = []
    for at, cells in enumerate(csv.reader(io.StringIO(text), skipinitialspace=True)):
        if file.column in cells:
            return cells, at
        first = first or cells
        if at == _MOST_LINES_ABOVE_HEADINGS:
            break
    return first, 0


def _stamp_columns(headings: list[str], file: SeriesFile, shape: Shape, path: Path) -> tuple[str, ...]:
    """The columns of the stamp: one, or date and time; the column of values is checked in passing."""
    if file.column not in headings:
        hint = did_you_mean(file.column, headings)
        if len(headings) == 1 and (";" in headings[0] or "\t" in headings[0]):
            hint = "the file has semicolons or tabs between its columns: export it with commas"
        raise _error(path, "column", repr(file.column), f"one of the headings {listed(headings)}", hint)
    found: list[str] = []
    for wanted in (shape.date_columns or (file.time_column,), shape.time_columns):
        there = [name for name in wanted if name in headings]
        if wanted and not there:
            given = f"the headings {listed(headings)}"
            what = "a column of dates and one of times" if shape.date_columns else "a column of stamps"
            hint = "" if shape.date_columns else "set time_column to its heading"
            raise _error(path, "time", given, f"{what}: {' or '.join(map(repr, wanted))}", hint)
        found += there[:1]
    return tuple(found)


def _check_file(path: Path) -> None:
    """Something must stand there, and be a file with content that may be read."""
    legal = "a CSV or Parquet file, relative to the scenario file"
    try:
        with path.open("rb") as file:
            if file.read(1):
                return
    except FileNotFoundError:
        near = did_you_mean(path.name, [item.name for item in path.parent.glob("*")] if path.parent.is_dir() else [])
        raise _error(path, "path", "no such file", legal, near or "mend the path, or put the file there") from None
    except IsADirectoryError:
        there = listed(sorted(item.name for item in path.glob("*") if item.is_file()))
        raise _error(path, "path", "a folder", legal, f"name a file in it; there are: {there}") from None
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise _error(path, "path", said, legal, "see that it can be opened") from None
    raise _error(path, "file", "an empty file", "a line of headings, then a row for each interval", "export it again")


def _check_unit(file: SeriesFile, path: Path) -> None:
    """A heading that names its unit must name the one that the scenario says."""
    said = _UNIT_IN_HEADING.search(file.column)
    if said is not None and said[1].lower() != file.unit.lower():
        given = f"unit = {file.unit!r} for the column {file.column!r}"
        hint = f"set unit to {said[1]}, or rename the column if its heading is wrong"
        raise _error(path, "unit", given, f"the unit in the heading, {said[1]}", hint)


def _numbers(cells: pd.Series, table: SeriesTable) -> Float[np.ndarray, " N"]:
    """Values as numbers, none missing and none below 0."""
    values: np.ndarray
    if pd.api.types.is_numeric_dtype(cells):
        values = np.asarray(cells, dtype=float)
    else:
        text = cells.astype(str).str.strip()
        odd = np.flatnonzero(text.str.contains(",", regex=False) & ~text.str.fullmatch(_THOUSANDS))
        if len(odd):
            legal = "a point before decimals; commas only between thousands, as in 1,234.5"
            hint = f"{len(odd)} such rows; export the file with decimal points, or replace the decimal commas"
            raise table.error(int(odd[0]), repr(text.iloc[int(odd[0])]), legal, hint)
        values = np.asarray(pd.to_numeric(text.str.replace(",", "", regex=False), errors="coerce"), dtype=float)
    wrong = np.flatnonzero(~np.isfinite(values))
    if len(wrong):
        cell = cells.iloc[int(wrong[0])]
        empty = cell == "" or pd.isna(cell)
        given = "no value" if empty else brief(cell)
        more = f"; {len(wrong)} such rows" if len(wrong) > 1 else ""
        raise table.error(int(wrong[0]), given + more, "a number", "fill the gap, or choose a period without it")
    below = np.flatnonzero(values < 0)
    if len(below):
        hint = "a load does not feed in: take PV out of the series and describe it under [pv]"
        raise table.error(int(below[0]), f"{values[below[0]]:g}", "0 or more", hint)
    return values


def _error(path: Path, where: str, given: str, legal: str, hint: str = "") -> SeriesError:
    return SeriesError(f"{path}: {Fault(where=where, given=given, legal=legal, hint=hint)}")
