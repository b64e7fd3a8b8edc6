"""The services of a scenario: power by tier, water, fuel for vehicles, communications, and what a shelter gives.

A service is registered once, in ``SERVICES``: survival, hours served, person-hours unserved and root causes follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

import numpy as np
from jaxtyping import Bool, Float

from simulation.events.causes import GOES_ON
from simulation.events.trajectory import Trajectory
from simulation.metrics.interruptions import Interruptions, Lack, join, lacking_share, refine, stretches
from simulation.metrics.people import present, with_power
from simulation.metrics.power import DEFERRABLE, load_cut, power_services
from simulation.metrics.quantity import step_means
from simulation.metrics.service_station import fuel_services
from simulation.metrics.shower import shower_services
from simulation.metrics.survival import Loss, Service, Trouble
from simulation.physics.people import with_socket
from simulation.scenario.fuel_tank import FuelTank
from simulation.scenario.shelter import Communications, Shelter
from simulation.scenario.spec import Placed, Spec
from simulation.scenario.water import WaterTank
from simulation.units import NON_POTABLE_USES, WATER_USES

__all__ = ["SERVICES", "services"]

Share = Float[np.ndarray, "S T"]


def services(spec: Spec, trajectory: Trajectory) -> tuple[Service, ...]:
    """Every service of the scenario, in the order of ``SERVICES``."""
    return tuple(service for of in SERVICES for service in of(spec, trajectory))


def _charging(spec: Spec, trajectory: Trajectory) -> Iterator[Service]:
    """Power meant for a shelter's people, for phones and light: the share of its tier that their building serves."""
    demand, lacking = step_means(trajectory, "demand_kw"), step_means(trajectory, "unserved_kw")
    people = with_power(spec, trajectory)
    for shelter in spec.shelters:
        element = f"{spec.building_names[shelter.building]}.{shelter.part.power_tier}"
        if shelter.name in people and element in demand and demand[element].any():
            late_h = trajectory.clock.step_h if shelter.part.power_tier == DEFERRABLE else 0.0
            share = lacking_share(demand[element], lacking[element]) * (people[shelter.name] > 0.0)
            yield replace(
                _of_hub(
                    shelter,
                    f"{shelter.name}.charging",
                    f"power to charge phones in {shelter.name}",
                    _missed(shelter, share, trajectory, people),
                ),
                unserved_person_h=people[shelter.name] * share * trajectory.clock.step_h,
                troubles=(load_cut(element, late_h),),
            )


def _devices(spec: Spec, trajectory: Trajectory) -> Iterator[Service]:
    """Power for groups that need it, such as people on medical devices; those without floor have no socket."""
    demand, lacking = step_means(trajectory, "demand_kw"), step_means(trajectory, "unserved_kw")
    floor, here, step_h = step_means(trajectory, "people"), present(trajectory), trajectory.clock.step_h
    for shelter in spec.shelters:
        for key, group in shelter.part.group.items():
            building = spec.building_names[shelter.building]
            element = f"{building}.{group.power_tier}"
            if group.power_kw_per_person == 0.0 or shelter.name not in floor or element not in demand:
                continue
            need = here[shelter.name] * group.share_frac
            plugged = with_socket(here[shelter.name], floor[shelter.name], group.share_frac)
            without = need - plugged * (1.0 - lacking_share(demand[element], lacking[element]))
            share = lacking_share(need, without)
            name = f"{shelter.name}.{key}"
            lack = _missed(shelter, share, trajectory)
            yield replace(
                _of_hub(shelter, name, f"power for {key} in {shelter.name}", lack),
                allowed_gap_min=spec.building[building].allowed_gap_min.get(group.power_tier, 0.0),
                unserved_person_h=without * step_h,
                troubles=(load_cut(element, step_h if group.power_tier == DEFERRABLE else 0.0),),
            )


def _water(spec: Spec, trajectory: Trajectory) -> Iterator[Service]:
    """All that is asked of a tank, together: it is lost while the tank is empty or rations a use that asks for much."""
    demand = step_means(trajectory, "water_demand_m3ph")
    lacking = step_means(trajectory, "water_unserved_m3ph")
    told = _water_told(trajectory)
    for tank in spec.water_tanks:
        if tank.name in demand and demand[tank.name].any():
            share = lacking_share(demand[tank.name], lacking[tank.name])
            troubles = _thirst(tank, WATER_USES)
            mine = _join_told(told, troubles)
            service = _of_tank(tank, share, trajectory, {tank.name: mine} if mine else {}, f"water from {tank.name}")
            loss = Loss(unit="m³", amount=lacking[tank.name] * trajectory.clock.step_h, troubles=troubles)
            yield replace(service, troubles=troubles, losses=(loss,))


def _water_by_use(spec: Spec, trajectory: Trajectory) -> Iterator[Service]:
    """What a shelter's people use water for, each use a service of its own.

    A use that two tanks serve in turn is taken by the means of the steps.
    """
    asked = step_means(trajectory, "water_use_demand_m3ph")
    lacking = step_means(trajectory, "water_use_unserved_m3ph")
    people, told = present(trajectory), _water_told(trajectory)
    for shelter in spec.shelters:
        tanks = _tanks_of(spec, shelter)
        for number, use in enumerate(WATER_USES):
            name = f"{shelter.name}.{use}"
            if name not in asked or shelter.name not in people:
                continue
            mine = [tank for tank in tanks if tank.part.potable or use in NON_POTABLE_USES]
            out = _shut_out(shelter.name, people, trajectory)
            would_ask = bool(mine) and number in shelter.part.water_uses and out.any()
            if asked[name].max(initial=0.0) <= 1e-9 and not would_ask:
                continue
            troubles = tuple(trouble for tank in mine for trouble in _thirst(tank, (use,)))
            share = np.where(out, 1.0, lacking_share(asked[name], lacking[name]))
            found = _join_told(told, troubles) if len(mine) == 1 else None
            meaning = f"water for {use} in {shelter.name}"
            yield replace(
                _of_tank(mine[0], share, trajectory, {mine[0].name: found} if found else {}, meaning),
                name=name,
                unserved_person_h=people[shelter.name] * share * trajectory.clock.step_h,
                troubles=troubles,
            )


def _water_told(trajectory: Trajectory) -> dict[str, Interruptions]:
    """When a tank was empty, by its name, and when a use of it was rationed, by both names."""
    return stretches(trajectory, "stock_empty", "stock_refilled") | stretches(
        trajectory, "water_rationed", "ration_over"
    )


def _thirst(tank: Placed[WaterTank], uses: Iterable[str]) -> tuple[Trouble, ...]:
    """For want of what a tank gives no water for some uses: it is empty, or rations them."""
    stops_m3: dict[str, float] = dict(zip(WATER_USES, tank.part.stops_below_m3, strict=True))
    rationed = [use for use in uses if stops_m3[use] > 0.0]
    return (_empty(tank.name), *(_trouble(f"{tank.name}.{use}", "water_rationed", "ration_over") for use in rationed))


def _join_told(told: Mapping[str, Interruptions], troubles: Iterable[Trouble]) -> Interruptions | None:
    """The stretches of some troubles as one; None where none was told."""
    found = [told[trouble.element] for trouble in troubles if trouble.element in told]
    return join(found) if found else None


def _fuel(spec: Spec, trajectory: Trajectory) -> Iterator[Service]:
    """Vehicles get all or nothing: the tank is dry, or its pump has no power.  One driver in each goes without."""
    demand, step_h = step_means(trajectory, "vehicle_demand_lph"), trajectory.clock.step_h
    lacking = step_means(trajectory, "vehicle_unserved_lph")
    for tank in spec.fuel_tanks:
        if tank.name in demand and demand[tank.name].any():
            share = lacking_share(demand[tank.name], lacking[tank.name])
            service = _of_tank(tank, share, trajectory, {}, f"fuel for emergency vehicles from {tank.name}")
            troubles = (_trouble(tank.name, "vehicles_wait", "vehicles_served"),)
            loss = Loss(unit="L", amount=lacking[tank.name] * step_h, troubles=troubles)
            drivers_h = None if tank.part.vehicles is None else tank.part.vehicles * share * step_h
            yield replace(service, unserved_person_h=drivers_h, troubles=troubles, losses=(loss,))


def _communications(spec: Spec, trajectory: Trajectory) -> Iterator[Service]:
    """Base stations; those who miss them are the people in the shelters of the same building."""
    step_h = trajectory.clock.step_h
    up, people = step_means(trajectory, "communications_up_frac"), present(trajectory)
    names = spec.building_names
    for station in spec.communications:
        if station.name in up:
            dead = 1.0 - up[station.name]
            home = f"{names[station.building]}."
            here = [people[shelter.name] for shelter in spec.shelters if shelter.name.startswith(home)]
            yield replace(
                _of_hub(
                    station,
                    station.name,
                    f"communications by {station.name}",
                    Lack(share=dead, allowed=0.0, step_h=step_h),
                ),
                unserved_person_h=np.sum(here, axis=0) * dead * step_h if here else None,
                troubles=(_trouble(station.name, "phones_dead", "phones_alive"),),
            )


def _floor(spec: Spec, trajectory: Trajectory) -> Iterator[Service]:
    """A place on the floor, or in the own car; those who find neither are turned away."""
    inside, away = present(trajectory), step_means(trajectory, "turned_away")
    for shelter in spec.shelters:
        if shelter.name in inside:
            share = lacking_share(inside[shelter.name] + away[shelter.name], away[shelter.name])
            yield replace(
                _of_hub(
                    shelter, shelter.name, f"room for everybody in {shelter.name}", _missed(shelter, share, trajectory)
                ),
                unserved_person_h=away[shelter.name] * trajectory.clock.step_h,
                troubles=(_trouble(shelter.name, "people_turned_away", "room_again"),),
            )


def _food(spec: Spec, trajectory: Trajectory) -> Iterator[Service]:
    """Where a shelter has food in store or is brought some."""
    brought = {delivery.to for delivery in spec.delivery.values()}
    for shelter in spec.shelters:
        if shelter.part.food_person_days > 0.0 or shelter.name in brought:
            yield from _for_people(shelter, trajectory, "without_food", "food", _empty(shelter.name))


def _items(spec: Spec, trajectory: Trajectory) -> Iterator[Service]:
    """Every thing that a shelter has in store, for those who use it."""
    users, without = step_means(trajectory, "item_people"), step_means(trajectory, "without_item")
    for shelter in spec.shelters:
        for key, item in shelter.part.item.items():
            name = f"{shelter.name}.item.{key}"
            if name not in users:
                continue
            lack = _missed(shelter, lacking_share(users[name], without[name]), trajectory)
            lent = item.kind == "lent"
            yield replace(
                _of_hub(shelter, name, f"{key} for everybody who uses it in {shelter.name}", lack),
                allowed_gap_min=item.allowed_gap_min,
                unserved_person_h=without[name] * trajectory.clock.step_h,
                troubles=(_trouble(name, "item_short", "item_enough") if lent else _empty(name),),
            )


def _toilets(spec: Spec, trajectory: Trajectory) -> Iterator[Service]:
    """Where a shelter has toilets: one within the standard of people a toilet."""
    for shelter in spec.shelters:
        trouble = Trouble(element=shelter.name, began=("toilets_short", "toilets_still_short"), over="toilets_enough")
        yield from _for_people(shelter, trajectory, "without_toilet", "toilets", trouble)


def _for_people(
    shelter: Placed[Shelter], trajectory: Trajectory, quantity: str, what: str, trouble: Trouble
) -> Iterator[Service]:
    """Something of which the Trajectory says how many people in a shelter go without it."""
    people, without = present(trajectory), step_means(trajectory, quantity)
    step_h = trajectory.clock.step_h
    if shelter.name in people and shelter.name in without:
        lacking = without[shelter.name]
        share = lacking_share(people[shelter.name], lacking)
        yield replace(
            _of_hub(
                shelter,
                f"{shelter.name}.{what}",
                f"{what} for everybody in {shelter.name}",
                _missed(shelter, share, trajectory),
            ),
            unserved_person_h=lacking * step_h,
            troubles=(trouble,),
        )


def _of_tank(
    tank: Placed[WaterTank] | Placed[FuelTank],
    share: Share,
    trajectory: Trajectory,
    told: Mapping[str, Interruptions],
    meaning: str,
) -> Service:
    lack = Lack(share=share, allowed=1.0 - tank.part.served_threshold_frac, step_h=trajectory.clock.step_h)
    return Service(
        name=tank.name,
        meaning=meaning,
        allowed_gap_min=tank.part.allowed_gap_min,
        served_threshold_frac=tank.part.served_threshold_frac,
        interruptions=refine(lack, told.get(tank.name), on_off=True),
    )


def _of_hub(placed: Placed[Shelter] | Placed[Communications], name: str, meaning: str, lack: Lack) -> Service:
    """A service of a shelter, in shares of its people; or of a base station, which is either there or not."""
    return Service(
        name=name,
        meaning=meaning,
        allowed_gap_min=placed.part.allowed_gap_min,
        served_threshold_frac=1.0 - lack.allowed,
        interruptions=refine(lack, None, on_off=isinstance(placed.part, Communications)),
    )


def _missed(
    shelter: Placed[Shelter], share: Share, trajectory: Trajectory, users: Mapping[str, Share] | None = None
) -> Lack:
    """What a shelter's people miss: all of it while its floor is gone; ``users`` where they are not those present."""
    out = _shut_out(shelter.name, users or present(trajectory), trajectory)
    allowed = 1.0 - shelter.part.served_threshold_frac
    return Lack(share=np.where(out, 1.0, share), allowed=allowed, step_h=trajectory.clock.step_h)


def _shut_out(shelter: str, users: Mapping[str, Share], trajectory: Trajectory) -> Bool[np.ndarray, "S T"]:
    """Steps in which nobody could use what a shelter gives, since all who came were turned away.

    They count once, among those without room.
    """
    return (users[shelter] <= 0.0) & (step_means(trajectory, "turned_away")[shelter] > 0.0)


def _tanks_of(spec: Spec, shelter: Placed[Shelter]) -> list[Placed[WaterTank]]:
    """The tanks that a shelter's people use: the one that their toilets are flushed from first."""
    here = f"{spec.building_names[shelter.building]}.water_tank."
    named = [here + tank for tank in (shelter.part.flushing_tank, shelter.part.water_tank) if tank is not None]
    return [tank for name in named for tank in spec.water_tanks if tank.name == name]


def _empty(element: str) -> Trouble:
    return _trouble(element, "stock_empty", "stock_refilled")


def _trouble(element: str, began: str, over: str) -> Trouble:
    more = (GOES_ON[began],) if began in GOES_ON else ()
    return Trouble(element=element, began=(began, *more), over=over)


SERVICES: Final[tuple[Callable[[Spec, Trajectory], Iterator[Service]], ...]] = (
    power_services,
    _water,
    _water_by_use,
    _fuel,
    fuel_services,
    _communications,
    _charging,
    _devices,
    _floor,
    _food,
    _items,
    _toilets,
    shower_services,
)
"""The services, each by a function that finds those of its kind in a scenario and its Trajectory."""
