"""Names in a scenario file that point to another table or to a preset, checked before the file is validated.

They are checked on the raw tables, so that a name that leads nowhere is listed together with every other fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from simulation.errors import Fault
from simulation.scenario.legal import brief, did_you_mean, dotted, listed
from simulation.scenario.preset import preset_names, read_presets

__all__ = ["found", "wrong_references"]

Table = Mapping[str, Any]

_TOP = {
    "building.*.grid.feeder": "feeder",
    "building.*.communications.*.feeder": "feeder",
    "tieline.*.a": "building",
    "tieline.*.b": "building",
    "delivery.*.road": "road",
    "building.*.shelter.*.visitors.road": "road",
}
_SAME_BUILDING = {
    "building.*.genset.*.fuel_tank": "fuel_tank",
    "building.*.pump.*.tank": "water_tank",
    "building.*.treatment.*.tank": "water_tank",
    "building.*.treatment.*.raw_tank": "water_tank",
    "building.*.shelter.*.water_tank": "water_tank",
    "building.*.shelter.*.flushing_tank": "water_tank",
}
_PRESET = {
    "place.climate": "climate",
    "building.*.load.*.archetype": "archetypes",
    "building.*.load.*.series.shape": "series_shapes",
    "building.*.shelter.*.water_plan": "water",
    "building.*.water_tank.*.mains_return": "restoration",
    "feeder.*.outage.*.preset": "restoration",
    "feeder.*.outage.*.fragility": "fragility",
    "shaking.fragility.building": "fragility",
    "shaking.fragility.genset": "fragility",
    "shaking.fragility.pump": "fragility",
    "shaking.fragility.water_tank": "fragility",
    "shaking.fragility.tieline": "fragility",
    "shaking.fragility.road_link": "fragility",
    "shaking.fragility.mains": "fragility",
    "shaking.fragility.sewer": "fragility",
    "planner.belief.preset": "restoration",
}
_ZONES = ("place.zone", "building.*.load.*.series.zone")


def wrong_references(table: Table) -> list[Fault]:
    """Every name in the raw tables of a scenario that leads nowhere, and tables that contradict each other."""
    return [
        *_wrong_names(table),
        *_wrong_sizes(table),
        *_wrong_deliveries(table),
        *_wrong_fuels(table),
        *_wrong_meters(table),
        *_wrong_hazard(table),
    ]


def _wrong_names(table: Table) -> Iterator[Fault]:
    for pattern, kind in _TOP.items():
        yield from _not_in(table, pattern, f"a [{kind}.*] table", tuple(_table(table, kind)))
    for pattern, kind in _SAME_BUILDING.items():
        for path, name in found(table, pattern):
            there = tuple(_table(_table(_table(table, "building"), path[1]), kind))
            yield from _check(path, name, f"a {kind} of the same building", there)
    for pattern, kind in _PRESET.items():
        yield from _not_in(table, pattern, f"a preset in {kind}.toml", preset_names(kind))
    ends = tuple(dict.fromkeys(str(end) for side in "ab" for _, end in found(table, f"road_link.*.{side}")))
    for path, name in found(table, "building.*.shelter.*.visitors.towards"):
        yield from _check(path, name, "a place where a [road_link] ends", ends)
        yield from _check(path, path[1], "a building where a [road_link] ends", ends)
    tariffs = tuple(_table(table, "tariff")) + preset_names("tariffs")
    yield from _not_in(table, "building.*.grid.tariff", "a [tariff.*] table or a preset", tuple(dict.fromkeys(tariffs)))
    for pattern in _ZONES:
        for path, name in found(table, pattern):
            if isinstance(name, str) and name not in _zones():
                hint = did_you_mean(name, _zones())
                yield Fault(where=dotted(path), given=brief(name), legal="an IANA name such as Asia/Tokyo", hint=hint)


def _wrong_sizes(table: Table) -> Iterator[Fault]:
    archetypes = read_presets("archetypes")
    for path, load in found(table, "building.*.load.*"):
        name = load.get("archetype") if isinstance(load, Mapping) else None
        if isinstance(name, str) and name in archetypes:
            right, wrong = ("floor_area_m2", "dwellings")[:: 1 if archetypes[name]["per"] == "m2" else -1]
            if wrong in load:
                given, legal = f"{wrong} = {brief(load[wrong])}", f"{right}, by which archetype {name} counts"
                yield Fault(where=dotted(path), given=given, legal=legal)


def _wrong_deliveries(table: Table) -> Iterator[Fault]:
    places = [
        f"{building}.{kind}.{name}"
        for building, parts in _table(table, "building").items()
        for kind in ("fuel_tank", "water_tank", "shelter", "toilet")
        for name in (_table(parts, kind) if isinstance(parts, Mapping) else ())
    ]
    places += [".".join(map(str, path[1:])) for path, _ in found(table, "building.*.shelter.*.item.*")]
    for path, name in found(table, "delivery.*.to"):
        yield from _check(path, name, "something that can be filled", tuple(places))
    tanks = tuple(place for place in places if ".fuel_tank." in place)
    for path, name in found(table, "delivery.*.takes_from"):
        to = _table(_table(table, "delivery"), path[1]).get("to")
        others = tuple(tank for tank in tanks if tank != to and _fuel_of(table, tank) == _fuel_of(table, to))
        yield from _check(path, name, "another fuel_tank with the fuel of what it fills", others)


def _fuel_of(table: Table, place: object) -> object:
    """Fuel of a tank by its full name; nothing where it is no fuel tank."""
    building, kind, name = (*str(place).split("."), "", "")[:3]
    tanks = _table(_table(_table(table, "building"), building), "fuel_tank")
    return _table(tanks, name).get("fuel") if kind == "fuel_tank" else None


def _wrong_fuels(table: Table) -> Iterator[Fault]:
    for path, name in found(table, "building.*.genset.*.fuel_tank"):
        building = _table(_table(table, "building"), path[1])
        tank = _table(_table(building, "fuel_tank"), name) if isinstance(name, str) else {}
        burns, holds = _table(_table(building, "genset"), path[3]).get("fuel"), tank.get("fuel")
        if burns and holds and burns != holds:
            legal = f"{holds}, which fuel_tank.{name} holds"
            yield Fault(where=dotted((*path[:-1], "fuel")), given=brief(burns), legal=legal)


def _wrong_meters(table: Table) -> Iterator[Fault]:
    tariffs: dict[str, tuple[str, object]] = {}
    for path, grid in found(table, "building.*.grid"):
        if isinstance(grid, Mapping) and isinstance(grid.get("tariff"), str):
            meter = str(grid.get("meter") or path[1])
            first, tariff = tariffs.setdefault(meter, (path[1], grid["tariff"]))
            if grid["tariff"] != tariff:
                legal = f"{tariff!r}, as in building.{first}.grid: one meter ({meter}) has one tariff"
                yield Fault(where=dotted((*path, "tariff")), given=brief(grid["tariff"]), legal=legal)


def _wrong_hazard(table: Table) -> Iterator[Fault]:
    if "hazard" in table:
        return
    legal = "a [hazard] table with the start of the disaster"
    for path, outage in found(table, "feeder.*.outage.*"):
        if isinstance(outage, Mapping) and "start" not in outage:
            yield Fault(where=dotted((*path, "start")), given="nothing", legal=f"a local time here, or {legal}")
    for pattern, why in (
        ("building.*.shelter.*", "people come after the strike"),
        ("delivery.*", "deliveries count from the strike"),
    ):
        for path, _ in found(table, pattern):
            yield Fault(where=dotted(path), given="no [hazard] in the file", legal=legal, hint=why)


def _not_in(table: Table, pattern: str, what: str, names: tuple[str, ...]) -> Iterator[Fault]:
    for path, name in found(table, pattern):
        yield from _check(path, name, what, names)


def _check(path: tuple[str, ...], name: object, what: str, names: tuple[str, ...]) -> Iterator[Fault]:
    if isinstance(name, str) and name not in names:
        legal = f"{what}: {listed(names, 'there is none')}"
        yield Fault(where=dotted(path), given=brief(name), legal=legal, hint=did_you_mean(name, names))


@cache
def _zones() -> frozenset[str]:
    """Names of all time zones; asking the system for them takes longer than reading a scenario."""
    return frozenset(available_timezones())


def found(table: object, pattern: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every place that fits a dotted pattern, with what stands there; ``*`` is any name.

    >>> list(found({"road": {"north": {"closed_prob": 0.5}}}, "road.*.closed_prob"))
    [(('road', 'north', 'closed_prob'), 0.5)]
    """
    here, _, rest = pattern.partition(".")
    if not isinstance(table, Mapping):
        return
    for key in tuple(table) if here == "*" else (here,) if here in table else ():
        if not rest:
            yield (key,), table[key]
        else:
            for path, value in found(table[key], rest):
                yield (key, *path), value


def _table(table: Table, key: str) -> Table:
    """A table in a table; an empty one where there is none, since that fault is found elsewhere."""
    inner = table.get(key)
    return inner if isinstance(inner, Mapping) else {}
