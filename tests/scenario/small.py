"""A small scenario for tests, one mall and one office on one feeder; and days to try calendars on."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from simulation.scenario.clock import Clock

SMALL = """
name = "small"
title = "A mall and an office"
story = "For tests."

[place]
latitude_deg = 35.9
longitude_deg = 139.95
climate = "yokkaichi"

[period]
start = 2026-08-03
days = 2

[feeder.north]

[building.mall.grid]
feeder = "north"
tariff = "tepco_high_2024"
contract_kw = 500

[building.mall.load.shops]
archetype = "mall"
floor_area_m2 = 1000
tier_frac = { essential = 0.4, comfort = 0.6 }

[building.mall.battery.nas]
charge_kw = 50
discharge_kw = 50
capacity_kwh = 300

[building.office.grid]
feeder = "north"
tariff = "tepco_high_2024"
contract_kw = 200

[building.office.load.rooms]
archetype = "office"
floor_area_m2 = 1000
tier_frac = { critical = 0.1, essential = 0.9 }

[tieline.road]
a = "mall"
b = "office"
capacity_ab_kw = 20
capacity_ba_kw = 20
"""


def write(folder: Path, text: str = SMALL, name: str = "small.toml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def days_clock(start: datetime, n_days: float = 1, step_min: int = 60, zone: str = "Asia/Tokyo") -> Clock:
    """A clock from a UTC moment on."""
    return Clock(start_utc=start, step_min=step_min, n_steps=round(n_days * 1440 / step_min), zone=zone)


MONDAY = days_clock(datetime(2026, 8, 2, 15))
SATURDAY = days_clock(datetime(2026, 8, 7, 15))
SUNDAY = days_clock(datetime(2026, 8, 8, 15))
HOLIDAY_TUESDAY = days_clock(datetime(2026, 8, 10, 15))  # Mountain Day, 11 August 2026
