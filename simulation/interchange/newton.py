"""The linear system of one Newton step: normal equations, bordered by the global columns.

For increments dx (flows and levels), dP, ds (slacks of the rows among the global columns), dy and dq::

    dx = D (A'dy - h)         A dx - G dP + delta dy = r            B dP - ds + delta dq = b
    ds = D_s (-dq - h_s)      H dP + G'dy - B'dq = -h_P

where h are gradients (reduced costs, less the correction of the second step).  With Z = (A D A' + delta)^-1 G the
border leaves a P x P system per scenario.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from simulation.interchange.batch import Form
from simulation.interchange.normal_equations import NormalEquations

__all__ = ["Border", "Constraints", "NewtonSystem"]

_HELD = 1e30
"""Curvature of a global column without width: it does not move."""


class Constraints:
    """Products with the constraint matrix, for one block of scenarios."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.n_flows = form.n_flows
        self.n_peaks = form.peak_matrix.shape[1]
        self.n_steps = form.retention.shape[1]
        self.peaked = np.flatnonzero(np.abs(form.peak_matrix).sum(axis=1))

    def product(self, x: Float[np.ndarray, "n T S"], levels: Float[np.ndarray, "K T S"]) -> Float[np.ndarray, "R T S"]:
        """A x + E (a e_{t-1} - e_t); of ``x`` only the flows count."""
        shape = x.shape[1:]
        out = (self.form.matrix @ x[: self.n_flows].reshape(self.n_flows, -1)).reshape(-1, *shape)
        store = out[self.form.pattern.n_bus :]
        store -= levels
        store[:, 1:] += self.form.retention[:, 1:] * levels[:, :-1]
        return out

    def pull(self, y: Float[np.ndarray, "R T S"]) -> Float[np.ndarray, "n T S"]:
        """A' y for flows and levels."""
        out = (self.form.transposed @ y.reshape(len(y), -1)).reshape(-1, *y.shape[1:])
        out[self.n_flows :, :-1] += self.form.retention[:, 1:] * y[self.form.pattern.n_bus :, 1:]
        return out

    def peak_product(self, peaks: Float[np.ndarray, "P S"], out: Float[np.ndarray, "R T S"]) -> None:
        """Add G P, what the global columns bring into the rows, to ``out``."""
        for row in self.peaked:
            out[row] += (self.form.peak_active * self.form.peak_matrix[row]) @ peaks

    def peak_pull(self, y: Float[np.ndarray, "R T S"]) -> Float[np.ndarray, "P S"]:
        """G' y."""
        out = np.zeros((self.n_peaks, y.shape[-1]))
        for row in self.peaked:
            out += (self.form.peak_active * self.form.peak_matrix[row]).T @ y[row]
        return out


class Border:
    """The P x P system that is left of a Newton step when its rows are eliminated."""

    def __init__(self, form: Form, delta: float) -> None:
        self._rows, self._delta = form.peak_rows, delta

    def factor(self, small: Float[np.ndarray, "P P S"], global_weight: Float[np.ndarray, "p 1 S"]) -> None:
        """Form H + G'Z + B' (D_s + delta)^-1 B from ``small`` = G'Z and the weights of global columns and slacks."""
        P = len(small)
        weight, self._slack_weight = global_weight[:P, 0], global_weight[P:, 0]
        self._slack_inverse = 1.0 / (self._slack_weight + self._delta)
        small = small + np.einsum("mp,mr,ms->prs", self._rows, self._rows, self._slack_inverse)
        held = weight == 0
        small[np.arange(P), np.arange(P)] += np.divide(1.0, weight, out=np.full(held.shape, _HELD), where=~held)
        self._small = small

    def solve(
        self,
        pulled: Float[np.ndarray, "P S"],
        b: Float[np.ndarray, "M S"],
        peak_gradient: Float[np.ndarray, "P S"],
        slack_gradient: Float[np.ndarray, "M S"],
    ) -> tuple[Float[np.ndarray, "P S"], Float[np.ndarray, "M S"]]:
        """dP and dq, given G' (A D A' + delta)^-1 r in ``pulled``."""
        rest = b - self._slack_weight * slack_gradient
        push = -peak_gradient - pulled + self._rows.T @ (self._slack_inverse * rest)
        d_peak = _solve_small(self._small, push)
        return d_peak, self._slack_inverse * (rest - self._rows @ d_peak)


class NewtonSystem(Constraints):
    """Products with the constraint matrix and solutions of the bordered system, for one block of scenarios."""

    def __init__(self, form: Form, n_scenarios: int, delta: float) -> None:
        super().__init__(form)
        self._normal = NormalEquations(form.pattern, self.n_steps, n_scenarios, delta)
        self._border = Border(form, delta)
        self._right = np.empty((form.pattern.n_rows, 1 + self.n_peaks, self.n_steps, n_scenarios))

    def factor(self, weight: Float[np.ndarray, "n T S"], global_weight: Float[np.ndarray, "p 1 S"]) -> None:
        """Factor for weights D of flows and levels, of global columns (1 / H) and of the slacks of their rows."""
        self._fresh = True
        self._normal.factor(weight[: self.n_flows], weight[self.n_flows :], self.form.retention)
        self._global_weight = global_weight

    def solve(
        self,
        r: Float[np.ndarray, "R T S"],
        b: Float[np.ndarray, "M S"],
        weighted: Float[np.ndarray, "n T S"],
        peak_gradient: Float[np.ndarray, "P S"],
        slack_gradient: Float[np.ndarray, "M S"],
    ) -> tuple[Float[np.ndarray, "R T S"], Float[np.ndarray, "P S"], Float[np.ndarray, "M S"]]:
        """dy, dP and dq, given residuals, D h and the gradients of the global part."""
        P = self.n_peaks
        right = self._right if self._fresh else np.empty_like(self._right[:, :1])
        np.add(self.product(weighted, weighted[self.n_flows :]), r, out=right[:, 0])
        if not P:
            self._normal.solve(right)
            return right[:, 0], peak_gradient, b
        if self._fresh:
            self._load_border(right[:, 1:])
        self._normal.solve(right)
        if self._fresh:
            self._bordered, self._fresh = right[:, 1:], False
            self._border.factor(np.stack([self.peak_pull(right[:, 1 + p]) for p in range(P)]), self._global_weight)
        dy = right[:, 0]
        d_peak, dq = self._border.solve(self.peak_pull(dy), b, peak_gradient, slack_gradient)
        return dy + np.einsum("rpts,ps->rts", self._bordered, d_peak), d_peak, dq

    def _load_border(self, right: Float[np.ndarray, "R P T S"]) -> None:
        """The columns of G, as right-hand sides."""
        right[:] = 0.0
        for row in self.peaked:
            right[row] = (self.form.peak_matrix[row] * self.form.peak_active).T[:, :, None]


def _solve_small(matrix: Float[np.ndarray, "P P S"], r: Float[np.ndarray, "P S"]) -> Float[np.ndarray, "P S"]:
    """Solve P x P systems, symmetric and positive definite, by elimination with the batch last."""
    a, x = matrix.copy(), r.copy()
    size = len(x)
    for j in range(size):
        ratio = a[j + 1 :, j] / a[j, j]
        a[j + 1 :, j + 1 :] -= ratio[:, None] * a[j, j + 1 :]
        x[j + 1 :] -= ratio * x[j]
    for j in range(size - 1, -1, -1):
        x[j] = (x[j] - np.einsum("ks,ks->s", a[j, j + 1 :], x[j + 1 :])) / a[j, j]
    return x
