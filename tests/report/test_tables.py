"""Stored data: units beside the numbers, time in UTC, nothing that a reader trips over."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import xarray as xr

from simulation.events.ledger import FLOWS, LEVELS
from simulation.report import tables
from simulation.report.tables import (
    event_table,
    scenario_table,
    series_dataset,
    summary,
    write_parquet,
    write_series,
)
from tests.report.conftest import Week


def test_a_row_per_scenario_with_units_in_the_file(hub_week: Week, tmp_path: Path) -> None:
    metrics = hub_week.metrics
    units = {name: (quantity.unit, quantity.meaning) for name, quantity in metrics.per_scenario.items()}
    write_parquet(scenario_table(metrics), tmp_path / "metrics.parquet", units)
    again = pd.read_parquet(tmp_path / "metrics.parquet")
    assert list(again.index) == list(metrics.scenario_ids)
    np.testing.assert_array_equal(again["cost_jpy"], metrics.per_scenario["cost_jpy"].values)
    field = pq.read_schema(tmp_path / "metrics.parquet").field("area_peak_kw")
    assert field.metadata[b"unit"] == b"kW"
    assert b"30-minute mean" in field.metadata[b"meaning"]


def test_an_hour_that_never_came_is_missing(hub_week: Week) -> None:
    table = scenario_table(hub_week.metrics)
    assert not np.isinf(table.to_numpy()).any()
    never = table["ran_out[hub.fuel_tank.diesel]"] == 0
    assert never.any()
    assert table["hours_to_empty[hub.fuel_tank.diesel]"].isna().equals(never)


def test_events_carry_the_moment_in_utc(hub_week: Week, tmp_path: Path) -> None:
    """The strike is on Tuesday at 15:00 in Tokyo, 06:00 UTC."""
    write_parquet(event_table(hub_week.trajectory), tmp_path / "events.parquet")
    again = pd.read_parquet(tmp_path / "events.parquet")
    lost = again[again["kind"] == "grid_lost"].iloc[0]
    assert lost["time_utc"] == pd.Timestamp("2026-08-04 06:00", tz="UTC")
    assert lost["time_h"] == 39.0
    assert len(again) == len(hub_week.trajectory.events)


def test_a_run_without_events_has_an_empty_log_with_its_columns(hub_week: Week) -> None:
    from dataclasses import replace

    table = event_table(replace(hub_week.trajectory, events=()))
    assert len(table) == 0
    assert list(table) == ["scenario", "number", "time_utc", "time_h", "element", "kind", "value", "cause", "text"]


def test_an_event_is_found_by_the_number_that_stands_for_its_cause(hub_week: Week) -> None:
    from dataclasses import replace

    first = hub_week.trajectory.events[0]
    mine = [replace(first, scenario=s, element=f"{s}.{i}", cause=i - 1) for s in (4, 9) for i in range(3)]
    table = event_table(replace(hub_week.trajectory, events=tuple(mine))).set_index(["scenario", "number"])
    assert table.loc[(9, table.loc[(9, 2), "cause"]), "element"] == "9.1"


def test_series_come_back_labelled_with_units_and_utc(hub_week: Week, tmp_path: Path) -> None:
    write_series(series_dataset(hub_week.trajectory, "all"), tmp_path / "series.nc")
    with xr.open_dataset(tmp_path / "series.nc", engine="h5netcdf") as again:
        power = again["import_kw"]
        assert power.attrs["units"] == "kW"
        assert power.dims == ("scenario", "time", "building")
        assert pd.Timestamp(again["time"].to_numpy()[0]) == pd.Timestamp("2026-08-02 15:00")
        assert again["time"].attrs["local_zone"] == "Asia/Tokyo"
        np.testing.assert_array_equal(power.sel(building="mall"), hub_week.trajectory.flow("import_kw", "mall"))
        np.testing.assert_array_equal(
            again["fuel_l"].sel(fuel_tank="hub.fuel_tank.diesel"),
            hub_week.trajectory.level("fuel_l", "hub.fuel_tank.diesel"),
        )


def test_quantiles_stand_for_all_scenarios_by_default(hub_week: Week) -> None:
    dataset = series_dataset(hub_week.trajectory)
    assert list(dataset["statistic"].to_numpy()) == ["mean", "q05", "q25", "q50", "q75", "q95"]
    expected = np.quantile(hub_week.trajectory.flow("import_kw", "mall"), 0.95, axis=0)
    np.testing.assert_allclose(dataset["import_kw"].sel(statistic="q95", building="mall"), expected)


def test_the_summary_is_plain_json_without_nan(hub_week: Week) -> None:
    text = json.dumps(summary(hub_week.metrics), allow_nan=False)
    found = json.loads(text)
    assert found["estimates"]["area_peak_kw"]["unit"] == "kW"
    assert found["estimates"]["area_peak_kw"]["text"] == str(hub_week.metrics.estimates["area_peak_kw"])
    assert sum(found["first_to_run_out"].values()) == 6
    assert found["survival"][0]["rule"].startswith("below 99 % served")
    never = found["estimates"]["hours_to_empty[hub.water_tank.tank]"]
    assert never["mean"] is None
    assert never["n"] == 0


@pytest.mark.parametrize("keep", ["quantiles", "all"])
def test_every_series_of_the_trajectory_is_there(hub_week: Week, keep) -> None:
    dataset = series_dataset(hub_week.trajectory, keep)
    named = {
        name
        for table in (hub_week.trajectory.flows, hub_week.trajectory.levels)
        for name, series in table.items()
        if series.elements
    }
    assert set(dataset.data_vars) == named


def test_every_quantity_of_the_event_model_has_an_axis_with_a_name() -> None:
    """Without one it would be stored over ``<quantity>_element``, and no two of them could be set side by side."""
    unnamed = {quantity.name for quantity in (*FLOWS, *LEVELS)} - set(tables._AXIS_OF)
    assert not unnamed
