"""Root causes: every interruption traced back, record by record, to where it began; and what share each root has.

An event's cause is the latest of the events that stood when it happened and could have brought it about, the loss of
grid or mains only where nothing of the place's own did (``events.causes``).  The chain of causes ends where no event
stands behind one any more.  The disaster itself is behind nearly everything and would tell nothing: a root is what the
disaster struck first, not the strike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from simulation.events.trajectory import EventRecord, Trajectory
from simulation.metrics.estimate import Estimate, of_ratio, of_skewed_loss
from simulation.metrics.interruptions import Interruptions, cut
from simulation.metrics.quantity import row_of_scenario
from simulation.metrics.survival import Loss, Service, Trouble

__all__ = [
    "UNTOLD",
    "CauseRow",
    "CauseTable",
    "brief",
    "cause_tables",
    "chain_text",
    "chain_words",
    "is_trouble",
    "trace",
]

UNTOLD = "no event"
"""The root of what went unserved without an event that tells it: less than the log notices."""

_TITLES = (
    ("energy not served", "kWh"),
    ("hours that people went without a service", "person-h"),
    ("fuel that vehicles did not get", "L"),
    ("water not served", "m³"),
)
_MOST_CHAINS = 10
_DUST = 1e-9  # a share of the whole that is rounding
_SHOCKS = ("strike", "aftershock")
_CLOCK = len("2019-09-09 03:00 ")

_STOCKS: Mapping[str, str] = {"fuel_tank": "fuel", "water_tank": "water", "battery": "battery", "shelter": "food"}
_EMPTY = ("stock_empty", "stock_still_empty")
_BRIEF: Mapping[str, str] = {
    "aftershock": "aftershock {}",
    "damaged": "{} damaged",
    "dark": "{} dark",
    "delivery_cancelled": "delivery {} cancelled",
    "delivery_late": "delivery {} late",
    "delivery_short": "too little fuel for delivery {}",
    "fuel_rationed": "fuel rationed at {}",
    "fuel_refused": "no fuel at {}",
    "genset_failed": "{} failed",
    "genset_out_of_fuel": "{} stopped",
    "genset_start_failed": "{} failed to start",
    "genset_starting": "{} not yet started",
    "genset_stopped": "{} stopped",
    "grid_lost": "grid lost on {}",
    "item_short": "too little {}",
    "mains_lost": "mains of {} lost",
    "people_turned_away": "{} full",
    "phones_dead": "{} dead",
    "phones_still_dead": "{} dead",
    "pump_dark": "{} dark",
    "pump_still_dark": "{} dark",
    "pump_failed": "{} failed",
    "public_sale_stopped": "public sale stopped at {}",
    "pumps_by_hand": "pumps by hand at {}",
    "pumps_dark": "pumps dark at {}",
    "queue_too_long": "queue too long at {}",
    "road_closed": "road {} closed",
    "road_limited": "road {} limited",
    "shedding_began": "{} load cut",
    "shedding_goes_on": "{} load cut",
    "still_dark": "{} dark",
    "strike": "the disaster",
    "sewer_lost": "{} stopped",
    "showers_short": "too few showers at {}",
    "showers_still_short": "too few showers at {}",
    "toilets_short": "too few toilets at {}",
    "toilets_still_short": "too few toilets at {}",
    "vehicles_still_wait": "no fuel for vehicles at {}",
    "vehicles_wait": "no fuel for vehicles at {}",
    "water_rationed": "{} rationed",
    "water_still_rationed": "{} rationed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseRow:
    """What one root cause took, and its share of the whole; ``example`` is the chain that took most, in words."""

    root: str
    amount: Estimate
    share: Estimate
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseTable:
    """Root causes of one kind of loss, the largest first; amounts and shares sum to the whole.

    ``chains`` are the commonest chains in words with their share of the whole.
    """

    title: str
    whole: Estimate
    rows: tuple[CauseRow, ...]
    chains: tuple[tuple[str, float], ...]


def trace(records: Sequence[EventRecord], record: EventRecord) -> list[EventRecord]:
    """A record and everything behind it, back to where it began.

    Args:
        records: all records of the record's scenario, in their order.
        record: the one to trace.
    """
    found = [record]
    while found[-1].cause >= 0:
        found.append(records[found[-1].cause])
    return found


def brief(record: EventRecord) -> str:
    """An event in a few words, without its moment and its amount.

    >>> said = EventRecord(scenario=0, time_h=3.0, element="hub.fuel_tank.site", kind="stock_empty", value=0.0, text="")
    >>> brief(said)
    'fuel site at hub out'
    """
    building, _, rest = record.element.partition(".")
    kind, _, name = rest.partition(".")
    if record.kind in _EMPTY:
        shelter, _, item = name.partition(".item.")
        if kind == "toilet":
            return f"{kind}s {name} at {building} full".replace("_", " ")
        what = f"{item} of {shelter}" if item else f"{_STOCKS.get(kind, kind)} {name}"
        return f"{what} at {building} out".replace("_", " ")
    element = f"{kind} {name} at {building}" if name else f"{building} {kind}".strip()
    words = _BRIEF.get(record.kind, record.text[_CLOCK:] or record.kind)
    return words.format(element.replace("_", " "))


def is_trouble(record: EventRecord) -> bool:
    """Whether an event is something that goes wrong, and not its end or an ordinary thing."""
    return record.kind in _EMPTY or record.kind in _BRIEF


def chain_words(chain: Sequence[EventRecord]) -> list[str]:
    """The links of a chain of causes, each in a few words.

    A cut load and what went dark with it are told as one, and the disaster at the end is left out where anything stands
    before it.
    """
    told = [record for record in chain if record.kind not in _SHOCKS] or list(chain)
    words: list[str] = []
    for record in told:
        said = brief(record)
        if not words or words[-1] != said:
            words.append(said)
    return words


def chain_text(chain: Sequence[EventRecord]) -> str:
    """A chain of causes in words: ``water at hub out: pump well at hub dark: ...: road R2 closed``."""
    return ": ".join(chain_words(chain))


def cause_tables(services: Sequence[Service], trajectory: Trajectory) -> tuple[CauseTable, ...]:
    """Tables of energy not served, of hours that people went without something, of fuel and of water not given.

    Person-hours count each service by itself: an hour without water and food is two.  Where two causes share a control
    step, they share its loss by their time in it.
    """
    logs = _Logs.of(trajectory)
    tables = []
    for title, unit in _TITLES:
        taken: dict[_Chain, np.ndarray] = {}
        known = [loss for service in services for loss in _losses(service) if loss.unit == unit]
        for loss in known:
            _blame(loss, trajectory.clock.step_h, logs, taken)
        if known:
            whole = np.sum([loss.amount.sum(axis=1) for loss in known], axis=0)
            if np.sum(taken.get(_NO_CHAIN, 0.0)) <= _DUST * whole.sum():
                taken.pop(_NO_CHAIN, None)
            tables.append(_table(title, unit, taken, whole))
    return tuple(tables)


def _losses(service: Service) -> tuple[Loss, ...]:
    """What a service did not give, in every unit in which that is counted."""
    of_all = (("kWh", service.unserved_kwh), ("person-h", service.unserved_person_h))
    mine = [Loss(unit=unit, amount=amount, troubles=service.troubles) for unit, amount in of_all if amount is not None]
    return (*mine, *service.losses)


@dataclass(frozen=True, slots=True)
class _Chain:
    root: str
    words: str


_NO_CHAIN = _Chain(UNTOLD, UNTOLD)


@dataclass(frozen=True, slots=True)
class _Logs:
    """The records of every row in their order, and those of every element with their row."""

    rows: list[list[EventRecord]]
    of_element: dict[str, list[tuple[int, EventRecord]]]
    n_steps: int

    @classmethod
    def of(cls, trajectory: Trajectory) -> _Logs:
        row = row_of_scenario(trajectory)
        rows: list[list[EventRecord]] = [[] for _ in row]
        of_element: dict[str, list[tuple[int, EventRecord]]] = {}
        for event in trajectory.events:
            rows[row[event.scenario]].append(event)
            of_element.setdefault(event.element, []).append((row[event.scenario], event))
        return cls(rows=rows, of_element=of_element, n_steps=trajectory.clock.n_steps)

    def chain(self, row: int, record: EventRecord) -> _Chain:
        words = chain_text(trace(self.rows[row], record))
        return _Chain(root=words.rpartition(": ")[2], words=words)


def _blame(loss: Loss, step_h: float, logs: _Logs, taken: dict[_Chain, np.ndarray]) -> None:
    """Add what was lost to the chains that it was lost by."""
    amount = loss.amount
    spans, chains = _spans(loss.troubles, logs, step_h)
    if any(trouble.lingers for trouble in loss.troubles):
        spans = _prolonged(spans, amount > 0.0, step_h)
    pieces = cut(spans, amount.shape[1], step_h)
    hours = pieces.end_h - pieces.start_h
    covered = np.zeros_like(amount)
    np.add.at(covered, (pieces.row, pieces.step), hours)
    share = np.divide(hours, covered[pieces.row, pieces.step], out=np.zeros_like(hours), where=hours > 0.0)
    part = amount[pieces.row, pieces.step] * share
    names = {chain: number for number, chain in enumerate(dict.fromkeys(chains))}
    number = np.array([names[chain] for chain in chains], dtype=np.int64)[pieces.which]
    lost = np.zeros((len(names), len(amount)))
    np.add.at(lost, (number, pieces.row), part)
    untold = np.where(covered > 0.0, 0.0, amount).sum(axis=1)
    for chain, mine in (*zip(names, lost, strict=True), (_NO_CHAIN, untold)):
        if mine.any():
            taken[chain] = taken.get(chain, 0.0) + mine


def _spans(troubles: Sequence[Trouble], logs: _Logs, step_h: float) -> tuple[Interruptions, list[_Chain]]:
    """Stretches of time in which the events say that something was lacking, with the chain behind each."""
    found: list[tuple[int, float, float]] = []
    chains: list[_Chain] = []
    end_h = logs.n_steps * step_h
    for trouble in troubles:
        since: dict[int, EventRecord] = {}

        def close(
            row: int, until_h: float, since: dict[int, EventRecord] = since, late_h: float = trouble.told_late_h
        ) -> None:
            began = since.pop(row, None)
            if began is not None:
                found.append((row, max(0.0, began.time_h - late_h), max(0.0, until_h - late_h)))
                chains.append(logs.chain(row, began))

        for row, event in logs.of_element.get(trouble.element, ()):
            if event.kind in trouble.began:
                close(row, event.time_h)
                since[row] = event
            elif event.kind == trouble.over:
                close(row, event.time_h)
        for row in list(since):
            close(row, end_h + trouble.told_late_h)
    return Interruptions(
        row=np.array([row for row, _, _ in found], dtype=np.int64),
        start_h=np.array([start for _, start, _ in found]),
        end_h=np.array([end for _, _, end in found]),
    ), chains


def _prolonged(spans: Interruptions, lacking: Bool[np.ndarray, "S T"], step_h: float) -> Interruptions:
    """Stretches, the last before a gap drawn out to the next or to the first step in which nothing lacks any more."""
    end_h = spans.end_h.copy()
    for row in np.unique(spans.row):
        quiet_h = np.append(np.flatnonzero(~lacking[row]), lacking.shape[1]) * step_h

        def drawn_out(until_h: float, quiet_h: Float[np.ndarray, " q"] = quiet_h) -> float:
            found = np.searchsorted(quiet_h, until_h - 1e-9)
            return float(quiet_h[min(found, len(quiet_h) - 1)])

        mine = np.flatnonzero(spans.row == row)
        last, *later = mine[np.argsort(spans.start_h[mine], kind="stable")]
        for here in later:
            if spans.start_h[here] > end_h[last]:
                end_h[last] = min(spans.start_h[here], drawn_out(float(end_h[last])))
            if end_h[here] >= end_h[last]:
                last = here
        end_h[last] = max(end_h[last], drawn_out(float(end_h[last])))
    return Interruptions(row=spans.row, start_h=spans.start_h, end_h=end_h)


def _table(title: str, unit: str, taken: Mapping[_Chain, np.ndarray], whole: Float[np.ndarray, " S"]) -> CauseTable:
    roots: dict[str, np.ndarray] = {}
    for chain, amount in taken.items():
        roots[chain.root] = roots.get(chain.root, 0.0) + amount
    total = float(whole.sum())
    order = sorted(taken, key=lambda chain: -float(taken[chain].sum()))
    rows = tuple(
        CauseRow(
            root=root,
            amount=of_skewed_loss(roots[root].clip(min=0.0), unit),
            share=of_ratio(roots[root], whole),
            example=next(chain.words for chain in order if chain.root == root),
        )
        for root in sorted(roots, key=lambda root: -float(roots[root].sum()))
    )
    return CauseTable(
        title=title,
        whole=of_skewed_loss(whole.clip(min=0.0), unit),
        rows=rows,
        chains=tuple((chain.words, float(taken[chain].sum()) / total) for chain in order[:_MOST_CHAINS]),
    )
