"""A Problem read back as a plant: which columns are whose, from their labels and entries.

Rules of thumb need to know what a column is; solvers proper do not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from simulation.errors import ProblemError
from simulation.interchange import names
from simulation.interchange.problem import Label, Problem

__all__ = [
    "BacklogView",
    "BatteryView",
    "FuelView",
    "GateView",
    "LaneView",
    "PlantView",
    "PumpView",
    "SourceView",
    "TankView",
    "read_plant",
]


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source of power at a bus: its column, whether it is the grid, and the fuel it draws per kW and step [L]."""

    column: int
    bus: int
    is_grid: bool
    tank: int | None
    fuel_l: float


@dataclass(frozen=True, slots=True)
class BatteryView:
    """A battery: columns, store, and energy into and out of the store per kW and step [kWh]."""

    bus: int
    charge: int
    discharge: int
    store: int
    into_kwh: float
    out_kwh: float


@dataclass(frozen=True, slots=True)
class BacklogView:
    """Deferrable load: columns served and lost, and the store of what waits."""

    bus: int
    served: int
    lost: int
    store: int


@dataclass(frozen=True, slots=True)
class PumpView:
    """A pump: its column, power per m3/h, and the store of raw water that it draws on, per m3/h and step [m3]."""

    column: int
    bus: int
    kwh_per_m3: float
    raw: int | None
    raw_m3: float


@dataclass(frozen=True, slots=True)
class TankView:
    """A water tank: store, and columns; None where there is none, uses not served in their order."""

    store: int
    unserved: tuple[int, ...]
    mains: int | None
    spill: int | None
    pumps: tuple[PumpView, ...]


@dataclass(frozen=True, slots=True)
class FuelView:
    """A fuel tank: store, and columns; none where there is none."""

    store: int
    unserved: tuple[int, ...]
    spill: int | None


@dataclass(frozen=True, slots=True)
class GateView:
    """Lots at the gate: the column that takes them in, the store that they wait in, the store that they fill."""

    column: int
    store: int
    filled: int


@dataclass(frozen=True, slots=True)
class LaneView:
    """One direction of a line: its column, both buses, the share that arrives, and whether grid power is barred."""

    column: int
    start: int
    stop: int
    arrives_frac: float
    own_only: bool


@dataclass(frozen=True, slots=True)
class PlantView:
    """All of a Problem's elements; buses are rows, and count 0, 1, ... in ``buses``."""

    buses: tuple[int, ...]
    pvs: tuple[SourceView, ...]
    priced: tuple[SourceView, ...]
    batteries: tuple[BatteryView, ...]
    backlogs: tuple[BacklogView, ...]
    tanks: tuple[TankView, ...]
    fuels: tuple[FuelView, ...]
    gates: tuple[GateView, ...]
    lanes: tuple[LaneView, ...]
    exports: tuple[tuple[int, int], ...]
    unserved: tuple[tuple[int, int, int], ...]
    own_left: tuple[tuple[int, int], ...]


def read_plant(problem: Problem) -> PlantView:
    """The plant behind a Problem that ``build`` made.

    ``exports`` are (bus, column), ``unserved`` (tier, bus, column), ``own_left`` (row, column).
    Raises ProblemError where a column means nothing to a rule.
    """
    known = _known_quantities()
    for label in problem.columns:
        if label.quantity not in known:
            raise ProblemError(
                f"{label}: a rule of thumb does not know this column; legal: a Problem made by build or assemble"
            )
    reader = _Reader(problem)
    return PlantView(
        buses=tuple(reader.bus_rows),
        pvs=tuple(reader.source(n) for n, _ in reader.each(names.USED)),
        priced=tuple(reader.source(n) for quantity in (names.POWER, names.IMPORT) for n, _ in reader.each(quantity)),
        batteries=tuple(reader.battery(n, label.element) for n, label in reader.each(names.CHARGE)),
        backlogs=tuple(reader.backlog(n, label.element) for n, label in reader.each(names.SERVED_DEFERRABLE)),
        tanks=tuple(reader.tank(k, label.element) for k, label in reader.stores(names.LEVEL_M3)),
        fuels=tuple(reader.fuel(k, label.element) for k, label in reader.stores(names.LEVEL_L)),
        gates=tuple(reader.gate(n) for n, _ in reader.each(names.FROM_GATE)),
        lanes=tuple(reader.lane(n) for quantity in names.SENT for n, _ in reader.each(quantity)),
        exports=tuple((reader.bus(n), n) for n, _ in reader.each(names.EXPORT)),
        unserved=tuple(
            (tier, reader.bus(n), n)
            for tier, quantity in enumerate(names.UNSERVED)
            if tier != names.DEFERRABLE
            for n, _ in reader.each(quantity)
        ),
        own_left=tuple(
            (int(np.flatnonzero(problem.matrix[:, n])[0]), n) for n, _ in reader.each(names.OWN_SOURCE_LEFT)
        ),
    )


class _Reader:
    """Looks columns and stores up by their labels, and buses by the entries."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.place = {label: n for n, label in enumerate(problem.columns)}
        self.store_place = {label: k for k, label in enumerate(problem.stores)}
        self.bus_rows = [r for r, label in enumerate(problem.rows) if label.quantity == names.BUS]
        self.own_rows = [r for r, label in enumerate(problem.rows) if label.quantity == names.OWN_SOURCE]

    def each(self, quantity: str) -> list[tuple[int, Label]]:
        """Columns that count a quantity."""
        return [(n, label) for n, label in enumerate(self.problem.columns) if label.quantity == quantity]

    def stores(self, quantity: str) -> list[tuple[int, Label]]:
        """Stores that count a quantity."""
        return [(k, label) for k, label in enumerate(self.problem.stores) if label.quantity == quantity]

    def at_buses(self, column: int) -> Float[np.ndarray, " B"]:
        """Entries of a column at the buses."""
        return self.problem.matrix[self.bus_rows, column]

    def bus(self, column: int) -> int:
        """The one bus that a column enters."""
        return int(np.flatnonzero(self.at_buses(column))[0])

    def source(self, column: int) -> SourceView:
        drawn_l = -self.problem.matrix[self.problem.store_row, column]
        tanks = [k for k, _ in self.stores(names.LEVEL_L) if drawn_l[k] > 0]
        return SourceView(
            column=column,
            bus=self.bus(column),
            is_grid=self.problem.columns[column].quantity == names.IMPORT,
            tank=tanks[0] if tanks else None,
            fuel_l=float(drawn_l[tanks[0]]) if tanks else 0.0,
        )

    def battery(self, charge: int, element: str) -> BatteryView:
        discharge = self.place[Label(element, names.DISCHARGE)]
        store = self.store_place[Label(element, names.LEVEL_KWH)]
        row = self.problem.store_row[store]
        into, out = self.problem.matrix[row, charge], -self.problem.matrix[row, discharge]
        return BatteryView(self.bus(charge), charge, discharge, store, float(into), float(out))

    def backlog(self, served: int, element: str) -> BacklogView:
        lost = self.place[Label(element, names.UNSERVED[names.DEFERRABLE])]
        return BacklogView(self.bus(served), served, lost, self.store_place[Label(element, names.BACKLOG)])

    def tank(self, store: int, element: str) -> TankView:
        row = self.problem.store_row[store]
        pumps = [n for n, _ in self.each(names.PUMPED) if self.problem.matrix[row, n] > 0]
        return TankView(
            store=store,
            unserved=self._there(element, names.UNSERVED_WATER),
            mains=self.place.get(Label(element, names.MAINS)),
            spill=self.place.get(Label(element, names.SPILL_WATER)),
            pumps=tuple(self._pump(n) for n in pumps),
        )

    def _pump(self, column: int) -> PumpView:
        drawn_m3 = -self.problem.matrix[self.problem.store_row, column]
        raw = int(np.argmax(drawn_m3)) if drawn_m3.max() > 0.0 else None
        return PumpView(
            column=column,
            bus=self.bus(column),
            kwh_per_m3=float(-self.at_buses(column).min()),
            raw=raw,
            raw_m3=0.0 if raw is None else float(drawn_m3[raw]),
        )

    def _there(self, element: str, quantities: tuple[str, ...]) -> tuple[int, ...]:
        """Columns of those quantities that an element has."""
        labels = (Label(element, quantity) for quantity in quantities)
        return tuple(self.place[label] for label in labels if label in self.place)

    def fuel(self, store: int, element: str) -> FuelView:
        return FuelView(
            store=store,
            unserved=self._there(element, (names.UNSERVED_VEHICLES,)),
            spill=self.place.get(Label(element, names.SPILL_FUEL)),
        )

    def gate(self, column: int) -> GateView:
        enters = self.problem.matrix[self.problem.store_row, column]
        return GateView(column, int(np.argmin(enters)), int(np.argmax(enters)))

    def lane(self, column: int) -> LaneView:
        at = self.at_buses(column)
        return LaneView(
            column=column,
            start=int(np.argmin(at)),
            stop=int(np.argmax(at)),
            arrives_frac=float(at.max()),
            own_only=bool(np.any(self.problem.matrix[self.own_rows, column] < 0)),
        )


def _known_quantities() -> set[str]:
    single = {getattr(names, key) for key in names.__all__ if isinstance(getattr(names, key), str)}
    return single | set(names.UNSERVED) | set(names.UNSERVED_WATER) | set(names.SENT)
