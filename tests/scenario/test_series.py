"""Series on file land on the clock with their energy, in every shape, or say clearly why not."""

import os
import re
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from simulation.errors import SeriesError
from simulation.scenario.clock import Clock
from simulation.scenario.load import load
from simulation.scenario.preset import preset_names, read_presets
from simulation.scenario.series import check_series, read_series
from simulation.scenario.series_table import Shape
from tests.scenario.series_files import csv_of, described, hours, local_clock, refused, tokyo, write
from tests.scenario.small import SMALL
from tests.scenario.small import write as write_scenario

DATA = Path(os.environ.get("YUIMARU_DATA", Path(__file__).parents[3] / "shared" / "data"))
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="real series are not part of the project: set YUIMARU_DATA to their folder"
)


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
    refused(tmp_path, described(), tokyo("2026-08-03", 1), *said)


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
def test_description_that_does_not_fit_the_file_isrefused(tmp_path, changes, said):
    write(tmp_path, csv_of(hours("2026-08-03")))
    refused(tmp_path, described(**changes), tokyo("2026-08-03", 1), *said)


@pytest.mark.parametrize(
    ("heading", "unit", "wrong"),
    [("load_kwh", "kW", "kWh"), ("Demand [MW]", "kW", "MW"), ("使用量(kWh)", "kW", "kWh"), ("load_W", "kW", "W")],
)
def test_unit_that_contradicts_its_heading_isrefused(tmp_path, heading, unit, wrong):
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
    refused(tmp_path, described(), tokyo("2026-08-03", 1), "line 1", "the byte 0x8e", "utility")
    (tmp_path / "load.csv.gz").write_text("time,load\n")
    refused(tmp_path, described(path="load.csv.gz"), tokyo("2026-08-03", 1), "packed by gzip")


@pytest.mark.parametrize(("name", "said"), [("load.parquet", "a Parquet file"), ("load.csv", "a CSV file with commas")])
def test_files_that_are_not_what_their_name_says_are_named(tmp_path, name, said):
    (tmp_path / name).write_bytes(b"time,load\r2026-08-03 00:00,1\r" + bytes(5) + b'\r\n"' + b"x" * 200_000)
    refused(tmp_path, described(path=name), tokyo("2026-08-03", 1), said)


def test_lines_with_too_many_cells_are_named(tmp_path):
    write(tmp_path, "time,load\n2026-08-03 00:00,1\n2026-08-03 01:00,1,2\n")
    refused(tmp_path, described(), tokyo("2026-08-03", 1), "line 3", "given 3 cells", "2 cells, as there are")
    write(tmp_path, "time,load\n2026-08-03 00:00\n")
    refused(tmp_path, described(), tokyo("2026-08-03", 1), "line 2", "given 1 cells")


def test_empty_lines_are_passed_over_and_do_not_shift_the_count(tmp_path):
    write(tmp_path, csv_of(hours("2026-08-03", 3), [1, 2, "x"]).replace("\n2026-08-03 01", "\n\n,\n2026-08-03 01"))
    refused(tmp_path, described(), tokyo("2026-08-03", 1), "line 6", "given 'x'")


@pytest.mark.parametrize("cell", ["1.234,5", "12,5", "0,123", "1,23", "1,2345", ",5", "1234,567"])
def test_decimal_commas_are_refused_and_not_taken_for_thousands(tmp_path, cell):
    write(tmp_path, csv_of(hours("2026-08-03"), [f'"{cell}"'] * 24))
    said = ("line 2", repr(cell), "a point before decimals", "24 such rows")
    refused(tmp_path, described(), tokyo("2026-08-03", 24), *said)


@pytest.mark.parametrize(("cell", "kw"), [("1,234.5", 1234.5), ("12,345", 12345.0), ("+1,234,567", 1234567.0)])
def test_commas_between_thousands_are_read(tmp_path, cell, kw):
    write(tmp_path, csv_of(hours("2026-08-03"), [f'"{cell}"'] * 24))
    np.testing.assert_allclose(read_series(described(), tmp_path, tokyo("2026-08-03", 24)), kw)


def test_a_folder_an_empty_file_and_a_missing_one_are_told_apart(tmp_path):
    clock = tokyo("2026-08-03", 24)
    write(tmp_path, "", "empty.csv")
    (tmp_path / "data").mkdir()
    write(tmp_path / "data", "", "load.csv")
    refused(tmp_path, described(path="data"), clock, "given a folder", "name a file in it; there are: load.csv")
    refused(tmp_path, described(path="empty.csv"), clock, "given an empty file", "a line of headings")
    refused(tmp_path, described(path="emty.csv"), clock, "given no such file", "did you mean empty.csv?")
    refused(tmp_path, described(path="x" * 4000), clock, "File name too long")
    refused(tmp_path, described(path="a\0b"), clock, "null byte")


@pytest.mark.parametrize("between", [";", "\t"])
def test_other_marks_between_columns_are_named(tmp_path, between):
    write(tmp_path, csv_of(hours("2026-08-03")).replace(",", between))
    refused(tmp_path, described(), tokyo("2026-08-03", 24), "semicolons or tabs", "export it with commas")


def test_a_shift_of_more_than_a_year_is_refused():
    with pytest.raises(ValidationError, match="shift_h"):
        described(shift_h=1e20)


def test_every_series_of_a_scenario_is_checked_at_once_and_named_with_its_path(tmp_path):
    text = SMALL
    for name in ("mall.load.shops", "office.load.rooms"):
        lines = [
            f"[building.{name}]",
            f'series = {{ path = "{name}.csv", column = "load", unit = "kW", zone = "UTC" }}',
        ]
        text = re.sub(rf"\[building\.{name}\]\narchetype.*\nfloor.*", "\n".join(lines), text)
    spec = load(write_scenario(tmp_path, text))
    with pytest.raises(SeriesError) as caught:
        check_series(spec, "small.toml")
    first, *rest = str(caught.value).splitlines()
    assert first == "small.toml: 2 series that cannot be used"
    for line, name in zip(rest, ("mall.load.shops", "office.load.rooms"), strict=True):
        assert line.startswith(f"  - building.{name}.series: {tmp_path / name}.csv: path: given no such file")


@pytest.mark.parametrize(
    ("start", "n", "first"), [("2026-08-02 22:00", 4, "08-02 22:00"), ("2026-08-03 22:00", 4, "08-04")]
)
def test_period_that_the_file_does_not_cover_is_named(tmp_path, start, n, first):
    write(tmp_path, csv_of(hours("2026-08-03")))
    said = ("values from 2026-08-03 00:00 to 2026-08-04 00:00", f"none at 2026-{first}", "repeat_years = true")
    refused(tmp_path, described(), tokyo(start, n), *said)


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
