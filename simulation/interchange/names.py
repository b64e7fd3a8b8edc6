"""Quantities of the labels that more than one file reads: what a column, row or store of the Problem counts."""

from __future__ import annotations

from typing import Final

from simulation.units import TIERS, WATER_USES

__all__ = [
    "BACKLOG",
    "BUS",
    "CHARGE",
    "DEFERRABLE",
    "DISCHARGE",
    "EXPORT",
    "FROM_GATE",
    "IMPORT",
    "LEVEL_KWH",
    "LEVEL_L",
    "LEVEL_M3",
    "MAINS",
    "METERED",
    "OWN_SOURCE",
    "OWN_SOURCE_LEFT",
    "POWER",
    "PUMPED",
    "ROOM_BELOW_PEAK",
    "SENT",
    "SERVED_DEFERRABLE",
    "SPILL_FUEL",
    "SPILL_WATER",
    "UNSERVED",
    "UNSERVED_VEHICLES",
    "UNSERVED_WATER",
    "USED",
]

BUS: Final = "bus_kw"
OWN_SOURCE: Final = "own_source_kw"
OWN_SOURCE_LEFT: Final = "own_source_left_kw"
METERED: Final = "metered_kw"
ROOM_BELOW_PEAK: Final = "room_below_peak_kw"

IMPORT: Final = "import_kw"
EXPORT: Final = "export_kw"
USED: Final = "used_kw"
CHARGE: Final = "charge_kw"
DISCHARGE: Final = "discharge_kw"
POWER: Final = "power_kw"
SENT: Final = ("sent_ab_kw", "sent_ba_kw")
UNSERVED: Final = tuple(f"unserved_{tier}_kw" for tier in TIERS)
DEFERRABLE: Final = TIERS.index("deferrable")
SERVED_DEFERRABLE: Final = "served_deferrable_kw"
BACKLOG: Final = "backlog_kwh"
PUMPED: Final = "pumped_m3ph"
MAINS: Final = "mains_m3ph"
UNSERVED_WATER: Final = tuple(f"unserved_{use}_m3ph" for use in WATER_USES)
SPILL_WATER: Final = "spilled_m3ph"
UNSERVED_VEHICLES: Final = "unserved_vehicles_lph"
SPILL_FUEL: Final = "spilled_lph"
FROM_GATE: Final = "taken_from_gate_per_h"
LEVEL_KWH: Final = "level_kwh"
LEVEL_L: Final = "level_l"
LEVEL_M3: Final = "level_m3"
