"""Series on file land on the clock with their energy, in every shape and zone, or say clearly why not."""

import gzip
import os
import re
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simulation.errors import SeriesError
from simulation.scenario.clock import Clock
from simulation.scenario.demand import SeriesFile
from simulation.scenario.preset import preset_names, read_presets
from simulation.scenario.series import read_series
from simulation.scenario.series_table import Shape

DATA = Path(os.environ.get("YUIMARU_DATA", Path(__file__).parents[3] / "shared" / "data"))
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="real series are not part of the project: set YUIMARU_DATA to their folder"
)


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


# ---------------------------------------------------------------------------------------- values, units and steps


def test_values_come_at_the_start_of_their_step(tmp_path):
    write(tmp_path, csv_of(hours("2026-08-03")))
    np.testing.assert_allclose(read_series(described(), tmp_path, tokyo("2026-08-03 06:00", 3)), [7, 8, 9])


@pytest.mark.parametrize(
    ("unit", "expected"), [("kW", 30.0), ("kWh", 60.0), ("W", 0.03), ("MW", 30_000.0), ("MWh", 60_000.0)]
)
def test_units_become_mean_power_and_energies_are_per_interval(tmp_path, unit, expected):
    stamps = [f"2026-08-03 {h:02d}:{m:02d}" for h in range(24) for m in (0, 30)]
    write(tmp_path, csv_of(stamps, [30.0] * 48))
    np.testing.assert_allclose(read_series(described(unit=unit), tmp_path, tokyo("2026-08-03", 24)), expected)


@pytest.mark.parametrize(
    ("file_min", "clock_min"), [(60, 30), (60, 5), (15, 30), (30, 60), (20, 30), (5, 60), (30, 20)]
)
def test_other_steps_keep_the_energy(tmp_path, file_min, clock_min):
    n = 24 * 60 // file_min
    values = np.random.default_rng(1).uniform(0, 100, n).round(3)
    stamps = [f"{moment:%Y-%m-%d %H:%M}" for moment in pd.date_range("2026-08-03", periods=n, freq=f"{file_min}min")]
    write(tmp_path, csv_of(stamps, list(values)))
    clock = tokyo("2026-08-03", 24 * 60 // clock_min, clock_min)
    kw = read_series(described(), tmp_path, clock)
    assert kw.sum() * clock.step_h == pytest.approx(values.sum() * file_min / 60, rel=1e-12)
    if file_min % clock_min == 0:
        np.testing.assert_allclose(kw, np.repeat(values, file_min // clock_min))
    if clock_min % file_min == 0:
        np.testing.assert_allclose(kw, values.reshape(-1, clock_min // file_min).mean(axis=1))


def test_steps_that_do_not_divide_take_their_share_of_each_interval(tmp_path):
    write(tmp_path, csv_of(["2026-08-03 00:00", "2026-08-03 00:20", "2026-08-03 00:40"], [30, 60, 90]))
    kw = read_series(described(), tmp_path, tokyo("2026-08-03", 2, 30))
    np.testing.assert_allclose(kw, [(30 * 20 + 60 * 10) / 30, (60 * 10 + 90 * 20) / 30])


def test_shift_moves_every_stamp(tmp_path):
    write(tmp_path, csv_of(hours("2026-08-03", 48)))
    kw = read_series(described(shift_h=24), tmp_path, tokyo("2026-08-04", 3))
    np.testing.assert_allclose(kw, [1, 2, 3])


def test_changed_file_is_read_again(tmp_path):
    write(tmp_path, csv_of(hours("2026-08-03")))
    clock = tokyo("2026-08-03", 1)
    assert read_series(described(), tmp_path, clock)[0] == 1
    write(tmp_path, csv_of(hours("2026-08-03"), [9.0] * 24))
    os.utime(tmp_path / "load.csv", ns=(1, 1))
    assert read_series(described(), tmp_path, clock)[0] == 9


# -------------------------------------------------------------------------------------------------------- shapes


def test_every_shape_is_described_and_valid():
    for name in preset_names("series_shapes"):
        assert Shape.model_validate(read_presets("series_shapes")[name]).title, name


@pytest.mark.parametrize(
    "stamps",
    [
        ["2026-08-03 00:00", "2026-08-03 01:00"],
        ["2026/8/3 0:00", "2026/8/3 1:00"],
        ["2026-08-03T00:00:00", "2026-08-03T01:00:00"],
        ["2026-08-03T00:00:00+09:00", "2026-08-03T01:00:00+0900"],
        ["2026-08-02T15:00:00Z", "2026-08-02T16:00:00Z"],
        ["2026-08-02T12:00:00-03:00", "2026-08-02T13:00:00-03:00"],
    ],
)
def test_stamps_are_read_in_every_year_first_form(tmp_path, stamps):
    write(tmp_path, csv_of(stamps, [5, 6]))
    np.testing.assert_allclose(read_series(described(), tmp_path, tokyo("2026-08-03", 2)), [5, 6])


def test_day_first_stamps_need_their_shape(tmp_path):
    write(tmp_path, csv_of(["03.08.2026 00:00", "03.08.2026 01:00"], [5, 6]))
    clock = tokyo("2026-08-03", 2)
    np.testing.assert_allclose(read_series(described(shape="day_first"), tmp_path, clock), [5, 6])
    with pytest.raises(SeriesError, match="line 2 .*given '03.08.2026 00:00'; legal: a stamp such as 2026-08-03"):
        read_series(described(), tmp_path, clock)


def test_end_labels_with_24h_are_the_day_before_their_midnight(tmp_path):
    stamps = [f"2026/8/3 {h}:00" for h in range(1, 25)]
    write(tmp_path, csv_of(stamps))
    kw = read_series(described(shape="end_labels"), tmp_path, tokyo("2026-08-03", 24))
    np.testing.assert_allclose(kw, np.arange(1, 25))


def test_utility_shape_is_cp932_with_lines_above_and_two_columns(tmp_path):
    rows = [f"2026/8/3,{h}:{m:02d},{10 * h + m / 30:g}" for h in range(24) for m in (0, 30)]
    text = "\n".join(["単位[MW平均],,供給力", "", "DATE,TIME,エリア需要", *rows, ",,", ""])
    write(tmp_path, text, encoding="cp932")
    file = described(shape="utility", column="エリア需要", unit="MW")
    kw = read_series(file, tmp_path, tokyo("2026-08-03", 48, 30))
    np.testing.assert_allclose(kw[:4], [0, 1000, 10_000, 11_000])


def test_meter_shape_is_cp932_with_end_labels_to_24h(tmp_path):
    rows = [f'2026/8/3,{(m + 30) // 60}:{(m + 30) % 60:02d},"1,{m:03d}"' for m in range(0, 1440, 30) if m < 1000]
    rows += [f"2026/8/3,{(m + 30) // 60}:{(m + 30) % 60:02d},{m}" for m in range(1020, 1440, 30)]
    write(tmp_path, "\n".join(["日付,時刻,使用量(kWh)", *rows]), encoding="cp932")
    file = described(shape="utility_end", column="使用量(kWh)", unit="kWh")
    kw = read_series(file, tmp_path, tokyo("2026-08-03", 48, 30))
    assert kw[0] == pytest.approx(2 * 1000)
    assert kw[1] == pytest.approx(2 * 1030)
    assert kw[-1] == pytest.approx(2 * 1410)


def test_cp932_stamps_in_one_column_at_the_end(tmp_path):
    write(tmp_path, csv_of([f"2026/08/03 {h}:00" for h in range(1, 25)], head="計測時刻,load"), encoding="cp932")
    file = described(shape="utility_stamp_end", time_column="計測時刻")
    np.testing.assert_allclose(read_series(file, tmp_path, tokyo("2026-08-03", 2)), [1, 2])


def test_date_and_time_in_two_columns(tmp_path):
    text = "date,time,load\n" + "".join(f"2026-08-03,{h:02d}:00,{h}\n" for h in range(24))
    write(tmp_path, text)
    kw = read_series(described(shape="date_and_time"), tmp_path, tokyo("2026-08-03", 24))
    np.testing.assert_allclose(kw, np.arange(24))


def test_packed_csv_and_parquet_hold_the_same(tmp_path):
    write(tmp_path, csv_of(hours("2026-08-03")), "load.csv.gz")
    moments = pd.date_range("2026-08-03", periods=24, freq="60min", tz="Asia/Tokyo")
    frame = pd.DataFrame({"time": moments, "load": np.arange(1.0, 25.0)})
    frame.to_parquet(tmp_path / "aware.parquet")
    frame.assign(time=moments.tz_localize(None)).set_index("time").to_parquet(tmp_path / "naive.parquet")
    clock = tokyo("2026-08-03", 24)
    for path in ("load.csv.gz", "aware.parquet", "naive.parquet"):
        np.testing.assert_allclose(read_series(described(path=path), tmp_path, clock), np.arange(1, 25))


# ------------------------------------------------------------------------------------------- clocks that change


BERLIN_SPRING = [h for h in hours("2026-03-29") if not h.endswith("02:00")]
BERLIN_AUTUMN = [*hours("2026-10-25", 3), "2026-10-25 02:00", *hours("2026-10-25")[3:]]


@pytest.mark.parametrize(("stamps", "n"), [(BERLIN_SPRING, 23), (BERLIN_AUTUMN, 25)])
def test_local_clock_file_loads_on_days_of_23_and_25_hours(tmp_path, stamps, n):
    write(tmp_path, csv_of(stamps))
    clock = local_clock(stamps[0], n, 60, "Europe/Berlin")
    kw = read_series(described(zone="Europe/Berlin"), tmp_path, clock)
    np.testing.assert_allclose(kw, np.arange(1, n + 1))


def test_quarter_hours_of_the_double_hour_keep_their_order(tmp_path):
    utc = pd.date_range("2026-10-24 22:00", periods=100, freq="15min", tz="UTC")
    write(tmp_path, csv_of([f"{moment:%Y-%m-%d %H:%M}" for moment in utc.tz_convert("Europe/Berlin")]))
    kw = read_series(described(zone="Europe/Berlin"), tmp_path, local_clock("2026-10-25", 100, 15, "Europe/Berlin"))
    np.testing.assert_allclose(kw, np.arange(1, 101))


@pytest.mark.parametrize("by_the_clock", [False, True])
@pytest.mark.parametrize(("start", "n"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_end_labels_load_over_a_clock_change_in_both_customs(tmp_path, start, n, by_the_clock):
    clock = local_clock(start, n, 60, "Europe/Berlin")
    if by_the_clock:  # the end is labelled with what the clock shows at that moment
        ends = (clock.utc + pd.Timedelta(hours=1)).tz_convert("Europe/Berlin").tz_localize(None)
    else:  # the end is the label of the start plus one hour
        ends = clock.local.tz_localize(None) + pd.Timedelta(hours=1)
    write(tmp_path, csv_of([f"{moment:%Y-%m-%d %H:%M}" for moment in ends]))
    kw = read_series(described(zone="Europe/Berlin", shape="end_labels"), tmp_path, clock)
    np.testing.assert_allclose(kw, np.arange(1, n + 1))


def test_utc_file_lands_on_the_local_clock(tmp_path):
    write(tmp_path, csv_of(hours("2026-10-24", 72)))
    kw = read_series(described(zone="UTC"), tmp_path, local_clock("2026-10-25", 25, 60, "Europe/Berlin"))
    np.testing.assert_allclose(kw, np.arange(23, 48))


def test_leap_day_is_a_day_like_any_other(tmp_path):
    write(tmp_path, csv_of(hours("2024-02-28", 72)))
    np.testing.assert_allclose(read_series(described(), tmp_path, tokyo("2024-02-29", 24)), np.arange(25, 49))


def _refused(tmp_path: Path, file: SeriesFile, clock: Clock, *said: str) -> None:
    with pytest.raises(SeriesError) as caught:
        read_series(file, tmp_path, clock)
    message = str(caught.value)
    assert str(tmp_path / file.path) in message
    for text in said:
        assert text in message, message


def test_missing_hour_where_the_clock_goes_back_is_named(tmp_path):
    write(tmp_path, csv_of(hours("2026-10-25")))
    clock = local_clock("2026-10-25", 24, 60, "Europe/Berlin")
    _refused(tmp_path, described(zone="Europe/Berlin"), clock, "line 4", "02:00:00 once", "add the missing hour")


def test_hour_that_the_clock_skips_is_named(tmp_path):
    write(tmp_path, csv_of(hours("2026-03-29")))
    clock = local_clock("2026-03-29", 23, 60, "Europe/Berlin")
    _refused(tmp_path, described(zone="Europe/Berlin"), clock, "line 4", "which clocks in Europe/Berlin skip")


def test_missing_hour_after_the_clock_goes_forward_is_a_gap(tmp_path):
    write(tmp_path, csv_of([stamp for stamp in BERLIN_SPRING if not stamp.endswith("03:00")]))
    clock = local_clock("2026-03-29", 22, 60, "Europe/Berlin")
    _refused(tmp_path, described(zone="Europe/Berlin"), clock, "1 missing after 2026-03-29 01:00", "a row every 60 min")


def test_double_hour_under_a_zone_without_changes_is_a_double(tmp_path):
    write(tmp_path, csv_of(BERLIN_AUTUMN))
    _refused(tmp_path, described(), tokyo("2026-10-25", 24), "the same time twice", "name the zone whose clock")


# --------------------------------------------------------------------------------------------------------- faults


@pytest.mark.parametrize(
    ("stamps", "values", "said"),
    [
        (hours("2026-08-03")[:5] + hours("2026-08-03")[7:], None, ("line 7", "2 missing after 2026-08-03 04:00")),
        (hours("2026-08-03", 5)[:3] + hours("2026-08-03", 5)[2:], None, ("line 5", "the same time twice")),
        (hours("2026-08-03", 5)[::-1], None, ("rows in order of time", "sort the file")),
        ([*hours("2026-08-03", 4), "2026-08-03 02:30"], None, ("line 6", "an earlier time than", "sort the file")),
        ([*hours("2026-08-03", 4), "2026-08-03 04:30"], None, ("line 6", "a row 90 min after", "a row every 60 min")),
        (hours("2026-08-03", 3), [1, "", 3], ("line 3 (2026-08-03 01:00)", "given no value", "fill the gap")),
        (hours("2026-08-03", 3), [1, "n/a", "-"], ("line 3", "given 'n/a'; 2 such rows", "a number")),
        (hours("2026-08-03", 3), [1, 2, -3], ("line 4", "given -3", "0 or more", "[pv]")),
        (["2026-02-29 00:00", "2026-03-01 00:00"], None, ("line 2", "'2026-02-29 00:00'", "a stamp such as")),
        (["2026-08-03 24:30", "2026-08-03 25:00"], None, ("line 2", "a stamp such as")),
        (["2026-08-03 00:00:30", "2026-08-03 01:00:30"], None, ("line 2", "whole minutes")),
        (["2026-08-03 00:00", "2026-08-03 01:00+09:00"], None, ("line 2", "a stamp without an offset")),
        (["2026-08-03 00:00"], None, ("given 1 rows", "at least 2")),
    ],
)
def test_rows_that_cannot_be_used_are_named_with_their_line(tmp_path, stamps, values, said):
    write(tmp_path, csv_of(stamps, values))
    _refused(tmp_path, described(), tokyo("2026-08-03", 1), *said)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"path": "lod.csv"}, ("no such file", "did you mean load.csv?")),
        ({"column": "laod"}, ("'laod'", "one of the headings time, load", "did you mean load?")),
        ({"time_column": "stamp"}, ("a column of stamps: 'stamp'", "set time_column")),
        ({"shape": "plan"}, ("'plan'", "did you mean plain?")),
        ({"shape": "utility"}, ("a column of dates and one of times",)),
        ({"zone": "Asia/Tokio"}, ("'Asia/Tokio'", "an IANA name")),
    ],
)
def test_description_that_does_not_fit_the_file_is_refused(tmp_path, changes, said):
    write(tmp_path, csv_of(hours("2026-08-03")))
    _refused(tmp_path, described(**changes), tokyo("2026-08-03", 1), *said)


@pytest.mark.parametrize(
    ("heading", "unit", "wrong"),
    [("load_kwh", "kW", "kWh"), ("Demand [MW]", "kW", "MW"), ("使用量(kWh)", "kW", "kWh"), ("load_W", "kW", "W")],
)
def test_unit_that_contradicts_its_heading_is_refused(tmp_path, heading, unit, wrong):
    write(tmp_path, csv_of(hours("2026-08-03"), head=f"time,{heading}"))
    said = (f"unit = '{unit}'", f"the unit in the heading, {wrong.lower()}", "rename the column")
    with pytest.raises(SeriesError) as caught:
        read_series(described(column=heading, unit=unit), tmp_path, tokyo("2026-08-03", 1))
    for text in said:
        assert text.lower() in str(caught.value).lower()


@pytest.mark.parametrize("heading", ["b101_kw", "load (kW)", "KW", "load"])
def test_unit_that_agrees_with_its_heading_or_stands_alone_is_fine(tmp_path, heading):
    write(tmp_path, csv_of(hours("2026-08-03"), head=f"time,{heading}"))
    assert read_series(described(column=heading), tmp_path, tokyo("2026-08-03", 1))[0] == 1


def test_file_in_another_coding_or_not_packed_is_named(tmp_path):
    write(tmp_path, "時刻,load\n2026-08-03 00:00,1\n", encoding="cp932")
    _refused(tmp_path, described(), tokyo("2026-08-03", 1), "line 1", "the byte 0x8e", "utility")
    (tmp_path / "load.csv.gz").write_text("time,load\n")
    _refused(tmp_path, described(path="load.csv.gz"), tokyo("2026-08-03", 1), "packed by gzip")


@pytest.mark.parametrize(("name", "said"), [("load.parquet", "a Parquet file"), ("load.csv", "a CSV file with commas")])
def test_files_that_are_not_what_their_name_says_are_named(tmp_path, name, said):
    (tmp_path / name).write_bytes(b"time,load\r2026-08-03 00:00,1\r" + bytes(5) + b'\r\n"' + b"x" * 200_000)
    _refused(tmp_path, described(path=name), tokyo("2026-08-03", 1), said)


def test_lines_with_too_many_cells_are_named(tmp_path):
    write(tmp_path, "time,load\n2026-08-03 00:00,1\n2026-08-03 01:00,1,2\n")
    _refused(tmp_path, described(), tokyo("2026-08-03", 1), "line 3", "given 3 cells", "2 cells, as there are")
    write(tmp_path, "time,load\n2026-08-03 00:00\n")
    _refused(tmp_path, described(), tokyo("2026-08-03", 1), "line 2", "given 1 cells")


def test_empty_lines_are_passed_over_and_do_not_shift_the_count(tmp_path):
    write(tmp_path, csv_of(hours("2026-08-03", 3), [1, 2, "x"]).replace("\n2026-08-03 01", "\n\n,\n2026-08-03 01"))
    _refused(tmp_path, described(), tokyo("2026-08-03", 1), "line 6", "given 'x'")


@pytest.mark.parametrize(
    ("start", "n", "first"), [("2026-08-02 22:00", 4, "08-02 22:00"), ("2026-08-03 22:00", 4, "08-04")]
)
def test_period_that_the_file_does_not_cover_is_named(tmp_path, start, n, first):
    write(tmp_path, csv_of(hours("2026-08-03")))
    said = ("values from 2026-08-03 00:00 to 2026-08-04 00:00", f"none at 2026-{first}", "repeat_years = true")
    _refused(tmp_path, described(), tokyo(start, n), *said)


# ---------------------------------------------------------------------------------------------------- other years


def test_other_years_lend_the_same_month_day_and_hour(tmp_path):
    write(tmp_path, csv_of(hours("2019-01-01", 8760)))
    file = described(repeat_years=True)
    own = read_series(file, tmp_path, tokyo("2019-08-03", 24))
    np.testing.assert_allclose(read_series(file, tmp_path, tokyo("2026-08-03", 24)), own)
    np.testing.assert_allclose(read_series(file, tmp_path, tokyo("2012-08-03", 24)), own)


def test_new_year_is_crossed_and_leap_day_takes_the_28th(tmp_path):
    write(tmp_path, csv_of(hours("2019-01-01", 8760)))
    file = described(repeat_years=True)
    kw = read_series(file, tmp_path, tokyo("2025-12-31", 48))
    np.testing.assert_allclose(kw, [*range(8737, 8761), *range(1, 25)])
    leap = read_series(file, tmp_path, tokyo("2028-02-28", 72))
    np.testing.assert_allclose(leap[24:48], leap[:24])
    assert leap[48] == 59 * 24 + 1


def test_file_that_begins_in_mid_year_lends_from_either_side(tmp_path):
    write(tmp_path, csv_of(hours("2018-07-01", 8760)))
    kw = read_series(described(repeat_years=True), tmp_path, tokyo("2026-06-30", 48))
    np.testing.assert_allclose(kw, [*range(8737, 8761), *range(1, 25)])


def test_year_with_a_hole_cannot_be_lent(tmp_path):
    write(tmp_path, csv_of(hours("2019-01-01", 24 * 90)))
    file = described(repeat_years=True)
    _refused(tmp_path, file, tokyo("2026-08-03", 24), "none at 2026-08-03 00:00", "choose a period inside it")


def test_other_years_keep_to_the_wall_clock_over_clock_changes(tmp_path):
    utc = pd.date_range("2022-01-01", periods=8760, freq="60min", tz="Europe/Berlin")
    write(tmp_path, csv_of([f"{moment.isoformat()}" for moment in utc], [moment.hour for moment in utc]))
    clock = local_clock("2026-03-29", 47, 60, "Europe/Berlin")
    kw = read_series(described(zone="Europe/Berlin", repeat_years=True), tmp_path, clock)
    np.testing.assert_allclose(kw, clock.local_hour)


# ------------------------------------------------------------------------------------------------------ real files


@needs_data
def test_metered_buildings_in_utc_keep_their_published_energy():
    folder = DATA / "loads" / "cambridge_real"
    summary = pd.read_csv(folder / "summary.csv").set_index("building")
    clock = Clock(start_utc=datetime(2022, 1, 1), step_min=30, n_steps=2 * 8760, zone="Europe/London")
    file = described(path="cambridge_elec_2022_kw.csv.gz", column="b101_kw", zone="UTC", time_column="timestamp")
    kw = read_series(file, folder, clock)
    assert kw.sum() * clock.step_h == pytest.approx(summary.loc["b101", "annual_kwh"], rel=1e-4)


@needs_data
def test_reference_buildings_shift_by_a_day_and_serve_another_year():
    folder = DATA / "loads" / "doe_crb"
    file = described(
        path="doe_crb_Atlanta_2017cal_kw.csv.gz",
        column="RetailStore_kw",
        time_column="timestamp_local",
        shift_h=24,
        repeat_years=True,
    )
    kw = read_series(file, folder, tokyo("2018-03-05", 7 * 24)).reshape(7, 24).sum(axis=1)
    assert kw.argmin() == 0  # 5 March 2017 was a Sunday, whose low day stands on the Saturday before in the file


@needs_data
def test_area_demand_of_half_hours_with_offsets_fits_quarter_hours():
    folder = DATA / "grid"
    name = "tepco_area_supply_demand_fy2025_30min.csv.gz"
    file = described(path=name, column="area_demand_mw", unit="MW", time_column="timestamp")
    kw = read_series(file, folder, tokyo("2025-04-01", 4, 15))
    np.testing.assert_allclose(kw, [28_819e3, 28_819e3, 27_644e3, 27_644e3])


@needs_data
def test_german_profiles_follow_the_local_clock_through_a_day_of_23_hours():
    folder = DATA / "loads" / "simbench"
    name = "simbench_load_profiles_2016_15min_pu.csv.gz"
    clock = local_clock("2016-03-27", 23 * 4, 15, "Europe/Berlin")
    file = described(path=name, column="G0-A", zone="Europe/Berlin", shape="day_first")
    assert len(read_series(file, folder, clock)) == 92


@needs_data
def test_metered_homes_begin_at_an_odd_hour_of_a_leap_year():
    folder = DATA / "loads" / "citylearn2022_homes"
    file = described(path="homes_load_kw.csv.gz", column="home01_load_kw", time_column="timestamp_local_as_published")
    kw = read_series(file, folder, tokyo("2016-07-31 23:00", 2))
    np.testing.assert_allclose(kw, [2.2758, 0.8512])


def test_messages_fit_one_line(tmp_path):
    write(tmp_path, csv_of(hours("2026-08-03")))
    with pytest.raises(SeriesError) as caught:
        read_series(described(), tmp_path, tokyo("2027-08-03", 1))
    assert re.fullmatch(r"[^\n]+: column load: given [^\n]+; legal: [^\n]+; [^\n]+", str(caught.value))
