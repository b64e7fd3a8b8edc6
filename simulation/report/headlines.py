"""The quantities that a summary shows, in their order, with the words that people read."""

from __future__ import annotations

from typing import Final

__all__ = ["HEADLINES"]

HEADLINES: Final = (
    ("cost_jpy", "cost of the period"),
    ("cost_energy_jpy", "  grid energy"),
    ("cost_demand_jpy", "  demand charge"),
    ("cost_fuel_jpy", "  fuel"),
    ("demand_charge_jpy_per_year", "demand charge of a year at this peak"),
    ("area_peak_kw", "peak import of the area"),
    ("import_kwh", "grid energy"),
    ("exchanged_kwh", "exchanged over tie-lines"),
    ("self_sufficiency_frac", "self-sufficiency"),
    ("co2_kg", "CO2"),
    ("unserved_kwh[critical]", "critical energy not served"),
    ("unserved_kwh[essential]", "essential energy not served"),
    ("unserved_kwh[deferrable]", "deferrable energy not served"),
    ("unserved_kwh[comfort]", "comfort energy not served"),
    ("lost_jpy", "value of what was not served"),
)
"""Name of the quantity and its words; two blanks set an item under the total above it."""
