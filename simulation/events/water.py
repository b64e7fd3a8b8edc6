"""Water at run time: tanks, the pumps and treatment units that fill them, and who gets how much of what there is."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from simulation.events.stock import Stock
from simulation.physics.pump import lifted_m3ph, pumping_kw
from simulation.scenario.spec import Placed
from simulation.scenario.water import Pump, Treatment, WaterTank
from simulation.units import HOURS_PER_DAY, WATER_USES

if TYPE_CHECKING:
    from simulation.events.shelter import ShelterUnit
    from simulation.events.world import World

__all__ = ["BATH", "FLUSHING", "PumpUnit", "WaterTankUnit", "ask_for_power", "commit_water", "look_at_water"]

N_USES = len(WATER_USES)
FLUSHING = WATER_USES.index("flushing")
BATH = WATER_USES.index("bath")
_ALL = (1.0,) * N_USES
_NONE = [0.0] * N_USES


class PumpUnit:
    """A pump or treatment unit: what it is told, what power it gets, what it lifts [kW, m3/h].

    A treatment unit draws on a tank of raw water, or on a river that never lacks (``raw`` is None).
    """

    __slots__ = (
        "building",
        "drawn_m3ph",
        "fails_with_hazard",
        "kwh_per_m3",
        "lifted_m3ph",
        "name",
        "power_kw",
        "rated_m3ph",
        "raw",
        "recovered_frac",
        "refill_below_m3",
        "refilling",
        "target_kw",
        "treats",
        "wanted_kw",
        "works",
    )

    def __init__(self, placed: Placed[Pump], tank_capacity_m3: float) -> None:
        part = placed.part
        self.name = placed.name
        self.building = placed.building
        self.rated_m3ph = part.rated_m3ph
        self.kwh_per_m3 = part.kwh_per_m3
        self.fails_with_hazard = part.fails_with_hazard
        self.refill_below_m3 = part.refill_below_frac * tank_capacity_m3
        self.treats = isinstance(part, Treatment)
        self.recovered_frac = part.recovered_frac if isinstance(part, Treatment) else 1.0
        self.raw: WaterTankUnit | None = None
        self.refilling = False
        self.works = True
        self.target_kw: float | None = None
        self.wanted_kw = 0.0
        self.power_kw = 0.0
        self.lifted_m3ph = 0.0
        self.drawn_m3ph = 0.0  # what it takes in to give what it lifts


class WaterTankUnit:
    """A tank: mains and rain first, then pumps, against what its users ask for [m3, m3/h].

    ``asked_m3ph`` is what they ask by use, ``passed_m3ph`` what their own tank could not flush with; ``share`` is what
    each use gets of it.  Where there is not enough, a more precious use is served before a less precious one; below its
    own level of the tank a use is *rationed*: it gets nothing until the level has risen well above that again.
    """

    __slots__ = (
        "asked_m3ph",
        "building",
        "daily_use_stops",
        "demand_m3ph",
        "drains",
        "has_usual_use",
        "leak_m3ph",
        "leaked_m3ph",
        "mains_back",
        "mains_fail",
        "mains_limit_m3ph",
        "mains_m3ph",
        "marks_m3",
        "name",
        "passed_m3ph",
        "potable",
        "pumps",
        "rain_m3ph",
        "rationed",
        "rations",
        "rations_above_m3",
        "rations_below_m3",
        "resumes_m3",
        "rules",
        "served_m3ph",
        "share",
        "spilled_m3ph",
        "stock",
        "stops_m3",
        "usual_m3ph",
        "usual_unserved_m3ph",
        "usual_use",
    )

    def __init__(self, placed: Placed[WaterTank]) -> None:
        part = placed.part
        self.name = placed.name
        self.building = placed.building
        self.potable = part.potable
        self.stock = Stock(part.initial_frac * part.capacity_m3, part.capacity_m3)
        self.mains_limit_m3ph = part.mains_m3ph
        self.mains_back = False  # once they have failed and returned
        self.mains_fail = part.mains_fail_with_hazard
        self.usual_m3ph = part.daily_use_m3 / HOURS_PER_DAY
        self.usual_use = part.usual_use
        self.has_usual_use = part.daily_use_m3 > 0.0
        self.daily_use_stops = part.daily_use_stops
        self.stops_m3 = part.stops_below_m3
        self.resumes_m3 = tuple(level + part.resumes_above_frac * part.capacity_m3 for level in self.stops_m3)
        self.rules = tuple(use for use in range(N_USES) if self.stops_m3[use] > 0.0)  # uses that are rationed at all
        self.rationed = [False] * N_USES
        self.rations = False  # any use
        self.rations_below_m3 = inf  # from the one level to the other no use stops or begins again
        self.rations_above_m3 = -inf
        self.asked_m3ph = [0.0] * N_USES
        self.passed_m3ph = 0.0
        self.demand_m3ph = 0.0
        self.served_m3ph = 0.0
        self.share: tuple[float, ...] = _ALL
        self.usual_unserved_m3ph = 0.0
        self.mains_m3ph = 0.0
        self.rain_m3ph = 0.0
        self.spilled_m3ph = 0.0  # of rain, and of what was pumped for a use that ceased
        self.leak_m3ph = 0.0  # while there is water in it, or more flows in than is drawn
        self.leaked_m3ph = 0.0
        self.pumps: list[PumpUnit] = []
        self.drains: list[PumpUnit] = []  # treatment units that draw on it
        self.marks_m3: tuple[float, ...] = ()  # levels at which a lot is ordered, a pump starts, a use stops or begins

    @property
    def ration_marks_m3(self) -> tuple[float, ...]:
        """Levels at which a use stops or begins again [m3]."""
        return tuple(level for use in self.rules for level in (self.stops_m3[use], self.resumes_m3[use]))

    def strike(self) -> None:
        """What the disaster does to mains, pumps and normal use."""
        if self.mains_fail:
            self.mains_limit_m3ph = 0.0
        if self.daily_use_stops:
            self.usual_m3ph = 0.0
        for pump in self.pumps:
            pump.works = pump.works and not pump.fails_with_hazard

    def look(self) -> None:
        """Forget what was asked before, and see by the level which uses may draw now."""
        asked = self.asked_m3ph = [0.0] * N_USES
        asked[self.usual_use] = self.usual_m3ph
        self.passed_m3ph = 0.0
        if not self.rations_below_m3 < self.stock.level < self.rations_above_m3:
            self._ration(self.stock.level)

    def _ration(self, level: float) -> None:
        """Stop uses and let them begin again by the level; between which levels that stays so."""
        below, above = -inf, inf
        for use in self.rules:
            if level <= self.stops_m3[use]:
                self.rationed[use] = True
            elif level >= self.resumes_m3[use]:
                self.rationed[use] = False
            if self.rationed[use]:
                above = min(above, self.resumes_m3[use])
            else:
                below = max(below, self.stops_m3[use])
        self.rations = True in self.rationed
        self.rations_below_m3, self.rations_above_m3 = below, above

    def ask(self, use: int, flow_m3ph: float) -> None:
        """Draw water for a use until the next dispatch [m3/h]."""
        self.asked_m3ph[use] += flow_m3ph

    def gives(self, use: int) -> bool:
        """Whether there is water for a use: it is not rationed, and some is in the tank or flows in."""
        return not self.rationed[use] and (self.stock.level > 0.0 or self.mains_limit_m3ph > 0.0)

    def granted_m3ph(self) -> float:
        """What is asked for by uses that may draw [m3/h]."""
        if not self.rations:
            return sum(self.asked_m3ph) + self.passed_m3ph
        granted = self.passed_m3ph if not self.rationed[FLUSHING] else 0.0
        for use, asked in enumerate(self.asked_m3ph):
            if not self.rationed[use]:
                granted += asked
        return granted

    def expect(self) -> None:
        """What each use can count on before it is known how much power the pumps get."""
        if self.stock.level > 0.0 and not self.rations:  # as at most moments
            self.share = _ALL
            return
        self.demand_m3ph = sum(self.asked_m3ph)
        self.served_m3ph = self.granted_m3ph()
        if self.stock.level <= 0.0:
            self.served_m3ph = max(0.0, min(self.served_m3ph, self.mains_limit_m3ph + self.rain_m3ph))
        self._share_out()

    def ask_power(self) -> None:
        """Set what every pump wants: its set-point, or its float switch; all it has where water is short [kW]."""
        level, capacity = self.stock.level, self.stock.capacity
        room_m3ph, missing = inf, False
        if level >= capacity or level <= 0.0:
            lacking = self.granted_m3ph() - self.mains_limit_m3ph - self.rain_m3ph
            missing = level <= 0.0 and lacking > 0.0
            if level >= capacity:  # what leaks counts: else it falls, is filled up and falls again without end
                room_m3ph = max(0.0, lacking + self.leak_m3ph)
        for pump in self.pumps:
            if level <= pump.refill_below_m3:
                pump.refilling = True
            elif level >= capacity:
                pump.refilling = False
            pump.wanted_kw = flow = 0.0
            if not pump.works:
                continue
            if pump.target_kw is None or missing:
                flow = pump.rated_m3ph if pump.refilling else 0.0
            elif pump.target_kw > 0.0:
                flow = min(pump.rated_m3ph, lifted_m3ph(pump.target_kw, pump.kwh_per_m3))
            if flow > 0.0:
                flow = min(flow, room_m3ph)
                if pump.raw is not None:
                    flow = min(flow, pump.raw.left_m3ph() * pump.recovered_frac)
                room_m3ph -= flow
                pump.wanted_kw = pumping_kw(flow, pump.kwh_per_m3)

    def left_m3ph(self) -> float:
        """What a treatment unit may draw beside those that have asked before it [m3/h]."""
        if self.stock.level > 0.0:
            return inf
        drawn = 0.0
        for pump in self.drains:
            drawn += lifted_m3ph(pump.wanted_kw, pump.kwh_per_m3) / pump.recovered_frac
        return max(0.0, self.mains_limit_m3ph + self.rain_m3ph - drawn)

    def commit(self) -> float:
        """Let the water flow that was lifted and drawn; hours until the tank meets an edge or a mark [h]."""
        stock = self.stock
        level, full = stock.level, stock.level >= stock.capacity
        steady = self.rain_m3ph
        for pump in self.pumps:
            steady += pump.lifted_m3ph
        for pump in self.drains:
            steady -= pump.drawn_m3ph
        demand = sum(self.asked_m3ph) + self.passed_m3ph
        granted = self.granted_m3ph() if self.rations else demand
        mains = self.mains_limit_m3ph
        if full:
            mains = min(mains, max(0.0, granted + self.leak_m3ph - steady))
        inflow = mains + steady
        served = granted if level > 0.0 else max(0.0, min(granted, inflow))
        surplus = inflow - served
        self.leaked_m3ph = self.leak_m3ph if level > 0.0 else max(0.0, min(self.leak_m3ph, surplus))
        rate = surplus - self.leaked_m3ph
        self.spilled_m3ph = rate if full and rate > 0.0 else 0.0
        self.mains_m3ph, self.demand_m3ph, self.served_m3ph = mains, demand, served
        if served >= demand and not self.rations:  # as at most moments
            self.share = _ALL
            self.usual_unserved_m3ph = 0.0
        else:
            self._share_out()
        return stock.set_rate(rate - self.spilled_m3ph, self.marks_m3)

    def _share_out(self) -> None:
        """What each use gets of what it asks for: the more precious ones first."""
        left, shares = self.served_m3ph, []
        for use, asked in enumerate(self.asked_m3ph):
            wanted = asked + self.passed_m3ph if use == FLUSHING else asked
            given = 0.0 if self.rationed[use] else min(wanted, left)
            left -= given
            shares.append(given / wanted if wanted > 0.0 else float(self.gives(use)))
        self.share = tuple(shares)
        self.usual_unserved_m3ph = self.usual_m3ph * (1.0 - self.share[self.usual_use])


def look_at_water(world: World) -> None:
    """Take in what everybody asks of the tanks now: a shelter's toilets of their own tank, where they have one."""
    tanks = world.water_tanks
    for tank in tanks:
        tank.look()
    for shelter in world.shelters:
        flows = shelter.water_m3ph
        if shelter.flushing_tank >= 0:
            tanks[shelter.flushing_tank].asked_m3ph[FLUSHING] += flows[FLUSHING]
        if shelter.tank >= 0:
            asked = tanks[shelter.tank].asked_m3ph
            for use in shelter.drinks:
                asked[use] += flows[use]


def ask_for_power(world: World) -> None:
    """Have every pump ask for power; what toilets cannot be flushed with, they ask of the drinking water.

    Tanks of raw water come first, since a treatment unit can draw no more than there is of it.
    """
    if world.raw_tanks:
        for tank in world.raw_tanks:
            tank.expect()
        _pass_on(world)
        for tank in world.raw_tanks:
            if tank.pumps:
                tank.ask_power()
    for tank in world.potable_tanks:
        for pump in tank.pumps:
            pump.wanted_kw = 0.0
    for tank in world.potable_tanks:
        if tank.pumps:
            tank.ask_power()


def commit_water(world: World) -> float:
    """Let the water flow, raw water first; hours until the first tank meets an edge or a mark [h]."""
    horizon_h = inf
    for pump in world.pumps:
        pump.lifted_m3ph = lifted_m3ph(pump.power_kw, pump.kwh_per_m3)
        pump.drawn_m3ph = pump.lifted_m3ph / pump.recovered_frac
    if world.raw_tanks:
        for tank in world.potable_tanks:
            tank.passed_m3ph = 0.0
        for tank in world.raw_tanks:
            horizon_h = min(horizon_h, tank.commit())
        _pass_on(world)
    for tank in world.potable_tanks:
        horizon_h = min(horizon_h, tank.commit())
    for shelter in world.shelters:
        _tell_shelter(world, shelter)
    return horizon_h


def _pass_on(world: World) -> None:
    """Ask drinking water for what a shelter's own tank cannot flush with; it no longer counts as asked of that."""
    tanks = world.water_tanks
    for shelter in world.shelters:
        if shelter.flushing_tank >= 0 and shelter.tank >= 0:
            own = tanks[shelter.flushing_tank]
            if own.share is _ALL:
                continue
            lacking = shelter.water_m3ph[FLUSHING] * (1.0 - own.share[FLUSHING])
            if lacking > 0.0:
                tanks[shelter.tank].passed_m3ph += lacking
                own.demand_m3ph = max(own.served_m3ph, own.demand_m3ph - lacking)


def _tell_shelter(world: World, shelter: ShelterUnit) -> None:
    """Tell a shelter how much of the water for each use its people lack."""
    share = world.water_tanks[shelter.tank].share if shelter.tank >= 0 else _ALL
    own = world.water_tanks[shelter.flushing_tank].share if shelter.flushing_tank >= 0 else _ALL
    if share is _ALL and own is _ALL:
        shelter.water_unserved_m3ph = _NONE
        return
    if shelter.flushing_tank >= 0:
        behind = share[FLUSHING] if shelter.tank >= 0 else 0.0
        flushed = own[FLUSHING] + (1.0 - own[FLUSHING]) * behind
        share = (*share[:FLUSHING], flushed, *share[FLUSHING + 1 :])
    shelter.water_unserved_m3ph = [flow * (1.0 - got) for flow, got in zip(shelter.water_m3ph, share, strict=True)]
