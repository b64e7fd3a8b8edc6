"""Neighbours help one another: tier by tier over the whole area, from what others can spare, over closed lines.

The most precious use of everybody comes before the next use of anybody.  For a protected use a neighbour also gives
up its own less precious loads, never those of the same or a higher tier.  Essential load that a plan does not serve
comes after what is protected, from what needs no stored energy.
"""

from __future__ import annotations

from simulation.events.balance import less_charge, less_curtailed, more_discharge, shed
from simulation.events.building import DUST_KW, ESSENTIAL, PROTECTED, USES, Bus
from simulation.events.tieline import Lane

__all__ = ["help_neighbours"]

_TURNS = 4
"""Parts into which a need is divided: more would share scarcity more evenly, and take longer."""


def help_neighbours(buses: list[Bus]) -> None:
    """Serve what buildings alone could not, over as many lines as it takes.

    Where several ask for the same use, each gets a part of its need at a time, so that scarcity is shared.
    """
    if not [bus for bus in buses if bus.live and bus.short]:
        return
    for use in range(PROTECTED):
        _share_out(buses, use, protected=True)
    _share_out(buses, ESSENTIAL, protected=False)
    for use in range(PROTECTED, len(USES)):
        _share_out(buses, use, protected=False)


def _share_out(buses: list[Bus], use: int, *, protected: bool) -> None:
    """Serve one use of everybody, in turns where several ask; if it is protected, as much as plans promise."""
    needy = [bus for bus in buses if bus.live and bus.wanted[use] - bus.served[use] > DUST_KW]
    if not needy:
        return
    if protected:
        needy = [bus for bus in needy if _missing_kw(bus, use, protected) > DUST_KW]
    if len(needy) == 1:
        _ask_around(buses, needy[0], (use, protected), 1)
        return
    for left in range(_TURNS if needy else 0, 0, -1):
        needy = [bus for bus in needy if _ask_around(buses, bus, (use, protected), left)]


def _missing_kw(bus: Bus, use: int, protected: bool) -> float:
    return (bus.promised_kw(use) if protected else bus.wanted[use]) - bus.served[use]


def _ask_around(buses: list[Bus], bus: Bus, need: tuple[int, bool], left: int) -> bool:
    """Ask for one of ``left`` parts of what is missing, the nearest first; whether there may be more to get.

    A need is a use, and whether it is protected.
    """
    use, protected = need
    missing_kw = _missing_kw(bus, use, protected) / left
    asked = {bus.index}
    frontier: list[tuple[Bus, list[Lane]]] = [(bus, [])]
    for node, path in frontier:
        if missing_kw <= DUST_KW:
            break
        for lane in node.lanes_in:
            donor = buses[lane.start]
            if donor.index in asked or not donor.live or not _may_extend(lane, node, path):
                continue
            asked.add(donor.index)
            way = [lane, *path]
            got = _fetch(donor, way, need, missing_kw)
            bus.served[use] += got
            missing_kw -= got
            if missing_kw <= DUST_KW:
                break
            frontier.append((donor, way))
    return missing_kw <= DUST_KW


def _may_extend(lane: Lane, node: Bus, path: list[Lane]) -> bool:
    """Whether more can come over a lane; grid power may not be passed on over a line for own sources only."""
    if lane.room_kw <= DUST_KW or (lane.back is not None and lane.back.sent_kw > 0.0):
        return False
    return not (path and path[0].own_only and not lane.own_only and not node.clean)


def _fetch(donor: Bus, way: list[Lane], need: tuple[int, bool], missing_kw: float) -> float:
    """Take from one donor what its sources and the lines allow; what arrives [kW]."""
    arriving = missing_kw
    keep = 1.0
    for lane in reversed(way):
        keep *= lane.keep_frac
        arriving = min(arriving, lane.room_kw * keep)
    if arriving <= DUST_KW:
        return 0.0
    sent = _spare(donor, need, arriving / keep, own_only=way[0].own_only and not donor.clean)
    for lane in way:
        lane.sent_kw += sent
        sent *= lane.keep_frac
    return sent


def _spare(donor: Bus, need: tuple[int, bool], asked_kw: float, *, own_only: bool) -> float:
    """Power that a donor frees for a use of somebody else [kW]."""
    slack = max(0.0, donor.own_slack_kw()) if own_only else asked_kw
    left = less_curtailed(donor, asked_kw)
    if left <= 0.0:
        return asked_kw - left
    use, protected = need
    stored = not donor.sparing or protected
    taken = _from_the_rest(donor, use, min(left, slack), stored=stored, shed_too=False)
    left -= taken
    if left <= 0.0:
        return asked_kw - left
    slack -= taken
    left = _raise_engines(donor, left, stored=stored)
    if left <= 0.0:
        return asked_kw - left
    if stored:
        left = more_discharge(donor, left)
    left -= _from_the_rest(donor, use, min(left, slack), stored=stored, shed_too=protected)
    return asked_kw - left


def _from_the_rest(donor: Bus, use: int, wanted_kw: float, *, stored: bool, shed_too: bool) -> float:
    """Send out and charge less, draw more from the grid, give up less precious loads; what that frees [kW]."""
    left = wanted_kw
    if left <= 0.0:
        return 0.0
    if donor.grid_up:
        cut = min(left, donor.export_kw)
        donor.export_kw -= cut
        left -= cut
        if left > 0.0:
            more = min(left, donor.contract_kw - donor.import_kw)
            donor.import_kw += more
            left -= more
    if stored:
        left = less_charge(donor, left)
    if shed_too:
        for lower in range(len(USES) - 1, use, -1):
            if left <= 0.0:
                break
            left = shed(donor, lower, left)
    return wanted_kw - left


def _raise_engines(donor: Bus, left: float, *, stored: bool) -> float:
    """Raise running engines; one that idles on standby is asked only for its minimum load or more."""
    for engine in donor.engines:
        if left <= 0.0:
            break
        if not engine.running or not (stored or engine.tank is None):
            continue
        if engine.output_kw + left < engine.min_kw:
            continue
        more = min(left, engine.rated_kw - engine.output_kw)
        engine.output_kw += more
        left -= more
    return left
