"""One building balances itself: targets first, then shortage or surplus worked off in merit order.

Each step below takes what is still missing (or too much) [kW], does its part, and hands back the rest.
"""

from __future__ import annotations

from simulation.events.building import COMFORT, DEFERRABLE, DUST_KW, ESSENTIAL, PROTECTED, Bus

__all__ = [
    "balance",
    "less_charge",
    "less_curtailed",
    "more_discharge",
    "more_genset",
    "shed",
]


def balance(buses: list[Bus], bus: Bus) -> None:
    """Balance a building alone, given what its lines take and bring; it may cut what it sends or is sent.

    Raises AssertionError where power has nowhere to go, which would be a bug.
    """
    if not bus.live:
        _mark_receivers(buses, bus)
        bus.go_dark()
        return
    need = _as_told(bus)
    grid_up = bus.grid_up
    import_limit = bus.contract_kw if grid_up else 0.0
    if need > import_limit + DUST_KW:
        need = import_limit + _work_off_shortage(buses, bus, need - import_limit)
    export_limit = bus.export_limit_kw if grid_up else 0.0
    if need < -export_limit - DUST_KW:
        need = -export_limit - _work_off_surplus(buses, bus, -need - export_limit)
    bus.import_kw = need if need > 0.0 and grid_up else 0.0
    bus.export_kw = -need if need < 0.0 and grid_up else 0.0
    if bus.bound_lanes and not bus.clean:
        _keep_own_source_rule(buses, bus)


def _as_told(bus: Bus) -> float:
    """Set every flow to its target; what is then missing [kW]."""
    critical, essential, pumps, deferrable, comfort = bus.served = bus.wanted[:]
    need = critical + essential + pumps + deferrable + comfort
    bus.dumped_kw = 0.0
    for array in bus.arrays:
        array.available_kw = array.used_kw = array.sun_kw if bus.grid_up or array.runs_islanded else 0.0
        need -= array.used_kw
    for battery in bus.batteries:
        if battery.target_charge_kw > 0.0 or battery.target_discharge_kw > 0.0:
            battery.follow_targets(bus.floor_kwh(battery))
            need += battery.charge_kw - battery.discharge_kw
        else:
            battery.charge_kw = battery.discharge_kw = 0.0
    for engine in bus.engines:
        if engine.running:
            engine.follow_target()
            need -= engine.output_kw
        else:
            engine.output_kw = 0.0
    for lane in bus.lanes_out:
        need += lane.sent_kw
    for lane in bus.lanes_in:
        need -= lane.sent_kw * lane.keep_frac
    return need


def _work_off_shortage(buses: list[Bus], bus: Bus, short: float) -> float:
    """Merit order of a shortage; below zero where a minimum load brings more than was missing [kW]."""
    if not bus.sparing:
        short = less_charge(bus, short)
        short = more_discharge(bus, short)
    short = more_genset(bus, short, stored=not bus.sparing)
    if bus.grid_up:
        short = _less_sent(buses, bus, short)
    short = shed(bus, COMFORT, short)
    short = shed(bus, DEFERRABLE, short)
    if short > DUST_KW and bus.sparing:
        short = shed(bus, ESSENTIAL, short, keep=bus.promised_kw(ESSENTIAL))
        short = less_charge(bus, short)
        short = more_discharge(bus, short)
        short = more_genset(bus, short, stored=True)
    short = _less_sent(buses, bus, short)
    for use in reversed(range(PROTECTED)):
        short = shed(bus, use, short)
    if short > 1e-6:
        raise AssertionError(f"{bus.name}: {short} kW short with everything shed")
    return short


def _work_off_surplus(buses: list[Bus], bus: Bus, surplus: float) -> float:
    """Merit order of a surplus that may not be sent out; PV last, then the load bank of an engine [kW]."""
    surplus = _serve_again(bus, surplus)
    surplus = _less_discharge(bus, surplus)
    surplus = _less_genset(bus, surplus)
    surplus = _more_charge(bus, surplus)
    surplus = _less_received(buses, bus, surplus)
    surplus = _curtail(bus, surplus)
    if surplus > DUST_KW:
        bus.dumped_kw = surplus
        surplus = 0.0
    return surplus


def less_charge(bus: Bus, short: float) -> float:
    """Charge less."""
    for battery in bus.batteries:
        if short <= 0.0:
            break
        cut = min(short, battery.charge_kw)
        battery.charge_kw -= cut
        short -= cut
    return short


def more_discharge(bus: Bus, short: float) -> float:
    """Discharge more, down to the reserve or the lowest usable level."""
    for battery in bus.batteries:
        if short <= 0.0:
            break
        if battery.charge_kw > 0.0:
            continue
        room = battery.discharge_room_kw(bus.floor_kwh(battery)) - battery.discharge_kw
        if room > 0.0:
            more = min(short, room)
            battery.discharge_kw += more
            short -= more
    return short


def more_genset(bus: Bus, short: float, *, stored: bool) -> float:
    """Raise running engines; those with a tank only where stored fuel may be spent."""
    for engine in bus.engines:
        if short <= 0.0:
            break
        if engine.running and (stored or engine.tank is None):
            raised = min(engine.rated_kw, max(engine.min_kw, engine.output_kw + short))
            short -= raised - engine.output_kw
            engine.output_kw = raised
    return short


def shed(bus: Bus, use: int, short: float, *, keep: float = 0.0) -> float:
    """Serve less of one use, down to what is to be kept of it."""
    if short <= 0.0:
        return short
    cut = min(short, max(0.0, bus.served[use] - keep))
    bus.served[use] -= cut
    return short - cut


def less_curtailed(bus: Bus, short: float) -> float:
    """Use sun that was spilt, and the power of a load bank."""
    for array in bus.arrays:
        if short <= 0.0:
            return short
        more = min(short, array.available_kw - array.used_kw)
        array.used_kw += more
        short -= more
    if short > 0.0 and bus.dumped_kw > 0.0:
        more = min(short, bus.dumped_kw)
        bus.dumped_kw -= more
        short -= more
    return short


def _less_sent(buses: list[Bus], bus: Bus, short: float) -> float:
    for lane in bus.lanes_out:
        if short <= 0.0:
            break
        cut = min(short, lane.sent_kw)
        if cut > 0.0:
            lane.sent_kw -= cut
            short -= cut
            buses[lane.stop].stale = True
    return short


def _serve_again(bus: Bus, surplus: float) -> float:
    for use, wanted in enumerate(bus.wanted):
        more = min(surplus, wanted - bus.served[use])
        bus.served[use] += more
        surplus -= more
    return surplus


def _less_discharge(bus: Bus, surplus: float) -> float:
    for battery in bus.batteries:
        cut = min(surplus, battery.discharge_kw)
        battery.discharge_kw -= cut
        surplus -= cut
    return surplus


def _less_genset(bus: Bus, surplus: float) -> float:
    for engine in bus.engines:
        cut = min(surplus, max(0.0, engine.output_kw - engine.min_kw))
        engine.output_kw -= cut
        surplus -= cut
    return surplus


def _more_charge(bus: Bus, surplus: float) -> float:
    for battery in bus.batteries:
        if battery.discharge_kw > 0.0:
            continue
        more = min(surplus, max(0.0, battery.charge_room_kw() - battery.charge_kw))
        battery.charge_kw += more
        surplus -= more
    return surplus


def _less_received(buses: list[Bus], bus: Bus, surplus: float) -> float:
    for lane in bus.lanes_in:
        if surplus <= 0.0:
            break
        cut = min(surplus, lane.sent_kw * lane.keep_frac)
        if cut > 0.0:
            lane.sent_kw = max(0.0, lane.sent_kw - cut / lane.keep_frac)
            surplus -= cut
            buses[lane.start].stale = True
    return surplus


def _curtail(bus: Bus, surplus: float) -> float:
    for array in bus.arrays:
        cut = min(surplus, array.used_kw)
        array.used_kw -= cut
        surplus -= cut
    return surplus


def _keep_own_source_rule(buses: list[Bus], bus: Bus) -> None:
    """Cut what is sent over lines for own sources only to the own output; the building then balances again."""
    sending = [lane for lane in bus.bound_lanes if lane.sent_kw > 0.0]
    if not sending:
        return
    excess = -bus.own_slack_kw()
    for lane in sending:
        if excess <= DUST_KW:
            return
        cut = min(excess, lane.sent_kw)
        lane.sent_kw -= cut
        excess -= cut
        buses[lane.stop].stale = True
        bus.stale = True


def _mark_receivers(buses: list[Bus], bus: Bus) -> None:
    for lane in bus.lanes_out:
        if lane.sent_kw > 0.0:
            buses[lane.stop].stale = True
