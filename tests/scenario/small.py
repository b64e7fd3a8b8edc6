"""A small scenario for tests: one mall and one office on one feeder, with a battery and a private line."""

from __future__ import annotations

from pathlib import Path

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
