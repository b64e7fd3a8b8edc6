"""Private lines in the interchange problem: two directions each, and what *own source only* leaves to be sent."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from simulation.interchange.builder import Builder
from simulation.interchange.names import BUS, OWN_SOURCE, OWN_SOURCE_LEFT, SENT
from simulation.interchange.outage import lost_frac
from simulation.interchange.outlook import Outlook
from simulation.physics.tieline import received_kw
from simulation.scenario.spec import Spec

__all__ = ["closed_frac", "contribute"]


def contribute(builder: Builder, spec: Spec, outlook: Outlook) -> None:
    """Power sent each way over every line, while the line is closed and not damaged.

    Over lines that take *own source only* a building sends at most what its PV, batteries and engines give and what
    reaches it over such lines (power in transit keeps its origin); a row per sender says so.  A battery that charges
    gives nothing, which the row can only know because charge and discharge exclude each other.
    """
    closed = closed_frac(spec, outlook.grid_up_frac) * outlook.line_up_frac
    sends: dict[str, list[int]] = {}
    gets: dict[str, list[tuple[int, float]]] = {}
    for i, (key, line) in enumerate(spec.tieline.items()):
        ways = []
        for quantity, sender, receiver, capacity_kw in (
            (SENT[0], line.a, line.b, line.capacity_ab_kw),
            (SENT[1], line.b, line.a, line.capacity_ba_kw),
        ):
            arrives = received_kw(1.0, line.loss_frac)
            sent = builder.column(
                f"tieline.{key}",
                quantity,
                upper=capacity_kw * closed[:, :, i],
                enters={builder.find_row(sender, BUS): -1.0, builder.find_row(receiver, BUS): arrives},
            )
            ways.append(sent)
            if line.own_source_only:
                sends.setdefault(sender, []).append(sent)
                gets.setdefault(receiver, []).append((sent, arrives))
        builder.exclude(*ways)
    for sender, sent in sends.items():
        row = builder.row(sender, OWN_SOURCE)
        builder.enter(row, builder.own_source.get(spec.building_names.index(sender), []))
        builder.enter(row, sent, -1.0)
        for column, arrives in gets.get(sender, []):
            builder.enter(row, [column], arrives)
        builder.column(sender, OWN_SOURCE_LEFT, upper=np.inf, enters={row: -1.0})


def closed_frac(spec: Spec, grid_up_frac: Float[np.ndarray, "S T F"]) -> Float[np.ndarray, "S T L"]:
    """Share of each step in which a line is closed: a *normal* one while no end has lost its public grid, an
    *emergency* one while one has.
    """
    lost = lost_frac(spec, grid_up_frac)
    names = list(spec.building)
    closed = np.ones((*lost.shape[:2], len(spec.tieline)))
    for i, line in enumerate(spec.tieline.values()):
        either = np.maximum(lost[:, :, names.index(line.a)], lost[:, :, names.index(line.b)])
        if line.operation != "always":
            closed[:, :, i] = either if line.operation == "emergency" else 1.0 - either
    return closed
