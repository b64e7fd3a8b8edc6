"""Whether the parts of a Spec agree: what one names another has, and what happens lies within the period."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from simulation.scenario.backup import wrong_backup
from simulation.scenario.grid import DistributionOutage
from simulation.scenario.road import wrong_way
from simulation.scenario.sanitation import wrong_sanitation
from simulation.scenario.shaking import wrong_sites
from simulation.scenario.snow import wrong_snow
from simulation.scenario.water import Pump, WaterTank
from simulation.scenario.water_supply import wrong_rain
from simulation.units import MINUTES_PER_HOUR

if TYPE_CHECKING:
    from simulation.scenario.spec import Spec

__all__ = ["disagreements"]


def disagreements(spec: Spec) -> list[str]:
    """One sentence for every name that leads nowhere, and for all that would never come about."""
    return [
        *_wrong_grids(spec),
        *_wrong_lines(spec),
        *_wrong_deliveries(spec),
        *_hasty_pumps(spec),
        *_wrong_promises(spec),
        *_wrong_shaking(spec),
        *_wrong_starts(spec),
        *wrong_backup(spec.building, spec.crew, spec.gas),
        *wrong_rain(spec.building, spec.place.climate),
        *wrong_sanitation(spec.building, spec.sewer),
        *wrong_snow(spec),
        *_outside_the_period(spec),
        *_between_steps(spec),
    ]


def _wrong_grids(spec: Spec) -> list[str]:
    wrong: list[str] = []
    meters: dict[str, str] = {}
    for name, building in spec.building.items():
        grid = building.grid
        if grid is None:
            continue
        if grid.feeder not in spec.feeder:
            wrong.append(f"building.{name}.grid.feeder: no [feeder.{grid.feeder}]; there are: {_list(spec.feeder)}")
        if grid.tariff not in spec.tariff:
            wrong.append(f"building.{name}.grid.tariff: no [tariff.{grid.tariff}]; there are: {_list(spec.tariff)}")
        first = meters.setdefault(grid.meter or name, grid.tariff)
        if first != grid.tariff:
            wrong.append(
                f"building.{name}.grid: meter {grid.meter!r} has tariffs {first} and {grid.tariff}; legal: one"
            )
    for name, building in spec.building.items():
        for key, item in building.communications.items():
            if item.feeder is not None and item.feeder not in spec.feeder:
                wrong.append(f"building.{name}.communications.{key}.feeder: no [feeder.{item.feeder}]")
    return wrong


def _wrong_lines(spec: Spec) -> list[str]:
    return [
        f"tieline.{name}.{end}: no [building.{target}]; there are: {_list(spec.building)}"
        for name, line in spec.tieline.items()
        for end, target in (("a", line.a), ("b", line.b))
        if target not in spec.building
    ]


def _wrong_deliveries(spec: Spec) -> list[str]:
    wrong: list[str] = []
    step_h = spec.period.control_step_min / MINUTES_PER_HOUR
    for name, delivery in spec.delivery.items():
        if delivery.order == "schedule" and delivery.every_h < step_h - 1e-9:
            wrong.append(f"delivery.{name}.every_h: {delivery.every_h:g} h; legal: from one control step, {step_h:g} h")
        building, kind, key, *item = delivery.to.split(".")
        here = getattr(spec.building[building], kind).get(key) if building in spec.building else None
        if here is None or (item and item[-1] not in here.item):
            wrong.append(f"delivery.{name}.to: there is no {delivery.to}")
        elif kind == "toilet" and here.holds_l == 0.0:
            wrong.append(f"delivery.{name}.to: {delivery.to} holds nothing to be emptied; legal: one with capacity_l")
        if delivery.road is not None and delivery.road not in spec.road:
            wrong.append(f"delivery.{name}.road: no [road.{delivery.road}]; there are: {_list(spec.road)}")
        wrong += wrong_way(name, delivery, spec.road_link)
    if spec.delivery and spec.hazard is None:
        wrong.append("delivery: deliveries count from the strike; add a [hazard] with its start")
    return wrong


def _hasty_pumps(spec: Spec) -> list[str]:
    """Tanks that their pumps would fill within a minute: a float switch would start and stop them without end."""
    wrong: list[str] = []
    for name, building in spec.building.items():
        for key, tank in building.water_tank.items():
            where = f"building.{name}.water_tank.{key}"
            pumps: dict[str, Pump] = {f"pump.{one}": pump for one, pump in building.pump.items() if pump.tank == key}
            pumps |= {f"treatment.{one}": unit for one, unit in building.treatment.items() if unit.tank == key}
            least_m3 = sum(pump.rated_m3ph for pump in pumps.values()) / MINUTES_PER_HOUR
            legal = f"legal: at least the {least_m3:g} m3 that its pumps lift in a minute"
            wrong += _hasty_ration(where, tank, least_m3 + tank.mains_m3ph / MINUTES_PER_HOUR)
            if tank.capacity_m3 < least_m3:
                wrong.append(f"{where}.capacity_m3: {tank.capacity_m3:g} m3; {legal}")
                continue
            for one, pump in pumps.items():
                band_m3 = (1.0 - pump.refill_below_frac) * tank.capacity_m3
                if 0.0 < band_m3 < least_m3:
                    wrong.append(
                        f"building.{name}.{one}.refill_below_frac: {pump.refill_below_frac:g} is {band_m3:g} m3 below "
                        f"full; {legal}, or none"
                    )
    return wrong


def _hasty_ration(where: str, tank: WaterTank, least_m3: float) -> list[str]:
    """A tank that a minute lifts from where a use stops to where it begins again: it would do so without end."""
    band_m3 = tank.resumes_above_frac * tank.capacity_m3
    if not tank.stops_below_frac or band_m3 >= least_m3 - 1e-9:
        return []
    return [
        f"{where}.resumes_above_frac: {tank.resumes_above_frac:g} is {band_m3:g} m3; "
        f"legal: at least the {least_m3:g} m3 that mains and pumps bring in a minute"
    ]


def _wrong_promises(spec: Spec) -> list[str]:
    """Stations that promise, or wait for, more than their tank holds; a missing tank is told of elsewhere."""
    return [
        f"building.{name}.service_station.{key}.{word}: {litres:g} L of a tank of {tank.capacity_l:g} L; "
        f"legal: up to {tank.capacity_l:g} L"
        for name, building in spec.building.items()
        for key, station in building.service_station.items()
        if (tank := building.fuel_tank.get(station.tank)) is not None
        for word, litres in (
            ("promised_l", station.promised_l),
            ("public_resumes_above_l", station.public_resumes_above_l or 0.0),
        )
        if litres > tank.capacity_l
    ]


def _wrong_shaking(spec: Spec) -> list[str]:
    if spec.shaking is not None:
        missing = [] if spec.hazard else ["shaking: it strikes with the disaster; add a [hazard] with its start"]
        return [
            *missing,
            *wrong_sites(spec.shaking, [*spec.building, *spec.feeder, *spec.tieline, *spec.road_link, *spec.sewer]),
        ]
    by_shaking = any(outage.kind == "shaking" for one in spec.feeder.values() for outage in one.outage.values())
    return [
        *(["feeder: an outage by shaking needs a [shaking] table"] if by_shaking else []),
        *(
            f"building.{name}.shelter.{key}.evacuees.homes: their damage needs a [shaking] table"
            for name, building in spec.building.items()
            for key, shelter in building.shelter.items()
            if shelter.evacuees is not None and shelter.evacuees.homes is not None
        ),
    ]


def _wrong_starts(spec: Spec) -> list[str]:
    if spec.hazard is not None:
        return []
    wrong = [
        f"feeder.{name}.outage.{key}: no start here and no [hazard]; give one of them"
        for name, feeder in spec.feeder.items()
        for key, outage in feeder.outage.items()
        if outage.start is None and not (isinstance(outage, DistributionOutage) and outage.with_fall is not None)
    ]
    wrong += [
        f"building.{name}.shelter: people come after the strike; add a [hazard]"
        for name, building in spec.building.items()
        if building.shelter
    ]
    return wrong


def _outside_the_period(spec: Spec) -> list[str]:
    starts: dict[str, datetime | None] = {
        f"feeder.{name}.outage.{key}.start": outage.start
        for name, feeder in spec.feeder.items()
        for key, outage in feeder.outage.items()
        if outage.start is not None and not outage.under_way(spec.period.start)
    }
    starts["hazard.start"] = spec.hazard.start if spec.hazard else None
    return [
        f"{where}: {moment} would never be seen; legal: from {spec.period.start} to before {spec.period.end}"
        for where, moment in starts.items()
        if moment is not None and not spec.period.holds(moment)
    ]


def _between_steps(spec: Spec) -> list[str]:
    """Plans are made at planning steps and reach over whole ones: other times would be rounded unseen."""
    step_h = spec.period.planning_step_min / MINUTES_PER_HOUR
    times = {"replan_every_h": spec.planner.replan_every_h, "horizon_h": spec.planner.horizon_h}
    return [
        f"planner.{key}: {hours:g} h; legal: a whole number of planning steps of {step_h:g} h"
        for key, hours in times.items()
        if round(hours / step_h) < 1 or abs(hours / step_h - round(hours / step_h)) > 1e-6
    ]


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
