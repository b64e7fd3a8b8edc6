"""What is stored as data: a row per scenario, the event log, labelled arrays with units, headline estimates."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import xarray as xr

from simulation.events.trajectory import Series, Trajectory
from simulation.metrics.metrics import Metrics

__all__ = ["Keep", "event_table", "scenario_table", "series_dataset", "summary", "write_parquet", "write_series"]

Keep = Literal["quantiles", "all"]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)

_AXES: Mapping[str, tuple[str, ...]] = {
    "building_tier": ("demand_kw", "unserved_kw"),
    "building": ("import_kw", "export_kw", "dumped_kw", "deferrable_kw", "backlog_kwh"),
    "pv": ("pv_kw", "curtailed_kw"),
    "battery": ("charge_kw", "discharge_kw", "battery_kwh"),
    "genset": ("genset_kw", "genset_fuel_lph", "genset_running_frac"),
    "line": ("sent_kw",),
    "pump": ("pump_kw", "pump_m3ph"),
    "water_tank": (
        "water_demand_m3ph",
        "water_unserved_m3ph",
        "mains_m3ph",
        "water_leaked_m3ph",
        "water_spilled_m3ph",
        "water_m3",
    ),
    "water_user": ("water_use_demand_m3ph", "water_use_unserved_m3ph"),
    "rain_tank": ("rain_m3ph",),
    "treatment": ("raw_water_m3ph",),
    "fuel_tank": ("vehicle_demand_lph", "vehicle_unserved_lph", "fuel_l"),
    "shelter": (
        "people",
        "turned_away",
        "without_food",
        "food_person_days",
        "car_people",
        "stranded_people",
    ),
    "item": ("item_people", "without_item"),
    "consumed_item": ("item_person_days",),
    "genset_with_oil": ("oil_l",),
    "day_tank": ("transfer_lph", "day_tank_l"),
    "gas_network": ("gas_up_frac",),
    "vehicle": ("vehicle_discharge_kw", "vehicle_charge_kw", "vehicle_there_frac", "vehicle_kwh"),
    "shower": ("showers_wanted_ph", "showers_taken_ph", "heat_kwh"),
    "station_customers": (
        "station_asked_lph",
        "station_served_lph",
        "station_lost_lph",
        "station_rationed_lph",
        "station_left_lph",
        "station_queue_vehicles",
        "station_waiting_l",
    ),
    "station_outcome": ("station_cars_ph",),
    "station_served": ("station_wait_h",),
    "shelter_with_toilets": ("without_toilet",),
    "toilet": ("toilet_people", "toilet_up_frac"),
    "pit": ("toilet_room_l",),
    "sewer": ("sewer_up_frac",),
    "feeder": ("grid_up_frac",),
    "communications": ("communications_up_frac", "communications_h"),
    "delivery": ("delivered",),
    "road_link": ("road_open_frac",),
}
_AXIS_OF = {quantity: axis for axis, quantities in _AXES.items() for quantity in quantities}


def scenario_table(metrics: Metrics) -> pd.DataFrame:
    """Every quantity of every scenario; an hour that never came is missing."""
    columns = {
        name: np.where(np.isfinite(quantity.values), quantity.values, np.nan)
        for name, quantity in metrics.per_scenario.items()
    }
    return pd.DataFrame(columns, index=pd.Index(metrics.scenario_ids, name="scenario"))


def event_table(trajectory: Trajectory) -> pd.DataFrame:
    """The flat event log, with the moment in UTC beside the hours from the start.

    ``number`` counts the events of a scenario from 0; ``cause`` is the number, in the same scenario, of the event that
    brought this one about, -1 where none did.
    """
    events = trajectory.events
    counts: dict[int, count] = defaultdict(count)
    hours = np.array([event.time_h for event in events], dtype=float)
    start = pd.Timestamp(trajectory.clock.start_utc, tz="UTC")
    return pd.DataFrame(
        {
            "scenario": np.array([event.scenario for event in events], dtype=np.int64),
            "number": np.array([next(counts[event.scenario]) for event in events], dtype=np.int64),
            "time_utc": (start + pd.to_timedelta(np.round(hours * 3600.0), unit="s")).astype("datetime64[ms, UTC]"),
            "time_h": hours,
            "element": [event.element for event in events],
            "kind": [event.kind for event in events],
            "value": np.array([event.value for event in events], dtype=float),
            "cause": np.array([event.cause for event in events], dtype=np.int64),
            "text": [event.text for event in events],
        }
    )


def series_dataset(trajectory: Trajectory, keep: Keep = "quantiles") -> xr.Dataset:
    """Flows and levels as labelled arrays with units; time in UTC at the START of a step, levels at its edges.

    ``quantiles`` keeps mean and quantiles over the scenarios (axis ``statistic``), ``all`` every scenario.
    """
    clock = trajectory.clock
    edges = clock.utc.tz_localize(None).append(
        pd.DatetimeIndex([pd.Timestamp(clock.start_utc) + pd.Timedelta(hours=clock.duration_h)])
    )
    names = np.array(["mean", *(f"q{round(100 * q):02d}" for q in QUANTILES)], dtype=object)
    coordinates: dict[str, Any] = {
        "time": ("time", edges[:-1], {"meaning": "start of the step, UTC", "local_zone": clock.zone}),
        "edge": ("edge", edges, {"meaning": "edge of the steps, UTC", "local_zone": clock.zone}),
        "scenario": ("scenario", trajectory.scenario_ids) if keep == "all" else ("statistic", names),
    }
    if keep == "quantiles":
        coordinates = {"statistic": ("statistic", names), "time": coordinates["time"], "edge": coordinates["edge"]}
    variables: dict[str, Any] = {}
    for table, moment in ((trajectory.flows, "time"), (trajectory.levels, "edge")):
        for quantity, series in table.items():
            if not series.elements:
                continue
            axis = _AXIS_OF.get(quantity, f"{quantity}_element")
            coordinates[axis] = (axis, np.array(series.elements, dtype=object))
            first = "scenario" if keep == "all" else "statistic"
            values = series.values if keep == "all" else _statistics(series)
            variables[quantity] = ((first, moment, axis), values, {"units": series.unit, "long_name": series.meaning})
    return xr.Dataset(
        variables,
        coords=coordinates,
        attrs={
            "step_min": clock.step_min,
            "local_zone": clock.zone,
            "planned_by": trajectory.planned_in_words,
            "perfect_information": int(trajectory.perfect_information),
            "n_scenarios": len(trajectory.scenario_ids),
        },
    )


def summary(metrics: Metrics) -> dict[str, Any]:
    """Headline estimates, survival at its marks, and what ran out first, as plain data; no number is NaN."""
    return {
        "scenarios": len(metrics.scenario_ids),
        "perfect_information": metrics.perfect_information,
        "estimates": {
            name: {field: _plain(value) for field, value in asdict(estimate).items()}
            | {"text": str(estimate), "meaning": metrics.per_scenario[name].meaning}
            for name, estimate in metrics.estimates.items()
        },
        "survival": [
            {
                "service": curve.service,
                "rule": curve.rule,
                "allowed_gap_min": curve.allowed_gap_min,
                "served_threshold_frac": curve.served_threshold_frac,
                "counted": metrics.survival_from,
                "alive_frac_at_end": float(curve.alive_frac[-1]),
                "end_h": float(curve.hours[-1]),
            }
            for curve in metrics.survival
        ],
        "first_to_run_out": dict(metrics.first_to_run_out),
        "depletion": [
            {
                "stock": one.stock,
                "ran_out": str(one.ran_out),
                "hours": {
                    f"{100 * part.frac:g}%": [_plain(part.hours), _plain(part.low_h), _plain(part.high_h)]
                    for part in one.quantiles
                },
            }
            for one in metrics.depletion
        ],
        "causes": [
            {
                "of": table.title,
                "whole": str(table.whole),
                "roots": {row.root: {"share": str(row.share), "example": row.example} for row in table.rows},
            }
            for table in metrics.causes
        ],
        "few_losses": list(metrics.rare),
        "notes": list(metrics.notes),
    }


def write_parquet(table: pd.DataFrame, path: Path, units: Mapping[str, tuple[str, str]] | None = None) -> None:
    """Store a table as Parquet; ``units`` gives a column's unit and meaning, kept in the file's field metadata."""
    stored = pa.Table.from_pandas(table)
    schema = stored.schema
    for name, (unit, meaning) in (units or {}).items():
        place = schema.get_field_index(name)
        schema = schema.set(place, schema.field(place).with_metadata({"unit": unit, "meaning": meaning}))
    pq.write_table(stored.cast(schema), path, compression="zstd")


def write_series(dataset: xr.Dataset, path: Path) -> None:
    """Store labelled arrays as NetCDF, compressed."""
    encoding: dict[str, dict[str, Any]] = {
        str(name): {"zlib": True, "complevel": 4} for name in dataset.data_vars if dataset[name].size
    }
    for moment in ("time", "edge"):
        start = pd.Timestamp(dataset[moment].to_numpy()[0])
        encoding[moment] = {"units": f"minutes since {start:%Y-%m-%d %H:%M:%S}", "dtype": "int64"}
    dataset.to_netcdf(path, engine="h5netcdf", encoding=encoding)


def _statistics(series: Series) -> np.ndarray:
    values = series.values
    return np.concatenate([values.mean(axis=0)[None], np.quantile(values, QUANTILES, axis=0)])


def _plain(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value
