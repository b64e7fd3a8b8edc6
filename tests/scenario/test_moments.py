"""Moments that miss the period, or a step of it, are refused on loading."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from simulation.errors import Fault, ScenarioError
from simulation.scenario.load import load
from simulation.scenario.moments import late_lots
from simulation.scenario.spec import Hazard, Spec
from tests.scenario.small import SMALL, write

STORM = """
[hazard]
start = {hazard}
[feeder.north.outage.storm]
kind = "distribution"
distribution = "weibull"
mean_h = 9
{more}
"""


def _faults(folder: Path, text: str) -> dict[str, Fault]:
    with pytest.raises(ScenarioError) as caught:
        load(write(folder, text))
    return {fault.where: fault for fault in caught.value.faults}


@pytest.mark.parametrize(
    ("moment", "side"),
    [
        ("2026-08-02T23:59:00", "before"),
        ("2026-08-05T00:00:00", "after"),
        ('"2026-08-05T06:00"', "after"),
        ("2027-08-03", "after"),
        ("0001-01-01", "before"),
        ("9999-12-31", "after"),
    ],
)
def test_a_strike_outside_the_period_is_refused(tmp_path: Path, moment: str, side: str) -> None:
    fault = _faults(tmp_path, SMALL + STORM.format(hazard=moment, more=""))["hazard.start"]
    assert fault.given.endswith(f"{side} the period")
    assert fault.legal == "from 2026-08-03 00:00 to before 2026-08-05 00:00, as [period] says"
    assert "period.days" in fault.hint or "period.start" in fault.hint


@pytest.mark.parametrize("moment", ["2026-08-03T00:00:00", "2026-08-04T23:59:00"])
def test_the_first_and_the_last_minute_lie_in_the_period(tmp_path: Path, moment: str) -> None:
    spec = load(write(tmp_path, SMALL + STORM.format(hazard=moment, more="")))
    assert spec.hazard_h is not None
    assert 0.0 <= spec.hazard_h < spec.clock.duration_h


def test_an_outage_of_its_own_outside_the_period_is_refused(tmp_path: Path) -> None:
    text = SMALL + STORM.format(hazard="2026-08-04", more="start = 2026-08-09")
    assert set(_faults(tmp_path, text)) == {"feeder.north.outage.storm.start"}


@pytest.mark.parametrize(("hours", "refused"), [(5, set()), (4, {"feeder.north.outage.storm.start"})])
def test_an_outage_from_before_the_period_must_last_into_it(tmp_path: Path, hours: int, refused: set[str]) -> None:
    outage = f'[feeder.north.outage.storm]\nkind = "schedule"\nhours = {hours}\nstart = 2026-08-02T20:00:00\n'
    if refused:
        assert set(_faults(tmp_path, SMALL + outage)) == refused
    else:
        assert load(write(tmp_path, SMALL + outage)).hazard_h is None


def test_a_window_past_the_end_is_refused_since_some_draws_would_have_no_outage(tmp_path: Path) -> None:
    long, just = (SMALL + STORM.format(hazard="2026-08-04", more=f"start_window_h = {h}") for h in (24.5, 24))
    assert _faults(tmp_path, long)["feeder.north.outage.storm.start_window_h"].legal.startswith("at most 24 h")
    load(write(tmp_path, just))


def test_a_strike_outside_is_listed_beside_other_faults(tmp_path: Path) -> None:
    text = SMALL.replace("contract_kw = 500", "contract_kw = -1") + STORM.format(hazard="2026-09-01", more="")
    assert set(_faults(tmp_path, text)) == {"hazard.start", "building.mall.grid.contract_kw"}


def test_a_spec_made_without_a_file_keeps_the_same_rule(tmp_path: Path) -> None:
    spec = load(write(tmp_path))
    fields = {key: getattr(spec, key) for key in Spec.model_fields}
    with pytest.raises(ValidationError, match="hazard.start: 2026-08-05 00:00:00 would never be seen"):
        Spec(**{**fields, "hazard": Hazard(start=datetime(2026, 8, 5))})


@pytest.mark.parametrize("year", [1, 1948, 2100, 9999])
def test_years_without_a_calendar_are_refused(tmp_path: Path, year: int) -> None:
    fault = _faults(tmp_path, SMALL.replace("2026-08-03", f"{year:04d}-08-03"))["period.start"]
    assert "a year from 1949 to 2099" in fault.legal


def test_a_period_that_outlasts_the_calendar_is_refused(tmp_path: Path) -> None:
    text = SMALL.replace("2026-08-03", "2099-08-03").replace("days = 2", "days = 3660")
    assert "an end in 2099" in _faults(tmp_path, text)["period"].legal


BAND = "[tariff.own]\nband = [{{ jpy_per_kwh = 30, from_hour = {} }}, {{ jpy_per_kwh = 20 }}]\n"


@pytest.mark.parametrize(("step", "hour"), [(30, 8.25), (60, 8.5), (30, 13.1), (15, 8.2)])
def test_an_edge_of_a_price_band_inside_a_planning_step_is_refused(tmp_path: Path, step: int, hour: float) -> None:
    text = SMALL.replace("days = 2", f"days = 2\nplanning_step_min = {step}\ncontrol_step_min = 5")
    fault = _faults(tmp_path, text + BAND.format(hour))["tariff.own.band[0].from_hour"]
    assert fault.given == f"{hour}, inside a planning step of {step} min"
    assert f"a multiple of {step / 60:g}" in fault.legal


@pytest.mark.parametrize(("step", "hour"), [(30, 8.5), (60, 8.0), (15, 8.25), (5, 8.75)])
def test_an_edge_on_a_planning_step_is_taken(tmp_path: Path, step: int, hour: float) -> None:
    text = SMALL.replace("days = 2", f"days = 2\nplanning_step_min = {step}\ncontrol_step_min = 5")
    load(write(tmp_path, text + BAND.format(hour)))


def test_lots_that_come_after_the_period_are_told_and_not_refused(tmp_path: Path) -> None:
    text = f"""{SMALL}
    [hazard]
    start = 2026-08-04
    [building.mall.fuel_tank.day]
    fuel = "diesel"
    capacity_l = 100
    [delivery.soon]
    to = "mall.fuel_tank.day"
    amount = 50
    first_after_h = 23
    [delivery.late]
    to = "mall.fuel_tank.day"
    amount = 50
    first_after_h = 24
    """
    (line,) = late_lots(load(write(tmp_path, text)))
    assert line.startswith("delivery.late: nothing comes, since first_after_h = 24")


@pytest.mark.parametrize(("key", "value"), [("scenarios", 10**12), ("seed", 2**63)])
def test_counts_beyond_reason_are_refused(tmp_path: Path, key: str, value: int) -> None:
    assert set(_faults(tmp_path, f"{SMALL}\n[runs]\n{key} = {value}\n")) == {f"runs.{key}"}
