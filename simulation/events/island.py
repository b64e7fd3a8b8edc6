"""Which lines are closed, which buildings have voltage, and which of them grid power can reach."""

from __future__ import annotations

from simulation.events.building import Bus
from simulation.events.tieline import Lane

__all__ = ["connected", "energise", "switch_lines"]


def switch_lines(buses: list[Bus], lanes: list[Lane], *, may_close: bool) -> None:
    """Open at once the lines that must open; close those that should be closed at control ticks only."""
    up = [bus.feeder < 0 or bus.grid_up for bus in buses]  # one without a grid connection has none to lose
    for lane in lanes:
        belongs = lane.belongs_closed(up[lane.start], up[lane.stop])
        lane.closed = belongs and (lane.closed or may_close)
        if not lane.closed:
            lane.sent_kw = 0.0


def energise(buses: list[Bus], *, at_tick: bool) -> None:
    """Set ``live`` and ``clean`` of every building.

    PV and batteries that do not form a grid carry no island alone: voltage comes from the grid, a running engine or
    a grid-forming battery, of the building or of one from which a closed line leads here.  Between control ticks
    only lines that carry power hold anybody up.
    """
    for bus in buses:
        bus.live = bus.forms_grid
        bus.clean = not bus.grid_up
    _spread(buses, at_tick)


def connected(buses: list[Bus], bus: Bus) -> list[Bus]:
    """A building and all from which closed lines lead to it."""
    found = [bus]
    for one in found:
        for lane in one.lanes_in:
            if lane.closed and lane.capacity_kw > 0.0 and buses[lane.start] not in found:
                found.append(buses[lane.start])
    return found


def _spread(buses: list[Bus], at_tick: bool) -> None:
    """Pass voltage, and the taint of grid power, along the lines until nothing changes."""
    frontier = [bus for bus in buses if bus.live]
    while frontier:
        bus = frontier.pop()
        for lane in bus.lanes_out:
            if not lane.closed or not (lane.sent_kw > 0.0 or (at_tick and lane.capacity_kw > 0.0)):
                continue
            other = buses[lane.stop]
            tainted = other.clean and not bus.clean
            if other.live and not tainted:
                continue
            other.live = True
            other.clean = other.clean and bus.clean
            frontier.append(other)
