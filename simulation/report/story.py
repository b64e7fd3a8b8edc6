"""The story of one course for the terminal: its events line by line, each trouble with what brought it about."""

from __future__ import annotations

from collections.abc import Sequence

from simulation.events.trajectory import EventRecord, Trajectory
from simulation.metrics.causes import chain_words, is_trouble, trace
from simulation.scenario.spec import Spec
from simulation.units import MINUTES_PER_HOUR

__all__ = ["event_lines"]

_SMALL_CUT_KWH = 1.0  # what a fan heater takes in an hour; only a line in print depends on it
_CUT, _GOES_ON, _SERVED = "shedding_began", "shedding_goes_on", "shedding_ended"
_SPEAKS_FOR_ITSELF = ("aftershock", "road_limited")  # of these the log has told the strike and the closure


def event_lines(spec: Spec, trajectory: Trajectory) -> list[str]:
    """The events of a trajectory, a line each; every line begins with the wall clock of the place.

    Behind a dash stands the chain of causes, in full where it is told for the first time.  Small cuts of a load that
    is not critical, each under 1 kWh and shorter than the gap that its building allows, are one line where the first
    of them began; the Trajectory keeps them all.
    """
    of_scenario: dict[int, list[EventRecord]] = {int(s): [] for s in trajectory.scenario_ids}
    for event in trajectory.events:
        of_scenario[event.scenario].append(event)
    return [line for records in of_scenario.values() for line in _lines(spec, records)]


def _lines(spec: Spec, records: Sequence[EventRecord]) -> list[str]:
    folded: dict[int, str] = {}  # by the number of the record: the line in its place, empty for none
    for element, cuts in _small_cuts(spec, records).items():
        if len(cuts) > 1:
            folded |= {number: "" for cut in cuts for number in cut}
            folded[cuts[0][0]] = _in_one(spec, element, [(records[cut[0]], records[cut[-1]]) for cut in cuts])
    told: set[str] = set()
    lines = []
    for number, record in enumerate(records):
        line = folded[number] if number in folded else record.text + _because(records, record, told)
        if line:
            lines.append(line)
    return lines


def _because(records: Sequence[EventRecord], record: EventRecord, told: set[str]) -> str:
    """What brought a trouble about, behind a dash; a chain that was told before is cut short."""
    if not is_trouble(record) or record.kind in _SPEAKS_FOR_ITSELF:
        return ""
    words = chain_words(trace(records, record))[1:]
    whole = ", ".join(words)
    if not words:
        return ""
    if whole in told and len(words) > 1:
        return f" - {words[0]}, as before"
    told.add(whole)
    return f" - {whole}"


def _small_cuts(spec: Spec, records: Sequence[EventRecord]) -> dict[str, list[list[int]]]:
    """Numbers of the records of each small cut, from its beginning to its end, by the load that was cut."""
    under_way: dict[str, list[int]] = {}
    found: dict[str, list[list[int]]] = {}
    for number, record in enumerate(records):
        element = record.element
        if record.kind == _CUT:
            under_way[element] = [number]
        elif record.kind == _GOES_ON and element in under_way:
            under_way[element].append(number)
        elif record.kind == _SERVED and element in under_way:
            cut = [*under_way.pop(element), number]
            building, _, tier = element.partition(".")
            allowed_h = spec.building[building].allowed_gap_min.get(tier, 0.0) / MINUTES_PER_HOUR
            short = record.time_h - records[cut[0]].time_h < allowed_h
            if tier != "critical" and short and record.value < _SMALL_CUT_KWH:
                found.setdefault(element, []).append(cut)
    return found


def _in_one(spec: Spec, element: str, cuts: Sequence[tuple[EventRecord, EventRecord]]) -> str:
    """Small cuts of one load as one line, where each begins and ends with an event."""
    building, _, tier = element.partition(".")
    begin, end = (spec.clock.local_text(record.time_h) for record in (cuts[0][0], cuts[-1][1]))
    energy_kwh = sum(last.value for _, last in cuts)
    return (
        f"{begin} {spec.building[building].title or building}: {tier} load cut {len(cuts)} times until {end}, "
        f"each for less than {_SMALL_CUT_KWH:g} kWh, {energy_kwh:.3g} kWh in all"
    )
