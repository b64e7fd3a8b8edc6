"""The vectorised core: a primal-dual interior point over many scenarios at once.

Mehrotra's predictor-corrector (S. Mehrotra 1992, SIAM J. Optim. 2, 575-601) with proximal terms on both sides (A.
Altman and J. Gondzio 1999, Optim. Methods Softw. 11, 275-302).  Every array carries all scenarios of a block on its
last axis; a scenario that has converged leaves its lane to the next one.  Residuals are measured against the true
problem, so the proximal terms change the path and not the answer.  x + w = u is kept exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Int
from threadpoolctl import threadpool_limits

from simulation.errors import ProblemError
from simulation.interchange.batch import UNBOUNDED, Box, Form, Lanes
from simulation.interchange.certificate import idle
from simulation.interchange.kernels import KernelName, block_numbers, fused_step
from simulation.interchange.lane_sums import add_products, over_lanes
from simulation.interchange.newton import NewtonSystem
from simulation.interchange.problem import Problem
from simulation.interchange.schedule import Solution, Status
from simulation.interchange.sides import Sides
from simulation.interchange.warm import Start, place

__all__ = ["BLOCKED", "PROXIMAL_SHARE", "InteriorPoint", "Step"]

PROXIMAL_SHARE = 0.1
"""The primal proximal weight as a share of the mean complementarity: a fixed one makes wide, cheap columns crawl."""

_MARGIN = 0.9
"""Share of the tolerance that is used up, so that rounding in the certificate's own sums cannot exceed it."""

BLOCKED = 0.1
"""A predictor that gets less far than this says nothing about curvature: its second-order terms are dropped."""


@dataclass(frozen=True, kw_only=True)
class InteriorPoint:
    """Solve all scenarios of a Problem together, each to its own certificate.

    A scenario comes to the same last digit whatever else is in its batch.  ``tol`` bounds the relative gap and both
    residuals as ``certificate.certify`` measures them.  ``kernels`` are those of numpy or the fused ones of the extra
    ``fast`` ("numba"); by default the fused ones where numba is installed and one scenario is as large as a year.
    ``block_numbers`` is how many numbers one array over the columns of a block should hold; it sets how many scenarios
    are solved side by side, and is chosen with the kernels where it is None.  ``proximal`` is the
    weight of the proximal terms in scaled units; on the primal side it falls with the complementarity, down to
    ``least_proximal``: lower, rounding in the normal equations outgrows the tolerance; but between flows of very
    different size that floor makes the larger crawl.  Scenarios in numerical trouble are iterated once more, from the
    start, with the full weight to the end; and what is then still stopped, with ``retry_least_proximal``.
    ``to_boundary`` is the share of the way to the nearest bound that a step may go.  ``max_iterations`` holds for each
    of the three attempts.  With ``warm`` a closed loop starts each plan from the scenario's last one.  Raises
    ProblemError for a knob that means nothing.

    >>> from simulation.bench.family import standard_problem
    >>> InteriorPoint().solve(standard_problem(2, 24, 3, seed=1, stressed=True)).status
    array([0, 0, 0])
    """

    tol: float = 1e-7
    max_iterations: int = 100
    kernels: KernelName = "auto"
    block_numbers: int | None = None
    proximal: float = 1e-8
    least_proximal: float = 1e-9
    retry_least_proximal: float = 1e-12
    to_boundary: float = 0.999
    warm: bool = False

    def __post_init__(self) -> None:
        small = {name: getattr(self, name) for name in ("tol", "proximal", "least_proximal", "retry_least_proximal")}
        for name, value in small.items():
            if not 0.0 < value < 1.0:
                raise ProblemError(f"{name} = {value!r}; legal: above 0 and below 1")
        if not 0.0 < self.to_boundary < 1.0:
            raise ProblemError(f"to_boundary = {self.to_boundary!r}; legal: between 0 and 1, near to 1")
        if self.max_iterations < 1:
            raise ProblemError(f"max_iterations = {self.max_iterations!r}; legal: 1 or more")
        if self.block_numbers is not None and self.block_numbers < 1:
            raise ProblemError(f"block_numbers = {self.block_numbers!r}; legal: 1 or more, or None")

    @property
    def name(self) -> str:
        """Name for tables and files."""
        return "InteriorPoint"

    def solve(self, problem: Problem, start: Start | None = None) -> Solution:
        """Solve every scenario; raises ProblemError where bounds contradict each other, before any iteration.

        Scenarios begin at ``start`` where that is better than the cold start; it changes the path, not the optimum.
        """
        problem.check()
        if len(set(problem.store_row.tolist())) < len(problem.store_row):
            raise ProblemError("store_row: two stores are balanced by one row; legal: a row for each store")
        stated, problem = problem, _without_idle_bounds(problem)
        results = _Results(problem)
        waiting = np.flatnonzero(problem.sound())
        for least, stopped in self._attempts():
            if waiting.size:
                before = results.solution.iterations.copy()
                replace(self, least_proximal=least)._iterate(problem, waiting, results, start)
                results.solution.iterations[waiting] += before[waiting]
                start = None
            waiting = np.flatnonzero(np.isin(results.solution.status, stopped))
        beyond = (results.solution.flows > stated.upper * (1.0 + self.tol)).any(axis=(1, 2))
        results.solution.status[beyond & (problem.upper > stated.upper).any(axis=(1, 2))] = Status.NUMERICAL_TROUBLE
        return results.solution

    def _attempts(self) -> tuple[tuple[float, tuple[Status, ...]], ...]:
        """The floors of the primal proximal weight to try, each with how a scenario ends that the next one is for."""
        trouble, limit = Status.NUMERICAL_TROUBLE, Status.ITERATION_LIMIT
        return (
            (self.least_proximal, (trouble,)),
            (self.proximal, (trouble, limit)),
            (self.retry_least_proximal, ()),
        )

    def _iterate(
        self, problem: Problem, waiting: Int[np.ndarray, " s"], results: _Results, start: Start | None
    ) -> None:
        """Iterate from the start for the scenarios ``waiting``."""
        sound = problem if waiting.size == problem.n_scenarios else problem.take(waiting)
        size = (len(problem.columns) + len(problem.stores)) * problem.n_steps
        acting = int(np.count_nonzero(problem.peak_matrix.any(axis=0)))
        make_step = fused_step(self.kernels, size, acting) or Step
        numbers = self.block_numbers or block_numbers(fused=make_step is not Step)
        with threadpool_limits(limits=1, user_api="blas"), np.errstate(all="ignore"):
            for form, members in Form.shared(sound):
                lanes = max(1, min(members.size, numbers // size))
                _Block(self, form, problem, start, results, make_step).run(waiting[members], lanes)


def _without_idle_bounds(problem: Problem) -> Problem:
    """The problem without bounds of flows and global columns that nothing can come near."""
    numbers = (problem.rhs.reshape(problem.n_scenarios, -1), problem.initial_level)
    largest = np.max([np.max(np.abs(some), axis=1, initial=0.0) for some in numbers], axis=0)
    return replace(problem, upper=idle(problem.upper, largest), peak_max=idle(problem.peak_max, largest))


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

    def __init__(
        self,
        knobs: InteriorPoint,
        form: Form,
        problem: Problem,
        start: Start | None,
        results: _Results,
        make_step: type[Step],
    ) -> None:
        self.knobs, self.form, self.problem, self.start = knobs, form, problem, start
        self.results, self.make_step = results, make_step

    def _enter(self, scenario: Int[np.ndarray, " s"]) -> Lanes:
        """Lanes for these scenarios, warm where there is a good start."""
        if self.start is None:
            return Lanes.of(self.form, self.problem.take(scenario))
        enough = np.resize(scenario, max(scenario.size, self.make_step.LEAST_LANES))
        lanes = place(self.form, Lanes.of(self.form, self.problem.take(enough)), self.start.take(enough))
        return lanes if enough.size == scenario.size else lanes.take(np.arange(scenario.size))

    def run(self, waiting: Int[np.ndarray, " s"], n_lanes: int) -> None:
        """Solve the scenarios ``waiting``, ``n_lanes`` at a time; lanes without one repeat another."""
        knobs, least = self.knobs, self.make_step.LEAST_LANES
        n_lanes = max(n_lanes, least)
        busy = np.arange(n_lanes) < waiting.size
        scenario, waiting = np.resize(waiting[:n_lanes], n_lanes), waiting[n_lanes:]
        state = self._enter(scenario)
        count = np.zeros(n_lanes, dtype=np.int64)
        step = self.make_step(self.form, state, knobs)
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
                    state.put(lanes, self._enter(fresh))
                    scenario[lanes], count[lanes], busy[lanes] = fresh, 0, True
                    continue
                if not busy.any():
                    return
                if not waiting.size and busy.sum() * 2 <= busy.size:
                    left = np.flatnonzero(busy)
                    keep = np.resize(left, max(left.size, least))
                    busy = np.arange(keep.size) < left.size
                    state, scenario, count = state.take(keep), scenario[keep], count[keep]
                    step = self.make_step(self.form, state, knobs)
                    step.measure(count, busy)
            step.advance()
            count += 1


class Step:
    """Measures a block of lanes and moves it by one predictor-corrector step.

    What a lane comes to does not depend on the others, to the last digit.  Numpy sums along a single lane in another
    order than along several, so that there are never fewer than ``LEAST_LANES``.
    """

    LEAST_LANES = 2

    def __init__(self, form: Form, state: Lanes, knobs: InteriorPoint) -> None:
        self._begin(form, state, knobs)
        self.system = NewtonSystem(form, state.width, knobs.proximal)
        self.main, self.side = Sides(state.box), Sides(state.globals)
        self.gradient = np.empty_like(state.box.x)

    def _begin(self, form: Form, state: Lanes, knobs: InteriorPoint) -> None:
        self.form, self.state, self.knobs = form, state, knobs
        self.n_pairs = 2 * (state.box.x[..., 0].size + state.globals.x[..., 0].size)

    def measure(self, count: Int[np.ndarray, " S"], busy: Bool[np.ndarray, " S"]) -> Int[np.ndarray, " S"]:
        """Residuals and gradients at the iterates; the status of every busy lane, -1 while it is under way."""
        state = self.state
        self._look()
        status = np.full(state.width, -1)
        objective = np.abs(self.objective)
        allowed = _MARGIN * self.knobs.tol * (1.0 / state.money + objective)
        lanes = np.flatnonzero(busy & (self.complementarity < allowed))
        if lanes.size:
            status[lanes[self._proven(lanes, allowed[lanes])]] = Status.OPTIMAL
        lost = ~np.isfinite(self.complementarity + objective)
        status[(status < 0) & (count >= self.knobs.max_iterations)] = Status.ITERATION_LIMIT
        status[lost] = Status.NUMERICAL_TROUBLE
        return status

    def _look(self) -> None:
        """Residuals, gradients, complementarity and objective at the iterates."""
        state, system, N = self.state, self.system, self.form.n_flows
        gradient = np.subtract(state.cost, system.pull(state.y), out=self.gradient)
        self.quadratic = state.curvature * state.box.x[:N] if len(state.curvature) else None
        if self.quadratic is not None:
            gradient[:N] += self.quadratic
        self.residual = state.rhs - system.product(state.box.x, state.levels)
        system.peak_product(state.peaks, self.residual)
        slack = state.globals.x[len(state.peaks) :, 0]
        self.peak_residual = state.peak_rhs - self.form.peak_links @ state.peaks + slack
        self.peak_gradient = state.peak_cost + system.peak_pull(state.y) - self.form.peak_links_turned @ state.q
        self.complementarity = self.main.complementarity() + self.side.complementarity()
        self.objective = self._objective()

    def _objective(self) -> Float[np.ndarray, " S"]:
        state, N, length = self.state, self.form.n_flows, self.state.cost[0].size
        paid = np.zeros(length)
        add_products(state.cost[:N].reshape(N, length), state.box.x[:N].reshape(N, length), paid)
        if self.quadratic is not None:
            add_products(0.5 * self.quadratic.reshape(N, length), state.box.x[:N].reshape(N, length), paid)
        add_products(state.cost[N:].reshape(-1, length), state.levels.reshape(-1, length), paid)
        return over_lanes(paid.reshape(-1, state.width)) + over_lanes(state.peak_cost * state.peaks)

    def _proven(self, lanes: Int[np.ndarray, " s"], allowed: Float[np.ndarray, " s"]) -> Bool[np.ndarray, " s"]:
        """Whether gap and residuals of these lanes are within the tolerance, measured as the certificate does."""
        form, tol, P = self.form, self.knobs.tol, len(self.state.peaks)
        state = self.state.take(lanes)
        residual, peak_residual = self.residual[..., lanes], self.peak_residual[:, lanes]
        price = np.maximum(state.q, 0.0)
        peak_gradient = self.peak_gradient[:, lanes] + form.peak_links_turned @ (state.q - price)
        values = np.concatenate([state.box.x[: form.n_flows], state.levels])
        side_values = np.concatenate([state.peaks, state.globals.x[P:, 0]])[:, None]
        gap, unpaid = _bought(state.box, values, self.gradient[..., lanes])
        side_gap, side_unpaid = _bought(state.globals, side_values, np.concatenate([peak_gradient, price])[:, None])
        gap += side_gap - over_lanes(residual * state.y) - over_lanes(peak_residual * price)
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
        state, main, side, N, P = self.state, self.main, self.side, self.form.n_flows, len(self.state.peaks)
        mean = self.complementarity / self.n_pairs
        proximal = np.clip(PROXIMAL_SHARE * mean, self.knobs.least_proximal, self.knobs.proximal)
        side_gradient = np.concatenate([self.peak_gradient, state.q])[:, None]
        main.weigh(proximal, state.curvature, self.gradient)
        side.weigh(proximal, state.curvature[:0, :1], side_gradient)
        self.system.factor(main.weight, side.weight)
        pulled, side_pulled, _, _ = self._newton(side_gradient)
        reach, sums = main.predict(pulled, self.gradient)
        side_reach, side_sums = side.predict(side_pulled, side_gradient)
        primal, dual = self._steps(np.maximum(reach, side_reach), 1.0)
        linear, square = sums + side_sums
        ahead = (1.0 - dual) * self.complementarity + (primal * (1.0 - dual) - dual) * linear - primal * dual * square
        share = np.clip(ahead / self.complementarity, 0.0, 1.0)
        target = mean * share * share * share
        kept = np.where(np.minimum(primal, dual) < BLOCKED, 0.0, 1.0)
        main.correct(target, kept, self.gradient)
        side.correct(target, kept, side_gradient)
        pulled, side_pulled, dy, dq = self._newton(side_gradient)
        reach = np.maximum(main.aim(pulled, self.gradient), side.aim(side_pulled, side_gradient))
        primal, dual = self._steps(reach, self.knobs.to_boundary)
        main.move(primal, dual)
        side.move(primal, dual)
        state.levels += primal * main.dx[N:]
        state.peaks += primal * side.dx[:P, 0]
        state.y += dual * dy
        state.q += dual * dq

    def _steps(
        self, reach: Float[np.ndarray, "2 S"], share: float
    ) -> tuple[Float[np.ndarray, " S"], Float[np.ndarray, " S"]]:
        """Primal and dual step lengths; one for both where costs are quadratic, so that dual residuals shrink."""
        primal, dual = np.minimum(1.0, share / reach)
        if self.quadratic is not None:
            primal = dual = np.minimum(primal, dual)
        return primal, dual

    def _newton(
        self, side_gradient: Float[np.ndarray, "p 1 S"]
    ) -> tuple[
        Float[np.ndarray, "n T S"], Float[np.ndarray, "p 1 S"], Float[np.ndarray, "R T S"], Float[np.ndarray, "M S"]
    ]:
        """A'dy for the two boxes, dy and dq; ``main.dx`` holds weight times gradient.

        The global columns come out of the border themselves: what is handed back gives them as D (A'dy - h).
        """
        side, P = self.side, len(self.state.peaks)
        dy, d_peak, dq = self.system.solve(
            self.residual, self.peak_residual, self.main.dx, side_gradient[:P, 0], side_gradient[P:, 0]
        )
        weight = side.weight[:P, 0]
        of_peaks = np.divide(d_peak, weight, out=np.zeros_like(d_peak), where=weight > 0) + side_gradient[:P, 0]
        return self.system.pull(dy), np.concatenate([of_peaks, -dq])[:, None], dy, dq


def _bought(
    box: Box, value: Float[np.ndarray, "n m S"], gradient: Float[np.ndarray, "n m S"]
) -> tuple[Float[np.ndarray, " S"], Float[np.ndarray, "n m S"]]:
    """What these variables add to the gap at these reduced costs, and reduced costs that no bound pays for."""
    gradient = gradient * box.free
    up, down = np.maximum(gradient, 0.0), np.maximum(-gradient, 0.0)
    no_low, no_high = box.x >= 0.5 * UNBOUNDED, box.w >= 0.5 * UNBOUNDED
    paid = up * np.where(no_low, value, box.x) + down * np.where(no_high, -value, box.w)
    return over_lanes(paid), np.where(no_low, up, 0.0) + np.where(no_high, down, 0.0)
