"""Root causes: chains known by hand, and tables that sum to the whole."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.draws.draws import sample
from simulation.events.simulate import play
from simulation.events.trajectory import EventRecord, Trajectory
from simulation.metrics.causes import UNTOLD, CauseTable, cause_tables, chain_text, trace
from simulation.metrics.estimate import of_ratio
from simulation.metrics.metrics import assess
from simulation.metrics.services import services
from simulation.scenario.load import load
from simulation.scenario.spec import Spec
from tests.events.test_causes import hub
from tests.metrics.trajectories import during, made, two_buildings


def test_the_chain_of_a_dry_tank_in_words() -> None:
    run = hub().play()
    empty = [event for event in run.events if event.kind == "stock_empty"][1]
    assert chain_text(trace(run.events, empty)) == (
        "water w at hub out: pump well at hub dark: hub dark: genset g at hub stopped: fuel t at hub out: "
        "delivery tanker late: road R2 closed"
    )


def test_a_world_in_which_everything_began_with_a_road() -> None:
    """20 kW of load and 1 kW of pump burn 5.25 L/h from 02:00; the tanker comes at 31 h."""
    hands = hub()
    energy = _tables(hands.spec, hands.play())["energy not served"]
    (row,) = energy.rows
    assert row.root == "road R2 closed"
    assert row.amount.mean == pytest.approx(20.0 * (31.0 - 2.0 - 50.0 / 5.25))
    assert row.share.mean == pytest.approx(1.0)


def test_what_a_late_lot_prolongs_is_its_own_part_of_the_loss() -> None:
    """Dark from 02:00 + 50 L / 5.25 L/h; the lot is due at 21 h and there at 31 h: the road is closed."""
    hands = hub(first_after_h=18.0)
    rows = {row.root: row.amount.mean for row in _tables(hands.spec, hands.play())["energy not served"].rows}
    assert rows == pytest.approx({"road R2 closed": 20.0 * 10.0, "grid lost on main": 20.0 * (19.0 - 50.0 / 5.25)})


def test_two_causes_share_what_was_lost_by_their_time() -> None:
    """Cut for an hour by the lost grid, then for half an hour of 8 kW and half of 16 kW by a failed engine."""
    spec = two_buildings()
    lack = during(spec, 12, 14, 20.0) + during(spec, 20, 21, 8.0) + during(spec, 21, 22, 16.0)
    events = (
        _event(6.0, "grid_lost", "town"),
        _event(6.0, "shedding_began", "hub.critical", 0),
        _event(7.0, "shedding_ended", "hub.critical"),
        _event(9.0, "genset_failed", "hub.genset.main"),
        _event(10.0, "shedding_began", "hub.critical", 3),
        _event(11.0, "shedding_ended", "hub.critical"),
    )
    table = _lost(spec, lack, events)
    assert _amounts(table) == pytest.approx({"grid lost on town": 20.0, "genset main at hub failed": 12.0})
    assert table.rows[0].share.mean == pytest.approx(20.0 / 32.0)
    assert table.chains[0] == ("hub critical load cut: grid lost on town", pytest.approx(20.0 / 32.0))


def test_a_cut_that_changes_its_reason_within_a_step_is_split_there() -> None:
    spec = two_buildings()
    events = (
        _event(6.0, "grid_lost", "town"),
        _event(6.0, "shedding_began", "hub.critical", 0),
        _event(6.125, "genset_failed", "hub.genset.main"),
        _event(6.125, "shedding_goes_on", "hub.critical", 2),
        _event(6.5, "shedding_ended", "hub.critical"),
    )
    found = _amounts(_lost(spec, during(spec, 12, 13, 40.0), events))
    assert found == pytest.approx({"grid lost on town": 5.0, "genset main at hub failed": 15.0})


def test_what_no_event_tells_stands_under_its_own_name() -> None:
    spec = two_buildings()
    assert _amounts(_lost(spec, during(spec, 12, 13, 40.0), ())) == pytest.approx({UNTOLD: 20.0})


def test_person_hours_are_traced_service_by_service() -> None:
    spec = two_buildings()
    values = {
        ("people", "hub.shelter.hall"): 90.0,
        ("communications_up_frac", "hub.communications.base"): 1.0 - during(spec, 30, 34),
    }
    events = (
        _event(15.0, "dark", "hub"),
        _event(15.0, "phones_dead", "hub.communications.base", 0),
        _event(17.0, "phones_alive", "hub.communications.base"),
    )
    table = _tables(spec, made(spec, values, events=events))["hours that people went without a service"]
    assert _amounts(table) == pytest.approx({"hub dark": 180.0})


def test_tables_sum_to_the_whole() -> None:
    """Of energy, of water, and of the hours of seven people who rely on each building's power."""
    hands = hub()
    run = hands.play()
    lived_in = {name: building.model_copy(update={"people": 7.0}) for name, building in hands.spec.building.items()}
    found = assess(hands.spec.model_copy(update={"building": lived_in}), run)
    assert any(table.title.startswith("hours that people") for table in found.causes)
    for table in found.causes:
        assert sum(row.amount.mean for row in table.rows) == pytest.approx(table.whole.mean, rel=1e-9)
        assert sum(row.share.mean for row in table.rows) == pytest.approx(1.0, rel=1e-9)


def test_an_earthquake_that_breaks_the_engine_beside_the_feeder_is_told_by_the_engine() -> None:
    """The second draw of seed 3: moderate damage, mended on the sixth day; four days of the ten are played."""
    spec = load("mihama_earthquake", {"period.days": 4})
    run = play(spec, sample(spec, seed=3, only=[1]))
    tables = _tables(spec, run)
    for title in ("energy not served", "fuel that vehicles did not get"):
        assert [row.root for row in tables[title].rows] == ["genset diesel at station damaged"]
        assert tables[title].whole.mean > 0.0
    people = tables["hours that people went without a service"]
    assert {row.root for row in people.rows} == {"genset diesel at station damaged", "station damaged"}
    assert sum(row.amount.mean for row in people.rows) == pytest.approx(people.whole.mean, rel=1e-9)


def test_the_error_of_a_share_is_that_of_repeated_samples() -> None:
    chance = np.random.default_rng(3)
    whole = chance.exponential(10.0, (3_000, 80))
    part = whole * chance.random((3_000, 80))
    found = [of_ratio(a, b) for a, b in zip(part, whole, strict=True)]
    spread = np.std([one.mean for one in found])
    assert np.mean([one.stderr for one in found]) == pytest.approx(spread, rel=0.05)
    inside = np.mean([one.low <= 0.5 <= one.high for one in found])
    assert 0.93 < inside < 0.965


def _event(hour: float, kind: str, element: str, cause: int = -1) -> EventRecord:
    return EventRecord(scenario=0, time_h=hour, element=element, kind=kind, value=0.0, text="", cause=cause)


def _lost(spec: Spec, lack: np.ndarray, events: tuple[EventRecord, ...]) -> CauseTable:
    values = {("demand_kw", "hub.critical"): 40.0, ("unserved_kw", "hub.critical"): lack}
    return _tables(spec, made(spec, values, events=events))["energy not served"]


def _tables(spec: Spec, trajectory: Trajectory) -> dict[str, CauseTable]:
    return {table.title: table for table in cause_tables(services(spec, trajectory), trajectory)}


def _amounts(table: CauseTable) -> dict[str, float]:
    return {row.root: row.amount.mean for row in table.rows}
