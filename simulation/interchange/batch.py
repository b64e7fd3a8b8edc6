"""The door of the vectorised core: scales, and the layout with the batch last, ``[element, T, S]``.

Everything inside is scaled by powers of two, so that scaling never rounds::

    A' = A kappa / rho,   x = kappa x',   e = rho e',   P = pi P',   c' = c kappa / C,   y = y' C / rho

rho: a typical flow of a row; kappa, pi: the largest column that no row feels above its scale; C: a typical cost of a
scenario.  Each scenario has the scales that it would have alone; those with the same ones share a ``Form``, and scales
are so coarse that most do.  Rows stand in elimination order, those of the stores last.  Flows and levels are stacked
into one array of bounded variables, ``x - low`` in ``[0, width]``; so are the global columns and the slacks of their
rows.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float, Int

from simulation.interchange.lane_sums import over_lanes
from simulation.interchange.normal_equations import Pattern, elimination_order
from simulation.interchange.problem import Problem

__all__ = ["UNBOUNDED", "Box", "Form", "Lanes"]

UNBOUNDED = 1e30
"""Distance to a bound that is not there: its price comes out as 1e-30, and nothing ever reaches it."""

_DEEP = 10.0
"""How far inside of two finite bounds a variable may start: wide stocks else begin at an edge and crawl along it."""

_NO_WIDTH = 1e-9
"""A scaled width below this is a fixed variable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What scenarios of the same scales share; see the head of this file.

    ``transposed`` has a row for every flow and every level: A' above the part of E' that stays within a step.
    ``peak_links`` are ``peak_rows`` as a sparse matrix; ``curved`` says that costs have a quadratic part.
    """

    order: Int[np.ndarray, " R"]
    pattern: Pattern
    matrix: sp.csr_array
    transposed: sp.csr_array
    retention: Float[np.ndarray, "K T 1"]
    peak_matrix: Float[np.ndarray, "R P"]
    peak_active: Float[np.ndarray, "T P"]
    peak_rows: Float[np.ndarray, "M P"]
    peak_links: sp.csr_array
    peak_links_turned: sp.csr_array
    curved: bool
    row_scale: Float[np.ndarray, " R"]
    column_scale: Float[np.ndarray, " N"]
    peak_scale: Float[np.ndarray, " P"]
    peak_row_scale: Float[np.ndarray, " M"]

    @property
    def n_flows(self) -> int:
        """Number of flow columns."""
        return len(self.column_scale)

    @property
    def level_scale(self) -> Float[np.ndarray, " K"]:
        """Scale of the levels: that of their rows."""
        return self.row_scale[self.pattern.n_bus :]

    @classmethod
    def shared(cls, problem: Problem) -> list[tuple[Form, Int[np.ndarray, " s"]]]:
        """The forms of a Problem, each with the scenarios that share it."""
        sizes = _row_sizes(problem)
        curved = (problem.curvature > 0).any(axis=(1, 2))
        kinds, kind = np.unique(np.column_stack([sizes, curved]), axis=0, return_inverse=True)
        order = elimination_order(problem.matrix, problem.store_row)
        return [
            (cls.of(problem, order, row[:-1], curved=bool(row[-1])), np.flatnonzero(kind == place))
            for place, row in enumerate(kinds)
        ]

    @classmethod
    def of(
        cls, problem: Problem, order: Int[np.ndarray, " R"], sizes: Float[np.ndarray, " R"], *, curved: bool
    ) -> Form:
        """The form for rows in this order and, in the order of the Problem, of these ``sizes`` (0 where unknown)."""
        matrix = problem.matrix[order]
        rho = _row_scale(problem.matrix, sizes)[order]
        kappa = _fitting(matrix, rho)
        peak_matrix = problem.peak_matrix[order]
        pi = _peak_scale(problem, peak_matrix, rho)
        beta = _power_of_two(np.max(np.abs(problem.peak_rows) * pi, axis=1, initial=0.0))
        scaled = matrix * kappa / rho[:, None]
        own_row = np.eye(len(rho))[len(rho) - len(problem.stores) :]
        peak_rows = problem.peak_rows * pi / beta[:, None]
        return cls(
            order=order,
            pattern=Pattern.of(scaled, len(problem.stores)),
            matrix=sp.csr_array(scaled),
            transposed=sp.csr_array(np.concatenate([scaled.T, -own_row])),
            retention=np.ascontiguousarray(problem.retention.T)[:, :, None],
            peak_matrix=peak_matrix * pi / rho[:, None],
            peak_active=problem.peak_active,
            peak_rows=peak_rows,
            peak_links=sp.csr_array(peak_rows),
            peak_links_turned=sp.csr_array(peak_rows.T),
            curved=curved,
            row_scale=rho,
            column_scale=kappa,
            peak_scale=pi,
            peak_row_scale=beta,
        )


def _power_of_two(values: Float[np.ndarray, "..."], step: float = 1.0) -> Float[np.ndarray, "..."]:
    """The nearest power of 2**step; 1 where there is no positive finite value.

    A coarse step lets scenarios of about the same size have the same scales.
    """
    usable = np.isfinite(values) & (values > 0)
    return np.exp2(step * np.round(np.log2(np.where(usable, values, 1.0)) / step))


def _fitting(matrix: Float[np.ndarray, "R n"], rho: Float[np.ndarray, " R"]) -> Float[np.ndarray, " n"]:
    """The largest scale of each column with which no entry exceeds the scale of its row."""
    share = np.abs(matrix) / rho[:, None]
    return 1.0 / _power_of_two(share.max(axis=0, initial=0.0))


def _peak_scale(
    problem: Problem, peak_matrix: Float[np.ndarray, "R P"], rho: Float[np.ndarray, " R"]
) -> Float[np.ndarray, " P"]:
    """Scales of the global columns, from the rows they enter, or from the columns they share a row with."""
    share = (np.abs(peak_matrix * problem.peak_active.max(axis=0)) / rho[:, None]).max(axis=0, initial=0.0)
    known = share > 0
    pi = np.where(known, 1.0 / np.where(known, share, 1.0), 0.0)
    links = np.abs(problem.peak_rows)
    for _ in range(len(links)):
        across = (links * pi).max(axis=1, initial=0.0)[:, None] / np.where(links > 0, links, np.inf)
        pi = np.where(pi > 0, pi, across.max(axis=0, initial=0.0))
    return _power_of_two(pi)


def _row_sizes(problem: Problem) -> Float[np.ndarray, "S R"]:
    """A typical flow of every row for each scenario, from right-hand sides and bounds, in powers of 16; 0: unknown."""
    upper, rhs = _typical(problem.upper), _typical(np.abs(problem.rhs))
    widths = _typical(problem.level_max - np.maximum(problem.level_min, 0.0))
    sizes = np.zeros(rhs.shape)
    for row, entries in enumerate(np.abs(problem.matrix)):
        through = upper[:, entries > 0] * entries[entries > 0]
        sizes[:, row] = _median(np.column_stack([through, rhs[:, row]]))
    of_stores = sizes[:, problem.store_row]
    sizes[:, problem.store_row] = np.where(of_stores == 0, widths, of_stores)
    return np.where(sizes > 0, _power_of_two(sizes, step=4.0), 0.0)


def _row_scale(matrix: Float[np.ndarray, "R N"], sizes: Float[np.ndarray, " R"]) -> Float[np.ndarray, " R"]:
    """Scales of the rows; rows of unknown size take that of the rows with which they share columns."""
    rho, size = sizes.copy(), np.abs(matrix)
    for _ in range(len(rho)):
        unknown = rho == 0
        if not unknown.any():
            break
        known = np.where(unknown, 1.0, rho)[:, None]
        share = np.where(unknown[:, None], 0.0, size / known).max(axis=0)
        reached = size / np.where(share > 0, share, np.inf)
        guess = np.where(unknown, _median(reached), rho)
        if (guess == rho).all():
            break
        rho = guess
    return _power_of_two(rho, step=4.0)


def _typical(values: Float[np.ndarray, "S T n"]) -> Float[np.ndarray, "S n"]:
    """Mean over the steps of the entries that are positive and finite; 0 where none is."""
    values = np.ascontiguousarray(values)
    usable = np.isfinite(values) & (values > 0)
    count, total = usable.sum(axis=1), np.where(usable, values, 0.0).sum(axis=1)
    return np.divide(total, count, out=np.zeros(count.shape), where=count > 0)


def _median(values: Float[np.ndarray, "r n"]) -> Float[np.ndarray, " r"]:
    """Median of the positive entries of each row; 0 where there is none."""
    positive = values > 0
    count = positive.sum(axis=1)
    ranked = np.sort(np.where(positive, values, np.inf), axis=1)
    middle = [ranked[np.arange(len(values)), np.maximum(place, 0)] for place in ((count - 1) // 2, count // 2)]
    return np.where(count > 0, 0.5 * (middle[0] + middle[1]), 0.0)


@dataclass(slots=True, kw_only=True)
class Box:
    """Bounded variables ``[n, m, S]``: distances to both bounds and their prices; ``free`` is 0 without width."""

    x: Float[np.ndarray, "n m S"]
    w: Float[np.ndarray, "n m S"]
    z: Float[np.ndarray, "n m S"]
    v: Float[np.ndarray, "n m S"]
    free: Float[np.ndarray, "n m S"]

    @classmethod
    def between(
        cls,
        low: Float[np.ndarray, "n m S"],
        high: Float[np.ndarray, "n m S"],
        wish: Float[np.ndarray, "n m S"],
    ) -> tuple[Box, Float[np.ndarray, "n m S"]]:
        """Start at ``wish`` where that is well inside the bounds.

        Well inside is the middle of narrow bounds, 10 from either of wide ones, and 1 from a bound without another.
        """
        width = np.maximum(high - low, 0.0)
        fixed = width <= _NO_WIDTH
        has_low, has_high = np.isfinite(low), np.isfinite(high)
        with np.errstate(invalid="ignore", divide="ignore"):
            inside = 1.0 / (2.0 / width + np.where(has_low & has_high, 1.0 / _DEEP, 1.0))
            wished = np.where(has_low, wish - low, high - wish)
            most = np.where(has_low & has_high, width - inside, np.inf)
        inside = np.clip(wished, inside, most)
        inside[fixed] = 1.0
        x = np.where(has_low, inside, UNBOUNDED)
        w = np.where(has_high, np.where(has_low & ~fixed, width - inside, inside), UNBOUNDED)
        floor = np.where(has_low, low, 0.0)
        value = np.where(has_low, floor + inside, np.where(has_high, high - inside, wish))
        value = np.where(fixed, floor, value)
        box = cls(x=x, w=w, z=1.0 / x, v=1.0 / w, free=np.where(fixed, 0.0, 1.0))
        return box, value


@dataclass(slots=True, kw_only=True)
class Lanes:
    """Data and iterates of the scenarios that are being solved, scaled, batch last.

    ``levels`` and ``peaks`` are the variables themselves (a bound may be infinite, so that no distance gives them).
    ``cost`` is 0 where a flow is fixed at 0; ``rhs`` contains the place holder 1 that a fixed flow has in ``box.x``.
    """

    cost: Float[np.ndarray, "n T S"]
    curvature: Float[np.ndarray, "N T S"]
    rhs: Float[np.ndarray, "R T S"]
    peak_cost: Float[np.ndarray, "P S"]
    peak_rhs: Float[np.ndarray, "M S"]
    money: Float[np.ndarray, " S"]
    flow_size: Float[np.ndarray, " S"]
    price_size: Float[np.ndarray, " S"]
    box: Box
    globals: Box
    levels: Float[np.ndarray, "K T S"]
    peaks: Float[np.ndarray, "P S"]
    y: Float[np.ndarray, "R T S"]
    q: Float[np.ndarray, "M S"]

    @classmethod
    def of(cls, form: Form, problem: Problem) -> Lanes:
        """Scale the scenarios of ``problem``, turn them batch last and put them at the start of the iteration."""
        rho, kappa, pi = form.row_scale, form.column_scale, form.peak_scale
        S, T, N = problem.cost.shape
        K = len(problem.stores)
        upper = _last(problem.upper) / kappa[:, None, None]
        level_low, level_high = (
            _last(levels) / form.level_scale[:, None, None] for levels in (problem.level_min, problem.level_max)
        )
        low = np.concatenate([np.zeros_like(upper), level_low])
        box, value = Box.between(
            low,
            np.concatenate([upper, level_high]),
            np.concatenate([np.zeros_like(upper), _idle_levels(form, problem)]),
        )
        cost = np.concatenate(
            [
                _last(problem.cost) * kappa[:, None, None],
                _last(problem.level_cost) * form.level_scale[:, None, None],
            ]
        )
        cost[:N] *= box.free[:N]
        peak_cost = problem.peak_cost.T * pi[:, None]
        money = _typical_cost(cost, box.free)
        rhs = _last(problem.rhs[:, :, form.order]) / rho[:, None, None]
        start = problem.initial_level.T / form.level_scale[:, None]
        rhs[form.pattern.n_bus :, 0] -= form.retention[:, 0] * start
        rhs += (form.matrix @ (1.0 - box.free[:N]).reshape(N, -1)).reshape(rhs.shape)
        curvature = np.zeros((0, T, S))
        if form.curved:
            curvature = _last(problem.curvature) * (kappa**2)[:, None, None] * box.free[:N] / money
        globals_box, peaks = _start_globals(form, problem)
        return cls(
            cost=cost / money,
            curvature=curvature,
            rhs=rhs,
            peak_cost=peak_cost / money,
            peak_rhs=problem.peak_rhs.T / form.peak_row_scale[:, None],
            money=money,
            flow_size=1.0 + np.abs(problem.rhs).reshape(S, -1).max(axis=1, initial=0.0),
            price_size=1.0
            + np.maximum(
                np.abs(problem.cost).reshape(S, -1).max(axis=1, initial=0.0),
                np.abs(problem.peak_cost).max(axis=1, initial=0.0),
            ),
            box=box,
            globals=globals_box,
            levels=value[N:].reshape(K, T, S),
            peaks=peaks,
            y=np.zeros_like(rhs),
            q=np.zeros((len(problem.peak_rows), S)),
        )

    @property
    def width(self) -> int:
        """Number of scenarios held."""
        return self.money.shape[0]

    def put(self, where: Int[np.ndarray, " s"], other: Lanes) -> None:
        """Overwrite some scenarios by others."""
        for target, source in zip(self._arrays(), other._arrays(), strict=True):
            target[..., where] = source

    def take(self, where: Int[np.ndarray, " s"]) -> Lanes:
        """A copy that holds some of the scenarios."""
        parts = {}
        for field in fields(self):
            part = getattr(self, field.name)
            if isinstance(part, Box):
                inner = {f.name: np.ascontiguousarray(getattr(part, f.name)[..., where]) for f in fields(part)}
                parts[field.name] = Box(**inner)
            else:
                parts[field.name] = np.ascontiguousarray(part[..., where])
        return Lanes(**parts)

    def _arrays(self) -> list[np.ndarray]:
        arrays: list[np.ndarray] = []
        for field in fields(self):
            part = getattr(self, field.name)
            arrays += [getattr(part, f.name) for f in fields(part)] if isinstance(part, Box) else [part]
        return arrays


def _last(values: Float[np.ndarray, "S T n"]) -> Float[np.ndarray, "n T S"]:
    return np.ascontiguousarray(values.transpose(2, 1, 0))


def _idle_levels(form: Form, problem: Problem) -> Float[np.ndarray, "K T S"]:
    """Levels if nothing flows, scaled: where they start, so that full stores are not first built up step by step."""
    kept = np.cumprod(problem.retention, axis=0)
    return _last(problem.initial_level[:, None, :] * kept) / form.level_scale[:, None, None]


def _typical_cost(cost: Float[np.ndarray, "n T S"], free: Float[np.ndarray, "n T S"]) -> Float[np.ndarray, " S"]:
    """A power of 2 near the mean size of the costs of a scenario that are not 0."""
    size = np.abs(cost) * free
    count = np.maximum((size > 0).sum(axis=(0, 1)), 1)
    return _power_of_two(over_lanes(size) / count)


def _start_globals(form: Form, problem: Problem) -> tuple[Box, Float[np.ndarray, "P S"]]:
    """Global columns at their start, and the slacks of their rows."""
    S = problem.n_scenarios
    scale = form.peak_scale[:, None]
    low = np.concatenate([problem.peak_min.T / scale, np.zeros((len(problem.peak_rows), S))])
    high = np.concatenate([problem.peak_max.T / scale, np.full((len(problem.peak_rows), S), np.inf)])
    box, value = Box.between(low[:, None], high[:, None], np.zeros_like(low)[:, None])
    return box, value[: len(problem.peaks), 0]
