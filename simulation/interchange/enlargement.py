"""What of a scenario could be larger: every size in the Spec that bounds the plan, what one more unit of it costs,
and the same scenario with more of it.

Only what stands there is enlarged; nothing new is put up.  A stock that is enlarged keeps its level as a share of its
capacity, as ``initial_level_frac`` and ``initial_frac`` say, so that the enlarged scenario is the one that its file
would give.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from simulation.interchange.outlook import Outlook
from simulation.scenario.part import Asset, Part
from simulation.scenario.spec import Placed, Spec

__all__ = ["Enlargement", "enlarged", "enlargements"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Enlargement:
    """One size that could be larger.

    ``fields`` of an element grow together, by the same amount each: a battery in charge and discharge, a line both
    ways (one that carries one way only stays so).  ``price_jpy`` is the capital cost of one more unit, None where the
    Spec gives none; ``price_note`` then says so.  ``labels`` are the elements of the Problem that are of that size.
    """

    element: str
    kind: str
    fields: tuple[str, ...]
    sizes: tuple[float, ...]
    unit: str
    price_jpy: float | None
    price_note: str
    labels: frozenset[str]

    @property
    def paths(self) -> tuple[str, ...]:
        """The keys in the scenario file, as an override would name them."""
        table = f"{self.element}.grid" if self.kind in ("contract", "export") else self.element
        table = table if self.kind == "tieline" else f"building.{table}"
        return tuple(f"{table}.{field}" for field in self.fields)

    @property
    def size(self) -> float:
        """The largest of the sizes that grow together, in ``unit``."""
        return max(self.sizes)


def enlargements(spec: Spec) -> tuple[Enlargement, ...]:
    """Every size of the Spec that bounds a plan; one of 0 that has no column there (export, mains) is left out."""
    return (*_connections(spec), *_lines(spec), *_sources(spec), *_batteries(spec), *_tanks(spec), *_pumps(spec))


def enlarged(spec: Spec, outlook: Outlook, change: Enlargement, added: float) -> tuple[Spec, Outlook]:
    """The same scenario with ``added`` units more of one size, and what its planner then sees.

    The sun on an array, the mains of a tank and the level of a stock grow in proportion; everything else in the
    Outlook is left as it is.
    """
    update = {field: size + added for field, size in zip(change.fields, change.sizes, strict=True)}
    ratio = (change.size + added) / change.size if change.size > 0 else 1.0
    if change.kind == "tieline":
        key = change.element.removeprefix("tieline.")
        lines = spec.tieline | {key: spec.tieline[key].model_copy(update=update)}
        return _spec_with(spec, tieline=lines), outlook
    name, *rest = change.element.split(".")
    building = spec.building[name]
    if change.kind in ("contract", "export"):
        assert building.grid is not None
        part = {"grid": building.grid.model_copy(update=update)}
    else:
        table = getattr(building, rest[0])
        if change.kind == "pv" and table[rest[1]].inverter_kw is not None:
            update["inverter_kw"] = table[rest[1]].inverter_kw * ratio
        part = {rest[0]: table | {rest[1]: table[rest[1]].model_copy(update=update)}}
    buildings = spec.building | {name: building.model_copy(update=part)}
    return _spec_with(spec, building=buildings), _outlook_with(spec, outlook, change, ratio)


_GROWS_WITH = {
    "pv": ("pvs", "pv_kw"),
    "battery_energy": ("batteries", "battery_kwh"),
    "fuel_tank": ("fuel_tanks", "fuel_l"),
    "water_tank": ("water_tanks", "water_m3"),
    "mains": ("water_tanks", "mains_m3ph"),
}
"""What of the Outlook grows in proportion: the elements' order in the Spec, and the field with their axis last."""


def _spec_with(spec: Spec, **changed: object) -> Spec:
    """A fresh Spec, since a copy would carry over the order of the elements as they were."""
    return Spec.model_validate({name: getattr(spec, name) for name in Spec.model_fields} | changed)


def _outlook_with(spec: Spec, outlook: Outlook, change: Enlargement, ratio: float) -> Outlook:
    if change.kind not in _GROWS_WITH:
        return outlook
    order, field = _GROWS_WITH[change.kind]
    placed: tuple[Placed[Asset], ...] = getattr(spec, order)
    values: Float[np.ndarray, "S ... E"] = getattr(outlook, field).copy()
    values[..., [item.name for item in placed].index(change.element)] *= ratio
    return replace(outlook, **{field: values})


def _connections(spec: Spec) -> Iterator[Enlargement]:
    for name, building in spec.building.items():
        grid, tariff = building.grid, spec.tariff_of(name)
        if grid is None or tariff is None:
            continue
        charge = f"its demand charge is {tariff.demand_after_power_factor_jpy:,.0f} yen per kW and month"
        yield _enlargement((name, "contract"), grid, ("contract_kw",), "kW", (None, f"no capital cost given; {charge}"))
        if grid.export_limit_kw > 0:
            yield _enlargement((name, "export"), grid, ("export_limit_kw",), "kW", _UNPRICED)


def _lines(spec: Spec) -> Iterator[Enlargement]:
    for key, line in spec.tieline.items():
        size = max(line.capacity_ab_kw, line.capacity_ba_kw)
        ways = ("capacity_ab_kw", "capacity_ba_kw")
        fields = tuple(way for way in ways if getattr(line, way) > 0) or ways
        yield _enlargement((f"tieline.{key}", "tieline"), line, fields, "kW", _price(line, "capital_jpy_per_kw", size))


def _sources(spec: Spec) -> Iterator[Enlargement]:
    for item in spec.pvs:
        price = _price(item.part, "capital_jpy_per_kw", item.part.rated_kw)
        yield _enlargement((item.name, "pv"), item.part, ("rated_kw",), "kW", price)
    for name, building in spec.building.items():
        for key, engine in building.genset.items():
            element = f"{name}.genset.{key}"
            names = frozenset(placed.name for placed in spec.gensets if placed.part is engine)
            jpy, note = _price(engine, "capital_jpy_per_kw", engine.rated_kw * engine.count)
            if engine.count > 1:
                note = f"each of {engine.count} engines larger" + (f"; {note}" if note else "")
            price = (None if jpy is None else jpy * engine.count, note)
            yield _enlargement((element, "genset"), engine, ("rated_kw",), "kW", price, names)


def _batteries(spec: Spec) -> Iterator[Enlargement]:
    for item in spec.batteries:
        battery = item.part
        energy = _price(battery, "capital_jpy_per_kwh", None)
        yield _enlargement((item.name, "battery_energy"), battery, ("capacity_kwh",), "kWh", energy)
        power = _price(battery, "capital_jpy_per_kw", None)
        yield _enlargement((item.name, "battery_power"), battery, ("discharge_kw", "charge_kw"), "kW", power)


def _tanks(spec: Spec) -> Iterator[Enlargement]:
    for item in spec.fuel_tanks:
        price = _price(item.part, None, item.part.capacity_l)
        yield _enlargement((item.name, "fuel_tank"), item.part, ("capacity_l",), "L", price)
    for item in spec.water_tanks:
        price = _price(item.part, None, item.part.capacity_m3)
        yield _enlargement((item.name, "water_tank"), item.part, ("capacity_m3",), "m3", price)
        if item.part.mains_m3ph > 0:
            yield _enlargement((item.name, "mains"), item.part, ("mains_m3ph",), "m3/h", _UNPRICED)


def _pumps(spec: Spec) -> Iterator[Enlargement]:
    for item in spec.pumps:
        price = _price(item.part, None, item.part.rated_m3ph)
        yield _enlargement((item.name, "pump"), item.part, ("rated_m3ph",), "m3/h", price)


_UNPRICED = (None, "no capital cost given")


def _price(asset: Asset, per_unit: str | None, size: float | None) -> tuple[float | None, str]:
    """Capital cost of one more unit [yen], and a word on it.

    A cost per unit that is 0 because nobody gave it is no price.  What stands there may then have a price as a whole:
    one more unit costs as much as those that it has, if ``size`` says how many they are.
    """
    jpy = 0.0 if per_unit is None else getattr(asset, per_unit)
    if jpy > 0 or per_unit in asset.model_fields_set:
        return jpy, ""
    if size and asset.capital_jpy > 0:
        return asset.capital_jpy / size, "at the mean cost of what stands there"
    return _UNPRICED


def _enlargement(
    name: tuple[str, str],
    part: Part,
    fields: tuple[str, ...],
    unit: str,
    price: tuple[float | None, str],
    labels: frozenset[str] | None = None,
) -> Enlargement:
    element, kind = name
    return Enlargement(
        element=element,
        kind=kind,
        fields=fields,
        sizes=tuple(getattr(part, field) for field in fields),
        unit=unit,
        price_jpy=price[0],
        price_note=price[1],
        labels=frozenset({element}) if labels is None else labels,
    )
