"""Vehicles that give power: sent for or on a timetable, spent, driven home, and come again full."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simulation.draws.draws import sample
from simulation.draws.vehicle import VehicleDraws, sample_vehicles
from simulation.ensemble import replan
from simulation.events.collect import collect
from simulation.events.trajectory import Trajectory
from simulation.events.world import World
from simulation.interchange.assemble import build
from simulation.interchange.highs import HiGHS
from simulation.interchange.outlook import truth
from simulation.interchange.setpoints import set_points as points_of
from simulation.interchange.solve import solve
from simulation.scenario.spec import Spec
from tests.events.worlds import GRID, Hands, area

BUS = {"model": "fuel_cell_bus", "travel_h": 2.0, "refill_h": 12.0, "delay_sigma": 0.0, "forms_grid": True}
NAME = "hall.vehicle.one"


def site(vehicle: dict[str, Any], days: int = 4, **more: Any) -> Spec:
    return area({"hall": {"grid": GRID, "vehicle": {"one": vehicle}, **more}}, days=days)


def play(
    spec: Spec, load_kw: float, lost: tuple[float, float], *, comes: bool = True, sun_kw: np.ndarray | None = None
) -> Trajectory:
    hands = Hands(spec).demand("hall", critical=load_kw).outage(*lost)
    if sun_kw is not None:
        hands.sun("hall.pv.roof", sun_kw)
    draws = hands.draws()
    answer = VehicleDraws(comes=np.array([[comes]]), travel_h=np.array([[spec.vehicles[0].part.travel_h]]))
    draws = replace(draws, vehicle=answer)
    world = World(spec, draws, 0)
    world.check_balance = True
    world.advance(spec.clock.duration_h)
    return collect(spec, draws, [world], planned_by="hand", perfect_information=False)


def moves(run: Trajectory) -> list[tuple[str, float]]:
    return [(e.kind.removeprefix("vehicle_"), e.time_h) for e in run.events if e.kind.startswith("vehicle_")]


def test_a_bus_sent_for_gives_all_it_has_drives_home_and_comes_again_full() -> None:
    """235 kWh at 9 kW last 26.1 h: it comes two hours after the loss, and again twelve hours after it has left."""
    run = play(site(BUS), 9.0, (1.0, 96.0))
    lasts_h = 235.0 / 9.0
    first, again = 3.0, 3.0 + lasts_h + 12.0
    told = [("came", first), ("left", first + lasts_h), ("came", again), ("left", again + lasts_h), ("came", None)]
    for (kind, hour), (expected, when) in zip(moves(run), told, strict=True):
        assert kind == expected
        assert when is None or hour == pytest.approx(when)
    given = run.flow("vehicle_discharge_kw", NAME)[0].sum() * 0.5
    lost = run.flow("unserved_kw", "hall.critical")[0].sum() * 0.5
    assert given + lost == pytest.approx(9.0 * 95.0)
    assert given > 2 * 235.0


def test_it_leaves_when_the_grid_is_back_and_gives_nothing_beside_it() -> None:
    run = play(site(BUS), 5.0, (1.0, 10.0))
    assert moves(run) == [("came", 3.0), ("left", 10.0)]
    assert run.flow("vehicle_discharge_kw", NAME)[0].sum() * 0.5 == pytest.approx(7.0 * 5.0)


def test_one_that_does_not_come_gives_nothing() -> None:
    run = play(site(BUS), 5.0, (1.0, 10.0), comes=False)
    assert moves(run) == []
    assert run.flow("unserved_kw", "hall.critical")[0].sum() * 0.5 == pytest.approx(45.0)


def test_the_way_home_is_kept_in_reserve() -> None:
    """490 kWh, 100 km away at 1.25 kWh/km: 240 kWh to give, as published."""
    run = play(site({**BUS, "model": "moving_e", "distance_km": 100.0, "refill_h": 200.0}), 9.0, (1.0, 96.0))
    assert run.flow("vehicle_discharge_kw", NAME)[0].sum() * 0.5 == pytest.approx(240.0)


def test_a_car_on_a_timetable_carries_the_house_at_night_and_takes_the_sun_by_day_when_it_is_there() -> None:
    """40 kWh, 2 kW of load, away from 8 to 18 h, a sun of 6 kW from 6 to 19 h: what is over goes into the car until it
    leaves and after it has come back, and none of it while it is away.
    """
    car = {
        "model": "v2h_car",
        "presence": "timetable",
        "there_from_hour": 18,
        "there_until_hour": 8,
        "forms_grid": True,
    }
    hour = np.arange(96) / 2.0 % 24.0
    sun_kw = np.where((hour >= 6.0) & (hour < 19.0), 6.0, 0.0)
    run = play(site(car, days=2, pv={"roof": {"rated_kw": 9.0}}), 2.0, (0.0, 48.0), sun_kw=sun_kw)
    there = run.flow("vehicle_there_frac", NAME)[0]
    assert there.tolist() == ([1.0] * 16 + [0.0] * 20 + [1.0] * 12) * 2
    dark = sun_kw == 0.0
    np.testing.assert_allclose(run.flow("vehicle_discharge_kw", NAME)[0], 2.0 * (there * dark))
    np.testing.assert_allclose(run.flow("vehicle_charge_kw", NAME)[0], 4.0 * (there * ~dark))
    levels = {0: 40, 6: 28, 8: 36, 18: 36, 19: 40, 24: 30, 30: 18, 32: 26, 42: 26, 43: 30, 48: 20}
    found = run.level("vehicle_kwh", NAME)[0]
    assert {at: found[2 * at] for at in levels} == pytest.approx(levels)


def test_a_surplus_of_sun_goes_into_a_car_that_takes_and_not_into_a_bus_that_only_gives() -> None:
    for model, taken in (("v2h_car", 4.0), ("fuel_cell_bus", 0.0)):
        spec = site({**BUS, "model": model, "initial_frac": 0.5}, days=1, pv={"roof": {"rated_kw": 9.0}})
        hands = Hands(spec).demand("hall", critical=2.0).sun("hall.pv.roof", 6.0).outage(1.0, 24.0)
        draws = hands.draws()
        answer = VehicleDraws(comes=np.array([[True]]), travel_h=np.array([[2.0]]))
        draws = replace(draws, vehicle=answer)
        world = World(spec, draws, 0)
        world.advance(24.0)
        assert world.flow_rows[8, world.columns["vehicle_charge_kw"]].tolist() == [taken]


def test_a_plan_in_full_knowledge_gives_what_the_vehicle_can_where_it_is_worth_most() -> None:
    spec = site(
        {**BUS, "refill_h": 500.0},
        days=3,
        battery={"hold": {"charge_kw": 1e-6, "discharge_kw": 1e-6, "capacity_kwh": 1.0, "initial_level_frac": 0.0}},
    )
    hands = Hands(spec).demand("hall", critical=2.0, comfort=7.0).outage(0.0, 72.0)
    draws = hands.draws()
    answer = VehicleDraws(comes=np.array([[True]]), travel_h=np.array([[2.0]]))
    draws = replace(draws, vehicle=answer)
    schedule = solve(build(spec, truth(spec, draws)), HiGHS())
    points = points_of(spec, schedule)
    assert points.vehicle_discharge_kw is not None
    assert points.vehicle_discharge_kw.sum() * 0.5 == pytest.approx(235.0, abs=1e-3)
    assert points.vehicle_discharge_kw[0, 4:, 0].min() >= 2.0 - 1e-6


def test_the_closed_loop_counts_on_a_vehicle_once_it_is_there() -> None:
    spec = area(
        {
            "hall": {
                "grid": GRID,
                "load": {"all": {"constant_kw": 6.0, "tier_frac": {"critical": 1.0}}},
                "vehicle": {"one": BUS},
            }
        },
        days=2,
        place={"latitude_deg": 35.4, "longitude_deg": 136.0, "climate": "imajo"},
        feeder={"main": {"outage": {"o": {"kind": "schedule", "start": "2019-09-09T03:00", "hours": 30.0}}}},
    )
    run = replan(spec, sample(spec, 2, 1), HiGHS())
    given = run.flow("vehicle_discharge_kw", NAME).sum(axis=1) * 0.5
    lost = run.flow("unserved_kw", "hall.critical").sum(axis=1) * 0.5
    asked = run.flow("demand_kw", "hall.critical")[:, 6:66].sum(axis=1) * 0.5
    np.testing.assert_allclose(given + lost, asked, rtol=1e-6)
    assert (lost < 2.6 * 9.0).all()


def test_whether_and_when_it_comes_is_drawn_by_its_own_stream() -> None:
    spec = site({**BUS, "comes_prob": 0.7, "delay_sigma": 0.3})
    draws = sample_vehicles(spec, np.arange(1000), 3)
    assert draws is not None
    assert abs(draws.comes.mean() - 0.7) < 3.0 * np.sqrt(0.21 / 1000)
    assert abs(np.log(draws.travel_h / 2.0).std() - 0.3) < 3.0 * 0.3 / np.sqrt(2000)


def test_one_that_cannot_drive_home_is_refused() -> None:
    with pytest.raises(ValueError, match="legal: less than half of its range"):
        site({**BUS, "model": "moving_e", "distance_km": 200.0})
    with pytest.raises(ValueError, match="model 'tank'; legal: fuel_cell_bus, moving_e, v2h_car"):
        site({**BUS, "model": "tank"})
