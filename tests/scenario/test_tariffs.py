"""Tariff presets: published prices at known hours, and the claim of Kashiwa-no-ha in kilowatts."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

from simulation.scenario.clock import Clock
from simulation.scenario.preset import preset_names, read_presets
from simulation.scenario.tariff import Tariff

TARIFFS = {name: Tariff.model_validate(table) for name, table in read_presets("tariffs").items()}


def prices(name: str, local_day: str) -> np.ndarray:
    """Price of every half hour of a day in Japan, without levies [yen/kWh]."""
    start = datetime.fromisoformat(local_day) - timedelta(hours=9)
    clock = Clock(start_utc=start, step_min=30, n_steps=48, zone="Asia/Tokyo")
    tariff = TARIFFS[name]
    return tariff.energy_jpy_per_kwh(clock) - tariff.levy_jpy_per_kwh


def test_a_summer_weekday_has_night_day_and_peak() -> None:
    price = prices("tepco_extra_high_2016_20kv", "2026-08-03")
    wanted = [12.31] * 16 + [16.79] * 10 + [17.39] * 6 + [16.79] * 12 + [12.31] * 4
    np.testing.assert_allclose(price, wanted)


@pytest.mark.parametrize("day", ["2026-08-02", "2026-08-11"], ids=["Sunday", "Mountain Day"])
def test_sundays_and_holidays_are_night(day: str) -> None:
    np.testing.assert_allclose(prices("tepco_extra_high_2016_20kv", day), 12.31)


def test_a_saturday_is_a_working_day() -> None:
    assert prices("tepco_extra_high_2016_20kv", "2026-08-01")[28] == pytest.approx(17.39)


@pytest.mark.parametrize(
    ("name", "summer", "other"),
    [
        ("tepco_extra_high_2016_20kv", 17.39, 15.66),
        ("tepco_extra_high_2016_60kv", 17.17, 15.45),
        ("tepco_high_2024", 19.93, 18.77),
        ("tepco_extra_high_2024", 18.48, 17.47),
        ("tepco_low_2024", 27.14, 25.57),
        ("kansai_high_as", 13.94, 12.87),
        ("kansai_high_as_tou", 19.40, 14.09),
    ],
)
def test_two_in_the_afternoon_costs_what_was_published(name: str, summer: float, other: float) -> None:
    assert prices(name, "2026-07-01")[28] == pytest.approx(summer)
    assert prices(name, "2026-10-01")[28] == pytest.approx(other)


def test_ten_million_yen_a_year_are_601_kilowatts() -> None:
    """The saving claimed at Kashiwa-no-ha, over 12 x 1,630.80 x 0.85 yen per kW."""
    per_kw = 12.0 * TARIFFS["tepco_extra_high_2016_20kv"].demand_after_power_factor_jpy
    assert 10e6 / per_kw == pytest.approx(601.2, abs=0.1)


@pytest.mark.parametrize("name", preset_names("tariffs"))
def test_every_tariff_names_its_source_and_what_is_assumed(name: str) -> None:
    assert TARIFFS[name].source
    assert TARIFFS[name].assumption
    assert TARIFFS[name].co2_kg_per_kwh > 0.0
