"""Lots that come by road: sent, held up by a closed road, poured in as far as there is room."""

from __future__ import annotations

from collections.abc import Generator
from math import inf
from typing import TYPE_CHECKING

from simpy.events import Event

from simulation.draws.road import Roads
from simulation.events.causes import NO_CAUSE
from simulation.events.fuel_tank import FuelTankUnit
from simulation.events.reasons import why_dark
from simulation.events.stock import Stock
from simulation.physics.delivery import arrival_by_way_h, arrival_h
from simulation.scenario.delivery import Delivery
from simulation.units import MINUTES_PER_HOUR

if TYPE_CHECKING:
    from simulation.events.world import World

__all__ = ["DeliveryUnit", "order_lots", "schedule_lots"]

_UNITS = {"fuel_tank": "L", "water_tank": "m3", "shelter": "person-days", "toilet": "L"}


class DeliveryUnit:
    """One kind of delivery of a world, with its row of the draws; lots beyond the drawn ones never come."""

    __slots__ = (
        "cancelled",
        "index",
        "lots_sent",
        "name",
        "part",
        "reorder_level",
        "road_opens_h",
        "roads",
        "slow_factor",
        "source",
        "stock",
        "travel_h",
        "under_way",
        "unit",
    )

    def __init__(self, index: int, name: str, part: Delivery, stock: Stock, full: float) -> None:
        self.index = index
        self.name = name
        self.part = part
        self.stock = stock
        self.unit = _UNITS[part.to.split(".")[1]]
        self.reorder_level = part.reorder_frac * full if part.order == "reorder" else -1.0
        self.under_way = False
        self.lots_sent = 0
        self.road_opens_h = -float("inf")
        self.slow_factor = 1.0
        self.roads: Roads | None = None
        self.source: FuelTankUnit | None = None  # outside of the area: endless
        self.travel_h: list[float] = []
        self.cancelled: list[bool] = []

    @property
    def lots_left(self) -> bool:
        """Whether any lot is left to send."""
        return self.lots_sent < len(self.travel_h)

    def ends(self) -> tuple[str, str, float] | None:
        """Its depot, the building that it goes to and its weight [t], where it comes by the road graph."""
        part = self.part
        return None if part.depot is None else (part.depot, part.to.partition(".")[0], part.vehicle_t)

    def arrival_h(self, lot: int, sent_h: float, struck_h: float) -> float:
        """Hour at which a lot arrives: it waits for its road, and roads are slow after the strike [h].

        By the road graph it waits until a way is open; one that would wait longer than it is willing never comes.
        """
        travel_h = self.travel_h[lot]
        ends = self.ends()
        if ends is not None and self.roads is not None:
            sets_out_h, slow, round_h = self.roads.sets_out(*ends, sent_h)
            patience_h = inf if self.part.gives_up_after_h is None else self.part.gives_up_after_h
            return float(arrival_by_way_h(sent_h, travel_h, sets_out_h, slow, round_h, patience_h))
        return float(arrival_h(sent_h, travel_h, struck_h, self.road_opens_h, self.slow_factor))


def schedule_lots(world: World, delivery: DeliveryUnit, struck_h: float) -> Generator[Event, object, None]:
    """Send a lot every ``every_h`` from ``first_after_h`` after the strike on."""
    part = delivery.part
    for lot in range(len(delivery.travel_h)):
        sent_h = struck_h + part.first_after_h + lot * part.every_h
        if sent_h >= world.hours[-1]:
            return
        if sent_h > world.env.now:
            yield world.until(sent_h)
        world.env.process(_bring(world, delivery, max(sent_h, world.now_h), struck_h))


def order_lots(world: World, struck_h: float) -> None:
    """Order a lot for every stock that has fallen to its level, if none is under way."""
    for delivery in world.by_order:
        if delivery.stock.level > delivery.reorder_level or delivery.under_way or not delivery.lots_left:
            continue
        sent_h = world.now_h
        if sent_h >= struck_h:
            sent_h = max(sent_h, struck_h + delivery.part.first_after_h)
        delivery.under_way = True
        world.env.process(_bring(world, delivery, sent_h, struck_h))


def _bring(world: World, delivery: DeliveryUnit, sent_h: float, struck_h: float) -> Generator[Event, object, None]:
    lot = delivery.lots_sent
    delivery.lots_sent += 1
    arrival_h = delivery.arrival_h(lot, sent_h, struck_h)
    due_h = sent_h + delivery.part.travel_h
    if delivery.cancelled[lot]:
        yield world.until(due_h)
        _fail(world, delivery, "delivery_cancelled", f"{delivery.name} does not come", delivery.part.amount)
        delivery.under_way = False
        world.ring()
        return
    amount = delivery.part.amount
    if delivery.source is not None and arrival_h < inf:
        amount = yield from _load(world, delivery, delivery.source, sent_h)
        if amount <= 0.0:
            yield world.until(due_h)  # nobody tries again before the time that one trip takes
            delivery.under_way = False
            world.ring()
            return
    closed = _closed_roads(delivery, sent_h)
    if closed and arrival_h > due_h:
        yield world.until(due_h)
        late_h = arrival_h - due_h if arrival_h < inf else -1.0
        words = f"{delivery.name} is late: {_why_late(delivery, sent_h)}"
        _fail(world, delivery, "delivery_late", words, late_h, world.causes.latest(closed))
    if arrival_h == inf:
        yield from _give_up(world, delivery, sent_h)
        return
    yield world.until(arrival_h)
    world.settle(max(arrival_h, world.now_h))
    poured = delivery.stock.add(amount)
    world.add("delivered", delivery.index, poured)
    delivery.under_way = False
    empties = delivery.part.to.split(".")[1] == "toilet"
    words = f"{delivery.name} {'takes away' if empties else 'brings'} {poured:.6g} {delivery.unit}"
    if poured < amount and not empties:
        words += f", {amount - poured:.6g} {delivery.unit} find no room and go back"
    if arrival_h - due_h > 1.0 / MINUTES_PER_HOUR:
        words += f" ({arrival_h - due_h:.1f} h late)"
    world.log.say("delivery_arrived", delivery.part.to, words, poured, cause=world.causes.at(delivery.name))
    world.causes.end(delivery.name)
    world.ring()


def _load(world: World, delivery: DeliveryUnit, source: FuelTankUnit, sent_h: float) -> Generator[Event, object, float]:
    """Fill a lot at the tank that it comes from: as much as that holds, while its pump has power or a crank [L]."""
    yield world.until(sent_h)
    world.settle(max(sent_h, world.now_h))
    wanted, bus = delivery.part.amount, world.buses[source.building]
    runs = bus.lit or delivery.part.fills_by_hand
    loaded = source.stock.take(wanted) if runs else 0.0
    if loaded < wanted:
        why = world.causes.at(source.name) if runs else why_dark(world, bus)
        reason = "" if runs else ", whose pump is dark"
        words = f"{delivery.name} finds {loaded:.6g} of {wanted:.6g} {delivery.unit} at {source.name}{reason}"
        if not _said(world, delivery, "delivery_short", why):
            _fail(world, delivery, "delivery_short", words, wanted - loaded, why)
    world.ring()
    return loaded


def _said(world: World, delivery: DeliveryUnit, kind: str, cause: int) -> bool:
    """Whether that stands already, from the same cause: trips that go on in vain are told of once."""
    standing = world.causes.at(delivery.name)
    if standing == NO_CAUSE:
        return False
    record = world.log.records[standing]
    return record.kind == kind and record.cause == cause


def _closed_roads(delivery: DeliveryUnit, hour: float) -> list[str]:
    """Keys of the roads on its usual way that it cannot pass at an hour."""
    ends = delivery.ends()
    if ends is not None and delivery.roads is not None:
        return [f"road {link}" for link in delivery.roads.blocked(*ends, hour)]
    return [f"road {delivery.part.road}"] if delivery.road_opens_h > hour else []


def _why_late(delivery: DeliveryUnit, hour: float) -> str:
    """What its road is to it: closed, or open, but not to so heavy a vehicle."""
    ends = delivery.ends()
    if ends is not None and delivery.roads is not None and not delivery.roads.blocked(ends[0], ends[1], 0.0, hour):
        return "its road is open only to light vehicles"
    return "its road is closed"


def _give_up(world: World, delivery: DeliveryUnit, sent_h: float) -> Generator[Event, object, None]:
    """A lot to which no way opens is cancelled once it has waited as long as it is willing."""
    if delivery.part.gives_up_after_h is None:
        return
    hour = sent_h + delivery.part.gives_up_after_h
    yield world.until(hour)
    words, cause = f"{delivery.name} gives up: no way is open", world.causes.latest(_closed_roads(delivery, hour))
    _fail(world, delivery, "delivery_cancelled", words, delivery.part.amount, cause)
    delivery.under_way = False
    world.ring()


def _fail(world: World, delivery: DeliveryUnit, kind: str, words: str, value: float, cause: int = NO_CAUSE) -> None:
    """A lot is not there when it should be, which stands until one arrives."""
    world.settle(max(world.env.now, world.now_h))
    world.causes.begin(delivery.name, world.log.say(kind, delivery.name, words, value, cause=cause))
