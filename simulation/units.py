"""Glossary of names, units, signs and axes, and the few conversions between them.

Units
-----
A name ends in its unit: ``_kw`` power, ``_kwh`` energy, ``_h`` hours, ``_min`` minutes, ``_l`` litres of fuel,
``_lph`` litres per hour, ``_m3`` cubic metres of water, ``_m3ph`` cubic metres per hour, ``_c`` degrees Celsius,
``_jpy`` yen, ``_frac`` a share between 0 and 1, ``_prob`` a probability.  Inside the package nothing else is used;
conversions happen in ``scenario/`` (on the way in) and ``report/`` (on the way out).

Signs
-----
Flows are non-negative and named by their direction (``import_kw``, ``export_kw``, ``charge_kw``, ``discharge_kw``).
The one signed quantity is ``net_import_kw``, positive into the building.

Axes
----
``S`` scenario, ``T`` step, then the element: ``B`` building, ``Q`` load tier, ``V`` PV array, ``K`` battery (any store
inside the solver), ``G`` genset, ``L`` tie-line, ``F`` feeder, ``M`` meter, ``W`` water tank, ``U`` fuel tank,
``C`` use of water, ``H`` shelter, ``Ve`` vehicle.  ``S`` is always there.  Flows have ``T`` entries, each the mean of
its step; levels have ``T1 = T + 1``, the first being the level before the first step.
Time is UTC, counted in hours from the start of the period; a label marks the START of its step.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "HOURS_PER_DAY",
    "LARGEST_SEED",
    "LITRES_PER_M3",
    "MINUTES_PER_HOUR",
    "MONTHS_PER_YEAR",
    "MOST_SCENARIOS",
    "NON_POTABLE_USES",
    "SECONDS_PER_HOUR",
    "STEP_MINUTES",
    "TIERS",
    "WATER_USES",
]

HOURS_PER_DAY: Final = 24.0
MINUTES_PER_HOUR: Final = 60.0
MONTHS_PER_YEAR: Final = 12
SECONDS_PER_HOUR: Final = 3600.0
LITRES_PER_M3: Final = 1000.0

TIERS: Final = ("critical", "essential", "deferrable", "comfort")
"""Load tiers, most precious first; the index is the axis ``Q``.  Shedding goes from the last to the first."""

WATER_USES: Final = ("drinking", "cooking", "hygiene", "flushing", "bath")
"""Uses of water, most precious first; the index is the axis ``C``.  Rationing goes from the last to the first."""

NON_POTABLE_USES: Final = ("flushing",)
"""Uses that take water which nobody may drink; all others take drinking water alone."""

STEP_MINUTES: Final = (5, 10, 15, 30, 60)
"""Legal lengths of the planning, control and metering steps [min]."""

MOST_SCENARIOS: Final = 1_000_000
"""Ten times what a large study needs; more is a slip of the finger, and would end in a lack of memory."""

LARGEST_SEED: Final = 2**63 - 1
"""The largest whole number that TOML, JSON and Parquet all hold; also the largest number of a scenario."""
