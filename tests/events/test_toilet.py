"""Toilets: within the standard or not, filled and emptied, out for want of water or a sewer, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simulation.draws.mains import MainsDraws
from simulation.draws.sewer import sample_sewers
from simulation.events.collect import collect
from simulation.events.trajectory import Trajectory
from simulation.events.world import World
from simulation.metrics.causes import chain_text, trace
from simulation.metrics.metrics import assess
from tests.events.worlds import GRID, Hands, area, texts

STRIKE_H = 3.0
STRIKE = {"start": "2019-09-09T03:00"}
GYM = "hub.shelter.gym"
PIT = {"kind": "pit", "number": 2, "capacity_l": 90.0}
FLUSH = {"kind": "flush", "number": 4, "water_tank": "w"}
TANK = {"capacity_m3": 50.0, "mains_m3ph": 1.0}


def hands(
    toilet: dict[str, Any],
    people: float = 100.0,
    days: int = 5,
    tank: dict[str, Any] = TANK,
    water: str | None = None,
    **tables: Any,
) -> Hands:
    """100 people from the strike on, floor for all of them, and the toilets given."""
    hall = {"floor_area_m2": 3_500.0, "peak_people": 100.0, "water_tank": water}
    hub = {"title": "Hub", "grid": GRID, "shelter": {"gym": hall}, "water_tank": {"w": tank}, "toilet": toilet}
    made = Hands(area({"hub": hub}, days=days, hazard=STRIKE, **tables))
    made.wanting[:, 6:] = people
    return made


def play(made: Hands, **drawn: Any) -> Trajectory:
    """With the sewers' own draws, and others that are given."""
    draws = replace(made.draws(), sewer=sample_sewers(made.spec, np.arange(1), 0), **drawn)
    world = World(made.spec, draws, 0)
    world.advance(made.clock.duration_h)
    return collect(made.spec, draws, [world], planned_by="hand", perfect_information=False)


def without(run: Trajectory) -> np.ndarray:
    return run.flow("without_toilet", GYM)[0]


def told(run: Trajectory, kind: str) -> str:
    record = next(event for event in run.events if event.kind == kind)
    return chain_text(trace(run.events, record))


def test_pits_fill_to_the_minute_and_nobody_has_a_toilet_then() -> None:
    """100 people leave 5 L an hour in 180 L of pits: 36 hours."""
    run = hands({"pit": PIT}).play()
    assert texts(run, "stock_empty") == ["2019-09-10 15:00 toilets (pit) at Hub are full"]
    assert without(run)[[5, 6, 77, 78]].tolist() == [0.0, 0.0, 0.0, 100.0]
    assert run.level("toilet_room_l", "hub.toilet.pit")[0, 6 + 36] == pytest.approx(90.0)


def test_beyond_the_standard_people_go_without_but_fill_the_pits_all_the_same() -> None:
    """Two pits serve 100 of 150 people; all 150 fill them, in 24 hours."""
    run = hands({"pit": PIT}, people=150.0).play()
    assert without(run)[[6, 53, 54]].tolist() == [50.0, 50.0, 150.0]


def test_the_standard_is_stricter_from_a_week_on() -> None:
    run = hands({"pit": PIT | {"capacity_l": 1e4}}, days=9).play()
    assert without(run)[[6 + 7 * 48 - 1, 6 + 7 * 48]].tolist() == [0.0, 60.0]


def test_toilets_that_drain_are_used_first() -> None:
    flush = {"kind": "flush", "number": 1}
    run = hands({"pit": PIT, "flush": flush}).play()
    used = {name: run.flow("toilet_people", f"hub.toilet.{name}")[0, 6] for name in ("pit", "flush")}
    assert used == {"pit": 50.0, "flush": 50.0}


def test_mains_that_return_do_not_end_the_lack_where_the_sewer_is_the_limit() -> None:
    """Mains are lost with the strike and back a day later; the sewer holds again only after two."""
    sewer = {"town": {"stop": {"quake": {"kind": "schedule", "hours": 48.0}}}}
    made = hands({"flush": FLUSH | {"sewer": "town"}}, sewer=sewer, tank=TANK | {"mains_return": "noto_water_weibull"})
    run = play(made, mains=MainsDraws(return_h=np.array([[STRIKE_H + 24.0]])))
    lacking = without(run)
    assert lacking[6 : 6 + 96].tolist() == [100.0] * 96
    assert lacking[6 + 96 :].max() == 0.0
    assert told(run, "toilets_short").startswith("too few toilets at shelter gym at hub")
    service = "hub.shelter.gym.toilets"
    metrics = assess(made.spec, run)
    assert metrics.estimates[f"unserved_person_h[{service}]"].mean == pytest.approx(4_800.0)
    (causes,) = (table for table in metrics.causes if "people" in table.title)
    assert sum(row.amount.mean for row in causes.rows) == pytest.approx(causes.whole.mean)
    assert {"sewer town stopped"} <= {row.root for row in causes.rows}


def test_a_manhole_toilet_holds_a_while_over_a_broken_sewer_and_runs_off_when_it_is_mended() -> None:
    sewer = {"town": {"stop": {"quake": {"kind": "schedule", "hours": 40.0}}}}
    made = hands({"m": PIT | {"kind": "manhole", "sewer": "town"}}, sewer=sewer)
    run = play(made)
    assert np.flatnonzero(without(run)).tolist() == list(range(6 + 72, 6 + 80))
    assert (
        told(run, "toilets_short") == "too few toilets at shelter gym at hub: toilets m at hub full: sewer town stopped"
    )
    assert run.level("toilet_room_l", "hub.toilet.m")[0, -1] == 180.0


def test_a_truck_empties_them_and_is_late_where_its_road_is_closed() -> None:
    """Ordered at a third of the room, 24 h after the strike; the road opens only 48 h after it."""
    truck = {
        "to": "hub.toilet.pit",
        "amount": 500.0,
        "order": "reorder",
        "reorder_frac": 1 / 3,
        "travel_h": 2.0,
        "road": "R2",
    }
    made = hands({"pit": PIT}, delivery={"emptying": truck}, road={"R2": {"closed_prob": 1.0}})
    made.road_opens_h[:] = STRIKE_H + 48.0
    run = made.play()
    assert np.flatnonzero(without(run)).tolist() == list(range(6 + 72, 6 + 100))
    chain = "too few toilets at shelter gym at hub: toilets pit at hub full: delivery emptying late: road R2 closed"
    assert told(run, "toilets_short") == chain
    assert "emptying takes away 180 L" in texts(run, "delivery_arrived")[0]
    found = assess(made.spec, run).estimates
    assert found["toilets_out_h[hub.toilet.pit]"].mean == pytest.approx(14.0)
    assert found["toilets_emptied_l[emptying]"].mean == pytest.approx(180.0 + 2 * 130.0)  # 2 h after a third is left


def test_toilets_flushed_from_a_tank_fail_when_it_is_dry() -> None:
    """100 people drink 12.5 L an hour out of 300 L that stand without mains from the strike on: 24 hours."""
    flush = FLUSH | {"flushed_from_tank": True}
    run = hands({"flush": flush}, tank=TANK | {"capacity_m3": 0.3}, water="w").play()
    assert np.flatnonzero(without(run))[0] == 6 + 48
    assert told(run, "toilets_short").endswith("water w at hub out: mains of water tank w at hub lost")


@pytest.mark.parametrize(
    ("toilet", "message"),
    [
        ({"kind": "pit", "number": 1}, "kind pit without capacity_l"),
        ({"kind": "flush", "number": 1, "capacity_l": 9.0}, "kind flush with capacity_l"),
        ({"kind": "flush", "number": 1, "sewer": "none"}, r"no \[sewer.none\]"),
        ({"kind": "flush", "number": 1, "water_tank": "x"}, "no water_tank 'x'"),
        ({"kind": "pit", "number": 1, "capacity_l": 9.0, "shelter": "x"}, "no shelter 'x'"),
    ],
)
def test_toilets_that_cannot_be_are_refused(toilet: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        hands({"t": toilet})


def test_room_in_pits_balances_whoever_comes_and_whenever_trucks_do() -> None:
    truck = {"to": "hub.toilet.pit", "amount": 20.0, "first_after_h": 5.0, "every_h": 9.0, "travel_h": 1.0}
    made = hands({"pit": PIT, "flush": {"kind": "flush", "number": 1}}, delivery={"emptying": truck})
    made.wanting[0, 6:, 0] = np.random.default_rng(3).uniform(0.0, 300.0, made.wanting.shape[1] - 6)
    run = made.play()
    room = run.level("toilet_room_l", "hub.toilet.pit")[0]
    filled = run.flow("toilet_people", "hub.toilet.pit")[0] * 1.2 / 24.0
    np.testing.assert_allclose(np.diff(room), 0.5 * (run.flow("delivered", "emptying")[0] - filled), atol=1e-9)
    assert room.min() == 0.0
    assert room.max() == 180.0
