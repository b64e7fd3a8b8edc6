"""What is written down of a world: which quantities, of which elements, read from where.

A quantity is one line in ``FLOWS`` or ``LEVELS``; everything else follows from these two tables.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from simulation.events.building import TIER_USE
from simulation.events.parts import PARTS
from simulation.events.quantity import Quantity
from simulation.events.stockpile import ItemUnit
from simulation.events.water import WaterTankUnit
from simulation.units import TIERS, WATER_USES

if TYPE_CHECKING:
    from simulation.events.world import World

__all__ = ["FLOWS", "LEVELS", "Quantity", "Reader", "columns_of"]


def _flow(
    name: str,
    unit: str,
    meaning: str,
    elements: Callable[[World], list[str]],
    read: Callable[[World], list[float]],
) -> Quantity:
    return Quantity(name=name, unit=unit, meaning=meaning, elements=elements, read=read)


def _buildings(world: World) -> list[str]:
    return [bus.name for bus in world.buses]


def _tiers(world: World) -> list[str]:
    return [f"{bus.name}.{tier}" for bus in world.buses for tier in TIERS]


def _items(world: World) -> list[ItemUnit]:
    return [item for shelter in world.shelters for item in shelter.items]


def _demand(world: World) -> list[float]:
    return [power for bus in world.buses for power in bus.demand_kw]


def _unserved(world: World) -> list[float]:
    """Deferrable load is lost when it expires, not when it waits; the closing of a step adds that."""
    row: list[float] = []
    for bus in world.buses:
        wanted, served = bus.wanted, bus.served
        row += [wanted[0] - served[0], wanted[1] - served[1], 0.0, wanted[4] - served[4]]
    return row


def _users(world: World) -> list[str]:
    """Who asks for water and what for: the people of a shelter, and a tank's users of every day."""
    names = [f"{shelter.name}.{WATER_USES[use]}" for shelter in world.shelters for use in shelter.water_uses]
    return names + [f"{tank.name}.{WATER_USES[tank.usual_use]}" for tank in _with_usual_use(world)]


def _asked_by_use(world: World) -> list[float]:
    row = [shelter.water_m3ph[use] for shelter in world.shelters for use in shelter.water_uses]
    return row + [tank.usual_m3ph for tank in _with_usual_use(world)]


def _unserved_by_use(world: World) -> list[float]:
    row = [
        shelter.water_m3ph[use] * (1.0 - shelter.water_share[use])
        for shelter in world.shelters
        for use in shelter.water_uses
    ]
    return row + [tank.usual_m3ph * (1.0 - tank.share[tank.usual_use]) for tank in _with_usual_use(world)]


def _with_usual_use(world: World) -> list[WaterTankUnit]:
    return [tank for tank in world.water_tanks if tank.has_usual_use]


FLOWS: tuple[Quantity, ...] = (
    _flow("demand_kw", "kW", "load that is asked for, by tier", _tiers, _demand),
    _flow("unserved_kw", "kW", "load that is not served; deferrable load when it expires", _tiers, _unserved),
    _flow(
        "deferrable_kw",
        "kW",
        "deferrable load that is served",
        _buildings,
        lambda w: [bus.served[TIER_USE[2]] for bus in w.buses],
    ),
    _flow("import_kw", "kW", "drawn from the public grid", _buildings, lambda w: [bus.import_kw for bus in w.buses]),
    _flow("export_kw", "kW", "sent into the public grid", _buildings, lambda w: [bus.export_kw for bus in w.buses]),
    _flow(
        "dumped_kw",
        "kW",
        "burnt in a load bank: minimum load with nowhere to go",
        _buildings,
        lambda w: [bus.dumped_kw for bus in w.buses],
    ),
    _flow(
        "pv_kw", "kW", "PV output used", lambda w: [a.name for a in w.arrays], lambda w: [a.used_kw for a in w.arrays]
    ),
    _flow(
        "curtailed_kw",
        "kW",
        "PV output that the sun allowed and nobody used",
        lambda w: [a.name for a in w.arrays],
        lambda w: [a.sun_kw - a.used_kw for a in w.arrays],
    ),
    _flow(
        "charge_kw",
        "kW",
        "taken by the battery at its terminals",
        lambda w: [b.name for b in w.batteries],
        lambda w: [b.charge_kw for b in w.batteries],
    ),
    _flow(
        "discharge_kw",
        "kW",
        "given by the battery at its terminals",
        lambda w: [b.name for b in w.batteries],
        lambda w: [b.discharge_kw for b in w.batteries],
    ),
    _flow(
        "genset_kw",
        "kW",
        "engine output",
        lambda w: [e.name for e in w.engines],
        lambda w: [e.output_kw for e in w.engines],
    ),
    _flow(
        "genset_fuel_lph",
        "L/h",
        "fuel burnt",
        lambda w: [e.name for e in w.engines],
        lambda w: [e.fuel_lph for e in w.engines],
    ),
    _flow(
        "genset_running_frac",
        "-",
        "share of the step that the engine runs",
        lambda w: [e.name for e in w.engines],
        lambda w: [1.0 if e.running else 0.0 for e in w.engines],
    ),
    _flow(
        "sent_kw",
        "kW",
        "sent over a line, at the sending end",
        lambda w: [lane.name for lane in w.lanes],
        lambda w: [lane.sent_kw for lane in w.lanes],
    ),
    _flow(
        "pump_kw",
        "kW",
        "power of the pump",
        lambda w: [pump.name for pump in w.pumps],
        lambda w: [pump.power_kw for pump in w.pumps],
    ),
    _flow(
        "pump_m3ph",
        "m3/h",
        "water lifted",
        lambda w: [pump.name for pump in w.pumps],
        lambda w: [pump.lifted_m3ph for pump in w.pumps],
    ),
    _flow(
        "mains_m3ph",
        "m3/h",
        "water from the mains",
        lambda w: [tank.name for tank in w.water_tanks],
        lambda w: [tank.mains_m3ph for tank in w.water_tanks],
    ),
    _flow(
        "water_demand_m3ph",
        "m3/h",
        "water that is asked for",
        lambda w: [tank.name for tank in w.water_tanks],
        lambda w: [tank.demand_m3ph for tank in w.water_tanks],
    ),
    _flow(
        "water_unserved_m3ph",
        "m3/h",
        "water that is not served",
        lambda w: [tank.name for tank in w.water_tanks],
        lambda w: [tank.demand_m3ph - tank.served_m3ph for tank in w.water_tanks],
    ),
    _flow("water_use_demand_m3ph", "m3/h", "water that is asked for, by use", _users, _asked_by_use),
    _flow("water_use_unserved_m3ph", "m3/h", "water that is not served, by use", _users, _unserved_by_use),
    _flow(
        "vehicle_demand_lph",
        "L/h",
        "fuel promised to vehicles",
        lambda w: [tank.name for tank in w.fuel_tanks],
        lambda w: [tank.vehicle_demand_lph for tank in w.fuel_tanks],
    ),
    _flow(
        "vehicle_unserved_lph",
        "L/h",
        "fuel that vehicles do not get",
        lambda w: [tank.name for tank in w.fuel_tanks],
        lambda w: [tank.vehicle_demand_lph - tank.vehicle_served_lph for tank in w.fuel_tanks],
    ),
    _flow(
        "delivered",
        "unit of the stock per hour",
        "poured in by deliveries",
        lambda w: list(w.spec.delivery),
        lambda w: [0.0] * len(w.spec.delivery),
    ),
    _flow(
        "people",
        "people",
        "people in the shelter",
        lambda w: [s.name for s in w.shelters],
        lambda w: [s.people for s in w.shelters],
    ),
    _flow(
        "turned_away",
        "people",
        "people who find no place",
        lambda w: [s.name for s in w.shelters],
        lambda w: [s.turned_away for s in w.shelters],
    ),
    _flow(
        "without_food",
        "people",
        "people without food",
        lambda w: [s.name for s in w.shelters],
        lambda w: [s.hungry_people for s in w.shelters],
    ),
    _flow(
        "car_people",
        "people",
        "people who sleep in their cars",
        lambda w: [s.name for s in w.shelters] if any(s.part.cars is not None for s in w.shelters) else [],
        lambda w: [s.cars for s in w.shelters],
    ),
    _flow(
        "stranded_people",
        "people",
        "visitors whom the disaster found there, among all who want a place",
        lambda w: [s.name for s in w.shelters] if any(s.part.visitors is not None for s in w.shelters) else [],
        lambda w: [s.stranded for s in w.shelters],
    ),
    _flow(
        "item_people",
        "people",
        "people who use a thing in store",
        lambda w: [item.name for item in _items(w)],
        lambda w: [item.users for item in _items(w)],
    ),
    _flow(
        "without_item",
        "people",
        "people who go without a thing in store",
        lambda w: [item.name for item in _items(w)],
        lambda w: [item.without for item in _items(w)],
    ),
    _flow(
        "grid_up_frac",
        "-",
        "share of the step with power on the feeder",
        lambda w: list(w.spec.feeder),
        lambda w: [1.0 if up else 0.0 for up in w.feeder_up],
    ),
    _flow(
        "communications_up_frac",
        "-",
        "share of the step that the base station works",
        lambda w: [station.name for station in w.stations],
        lambda w: [1.0 if station.up else 0.0 for station in w.stations],
    ),
    *(quantity for part in PARTS for quantity in part.flows),
)

LEVELS: tuple[Quantity, ...] = (
    _flow(
        "battery_kwh",
        "kWh",
        "energy in the battery",
        lambda w: [b.name for b in w.batteries],
        lambda w: [b.stock.level for b in w.batteries],
    ),
    _flow(
        "fuel_l",
        "L",
        "fuel in the tank",
        lambda w: [tank.name for tank in w.fuel_tanks],
        lambda w: [tank.stock.level for tank in w.fuel_tanks],
    ),
    _flow(
        "water_m3",
        "m3",
        "water in the tank",
        lambda w: [tank.name for tank in w.water_tanks],
        lambda w: [tank.stock.level for tank in w.water_tanks],
    ),
    _flow(
        "backlog_kwh",
        "kWh",
        "deferrable energy that waits",
        _buildings,
        lambda w: [bus.backlog.level_kwh for bus in w.buses],
    ),
    _flow(
        "food_person_days",
        "person-days",
        "food in the shelter",
        lambda w: [s.name for s in w.shelters],
        lambda w: [s.food.level for s in w.shelters],
    ),
    _flow(
        "item_person_days",
        "person-days",
        "a thing in store that is used up, in days of one user",
        lambda w: [item.name for item in _items(w) if not item.lent],
        lambda w: [item.stock.level for item in _items(w) if not item.lent],
    ),
    _flow(
        "communications_h",
        "h",
        "charge of the base station's battery",
        lambda w: [station.name for station in w.stations],
        lambda w: [station.stock.level for station in w.stations],
    ),
    *(quantity for part in PARTS for quantity in part.levels),
)


def columns_of(quantities: tuple[Quantity, ...], world: World) -> dict[str, slice]:
    """Where each quantity stands in a row that joins them all."""
    columns: dict[str, slice] = {}
    at = 0
    for quantity in quantities:
        width = len(quantity.elements(world))
        columns[quantity.name] = slice(at, at + width)
        at += width
    return columns


class Reader:
    """Reads a world's row: all quantities side by side, those without elements left out."""

    __slots__ = ("_reads", "_world", "columns")

    def __init__(self, quantities: tuple[Quantity, ...], world: World) -> None:
        self.columns = columns_of(quantities, world)
        self._reads = [quantity.read for quantity in quantities if quantity.elements(world)]
        self._world = world

    @property
    def width(self) -> int:
        """Length of a row."""
        return max((part.stop for part in self.columns.values()), default=0)

    def row(self) -> list[float]:
        """The row at this moment."""
        world = self._world
        row: list[float] = []
        for read in self._reads:
            row += read(world)
        return row
