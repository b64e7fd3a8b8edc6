"""The story of a world: from flows that changed to events in words, each with what brought it about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from simulation.events.building import TIER_USE, Bus
from simulation.events.causes import GOES_ON, NO_CAUSE, SHOCK
from simulation.events.reasons import why_short
from simulation.events.watch import NOTICED_KW, Watch, service_watches, stock_watches
from simulation.units import TIERS

if TYPE_CHECKING:
    from simulation.events.world import World

__all__ = ["Story"]

_DEFERRABLE = TIERS.index("deferrable")


class Story:
    """Remembers what was the case at the last dispatch, and tells what has become different.

    Shedding and darkness that go on for another reason than before are told again, so that every moment of them has
    the cause that stood then; so are the kinds of ``GOES_ON`` where something later keeps them up.
    """

    __slots__ = (
        "_asked",
        "_cut",
        "_dark",
        "_deferred",
        "_reason",
        "_services",
        "_shed_cause",
        "_shed_kw",
        "_shed_kwh",
        "_stocks",
        "_world",
    )

    def __init__(self, world: World) -> None:
        self._world = world
        self._dark = [False] * len(world.buses)
        self._cut: set[tuple[int, int]] = set()  # buildings and tiers of which load is shed now; none that can wait
        self._shed_kw = [[0.0] * len(TIERS) for _ in world.buses]
        self._shed_kwh = [[0.0] * len(TIERS) for _ in world.buses]
        self._shed_cause = [[NO_CAUSE] * len(TIERS) for _ in world.buses]
        self._deferred = [NO_CAUSE] * len(world.buses)  # why deferrable load went short when it last did
        self._reason = [NO_CAUSE] * len(world.buses)
        self._asked = [-1] * len(world.buses)  # version of the causes at which the reason was found
        self._stocks = stock_watches(world)
        self._services = service_watches(world, self._why)

    def accrue(self, dt_h: float) -> None:
        """Count the energy that is shed [h]."""
        for building, tier in self._cut:
            self._shed_kwh[building][tier] += self._shed_kw[building][tier] * dt_h

    def tell_stocks(self) -> None:
        """Which stocks stand at their end now, before anything else becomes of it."""
        version = self._world.causes.version
        for watch in self._stocks:
            if (watch.stock.level <= watch.mark) != watch.told or (watch.told and watch.asked != version):
                self._tell_turns(self._stocks)
                return

    def tell(self) -> None:
        """Compare with what was, and write down what changed."""
        world = self._world
        if world.news:
            self._tell_grid()
        for bus in world.buses:
            if not bus.lit or self._dark[bus.index]:
                self._tell_dark(bus)
            if bus.served != bus.wanted or self._cut:
                self._tell_short(bus)
        self._tell_turns(self._services)

    def _tell_short(self, bus: Bus) -> None:
        """Which tiers of a building are shed; of the load that can wait, only what it comes from."""
        shed_kw = self._shed_kw[bus.index]
        for tier, use in enumerate(TIER_USE):
            short_kw = bus.wanted[use] - bus.served[use]
            if tier != _DEFERRABLE:
                if short_kw > NOTICED_KW or shed_kw[tier] > 0.0:
                    self._tell_shedding(bus, tier, short_kw)
            elif short_kw > NOTICED_KW:
                self._deferred[bus.index] = self._why(bus)

    def tell_expired(self, bus: Bus, expired_kwh: float) -> None:
        """Deferrable energy whose deadline passed in the step that ends [kWh]."""
        if expired_kwh > 0.0:
            self._shed_kwh[bus.index][_DEFERRABLE] += expired_kwh
        if expired_kwh > 0.0 or self._shed_kw[bus.index][_DEFERRABLE] > 0.0:
            self._tell_shedding(bus, _DEFERRABLE, expired_kwh)

    def _tell_grid(self) -> None:
        """Once it is known who went dark with a feeder and who did not, say so."""
        world = self._world
        for feeder, record in world.news:
            there = [bus for bus in world.buses if bus.feeder == feeder]
            dark = ", ".join(bus.title for bus in there if not bus.lit and not self._dark[bus.index])
            alive = ", ".join(bus.title for bus in there if bus.lit)
            parts = [f"{dark} dark" if dark else "", f"{alive} carries on alone" if alive else ""]
            told = "; ".join(part for part in parts if part)
            world.log.reword(record, f"grid lost on {world.feeder_names[feeder]}: {told}")
        world.news.clear()

    def _why(self, bus: Bus) -> int:
        """What a building's shortage comes from now: its darkness, or what stands behind a cut."""
        if self._dark[bus.index]:
            return self._world.causes.at(f"{bus.name} dark")
        return self._why_short(bus)

    def _why_short(self, bus: Bus) -> int:
        version = self._world.causes.version
        if self._asked[bus.index] != version:
            self._asked[bus.index] = version
            self._reason[bus.index] = why_short(self._world, bus)
        return self._reason[bus.index]

    def _tell_dark(self, bus: Bus) -> None:
        known = self._dark[bus.index]
        world, key = self._world, f"{bus.name} dark"
        if bus.lit:
            self._dark[bus.index] = False
            world.log.say("lit", bus.name, f"{bus.title} lit again", cause=world.causes.at(key))
            world.causes.end(key)
            return
        cause = self._why_short(bus)
        if known and world.log.records[world.causes.at(key)].cause == cause:
            return
        self._dark[bus.index] = True
        kind, words = ("still_dark", "still dark") if known else ("dark", "dark")
        world.causes.begin(key, world.log.say(kind, bus.name, f"{bus.title} {words}", cause=cause))

    def _tell_shedding(self, bus: Bus, tier: int, shed_kw: float) -> None:
        shed_kw = shed_kw if shed_kw > NOTICED_KW else 0.0
        before = self._shed_kw[bus.index][tier]
        if shed_kw == before == 0.0:
            return
        self._shed_kw[bus.index][tier] = shed_kw
        if shed_kw == 0.0:
            self._cut.discard((bus.index, tier))
        elif tier != _DEFERRABLE:
            self._cut.add((bus.index, tier))
        element = f"{bus.name}.{TIERS[tier]}"
        if shed_kw > 0.0:
            cause = self._deferred[bus.index] if tier == _DEFERRABLE else self._why(bus)
            if before > 0.0 and cause == self._shed_cause[bus.index][tier]:
                return
            self._shed_cause[bus.index][tier] = cause
            kind, words = ("shedding_began", "load cut") if before == 0.0 else ("shedding_goes_on", "load still cut")
            self._world.log.say(kind, element, f"{bus.title}: {TIERS[tier]} {words}", shed_kw, cause=cause)
        elif before > 0.0:
            total = self._shed_kwh[bus.index][tier]
            self._shed_kwh[bus.index][tier] = 0.0
            words = f"{bus.title}: {TIERS[tier]} load served again, {total:.4g} kWh went unserved"
            self._world.log.say("shedding_ended", element, words, total)

    def _tell_turns(self, watches: Sequence[Watch]) -> None:
        """Tell of every watched trouble that has begun or is over."""
        world = self._world
        for watch in watches:
            lacks = watch.lacks(watch.told)
            if lacks == watch.told:
                if lacks and watch.began[0] in GOES_ON and watch.asked != world.causes.version:
                    self._tell_again(watch)
                continue
            watch.told = lacks
            if lacks:
                kind, words = watch.began
                world.causes.begin(watch.key, world.log.say(kind, watch.element, words, cause=watch.why()))
            else:
                kind, words = watch.over
                value = watch.value() if watch.value is not None else 0.0
                world.log.say(kind, watch.element, words, value, cause=world.causes.at(watch.key))
                world.causes.end(watch.key)

    def _tell_again(self, watch: Watch) -> None:
        """A trouble goes on though what began it may be over: told again where something later keeps it up."""
        world = self._world
        causes, records = world.causes, world.log.records
        watch.asked = causes.version
        standing, cause = causes.at(watch.key), watch.why()
        if standing == NO_CAUSE or cause <= records[standing].cause or cause == causes.at(SHOCK):
            return
        kind, words = watch.began
        causes.begin(watch.key, world.log.say(GOES_ON[kind], watch.element, f"{words}, still", cause=cause))
