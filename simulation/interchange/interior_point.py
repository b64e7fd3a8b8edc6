"""The vectorised core: a primal-dual interior point over many scenarios at once.

Mehrotra's predictor-corrector (S. Mehrotra 1992, SIAM J. Optim. 2, 575-601) with proximal terms on both sides (A.
Altman and J. Gondzio 1999, Optim. Methods Softw. 11, 275-302).  Every array carries all scenarios of a block on its
last axis; a scenario that has converged leaves its lane to the next one.  Residuals are measured against the true
problem, so the proximal terms change the path and not the answer.  x + w = u is kept exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from threadpoolctl import threadpool_limits

from simulation.errors import ProblemError
from simulation.interchange.batch import UNBOUNDED, Box, Form, Lanes
from simulation.interchange.newton import NewtonSystem
from simulation.interchange.problem import Problem
from simulation.interchange.schedule import Solution, Status

__all__ = ["InteriorPoint"]

_PROXIMAL_SHARE = 0.1
"""The primal proximal weight as a share of the mean complementarity: a fixed one makes wide, cheap columns crawl."""

_MARGIN = 0.9
"""Share of the tolerance that is used up, so that rounding in the certificate's own sums cannot exceed it."""

_BLOCKED = 0.1
"""A predictor that gets less far than this says nothing about curvature: its second-order terms are dropped."""


@dataclass(frozen=True, kw_only=True)
class InteriorPoint:
    """Solve all scenarios of a Problem together, each to its own certificate.

    ``tol`` bounds the relative gap and both residuals as ``certificate.certify`` measures them.  ``block_numbers`` is
    how many numbers one array over the columns of a block should hold, so that a block stays in cache; it sets how
    many scenarios are solved side by side.  ``proximal`` is the weight of the proximal terms in scaled units; on the
    primal side it falls with the complementarity, down to ``least_proximal``.
    """

    tol: float = 1e-7
    max_iterations: int = 100
    block_numbers: int = 140_000
    proximal: float = 1e-8
    least_proximal: float = 1e-12
    to_boundary: float = 0.999

    @property
    def name(self) -> str:
        """Name for tables and files."""
        return "InteriorPoint"

    def solve(self, problem: Problem) -> Solution:
        """Solve every scenario; raises ProblemError where bounds contradict each other, before any iteration."""
        problem.check()
        if len(set(problem.store_row.tolist())) < len(problem.store_row):
            raise ProblemError("store_row: two stores are balanced by one row; legal: a row for each store")
        results = _Results(problem)
        waiting = np.flatnonzero(problem.sound())
        if not waiting.size:
            return results.solution
        sound = problem if waiting.size == problem.n_scenarios else problem.take(waiting)
        form = Form.of(sound)
        size = (len(problem.columns) + len(problem.stores)) * problem.n_steps
        lanes = max(1, min(waiting.size, self.block_numbers // size))
        with threadpool_limits(limits=1, user_api="blas"), np.errstate(all="ignore"):
            _Block(self, form, problem, results).run(waiting, lanes)
        return results.solution


class _Results:
    """The Solution being filled in, scenario by scenario, in the units of the Problem."""

    def __init__(self, problem: Problem) -> None:
        S, T, N = problem.cost.shape
        K, P, R = len(problem.stores), len(problem.peaks), len(problem.rows)
        self.solution = Solution(
            flows=np.full((S, T, N), np.nan),
            levels=np.full((S, T, K), np.nan),
            peaks=np.full((S, P), np.nan),
            row_price=np.full((S, T, R), np.nan),
            peak_row_price=np.full((S, len(problem.peak_rows)), np.nan),
            status=np.full(S, int(Status.NOT_A_NUMBER)),
            iterations=np.zeros(S, dtype=np.int64),
        )

    def store(self, form: Form, state: Lanes, which: Int[np.ndarray, " s"], lanes: Int[np.ndarray, " s"]) -> None:
        """Write lanes to their scenarios."""
        out, N = self.solution, form.n_flows
        flows = state.box.x[:N, :, lanes] * state.box.free[:N, :, lanes] * form.column_scale[:, None, None]
        out.flows[which] = flows.transpose(2, 1, 0)
        out.levels[which] = (state.levels[:, :, lanes] * form.level_scale[:, None, None]).transpose(2, 1, 0)
        out.peaks[which] = (state.peaks[:, lanes] * form.peak_scale[:, None]).T
        price = state.y[:, :, lanes] * state.money[lanes] / form.row_scale[:, None, None]
        out.row_price[which[:, None, None], np.arange(out.row_price.shape[1])[:, None], form.order] = price.transpose(
            2, 1, 0
        )
        out.peak_row_price[which] = (
            np.maximum(state.q[:, lanes], 0.0) * state.money[lanes] / form.peak_row_scale[:, None]
        ).T


class _Block:
    """One block of lanes: iterates until every scenario that was waiting has been solved or given up."""

    def __init__(self, knobs: InteriorPoint, form: Form, problem: Problem, results: _Results) -> None:
        self.knobs, self.form, self.problem, self.results = knobs, form, problem, results

    def run(self, waiting: Int[np.ndarray, " s"], n_lanes: int) -> None:
        """Solve the scenarios ``waiting``, ``n_lanes`` at a time."""
        knobs = self.knobs
        scenario, waiting = waiting[:n_lanes].copy(), waiting[n_lanes:]
        state = Lanes.of(self.form, self.problem.take(scenario))
        count = np.zeros(n_lanes, dtype=np.int64)
        busy = np.ones(n_lanes, dtype=bool)
        step = _Step(self.form, state, knobs)
        while True:
            status = step.measure(count, busy)
            done = busy & (status >= 0)
            if done.any():
                lanes = np.flatnonzero(done)
                self.results.store(self.form, state, scenario[lanes], lanes)
                self.results.solution.status[scenario[lanes]] = status[lanes]
                self.results.solution.iterations[scenario[lanes]] = count[lanes]
                busy &= ~done
                idle = np.flatnonzero(~busy)
                if waiting.size and (idle.size * 4 >= n_lanes or not busy.any()):
                    fresh = waiting[: idle.size]
                    waiting = waiting[idle.size :]
                    lanes = idle[: fresh.size]
                    state.put(lanes, Lanes.of(self.form, self.problem.take(fresh)))
                    scenario[lanes], count[lanes], busy[lanes] = fresh, 0, True
                    continue
                if not busy.any():
                    return
                if not waiting.size and busy.sum() * 2 <= busy.size:
                    keep = np.flatnonzero(busy)
                    state, scenario, count, busy = state.take(keep), scenario[keep], count[keep], busy[keep]
                    step = _Step(self.form, state, knobs)
                    step.measure(count, busy)
            step.advance()
            count += 1


class _Step:
    """Measures a block of lanes and moves it by one predictor-corrector step."""

    def __init__(self, form: Form, state: Lanes, knobs: InteriorPoint) -> None:
        self.form, self.state, self.knobs = form, state, knobs
        self.system = NewtonSystem(form, state.width, knobs.proximal)
        self.main, self.side = _Sides(state.box), _Sides(state.globals)
        self.n_pairs = 2 * (state.box.x[..., 0].size + state.globals.x[..., 0].size)
        self.gradient = np.empty_like(state.box.x)
        self.dx = np.empty_like(state.box.x)
        self.straight = np.zeros(state.width, dtype=bool)

    def measure(self, count: Int[np.ndarray, " S"], busy: Bool[np.ndarray, " S"]) -> Int[np.ndarray, " S"]:
        """Residuals and gradients at the iterates; the status of every busy lane, -1 while it is under way."""
        state, system, N = self.state, self.system, self.system.n_flows
        gradient = system.pull(state.y, self.gradient)
        np.subtract(state.cost, gradient, out=gradient)
        self.quadratic = state.curvature * state.box.x[:N] if len(state.curvature) else None
        if self.quadratic is not None:
            gradient[:N] += self.quadratic
        self.residual = state.rhs - system.product(state.box.x, state.levels)
        system.peak_product(state.peaks, self.residual)
        slack = state.globals.x[len(state.peaks) :, 0]
        self.peak_residual = state.peak_rhs - self.form.peak_rows @ state.peaks + slack
        self.peak_gradient = state.peak_cost + system.peak_pull(state.y) - self.form.peak_rows.T @ state.q
        self.complementarity = self.main.complementarity() + self.side.complementarity()
        status = np.full(state.width, -1)
        objective = np.abs(self._objective())
        allowed = _MARGIN * self.knobs.tol * (1.0 / state.money + objective)
        lanes = np.flatnonzero(busy & (self.complementarity < allowed))
        if lanes.size:
            status[lanes[self._proven(lanes, allowed[lanes])]] = Status.OPTIMAL
        lost = ~np.isfinite(self.complementarity + objective)
        status[(status < 0) & (count >= self.knobs.max_iterations)] = Status.ITERATION_LIMIT
        status[lost] = Status.NUMERICAL_TROUBLE
        return status

    def _objective(self) -> Float[np.ndarray, " S"]:
        state, N = self.state, self.system.n_flows
        flows = np.einsum("nts,nts->s", state.cost[:N], state.box.x[:N])
        if self.quadratic is not None:
            flows += 0.5 * np.einsum("nts,nts->s", self.quadratic, state.box.x[:N])
        levels = np.einsum("kts,kts->s", state.cost[N:], state.levels)
        return flows + levels + (state.peak_cost * state.peaks).sum(axis=0)

    def _proven(self, lanes: Int[np.ndarray, " s"], allowed: Float[np.ndarray, " s"]) -> Bool[np.ndarray, " s"]:
        """Whether gap and residuals of these lanes are within the tolerance, measured as the certificate does."""
        form, tol, P = self.form, self.knobs.tol, len(self.state.peaks)
        state = self.state.take(lanes)
        residual, peak_residual = self.residual[..., lanes], self.peak_residual[:, lanes]
        price = np.maximum(state.q, 0.0)
        peak_gradient = self.peak_gradient[:, lanes] + form.peak_rows.T @ (state.q - price)
        values = np.concatenate([state.box.x[: form.n_flows], state.levels])
        side_values = np.concatenate([state.peaks, state.globals.x[P:, 0]])[:, None]
        gap, unpaid = _bought(state.box, values, self.gradient[..., lanes])
        side_gap, side_unpaid = _bought(state.globals, side_values, np.concatenate([peak_gradient, price])[:, None])
        gap += side_gap - (residual * state.y).sum(axis=(0, 1)) - (peak_residual * price).sum(axis=0)
        scale = np.concatenate([form.column_scale, form.level_scale])
        side_scale = np.concatenate([form.peak_scale, form.peak_row_scale])
        wrong = np.maximum(
            (unpaid.max(axis=1, initial=0.0) / scale[:, None]).max(axis=0, initial=0.0),
            (side_unpaid[:, 0] / side_scale[:, None]).max(axis=0, initial=0.0),
        )
        short = np.maximum(
            (np.abs(residual).max(axis=1) * form.row_scale[:, None]).max(axis=0, initial=0.0),
            (np.abs(peak_residual) * form.peak_row_scale[:, None]).max(axis=0, initial=0.0),
        )
        return (
            (np.abs(gap) <= allowed)
            & (wrong * state.money <= tol * state.price_size)
            & (short <= tol * state.flow_size)
        )

    def advance(self) -> None:
        """One predictor and one corrector with the same factors, then the step."""
        state, main, side, system = self.state, self.main, self.side, self.system
        N, P = self.system.n_flows, self.system.n_peaks
        mean = self.complementarity / self.n_pairs
        proximal = np.clip(_PROXIMAL_SHARE * mean, self.knobs.least_proximal, self.knobs.proximal)
        main.weigh(proximal, state.curvature)
        side.weigh(proximal, state.curvature[:0])
        system.factor(main.weight, side.weight)
        side_gradient = np.concatenate([self.peak_gradient, state.q])[:, None]
        dx, side_dx, _, _ = self._newton(self.gradient, side_gradient)
        reach = np.maximum(main.affine(dx), side.affine(side_dx))
        primal, dual = np.minimum(1.0, 1.0 / reach)
        if self.quadratic is not None:
            primal = dual = np.minimum(primal, dual)
        linear, square = main.sums(dx) + side.sums(side_dx)
        ahead = (1.0 - dual) * self.complementarity + (primal * (1.0 - dual) - dual) * linear - primal * dual * square
        blocked = np.minimum(primal, dual) < _BLOCKED
        if blocked.any():
            main.forget(blocked)
            side.forget(blocked)
        target = mean * np.clip(ahead / self.complementarity, 0.0, 1.0) ** 3
        np.subtract(self.gradient, main.correct(target), out=self.gradient)
        side_gradient -= side.correct(target)
        dx, side_dx, dy, dq = self._newton(self.gradient, side_gradient)
        reach = np.maximum(main.prices(dx), side.prices(side_dx))
        primal, dual = np.minimum(1.0, self.knobs.to_boundary / reach)
        if self.quadratic is not None:
            primal = dual = np.minimum(primal, dual)
        main.move(dx, primal, dual)
        side.move(side_dx, primal, dual)
        state.levels += primal * dx[N:]
        state.peaks += primal * side_dx[:P, 0]
        state.y += dual * dy
        state.q += dual * dq

    def _newton(
        self, gradient: Float[np.ndarray, "n T S"], side_gradient: Float[np.ndarray, "p 1 S"]
    ) -> tuple[
        Float[np.ndarray, "n T S"], Float[np.ndarray, "p 1 S"], Float[np.ndarray, "R T S"], Float[np.ndarray, "M S"]
    ]:
        """Increments for given gradients: dx = D (A'dy - h) and those of the global part."""
        main, side, P = self.main, self.side, self.system.n_peaks
        np.multiply(main.weight, gradient, out=self.dx)
        dy, d_peak, dq = self.system.solve(
            self.residual, self.peak_residual, self.dx, side_gradient[:P, 0], side_gradient[P:, 0]
        )
        dx = self.system.pull(dy, self.dx)
        dx -= gradient
        dx *= main.weight
        slack = side.weight[P:, 0] * (-dq - side_gradient[P:, 0])
        held = np.where(side.weight[:P, 0] > 0, d_peak, 0.0)
        return dx, np.concatenate([held, slack])[:, None], dy, dq


def _bought(
    box: Box, value: Float[np.ndarray, "n m S"], gradient: Float[np.ndarray, "n m S"]
) -> tuple[Float[np.ndarray, " S"], Float[np.ndarray, "n m S"]]:
    """What these variables add to the gap at these reduced costs, and reduced costs that no bound pays for."""
    gradient = gradient * box.free
    up, down = np.maximum(gradient, 0.0), np.maximum(-gradient, 0.0)
    no_low, no_high = box.x >= 0.5 * UNBOUNDED, box.w >= 0.5 * UNBOUNDED
    paid = up * np.where(no_low, value, box.x) + down * np.where(no_high, -value, box.w)
    return paid.sum(axis=(0, 1)), np.where(no_low, up, 0.0) + np.where(no_high, down, 0.0)


class _Sides:
    """Elementwise work on bounded variables; buffers are kept from step to step.

    With xi = dx / x and eta = dx / w (dw = -dx) the predictor has dz = -z (1 + xi), dv = -v (1 - eta).
    """

    def __init__(self, box: Box) -> None:
        self.box = box
        self.shape = box.x.shape
        flat = (self.shape[0], self.shape[1] * self.shape[2])
        self.x, self.w, self.z, self.v, self.free = (
            part.reshape(flat) for part in (box.x, box.w, box.z, box.v, box.free)
        )
        self.by_x, self.by_w, self.flat_weight = np.empty(flat), np.empty(flat), np.empty(flat)
        self.weight = self.flat_weight.reshape(self.shape)
        self.xi, self.eta, self.dz, self.dv, self.work = (np.empty(flat) for _ in range(5))

    def complementarity(self) -> Float[np.ndarray, " S"]:
        """Sum of x z + w v for each scenario."""
        total = np.einsum("nx,nx->x", self.x, self.z) + np.einsum("nx,nx->x", self.w, self.v)
        return total.reshape(self.shape[1:]).sum(axis=0)

    def weigh(self, proximal: Float[np.ndarray, " S"], curvature: Float[np.ndarray, "c m S"]) -> None:
        """Weights 1 / (z/x + v/w + curvature + proximal), 0 where fixed."""
        np.divide(1.0, self.x, out=self.by_x)
        np.divide(1.0, self.w, out=self.by_w)
        theta = np.multiply(self.z, self.by_x, out=self.flat_weight)
        theta += np.multiply(self.v, self.by_w, out=self.work)
        theta += np.broadcast_to(proximal, self.shape[1:]).reshape(-1)
        if len(curvature):
            self.weight[: len(curvature)] += curvature
        np.divide(self.free, theta, out=theta)

    def affine(self, dx: Float[np.ndarray, "n m S"]) -> Float[np.ndarray, "2 S"]:
        """How often a full predictor step would reach the boundary, primal and dual (1 = exactly once)."""
        flat = dx.reshape(self.x.shape)
        xi = np.multiply(flat, self.by_x, out=self.xi)
        eta = np.multiply(flat, self.by_w, out=self.eta)
        primal = np.maximum(-self._least(xi), self._most(eta))
        dual = 1.0 + np.maximum(self._most(xi), -self._least(eta))
        return np.array([np.maximum(primal, 1e-30), np.maximum(dual, 1e-30)])

    def sums(self, dx: Float[np.ndarray, "n m S"]) -> Float[np.ndarray, "2 S"]:
        """sum (z - v) dx and sum (z/x + v/w) dx^2; leaves z xi and v eta in ``dz`` and ``dv``."""
        flat = dx.reshape(self.x.shape)
        np.multiply(self.z, self.xi, out=self.dz)
        np.multiply(self.v, self.eta, out=self.dv)
        difference = np.subtract(self.z, self.v, out=self.work)
        linear = np.einsum("nx,nx->x", difference, flat)
        square = np.einsum("nx,nx->x", self.dz, flat) + np.einsum("nx,nx->x", self.dv, flat)
        return np.array([linear, square]).reshape(2, *self.shape[1:]).sum(axis=1)

    def forget(self, blocked: Bool[np.ndarray, " S"]) -> None:
        """Drop the second-order terms of some scenarios."""
        kept = np.broadcast_to(np.where(blocked, 0.0, 1.0), self.shape[1:]).reshape(-1)
        self.dz *= kept
        self.dv *= kept

    def correct(self, target: Float[np.ndarray, " S"]) -> Float[np.ndarray, "n m S"]:
        """The corrector's part of the gradient; leaves the new targets over x and w in ``dz`` and ``dv``."""
        goal = np.broadcast_to(target, self.shape[1:]).reshape(-1)
        self.xi += 1.0
        self.dz *= self.xi
        self.dz += np.multiply(self.by_x, goal, out=self.work)
        self.eta -= 1.0
        self.dv *= self.eta
        self.dv += np.multiply(self.by_w, goal, out=self.work)
        return np.subtract(self.dz, self.dv, out=self.work).reshape(self.shape)

    def prices(self, dx: Float[np.ndarray, "n m S"]) -> Float[np.ndarray, "2 S"]:
        """Steps of the prices into ``dz`` and ``dv``, and how often a full step would reach the boundary."""
        flat = dx.reshape(self.x.shape)
        xi = np.multiply(flat, self.by_x, out=self.xi)
        eta = np.multiply(flat, self.by_w, out=self.eta)
        primal = np.maximum(-self._least(xi), self._most(eta))
        xi += 1.0
        xi *= self.z
        self.dz -= xi
        eta -= 1.0
        eta *= self.v
        self.dv += eta
        least = np.minimum(
            self._least(np.divide(self.dz, self.z, out=self.work)),
            self._least(np.divide(self.dv, self.v, out=self.work)),
        )
        return np.array([np.maximum(primal, 1e-30), np.maximum(-least, 1e-30)])

    def move(
        self, dx: Float[np.ndarray, "n m S"], primal: Float[np.ndarray, " S"], dual: Float[np.ndarray, " S"]
    ) -> None:
        """Step distances by ``primal`` and prices by ``dual`` of the increments."""
        along = np.broadcast_to(primal, self.shape[1:]).reshape(-1)
        moved = np.multiply(dx.reshape(self.x.shape), along, out=self.work)
        self.x += moved
        self.w -= moved
        along = np.broadcast_to(dual, self.shape[1:]).reshape(-1)
        self.dz *= along
        self.z += self.dz
        self.dv *= along
        self.v += self.dv

    def _least(self, values: Float[np.ndarray, "n X"]) -> Float[np.ndarray, " S"]:
        return np.minimum.reduce(values, axis=0, initial=np.inf).reshape(self.shape[1:]).min(axis=0)

    def _most(self, values: Float[np.ndarray, "n X"]) -> Float[np.ndarray, " S"]:
        return np.maximum.reduce(values, axis=0, initial=-np.inf).reshape(self.shape[1:]).max(axis=0)
