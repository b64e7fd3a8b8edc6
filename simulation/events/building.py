"""A building at run time: one bus, and what is done about its shortage or surplus.

Power goes to five uses in this order: critical load, essential load, pumps, deferrable load, comfort load.  The first
three are *protected*: for them a plan's rationing of stored energy gives way.
"""

from __future__ import annotations

from typing import Final

from simulation.events.backlog import Backlog
from simulation.events.battery import BatteryUnit
from simulation.events.genset import EngineUnit
from simulation.events.pv import ArrayUnit
from simulation.events.tieline import Lane
from simulation.events.water import PumpUnit
from simulation.units import TIERS

__all__ = [
    "COMFORT",
    "DEFERRABLE",
    "DEFERRABLE_TIER",
    "DUST_KW",
    "ESSENTIAL",
    "N_TIERS",
    "PROTECTED",
    "PUMPS",
    "TIER_USE",
    "USES",
    "Bus",
]

USES: Final = ("critical", "essential", "pumps", "deferrable", "comfort")
ESSENTIAL: Final = 1
PUMPS: Final = 2
DEFERRABLE: Final = 3
COMFORT: Final = 4
PROTECTED: Final = 3
"""Uses before this one are protected."""
TIER_USE: Final = (0, 1, 3, 4)
"""Which use each load tier of ``units.TIERS`` is."""
N_TIERS: Final = len(TIERS)
DEFERRABLE_TIER: Final = TIERS.index("deferrable")
DUST_KW: Final = 1e-9
"""A shortage below this is rounding."""


class Bus:
    """Flows of one building between two dispatches [kW].

    ``sparing`` says that a plan rations stored energy here, so that it is spent beyond the plan on protected uses
    only, and of essential load on no more than the share that the plan serves (``essential_frac``): what it keeps is
    for the critical load of the hours to come.  Without a plan, or with one that did not foresee the state of the
    grid, everybody is served while it lasts.
    """

    __slots__ = (
        "arrays",
        "backlog",
        "batteries",
        "bound_lanes",
        "clean",
        "contract_kw",
        "demand_kw",
        "dumped_kw",
        "engines",
        "essential_frac",
        "export_kw",
        "export_limit_kw",
        "feeder",
        "grid_up",
        "import_kw",
        "index",
        "lanes_in",
        "lanes_out",
        "live",
        "lit",
        "name",
        "planned",
        "pumps",
        "served",
        "sparing",
        "stale",
        "title",
        "wanted",
    )

    def __init__(self, index: int, name: str, title: str, backlog: Backlog) -> None:
        self.index = index
        self.name = name
        self.title = title
        self.backlog = backlog
        self.feeder = -1  # no grid connection
        self.contract_kw = 0.0
        self.export_limit_kw = 0.0
        self.arrays: list[ArrayUnit] = []
        self.batteries: list[BatteryUnit] = []
        self.engines: list[EngineUnit] = []
        self.pumps: list[PumpUnit] = []
        self.lanes_in: list[Lane] = []
        self.lanes_out: list[Lane] = []
        self.bound_lanes: list[Lane] = []  # those of them that carry own sources only
        self.grid_up = True
        self.live = True  # something holds voltage here
        self.lit = True  # some load is served
        self.clean = False  # no grid power can reach it
        self.planned = False
        self.sparing = False
        self.essential_frac = 1.0
        self.stale = True
        self.demand_kw = [0.0] * N_TIERS
        self.wanted = [0.0] * len(USES)
        self.served = [0.0] * len(USES)
        self.import_kw = 0.0
        self.export_kw = 0.0
        self.dumped_kw = 0.0

    @property
    def short(self) -> bool:
        """Whether any use goes short."""
        return self.served != self.wanted and sum(self.wanted) - sum(self.served) > DUST_KW

    @property
    def protected_short(self) -> bool:
        """Whether a protected use goes short of what the plan lets it have."""
        return any(self.promised_kw(use) - self.served[use] > DUST_KW for use in range(PROTECTED))

    def promised_kw(self, use: int) -> float:
        """What of a use stored energy may serve: all that is wanted, or the plan's share of essential load [kW]."""
        wanted_kw = self.wanted[use]
        return wanted_kw * self.essential_frac if use == ESSENTIAL and self.sparing else wanted_kw

    @property
    def forms_grid(self) -> bool:
        """Whether the building holds voltage by itself: grid, running engine or grid-forming battery."""
        if self.grid_up:
            return True
        for battery in self.batteries:
            if battery.forms_grid:
                return True
        return any(engine.running for engine in self.engines)

    def floor_kwh(self, battery: BatteryUnit) -> float:
        """Level down to which a battery helps beyond its set-point: its reserve while the grid is up [kWh]."""
        return battery.reserve_kwh if self.grid_up else battery.low_kwh

    def own_output_kw(self) -> float:
        """Power that is not the grid's: own sources, and what came from sources of others [kW]."""
        own = self.own_sources_kw()
        for lane in self.lanes_in:
            if lane.own_only or self.clean:
                own += lane.sent_kw * lane.keep_frac
        return own

    def own_slack_kw(self) -> float:
        """Own output that is not yet sent over lines for own sources only [kW]."""
        return self.own_output_kw() - sum([lane.sent_kw for lane in self.bound_lanes])

    def imbalance_kw(self) -> float:
        """What comes in less what goes out; zero at every moment [kW]."""
        into = self.import_kw + self.own_sources_kw() + sum(lane.sent_kw * lane.keep_frac for lane in self.lanes_in)
        out = self.export_kw + self.dumped_kw + sum(self.served) + sum(lane.sent_kw for lane in self.lanes_out)
        return into - out - sum(battery.charge_kw for battery in self.batteries)

    def own_sources_kw(self) -> float:
        """Output of the sources in the building [kW]."""
        own = 0.0
        for array in self.arrays:
            own += array.used_kw
        for battery in self.batteries:
            own += battery.discharge_kw
        for engine in self.engines:
            own += engine.output_kw
        return own

    def go_dark(self) -> None:
        """Nothing flows."""
        self.served = [0.0] * len(USES)
        self.import_kw = self.export_kw = self.dumped_kw = 0.0
        for array in self.arrays:
            array.available_kw = array.used_kw = 0.0
        for battery in self.batteries:
            battery.charge_kw = battery.discharge_kw = 0.0
        for engine in self.engines:
            engine.output_kw = 0.0
        for lane in self.lanes_out:
            lane.sent_kw = 0.0
