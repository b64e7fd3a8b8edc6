"""Lots that come by road: sent, held up by a closed road, poured in as far as there is room."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from simpy.events import Event

from simulation.events.causes import NO_CAUSE
from simulation.events.stock import Stock
from simulation.scenario.delivery import Delivery
from simulation.units import MINUTES_PER_HOUR

if TYPE_CHECKING:
    from simulation.events.world import World

__all__ = ["DeliveryUnit", "order_lots", "schedule_lots"]

_UNITS = {"fuel_tank": "L", "water_tank": "m3", "shelter": "person-days"}


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
        "slow_factor",
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
        self.travel_h: list[float] = []
        self.cancelled: list[bool] = []

    @property
    def lots_left(self) -> bool:
        """Whether any lot is left to send."""
        return self.lots_sent < len(self.travel_h)

    def arrival_h(self, lot: int, sent_h: float, struck_h: float) -> float:
        """Hour at which a lot arrives: it waits for its road, and roads are slow after the strike [h]."""
        travel_h = self.travel_h[lot]
        if sent_h + travel_h <= struck_h:
            return sent_h + travel_h
        return max(sent_h, self.road_opens_h) + travel_h * self.slow_factor


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
    for delivery in world.deliveries:
        if delivery.under_way or not delivery.lots_left or delivery.stock.level > delivery.reorder_level:
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
        _fail(world, due_h, delivery, "delivery_cancelled", f"{delivery.name} does not come", delivery.part.amount)
        delivery.under_way = False
        world.ring()
        return
    if delivery.road_opens_h > sent_h and arrival_h > due_h:
        yield world.until(due_h)
        late_h = arrival_h - due_h
        _fail(world, due_h, delivery, "delivery_late", f"{delivery.name} is late: its road is closed", late_h)
    yield world.until(arrival_h)
    world.settle(max(arrival_h, world.now_h))
    poured = delivery.stock.add(delivery.part.amount)
    world.pour(delivery.index, poured)
    delivery.under_way = False
    words = f"{delivery.name} brings {poured:.6g} {delivery.unit}"
    if poured < delivery.part.amount:
        words += f", {delivery.part.amount - poured:.6g} {delivery.unit} find no room and go back"
    if arrival_h - due_h > 1.0 / MINUTES_PER_HOUR:
        words += f" ({arrival_h - due_h:.1f} h late)"
    world.log.say("delivery_arrived", delivery.part.to, words, poured, cause=world.causes.at(delivery.name))
    world.causes.end(delivery.name)
    world.ring()


def _fail(world: World, hour: float, delivery: DeliveryUnit, kind: str, words: str, value: float) -> None:
    """A lot is not there when it should be, which stands until one arrives."""
    world.settle(max(hour, world.now_h))
    road = delivery.part.road
    cause = NO_CAUSE if road is None or kind != "delivery_late" else world.causes.at(f"road {road}")
    world.causes.begin(delivery.name, world.log.say(kind, delivery.name, words, value, cause=cause))
