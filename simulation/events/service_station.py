"""A service station at run time: vehicles queue at its pumps, by class, for what the tank may give them.

Thousands of vehicles come in a world, so that none is a process of its own: each moment of one is a plain callback.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from functools import partial
from math import inf, nan
from typing import TYPE_CHECKING

from simpy.events import Event

from simulation.draws.service_station import Visits, sample_visits
from simulation.events.causes import NO_CAUSE, SHOCK
from simulation.events.fuel_tank import FuelTankUnit
from simulation.events.on_the_way import OnTheWay, Vehicle
from simulation.events.part import Part
from simulation.events.reasons import why_dark
from simulation.events.station_tally import (
    ASKED_LPH,
    BALKED,
    FLOWS,
    LEFT_LPH,
    LEVELS,
    LOST_LPH,
    RATIONED_LPH,
    RENEGED,
    SERVED,
    SERVED_LPH,
    TURNED_AWAY,
    WAITING,
    Tally,
)
from simulation.scenario.service_station import CLASSES, ServiceStation
from simulation.scenario.spec import Placed
from simulation.units import MINUTES_PER_HOUR

if TYPE_CHECKING:
    from simulation.draws.draws import Draws
    from simulation.events.world import World

__all__ = ["PART", "ServiceStationUnit"]

_PUBLIC = CLASSES.index("public")
_SAME_L = 1e-9


class ServiceStationUnit:
    """Pumps, queue and agreement of one station.

    What a vehicle may get is settled when its turn at the pump ends: what it wants, within its ration and what the tank
    holds above the promise.  One that gets nothing comes again or is lost, and its litres with it.
    """

    __slots__ = (
        "_counted_h",
        "_seen_l",
        "bus",
        "customers",
        "first",
        "free_pumps",
        "lit",
        "name",
        "on_the_way",
        "part",
        "public_ends_h",
        "public_open",
        "refused",
        "service_h",
        "tally",
        "tank",
        "title",
        "too_long",
        "visits",
        "waiting",
        "waiting_n",
        "world",
    )

    def __init__(self, world: World, first: int, placed: Placed[ServiceStation], tank: FuelTankUnit) -> None:
        self.world = world
        self.name = placed.name
        self.part = placed.part
        self.tank = tank
        self.bus = world.buses[placed.building]
        self.title = self.bus.title
        self.first = first  # where its classes begin among those of all stations
        self.customers = placed.part.customers()
        stops_h = placed.part.public_stops_after_h
        self.public_ends_h = inf if stops_h is None else world.struck_h + stops_h
        self.visits: Visits | None = None
        self.on_the_way = [OnTheWay(world.env, partial(self._meet, kind)) for kind in range(len(CLASSES))]
        self.free_pumps = placed.part.pumps
        self.waiting: list[deque[Vehicle]] = [deque() for _ in CLASSES]
        self.waiting_n = [0] * len(CLASSES)
        self.lit = True
        self.service_h = self._mean_service_h()  # now
        self.public_open = True
        self.refused = [False] * len(CLASSES)
        self.too_long = [False] * len(CLASSES)  # whether somebody of a class has left its queue, or not even joined it
        self.tally = Tally(first)
        self._counted_h = 0.0
        self._seen_l = nan  # in the tank, when the public was last looked after

    def _mean_service_h(self) -> float:
        """Mean time at a pump now; infinite where the pumps stand still [h]."""
        minutes = self.part.service_min if self.lit else self.part.hand_service_min
        return inf if minutes is None else minutes / MINUTES_PER_HOUR

    def available_l(self, class_index: int) -> float:
        """What the tank may give to a class [L]."""
        level = self.tank.stock.level
        return max(0.0, level - self.part.promised_l) if class_index == _PUBLIC else level

    def open(self, _event: Event) -> None:
        """From now on vehicles come as drawn."""
        assert self.visits is not None
        for kind, on_the_way in enumerate(self.on_the_way):
            on_the_way.begin(self.visits, kind)

    def catch_up(self, until_h: float) -> None:
        """Write down, in the step that runs now, the vehicles that have come in vain before an hour."""
        public = self.on_the_way[_PUBLIC]
        asked_l, lost_l, visits = public.pass_by(until_h) if public.in_vain else ([], [], 0)
        if visits:
            world, element = self.world, self.first + _PUBLIC
            world.add_all(ASKED_LPH, element, asked_l)
            world.add_all(LOST_LPH, element, lost_l)
            self.tally.count(world, _PUBLIC, TURNED_AWAY, visits)

    def _meet(self, kind: int, number: int, first: bool) -> None:
        """A vehicle arrives: it queues, or drives on where there is nothing for it or the queue is too long."""
        world, on_the_way = self.world, self.on_the_way[kind]
        if first:
            world.add(ASKED_LPH, self.first + kind, on_the_way.litres[number])
        balks_above = self.customers[kind].balks_above
        refused = (kind == _PUBLIC and not self._sells_to_public()) or self.available_l(kind) <= 0.0
        full = balks_above is not None and self.waiting_n[kind] > balks_above
        if refused:
            self._refuse(kind)
        if refused or full:
            self._send_away(kind, number, TURNED_AWAY if refused else BALKED)
            return
        self._count_queue()
        vehicle = Vehicle(kind, number, on_the_way.litres[number], world.env.now)
        self.waiting[kind].append(vehicle)
        self.waiting_n[kind] += 1
        patience_h = on_the_way.patience_h[number]
        if patience_h < inf:
            self._after(patience_h, partial(self._lose_patience, vehicle))
        self.serve()

    def serve(self) -> None:
        """Let the next vehicles to the pumps that are free."""
        service_h = self.service_h
        while self.free_pumps > 0 and service_h < inf:
            vehicle = self._next()
            if vehicle is None:
                return
            self.free_pumps -= 1
            stands_h = service_h * self.on_the_way[vehicle.class_index].service_factor[vehicle.number]
            self._after(stands_h, partial(self._fill, vehicle))

    def look(self, *, lit: bool) -> None:
        """After a dispatch: is there power, does the public still get anything."""
        queue = any(self.waiting_n)
        if queue:
            self._count_queue()
        if lit != self.lit:
            self.lit = lit
            self.service_h = self._mean_service_h()
            self._tell_power()
        self._sells_to_public()
        if queue:
            self.serve()

    def _next(self) -> Vehicle | None:
        for kind, queue in enumerate(self.waiting):
            while queue:
                vehicle = queue.popleft()
                if vehicle.waits:
                    self._count_queue()
                    vehicle.waits = False
                    self.waiting_n[kind] -= 1
                    if self.too_long[kind] and self.waiting_n[kind] == 0:
                        self._tell_queue(kind, too_long=False)
                    vehicle.waited_h = self.world.env.now - vehicle.joined_h
                    return vehicle
        return None

    def _fill(self, vehicle: Vehicle, _event: Event) -> None:
        """A vehicle's turn ends: it drives off with what the tank may give it."""
        world, kind, stock = self.world, vehicle.class_index, self.tank.stock
        if stock.rate != 0.0:  # nothing else moves what is taken here, and there are thousands
            world.settle(max(world.env.now, world.now_h))
        self.free_pumps += 1
        rationed = kind == _PUBLIC and self.part.ration_l is not None and world.env.now >= world.struck_h
        wants_l = min(vehicle.litres, self.part.ration_l or inf) if rationed else vehicle.litres
        before_l = stock.level
        got_l = stock.take(min(wants_l, self.available_l(kind)))
        if got_l > 0.0:
            world.add(SERVED_LPH, self.first + kind, got_l)
            world.add(LOST_LPH, self.first + kind, vehicle.litres - got_l)
            world.add(RATIONED_LPH, self.first + kind, vehicle.litres - wants_l)
            self.tally.count(world, kind, SERVED)
            self.tally.waited(kind, vehicle.waited_h)
            if got_l < wants_l - _SAME_L:
                self._refuse(kind)
            else:
                self._oblige(kind)
        else:
            self._refuse(kind)
            self._send_away(kind, vehicle.number, TURNED_AWAY)
        if stock.rate != 0.0 or stock.level <= 0.0 or any(stock.level <= mark < before_l for mark in self.tank.marks_l):
            world.ring()
        self._sells_to_public()
        self.serve()

    def _lose_patience(self, vehicle: Vehicle, _event: Event) -> None:
        if vehicle.waits:
            self._leave_queue(vehicle, RENEGED)

    def _leave_queue(self, vehicle: Vehicle, outcome: int) -> None:
        self._count_queue()
        vehicle.waits = False
        self.waiting_n[vehicle.class_index] -= 1
        self._send_away(vehicle.class_index, vehicle.number, outcome)

    def _send_away(self, kind: int, number: int, outcome: int) -> None:
        """One that got nothing tries again later, or its demand is lost."""
        world, on_the_way = self.world, self.on_the_way[kind]
        self.tally.count(world, kind, outcome)
        if outcome != TURNED_AWAY and not self.too_long[kind]:
            self._tell_queue(kind, too_long=True)
        if on_the_way.send_away(number, world.env.now):
            return
        world.add(LOST_LPH, self.first + kind, on_the_way.litres[number])
        if outcome != TURNED_AWAY:
            world.add(LEFT_LPH, self.first + kind, on_the_way.litres[number])

    def _sells_to_public(self) -> bool:
        """Whether the public is served now; says so when that changes, and sends away who waits in vain."""
        world = self.world
        over, level = world.env.now >= self.public_ends_h, self.tank.stock.level
        if level == self._seen_l and not (over and self.public_open):
            return self.public_open  # nothing that it depends on has changed, as at most moments
        resumes_l = self.part.public_resumes_above_l
        if over and not self.public_open and resumes_l is not None and level > self._seen_l and level >= resumes_l:
            self.public_ends_h, over = inf, False
        self._seen_l = level
        opens = not over and self.available_l(_PUBLIC) > 0.0
        if opens == self.public_open:
            return opens
        self.public_open = opens
        key = f"{self.name} public"
        world.settle(max(world.env.now, world.now_h))
        if opens:
            self.catch_up(world.env.now)
            self.on_the_way[_PUBLIC].in_vain = False
            world.log.say("public_sale_resumed", f"{self.name}.public", f"{self.title} sells to the public again")
            world.causes.end(key)
            return True
        why = world.causes.at(SHOCK) if over else self._why_low()
        left = f"{self.tank.stock.level:.0f} L left for emergency and supply vehicles"
        words = f"{self.title} stops public sale: {left}"
        record = world.log.say("public_sale_stopped", f"{self.name}.public", words, self.tank.stock.level, cause=why)
        world.causes.begin(key, record)
        self.on_the_way[_PUBLIC].in_vain = True
        for vehicle in self.waiting[_PUBLIC]:
            if vehicle.waits:
                self._leave_queue(vehicle, TURNED_AWAY)
        self.waiting[_PUBLIC].clear()
        return False

    def _why_low(self) -> int:
        """Why the tank is low: a lot that did not come, else the strike that brought the rush."""
        causes = self.world.causes
        lots = [unit.name for unit in self.world.deliveries if unit.stock is self.tank.stock]
        lot = causes.latest(lots)
        return lot if lot != NO_CAUSE else causes.at(SHOCK)

    def _tell_power(self) -> None:
        world, key = self.world, f"{self.name} pumps"
        if self.lit:
            world.log.say("pumps_lit", self.name, f"pumps at {self.title} have power again")
            world.causes.end(key)
            return
        by_hand = self.part.hand_service_min is not None
        words = f"pumps at {self.title} are worked by hand" if by_hand else f"pumps at {self.title} stand still"
        kind, why = "pumps_by_hand" if by_hand else "pumps_dark", why_dark(world, self.bus)
        world.causes.begin(key, world.log.say(kind, self.name, words, cause=why))

    def _refuse(self, kind: int) -> None:
        """The first of a class that gets too little is told of, and again when one has got its fill in between."""
        if self.refused[kind] or kind == _PUBLIC:
            return
        self.refused[kind] = True
        self.world.settle(max(self.world.env.now, self.world.now_h))
        causes = self.world.causes
        why = causes.latest([f"{self.name} pumps", self.tank.name])
        why = self._why_low() if why == NO_CAUSE else why
        words = f"no fuel for {CLASSES[kind]} vehicles at {self.title}"
        self.world.log.say("fuel_refused", f"{self.name}.{CLASSES[kind]}", words, cause=why)

    def _tell_queue(self, kind: int, *, too_long: bool) -> None:
        """The first of a class that will not wait, and that nobody of it waits any more."""
        self.too_long[kind] = too_long
        world, element = self.world, f"{self.name}.{CLASSES[kind]}"
        key = f"{element} queue"
        world.settle(max(world.env.now, world.now_h))
        if not too_long:
            words = f"no queue of {CLASSES[kind]} vehicles at {self.title}"
            world.log.say("queue_gone", element, words, cause=world.causes.at(key))
            world.causes.end(key)
            return
        pumps = world.causes.at(f"{self.name} pumps")
        why = pumps if pumps != NO_CAUSE else world.causes.at(SHOCK)
        words = f"queue of {CLASSES[kind]} vehicles too long at {self.title}"
        world.causes.begin(key, world.log.say("queue_too_long", element, words, cause=why))

    def _oblige(self, kind: int) -> None:
        if self.refused[kind]:
            self.refused[kind] = False
            self.world.settle(max(self.world.env.now, self.world.now_h))
            words = f"fuel for {CLASSES[kind]} vehicles again at {self.title}"
            self.world.log.say("fuel_again", f"{self.name}.{CLASSES[kind]}", words)

    def _count_queue(self) -> None:
        """Write down how many have waited since they were last counted."""
        span_h = (self._counted_h, self.world.env.now)
        if span_h[1] > span_h[0]:
            for kind, n in enumerate(self.waiting_n):
                if n:
                    self.world.add_over(WAITING, self.first + kind, float(n), span_h)
            self._counted_h = span_h[1]

    def _after(self, hours: float, then: partial[None]) -> None:
        self.world.env.timeout(hours).callbacks.append(then)  # type: ignore[union-attr]


def _build(world: World, draws: Draws, s: int) -> list[ServiceStationUnit]:
    tanks = {tank.name: tank for tank in world.fuel_tanks}
    units = []
    for i, placed in enumerate(world.spec.service_stations):
        tank = tanks[f"{world.buses[placed.building].name}.fuel_tank.{placed.part.tank}"]
        unit = ServiceStationUnit(world, i * len(CLASSES), placed, tank)
        unit.visits = sample_visits(world.spec, placed, int(draws.scenario_ids[s]), draws.seed)
        tank.marks_l = (*tank.marks_l, placed.part.promised_l)
        units.append(unit)
    return units


def _start(world: World) -> None:
    for unit in world.parts["service_station"]:
        world.until(0.0).callbacks.append(unit.open)  # type: ignore[union-attr]
        if unit.part.ration_l is not None and world.struck_h < world.hours[-1]:
            world.env.process(_ration(world, unit))
        if unit.public_ends_h < world.hours[-1]:
            world.env.process(_stop_public(world, unit, unit.public_ends_h))


def _ration(world: World, unit: ServiceStationUnit) -> Generator[Event, object, None]:
    yield world.until(world.struck_h)
    world.settle(max(world.struck_h, world.now_h))
    litres = unit.part.ration_l or 0.0
    words = f"{unit.title} rations the public to {litres:g} L"
    world.log.say("fuel_rationed", f"{unit.name}.public", words, litres, cause=world.causes.at(SHOCK))


def _stop_public(world: World, unit: ServiceStationUnit, hour: float) -> Generator[Event, object, None]:
    yield world.until(hour)
    world.settle(max(hour, world.now_h))
    unit.look(lit=unit.lit)
    world.ring()


def _act(world: World) -> float:
    for unit in world.parts["service_station"]:
        unit.look(lit=unit.bus.lit)
    return inf


def _close(world: World) -> None:
    for unit in world.parts["service_station"]:
        unit.catch_up(world.hours[world.row + 1])


PART = Part(
    name="service_station",
    build=_build,
    start=_start,
    act=_act,
    close=_close,
    flows=FLOWS,
    levels=LEVELS,
)
