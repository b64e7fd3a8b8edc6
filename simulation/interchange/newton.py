"""The linear system of one Newton step: normal equations, bordered by the global columns.

For increments dx (flows and levels), dP, ds (slacks of the rows among the global columns), dy and dq::

    dx = D (A'dy - h)         A dx - G dP + delta dy = r            B dP - ds + delta dq = b
    ds = D_s (-dq - h_s)      H dP + G'dy - B'dq = -h_P

where h are gradients (reduced costs, less the correction of the second step).  The global columns are a border of the
normal equations; see ``border.py``.  Matrices that all lanes share are sparse here: their products add entry by entry,
so that a lane's are the same whatever stands beside it, where BLAS would pick its kernel by the number of columns.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float

from simulation.interchange.batch import Form
from simulation.interchange.border import Border
from simulation.interchange.normal_equations import NormalEquations

__all__ = ["Constraints", "NewtonSystem"]


class Constraints:
    """Products with the constraint matrix, for one block of scenarios."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.n_flows = form.n_flows
        self.n_peaks = form.peak_matrix.shape[1]
        self.n_steps = form.retention.shape[1]
        self.peaked = np.flatnonzero(np.abs(form.peak_matrix).sum(axis=1))
        active, none = sp.csr_array(form.peak_active), sp.csr_array((0, self.n_peaks))
        self._peaks = sp.csr_array(sp.vstack([none, *(active * row for row in form.peak_matrix[self.peaked])]))
        self._peaks.eliminate_zeros()
        self._peaks_turned = sp.csr_array(self._peaks.T)

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
        if len(self.peaked):
            out[self.peaked] += (self._peaks @ peaks).reshape(len(self.peaked), *out.shape[1:])

    def peak_pull(self, y: Float[np.ndarray, "R T S"]) -> Float[np.ndarray, "P S"]:
        """G' y."""
        return self._peaks_turned @ y[self.peaked].reshape(-1, y.shape[-1])


class NewtonSystem(Constraints):
    """Products with the constraint matrix and solutions of the bordered system, for one block of scenarios."""

    def __init__(self, form: Form, n_scenarios: int, delta: float) -> None:
        super().__init__(form)
        self._normal = NormalEquations(form.pattern, self.n_steps, n_scenarios, delta)
        self._border = Border(form, delta)

    def factor(self, weight: Float[np.ndarray, "n T S"], global_weight: Float[np.ndarray, "p 1 S"]) -> None:
        """Factor for weights D of flows and levels, of global columns (1 / H) and of the slacks of their rows."""
        self._normal.factor(weight[: self.n_flows], weight[self.n_flows :], self.form.retention)
        if self.n_peaks:
            self._border.factor(self._normal, global_weight)

    def solve(
        self,
        r: Float[np.ndarray, "R T S"],
        b: Float[np.ndarray, "M S"],
        weighted: Float[np.ndarray, "n T S"],
        peak_gradient: Float[np.ndarray, "P S"],
        slack_gradient: Float[np.ndarray, "M S"],
    ) -> tuple[Float[np.ndarray, "R T S"], Float[np.ndarray, "P S"], Float[np.ndarray, "M S"]]:
        """dy, dP and dq, given residuals, D h and the gradients of the global part."""
        right = self.product(weighted, weighted[self.n_flows :])
        right += r
        forward = self._normal.forward(right[:, None])
        d_peak, dq = peak_gradient, b
        if self.n_peaks:
            d_peak, dq = self._border.solve(forward, b, peak_gradient, slack_gradient)
            self.peak_product(d_peak, right)
        return self._normal.backward(right[:, None], forward.stores)[:, 0], d_peak, dq
