"""Clocks that change, leap days and other years: each hour of a file lands where it belongs, or is named."""

import numpy as np
import pandas as pd
import pytest

from simulation.scenario.series import read_series
from tests.scenario.series_files import csv_of, described, hours, local_clock, refused, tokyo, write

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


def test_missing_hour_where_the_clock_goes_back_is_named(tmp_path):
    write(tmp_path, csv_of(hours("2026-10-25")))
    clock = local_clock("2026-10-25", 24, 60, "Europe/Berlin")
    refused(tmp_path, described(zone="Europe/Berlin"), clock, "line 4", "02:00:00 once", "add the missing hour")


def test_hour_that_the_clock_skips_is_named(tmp_path):
    write(tmp_path, csv_of(hours("2026-03-29")))
    clock = local_clock("2026-03-29", 23, 60, "Europe/Berlin")
    refused(tmp_path, described(zone="Europe/Berlin"), clock, "line 4", "which clocks in Europe/Berlin skip")


def test_missing_hour_after_the_clock_goes_forward_is_a_gap(tmp_path):
    write(tmp_path, csv_of([stamp for stamp in BERLIN_SPRING if not stamp.endswith("03:00")]))
    clock = local_clock("2026-03-29", 22, 60, "Europe/Berlin")
    refused(tmp_path, described(zone="Europe/Berlin"), clock, "1 missing after 2026-03-29 01:00", "a row every 60 min")


def test_double_hour_under_a_zone_without_changes_is_a_double(tmp_path):
    write(tmp_path, csv_of(BERLIN_AUTUMN))
    refused(tmp_path, described(), tokyo("2026-10-25", 24), "the same time twice", "name the zone whose clock")


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
    refused(tmp_path, file, tokyo("2026-08-03", 24), "none at 2026-08-03 00:00", "choose a period inside it")


def test_other_years_keep_to_the_wall_clock_over_clock_changes(tmp_path):
    utc = pd.date_range("2022-01-01", periods=8760, freq="60min", tz="Europe/Berlin")
    write(tmp_path, csv_of([f"{moment.isoformat()}" for moment in utc], [moment.hour for moment in utc]))
    clock = local_clock("2026-03-29", 47, 60, "Europe/Berlin")
    kw = read_series(described(zone="Europe/Berlin", repeat_years=True), tmp_path, clock)
    np.testing.assert_allclose(kw, clock.local_hour)
