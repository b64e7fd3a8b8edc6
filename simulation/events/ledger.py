"""What is written down of a world: which quantities, of which elements, read from where.

A quantity is one line in ``FLOWS`` or ``LEVELS``; everything else follows from these two tables.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from simulation.events.building import DEFERRABLE, DEFERRABLE_TIER, TIER_USE
from simulation.events.parts import PARTS
from simulation.events.quantity import Attributes, Quantity, attribute_of, share_of_step
from simulation.events.shelter import ShelterUnit
from simulation.events.stockpile import ItemUnit
from simulation.events.water import WaterTankUnit
from simulation.units import TIERS, WATER_USES

if TYPE_CHECKING:
    from simulation.events.world import World

__all__ = ["FLOWS", "LEVELS"]

_TIER_USES = tuple(enumerate(TIER_USE))


def _flow(
    name: str,
    unit: str,
    meaning: str,
    elements: Callable[[World], list[str]],
    places: Callable[[World], Sequence[tuple[Any, str]]] | None = None,
) -> Quantity:
    read = None if places is None else Attributes(places=places)
    return Quantity(name=name, unit=unit, meaning=meaning, elements=elements, read=read)


def _each(name: str, unit: str, meaning: str, units: Callable[[World], Sequence[Any]], attribute: str) -> Quantity:
    return attribute_of(units, attribute, name=name, unit=unit, meaning=meaning)


_buses = attrgetter("buses")
_arrays = attrgetter("arrays")
_batteries = attrgetter("batteries")
_engines = attrgetter("engines")
_lanes = attrgetter("lanes")
_pumps = attrgetter("pumps")
_water_tanks = attrgetter("water_tanks")
_fuel_tanks = attrgetter("fuel_tanks")
_shelters = attrgetter("shelters")
_stations = attrgetter("stations")


def _shelters_with_cars(world: World) -> list[ShelterUnit]:
    return world.shelters if any(shelter.part.cars is not None for shelter in world.shelters) else []


def _shelters_with_visitors(world: World) -> list[ShelterUnit]:
    return world.shelters if any(shelter.part.visitors is not None for shelter in world.shelters) else []


def _items(world: World) -> list[ItemUnit]:
    return [item for shelter in world.shelters for item in shelter.items]


def _items_used_up(world: World) -> list[ItemUnit]:
    return [item for item in _items(world) if not item.lent]


def _names(units: Callable[[World], Sequence[Any]]) -> Callable[[World], list[str]]:
    return lambda world: [one.name for one in units(world)]


def _tiers(world: World) -> list[str]:
    return [f"{bus.name}.{tier}" for bus in world.buses for tier in TIERS]


def _demand(world: World) -> list[tuple[Any, str]]:
    return [(bus, f"it.demand_kw[{tier}]") for bus in world.buses for tier in range(len(TIERS))]


def _unserved(world: World) -> list[tuple[Any, str]]:
    """Deferrable load is lost when it expires, not when it waits; the closing of a step adds that."""
    short = ["0.0" if tier == DEFERRABLE_TIER else f"it.wanted[{use}] - it.served[{use}]" for tier, use in _TIER_USES]
    return [(bus, expression) for bus in world.buses for expression in short]


def _users(world: World) -> list[str]:
    """Who asks for water and what for: the people of a shelter, and a tank's users of every day."""
    names = [f"{shelter.name}.{WATER_USES[use]}" for shelter in world.shelters for use in shelter.water_uses]
    return names + [f"{tank.name}.{WATER_USES[tank.usual_use]}" for tank in _with_usual_use(world)]


def _asked_by_use(world: World) -> list[tuple[Any, str]]:
    people: list[tuple[Any, str]] = [
        (shelter, f"it.water_m3ph[{use}]") for shelter in world.shelters for use in shelter.water_uses
    ]
    return people + [(tank, "it.usual_m3ph") for tank in _with_usual_use(world)]


def _unserved_by_use(world: World) -> list[tuple[Any, str]]:
    people: list[tuple[Any, str]] = [
        (shelter, f"it.water_unserved_m3ph[{use}]") for shelter in world.shelters for use in shelter.water_uses
    ]
    return people + [(tank, "it.usual_unserved_m3ph") for tank in _with_usual_use(world)]


def _with_usual_use(world: World) -> list[WaterTankUnit]:
    return [tank for tank in world.water_tanks if tank.has_usual_use]


FLOWS: tuple[Quantity, ...] = (
    _flow("demand_kw", "kW", "load that is asked for, by tier", _tiers, _demand),
    _flow("unserved_kw", "kW", "load that is not served; deferrable load when it expires", _tiers, _unserved),
    _flow(
        "deferrable_kw",
        "kW",
        "deferrable load that is served",
        _names(_buses),
        lambda w: [(bus, f"it.served[{DEFERRABLE}]") for bus in w.buses],
    ),
    _each("import_kw", "kW", "drawn from the public grid", _buses, "import_kw"),
    _each("export_kw", "kW", "sent into the public grid", _buses, "export_kw"),
    _each("dumped_kw", "kW", "burnt in a load bank: minimum load with nowhere to go", _buses, "dumped_kw"),
    _each("pv_kw", "kW", "PV output used", _arrays, "used_kw"),
    _flow(
        "curtailed_kw",
        "kW",
        "PV output that the sun allowed and nobody used",
        _names(_arrays),
        lambda w: [(array, "it.sun_kw - it.used_kw") for array in w.arrays],
    ),
    _each("charge_kw", "kW", "taken by the battery at its terminals", _batteries, "charge_kw"),
    _each("discharge_kw", "kW", "given by the battery at its terminals", _batteries, "discharge_kw"),
    _each("genset_kw", "kW", "engine output", _engines, "output_kw"),
    _each("genset_fuel_lph", "L/h", "fuel burnt", _engines, "fuel_lph"),
    share_of_step(_engines, "running", name="genset_running_frac", meaning="share of the step that the engine runs"),
    _each("sent_kw", "kW", "sent over a line, at the sending end", _lanes, "sent_kw"),
    _each("pump_kw", "kW", "power of the pump", _pumps, "power_kw"),
    _each("pump_m3ph", "m3/h", "water lifted", _pumps, "lifted_m3ph"),
    _each("mains_m3ph", "m3/h", "water from the mains", _water_tanks, "mains_m3ph"),
    _each("water_demand_m3ph", "m3/h", "water that is asked for", _water_tanks, "demand_m3ph"),
    _flow(
        "water_unserved_m3ph",
        "m3/h",
        "water that is not served",
        _names(_water_tanks),
        lambda w: [(tank, "it.demand_m3ph - it.served_m3ph") for tank in w.water_tanks],
    ),
    _flow("water_use_demand_m3ph", "m3/h", "water that is asked for, by use", _users, _asked_by_use),
    _flow("water_use_unserved_m3ph", "m3/h", "water that is not served, by use", _users, _unserved_by_use),
    _each("vehicle_demand_lph", "L/h", "fuel promised to vehicles", _fuel_tanks, "vehicle_demand_lph"),
    _flow(
        "vehicle_unserved_lph",
        "L/h",
        "fuel that vehicles do not get",
        _names(_fuel_tanks),
        lambda w: [(tank, "it.vehicle_demand_lph - it.vehicle_served_lph") for tank in w.fuel_tanks],
    ),
    _flow("delivered", "unit of the stock per hour", "poured in by deliveries", lambda w: list(w.spec.delivery)),
    _each("people", "people", "people in the shelter", _shelters, "people"),
    _each("turned_away", "people", "people who find no place", _shelters, "turned_away"),
    _each("without_food", "people", "people without food", _shelters, "hungry_people"),
    _each("car_people", "people", "people who sleep in their cars", _shelters_with_cars, "cars"),
    _each(
        "stranded_people",
        "people",
        "visitors whom the disaster found there, among all who want a place",
        _shelters_with_visitors,
        "stranded",
    ),
    _each("item_people", "people", "people who use a thing in store", _items, "users"),
    _each("without_item", "people", "people who go without a thing in store", _items, "without"),
    _flow(
        "grid_up_frac",
        "-",
        "share of the step with power on the feeder",
        lambda w: list(w.spec.feeder),
        lambda w: [(w, f"1.0 if it.feeder_up[{feeder}] else 0.0") for feeder in range(len(w.feeder_up))],
    ),
    share_of_step(
        _stations, "up", name="communications_up_frac", meaning="share of the step that the base station works"
    ),
    *(quantity for part in PARTS for quantity in part.flows),
)

LEVELS: tuple[Quantity, ...] = (
    _each("battery_kwh", "kWh", "energy in the battery", _batteries, "stock.level"),
    _each("fuel_l", "L", "fuel in the tank", _fuel_tanks, "stock.level"),
    _each("water_m3", "m3", "water in the tank", _water_tanks, "stock.level"),
    _each("backlog_kwh", "kWh", "deferrable energy that waits", _buses, "backlog.stock.level"),
    _each("food_person_days", "person-days", "food in the shelter", _shelters, "food.level"),
    _each(
        "item_person_days",
        "person-days",
        "a thing in store that is used up, in days of one user",
        _items_used_up,
        "stock.level",
    ),
    _each("communications_h", "h", "charge of the base station's battery", _stations, "stock.level"),
    *(quantity for part in PARTS for quantity in part.levels),
)
