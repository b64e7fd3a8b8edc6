"""Fuel at the pumps: who goes first, what is kept, what a dark pump gives; queues against the standard formulae."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.draws.service_station import Visits
from simulation.events.ledger import LEVELS
from simulation.events.rows import columns_of
from simulation.events.station_tally import OUTCOMES, TURNED_AWAY, WAITS
from simulation.events.trajectory import Trajectory
from simulation.events.world import World
from tests.events.test_causes import chain
from tests.events.test_damage import SHAKING, played
from tests.events.worlds import DIESEL, GRID, Hands, area, texts

TANK = {"fuel": "petrol", "capacity_l": 1e6}


def station_run(
    station: dict,
    *,
    tank: dict = TANK,
    days: int = 1,
    scenarios: int = 1,
    outage: tuple[float, float] | None = None,
    engine_l: float = 0.0,
    **tables,
) -> Trajectory:
    """One station in a building of its own, beside a live grid unless told otherwise.

    With ``engine_l`` it has an engine that burns half a litre an hour out of a tank of its own.
    """
    building = {"grid": GRID, "fuel_tank": {"t": tank}, "service_station": {"s": {"tank": "t", **station}}}
    if engine_l > 0.0:
        building["genset"] = {"g": {**DIESEL, "rated_kw": 5.0, "fuel_slope_l_per_kwh": 0.5, "fuel_tank": "own"}}
        building["fuel_tank"] = {"t": tank, "own": {"fuel": "diesel", "capacity_l": engine_l}}
    hands = Hands(area({"stand": building}, days=days, **tables), scenarios=scenarios).demand("stand", critical=1.0)
    return (hands.outage(*outage) if outage else hands).play()


def litres(run: Trajectory, quantity: str, one: str) -> np.ndarray:
    """Litres of one class over the whole run, by scenario [L]."""
    return run.flow(quantity, f"stand.service_station.s.{one}").sum(axis=1) * run.clock.step_h


def waits_h(run: Trajectory, one: str) -> np.ndarray:
    """Little's law for vehicles that want a litre each: vehicle-hours in the queue over vehicles that came [h]."""
    queued = run.flow("station_queue_vehicles", f"stand.service_station.s.{one}").sum(axis=1) * run.clock.step_h
    return queued / litres(run, "station_asked_lph", one)


def one_litre(per_day: float, **more) -> dict:
    """Vehicles that want exactly a litre, so that litres count vehicles."""
    return {"per_day": per_day, "litres": 1.0, "litres_sigma": 0.0, **more}


def left_l(run: Trajectory) -> np.ndarray:
    return run.level("fuel_l", "stand.fuel_tank.t")[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pumps", "exponential", "load", "waiting"), [(1, True, 0.8, 4.0), (3, True, 2.4, 1.078652), (1, False, 0.8, 2.0)]
)
def test_waiting_is_that_of_the_formulae(pumps: int, exponential: bool, load: float, waiting: float) -> None:
    """M/M/1 at 0.8 waits 4.0 mean service times, M/M/3 at 2.4 waits 1.078652, M/D/1 at 0.8 waits 2.0.

    That of M/M/3 is the chance of having to wait, 0.647191 by Erlang's C, over the 0.6 that three pumps have to spare.
    """
    station = {"pumps": pumps, "service_min": 1.0, "exponential_service": exponential}
    run = station_run({**station, "public": one_litre(load * 1440.0)}, days=3, scenarios=16)
    found = waits_h(run, "public") * 60.0
    assert abs(found.mean() - waiting) < 3.0 * found.std(ddof=1) / 4.0


@pytest.mark.slow
def test_those_who_drive_on_are_as_many_as_erlang_says() -> None:
    """Load 3 at 4 pumps, one place to wait: B / (4 / 3 + B), where B = 0.206107 is Erlang's without that place."""
    station = {"pumps": 4, "service_min": 1.0, "exponential_service": True}
    run = station_run({**station, "public": one_litre(3.0 * 1440.0, balks_above=0)}, days=2, scenarios=48)
    balked = run.flow("station_cars_ph", "stand.service_station.s.public.balked").sum(axis=1) * run.clock.step_h
    found = balked / litres(run, "station_asked_lph", "public")
    assert abs(found.mean() - 0.206107 / (4.0 / 3.0 + 0.206107)) < 3.0 * found.std(ddof=1) / np.sqrt(48.0)


@pytest.mark.slow
def test_those_who_go_first_wait_less_by_the_formula_of_priorities() -> None:
    """M/M/1, nobody interrupted, loads 0.2 and 0.6: times in the system 2.0 and 6.0, so waits of 1.0 and 5.0."""
    station = {"pumps": 1, "service_min": 1.0, "exponential_service": True}
    classes = {"emergency": one_litre(0.2 * 1440.0), "public": one_litre(0.6 * 1440.0)}
    run = station_run({**station, **classes}, days=3, scenarios=16)
    for one, waiting in (("emergency", 1.0), ("public", 5.0)):
        found = waits_h(run, one) * 60.0
        assert abs(found.mean() - waiting) < 3.0 * found.std(ddof=1) / 4.0, one


def test_what_vehicles_want_is_served_lost_or_still_wanted_and_leaves_the_tank() -> None:
    station = {"pumps": 1, "service_min": 6.0, "ration_l": 10.0, "promised_l": 400.0}
    public = {"per_day": 300.0, "patience_min": 20.0, "balks_above": 6, "returns_prob": 0.7, "returns_after_h": 3.0}
    run = station_run(
        {**station, "emergency": {"per_day": 20.0}, "public": public},
        tank={"fuel": "petrol", "capacity_l": 2_000.0},
        hazard={"start": "2019-09-09T06:00"},
    )
    out_l = 0.0
    for one in ("emergency", "public"):
        asked, served, lost = (litres(run, f"station_{what}_lph", one) for what in ("asked", "served", "lost"))
        waiting = run.level("station_waiting_l", f"stand.service_station.s.{one}")[:, -1]
        assert min(asked[0], served[0]) > 0.0
        at_the_pump_l = asked - served - lost - waiting
        assert 0.0 <= at_the_pump_l[0] + 1e-9 < 150.0
        out_l += float(served[0])
    assert litres(run, "station_lost_lph", "public")[0] > 0.0
    assert left_l(run)[0] - left_l(run)[-1] == pytest.approx(out_l)


def test_public_sale_stops_at_the_promise_and_emergency_vehicles_get_the_rest_until_a_lot_comes() -> None:
    run = station_run(
        {"promised_l": 100.0, "public": one_litre(2_880.0), "emergency": one_litre(240.0)},
        tank={"fuel": "petrol", "capacity_l": 500.0},
        hazard={"start": "2019-09-09T00:00"},
        delivery={
            "lot": {
                "to": "stand.fuel_tank.t",
                "amount": 200.0,
                "first_after_h": 18.0,
                "travel_h": 1.0,
                "every_h": 500.0,
            }
        },
    )
    told = [event for event in run.events if event.element.endswith("s.public")]
    assert [event.kind for event in told] == ["public_sale_stopped", "public_sale_resumed", "public_sale_stopped"]
    assert told[1].time_h == 19.0
    shut = slice(int(told[0].time_h * 2.0) + 1, 38)
    assert run.flow("station_served_lph", "stand.service_station.s.public")[0, shut].sum() == 0.0
    assert run.flow("station_served_lph", "stand.service_station.s.emergency")[0, shut].sum() > 0.0
    assert left_l(run)[36] < 100.0


def test_public_sale_stops_by_the_clock_for_good() -> None:
    run = station_run({"public_stops_after_h": 5.0, "public": one_litre(2_880.0)}, hazard={"start": "2019-09-09T02:00"})
    served = run.flow("station_served_lph", "stand.service_station.s.public")[0]
    assert served[:14].min() > 0.0
    assert served[15:].max() == 0.0
    assert len(texts(run, "public_sale_stopped")) == 1
    assert not texts(run, "public_sale_resumed")


@pytest.mark.parametrize(("resumes_l", "sells"), [(800.0, True), (1_000.0, False)])
def test_a_lot_that_fills_the_tank_far_enough_lets_public_sale_resume(resumes_l: float, sells: bool) -> None:
    """Stopped at 07:00 with more than 800 L left, which resumes nothing: the lot of 11:00 does, where it is enough."""
    lot = {"to": "stand.fuel_tank.t", "amount": 100.0, "first_after_h": 8.0, "travel_h": 1.0, "every_h": 500.0}
    run = station_run(
        {"public_stops_after_h": 5.0, "public_resumes_above_l": resumes_l, "public": one_litre(480.0)},
        tank={"fuel": "petrol", "capacity_l": 1_000.0},
        hazard={"start": "2019-09-09T02:00"},
        delivery={"lot": lot},
    )
    served = run.flow("station_served_lph", "stand.service_station.s.public")[0]
    assert served[15:22].max() == 0.0
    assert bool(served[23:].min() > 0.0) is sells
    kinds = [event.kind for event in run.events if event.element.endswith("s.public")]
    assert kinds == ["public_sale_stopped", "public_sale_resumed"][: 1 + sells]


@pytest.mark.parametrize(("by_hand_min", "share"), [(None, 0.0), (20.0, 0.25)])
@pytest.mark.parametrize(("engine_l", "told_h"), [(0.0, [6.0, 18.0]), (2.0, [6.0, 6.0, 10.0, 18.0])])
def test_a_dark_pump_stands_still_or_gives_by_hand(
    engine_l: float, told_h: list[float], by_hand_min: float | None, share: float
) -> None:
    """Always a queue: 12 vehicles an hour with power, 3 by hand.  An engine takes over for its four hours of fuel."""
    run = station_run(
        {"pumps": 1, "service_min": 5.0, "hand_service_min": by_hand_min, "public": one_litre(1_000.0)},
        outage=(6.0, 18.0),
        engine_l=engine_l,
    )
    served = run.flow("station_served_lph", "stand.service_station.s.public")[0]
    dark = round(told_h[-2] / run.clock.step_h)
    assert served[2:dark].mean() == pytest.approx(12.0, rel=0.05)
    assert served[dark + 2 : 36].mean() == pytest.approx(12.0 * share, rel=0.05)
    assert served[38:].mean() == pytest.approx(12.0, rel=0.05)
    told = [event for event in run.events if event.element == "stand.service_station.s"]
    kind = "pumps_dark" if by_hand_min is None else "pumps_by_hand"
    assert [event.kind for event in told] == [kind, "pumps_lit"] * (len(told_h) // 2)
    assert [event.time_h for event in told] == pytest.approx(told_h)
    fuel = ["genset_out_of_fuel", "stock_empty"] if engine_l > 0.0 else []
    assert [one for one in chain(run, kind, -1)[1:] if one != "dark"] == [*fuel, "grid_lost"]


def test_an_engine_with_fuel_keeps_the_pumps_at_their_full_rate() -> None:
    station = {"pumps": 1, "service_min": 5.0, "public": one_litre(1_000.0)}
    run = station_run(station, outage=(6.0, 18.0), engine_l=10.0)
    served = run.flow("station_served_lph", "stand.service_station.s.public")[0]
    assert served[2:] == pytest.approx(np.full(46, 12.0), abs=2.0)


def test_a_queue_at_dark_pumps_is_not_laid_to_an_aftershock() -> None:
    """Six vehicles an hour; the pumps are dark from 11:00 on, and the queue is too long after the shock of 12:00."""
    station = {"tank": "t", "public": one_litre(144.0, balks_above=12)}
    building = {"grid": GRID, "fuel_tank": {"t": TANK}, "service_station": {"s": station}}
    spec = area({"stand": building}, days=2, hazard={"start": "2019-09-09T02:00"}, shaking=SHAKING)
    run = played(Hands(spec).outage(11.0, 40.0))
    (queue,) = [event for event in run.events if event.kind == "queue_too_long"]
    assert 12.0 < queue.time_h < 14.0
    assert [kind for kind in chain(run, "queue_too_long") if kind != "dark"] == [
        "queue_too_long",
        "pumps_dark",
        "grid_lost",
        "strike",
    ]


def test_a_ration_holds_after_the_strike_only() -> None:
    run = station_run(
        {"ration_l": 10.0, "public": {"per_day": 480.0, "litres": 40.0, "litres_sigma": 0.0}},
        hazard={"start": "2019-09-09T12:00"},
    )
    served, asked = (
        run.flow(f"station_{what}_lph", "stand.service_station.s.public")[0] for what in ("served", "asked")
    )
    assert served[:24].sum() == pytest.approx(asked[:24].sum(), rel=0.1)
    assert served[25:].sum() == pytest.approx(0.25 * asked[25:].sum(), rel=0.1)


def test_a_driver_without_patience_leaves_and_one_in_a_hurry_does_not_even_queue() -> None:
    rush = {"pumps": 1, "service_min": 60.0}
    queue = "station_queue_vehicles"
    for leaving in ({"patience_min": 30.0}, {"balks_above": 3}):
        run = station_run({**rush, "public": one_litre(960.0, **leaving)})
        assert run.flow(queue, "stand.service_station.s.public").max() < 60.0
        assert litres(run, "station_lost_lph", "public")[0] > 600.0
    run = station_run({**rush, "public": one_litre(960.0)})
    assert run.flow(queue, "stand.service_station.s.public").max() > 800.0
    assert litres(run, "station_lost_lph", "public")[0] == 0.0


def day_of(station: dict, vehicles: list[dict[str, float]], *, tank: dict, **tables) -> tuple[World, int]:
    """A world of public vehicles made by hand, played for a day, and where its public class stands."""
    building = {"grid": GRID, "fuel_tank": {"t": tank}, "service_station": {"s": {"tank": "t", **station}}}
    world = World(area({"stand": building}, **tables), Hands(area({"stand": building}, **tables)).draws(), 0)
    (unit,) = world.parts["service_station"]
    usual = {"patience_h": np.inf, "tries": 1.0, "returns_after_h": 1.0, "service_factor": 1.0}
    columns = {key: np.array([{**usual, **one}[key] for one in vehicles]) for key in ("hour", "litres", *usual)}
    public = len(unit.waiting) - 1
    unit.visits = Visits(
        **{**columns, "tries": columns["tries"].astype(np.int64)}, class_index=np.full(len(vehicles), public)
    )
    world.advance(24.0)
    return world, public


def shut_until_a_lot(vehicles: list[dict[str, float]], *, ordered_h: float) -> tuple[World, int]:
    """Six litres above a promise of four, and five that come an hour after their order."""
    lot = {"to": "stand.fuel_tank.t", "amount": 5.0, "first_after_h": ordered_h, "travel_h": 1.0, "every_h": 500.0}
    return day_of(
        {"pumps": 1, "service_min": 30.0, "promised_l": 4.0},
        vehicles,
        tank={"fuel": "petrol", "capacity_l": 10.0},
        hazard={"start": "2019-09-09T00:00"},
        delivery={"lot": lot},
    )


def test_one_that_comes_again_queues_at_the_end_and_is_counted_once() -> None:
    """The pump is taken until 5.1 h; one leaves at 3.0 and is back at 4.0, behind one that came at 3.5."""
    vehicles = [
        {"hour": 0.1, "litres": 5.0, "service_factor": 10.0},
        {"hour": 1.0, "litres": 1.0, "patience_h": 2.0, "tries": 2.0},
        {"hour": 3.5, "litres": 2.0},
    ]
    world, public = day_of({"pumps": 1, "service_min": 30.0}, vehicles, tank=TANK)
    served_l = world.flow_rows[:, world.columns["station_served_lph"].start + public] * world.step_h
    assert served_l[10:13].tolist() == pytest.approx([5.0, 2.0, 1.0])
    waiting_l = columns_of(LEVELS, world)["station_waiting_l"].start + public
    assert world.level_rows[9, waiting_l] == pytest.approx(3.0)


def test_one_that_comes_again_waits_with_new_patience() -> None:
    """Sent away at 2.1 h as the promise is reached, back at 3.1 with 3 h of patience, its turn comes at 5.1."""
    vehicles = [
        {"hour": 0.1, "litres": 6.0, "service_factor": 4.0},
        {"hour": 1.0, "litres": 1.0, "patience_h": 3.0, "tries": 2.0},
        {"hour": 2.6, "litres": 2.0, "service_factor": 5.0},
    ]
    world, public = shut_until_a_lot(vehicles, ordered_h=1.5)
    served_l, lost_l = (
        world.flow_rows[:, world.columns[f"station_{what}_lph"].start + public].sum() * world.step_h
        for what in ("served", "lost")
    )
    assert (served_l, lost_l) == (pytest.approx(9.0), 0.0)


def test_those_who_come_in_vain_are_counted_where_they_come_and_met_once_public_sale_resumes() -> None:
    """Shut at 0.6 h, open again at 4.0: one comes at 1.2, 2.2, 3.2 and 4.2 and is served then, two never."""
    vehicles = [
        {"hour": 0.1, "litres": 6.0},
        {"hour": 1.2, "litres": 1.0, "tries": 4.0},
        {"hour": 1.3, "litres": 2.0},
        {"hour": 2.6, "litres": 3.0, "tries": 2.0, "returns_after_h": 0.7},
    ]
    world, public = shut_until_a_lot(vehicles, ordered_h=3.0)

    def by_step(quantity: str, element: int) -> dict[int, float]:
        moved = world.flow_rows[:, world.columns[quantity].start + element] * world.step_h
        return {int(step): round(float(moved[step]), 9) for step in np.flatnonzero(moved)}

    assert by_step("station_asked_lph", public) == {0: 6.0, 2: 3.0, 5: 3.0}
    assert by_step("station_lost_lph", public) == {2: 2.0, 6: 3.0}
    assert by_step("station_cars_ph", public * len(OUTCOMES) + TURNED_AWAY) == {2: 2.0, 4: 1.0, 5: 1.0, 6: 2.0}
    assert by_step("station_served_lph", public) == {1: 6.0, 9: 1.0}
    waiting_l = columns_of(LEVELS, world)["station_waiting_l"].start + public
    assert world.level_rows[:10, waiting_l].tolist() == pytest.approx([0, 0, 0, 1, 1, 1, 4, 1, 1, 0])


def test_waits_of_those_served_are_known_to_the_minute() -> None:
    """Four cars at once and one pump of 15 min: 0, 15, 30 and 45 min; half waited 15 at most, nine in ten 45."""
    cars = [{"hour": 1.0, "litres": 1.0} for _ in range(4)]
    world, public = day_of({"pumps": 1, "service_min": 15.0}, cars, tank=TANK)
    unit = world.parts["service_station"][0]
    assert [unit.tally.wait_h(public, frac) for frac in WAITS.values()] == pytest.approx([0.25, 0.75, 0.75])
