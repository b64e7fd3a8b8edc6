"""Which lines are closed, who has voltage, and whom grid power can reach: four buildings in a row, worked by hand."""

from __future__ import annotations

from simulation.events.area import Area
from simulation.events.island import connected, energise, switch_lines
from tests.events.worlds import BATTERY, GRID, area

ISLANDER = {"battery": {"b": {**BATTERY, "forms_grid": True}}, "grid": GRID}
FOLLOWER = {"battery": {"b": {**BATTERY, "forms_grid": False}}, "grid": GRID}


def row_of(*buildings: dict, grid_up: tuple[bool, ...], capacity_kw: float = 10.0, **line) -> Area:
    """Buildings p, q, r ... each tied to the next; lines as they stand before the first tick."""
    names = "pqrs"[: len(buildings)]
    lines = {
        f"{a}{b}": {"a": a, "b": b, "capacity_ab_kw": capacity_kw, "capacity_ba_kw": capacity_kw, **line}
        for a, b in zip(names, names[1:], strict=False)
    }
    made = Area(area({name: dict(one) for name, one in zip(names, buildings, strict=True)}, tieline=lines))
    for bus, up in zip(made.buses, grid_up, strict=True):
        bus.grid_up = up
    return made


def test_lines_open_at_once_and_close_at_control_ticks_only() -> None:
    made = row_of({"grid": GRID}, {"grid": GRID}, grid_up=(False, False), operation="emergency")
    switch_lines(made.buses, made.lanes, may_close=False)
    assert not any(lane.closed for lane in made.lanes)
    switch_lines(made.buses, made.lanes, may_close=True)
    assert all(lane.closed for lane in made.lanes)
    made.lanes[0].sent_kw = 4.0
    for bus in made.buses:
        bus.grid_up = True
    switch_lines(made.buses, made.lanes, may_close=False)
    assert not any(lane.closed for lane in made.lanes)
    assert made.lanes[0].sent_kw == 0.0


def test_voltage_spreads_along_closed_lines_from_whoever_forms_a_grid() -> None:
    made = row_of({"grid": GRID}, ISLANDER, FOLLOWER, {"grid": GRID}, grid_up=(False,) * 4)
    energise(made.buses, at_tick=True)
    assert [bus.live for bus in made.buses] == [False, True, False, False]  # no line is closed
    switch_lines(made.buses, made.lanes, may_close=True)
    energise(made.buses, at_tick=True)
    assert [bus.live for bus in made.buses] == [True, True, True, True]
    assert all(bus.clean for bus in made.buses)


def test_between_ticks_only_lines_that_carry_power_hold_a_building_up() -> None:
    made = row_of({"grid": GRID}, ISLANDER, {"grid": GRID}, grid_up=(False,) * 3)
    switch_lines(made.buses, made.lanes, may_close=True)
    next(lane for lane in made.lanes if lane.name == "pq:q>p").sent_kw = 1.0
    energise(made.buses, at_tick=False)
    assert [bus.live for bus in made.buses] == [True, True, False]


def test_grid_power_taints_all_that_it_can_reach_and_a_line_without_capacity_carries_nothing() -> None:
    made = row_of({"grid": GRID}, ISLANDER, {"grid": GRID}, grid_up=(True, False, False))
    switch_lines(made.buses, made.lanes, may_close=True)
    energise(made.buses, at_tick=True)
    assert [bus.clean for bus in made.buses] == [False, False, False]
    cut = row_of({"grid": GRID}, ISLANDER, {"grid": GRID}, grid_up=(True, False, False), capacity_kw=0.0)
    switch_lines(cut.buses, cut.lanes, may_close=True)
    energise(cut.buses, at_tick=True)
    assert [bus.live for bus in cut.buses] == [True, True, False]
    assert [bus.clean for bus in cut.buses] == [False, True, True]


def test_connected_are_those_from_whom_lines_lead_here() -> None:
    made = row_of({"grid": GRID}, {"grid": GRID}, {"grid": GRID}, grid_up=(False,) * 3, capacity_ba_kw=0.0)
    switch_lines(made.buses, made.lanes, may_close=True)
    p, q, r = made.buses
    assert connected(made.buses, r) == [r, q, p]
    assert connected(made.buses, q) == [q, p]
    assert connected(made.buses, p) == [p]
