"""What would have kept a shortfall from happening: duals make the shortlist, a re-solve of the changed Spec decides.

A shortfall is what one element (a building or a tank) could not be given over the whole plan.  A change cures it if
the changed scenario, built and solved anew, leaves at most ``LEFT_FRAC`` of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import ceil, floor, log10

import numpy as np
from jaxtyping import Float

from simulation.interchange.assemble import build
from simulation.interchange.enlargement import Enlargement, enlarged
from simulation.interchange.limits import BindingLimit, Limit, Plan
from simulation.interchange.names import BACKLOG, UNSERVED, UNSERVED_VEHICLES, UNSERVED_WATER
from simulation.interchange.problem import SCENARIO_FIELDS, Label, Problem
from simulation.interchange.schedule import Solution, Solver, Status
from simulation.interchange.solve import solve
from simulation.physics.genset import chord_l_per_kwh
from simulation.physics.pump import pumping_kw
from simulation.scenario.genset import Genset

__all__ = ["Cure", "Trials", "cures_of", "unserved", "waiting_kwh"]

LEFT_FRAC = 1e-4
"""Share of a shortfall that a cure may leave: an interior solver stops that near to nothing."""

PRECISION_FRAC = 0.02
"""A size is found to within this share of what is added."""

MOST_TRIALS = 8
"""Trials after which the smallest size found so far is taken; half as many for a change that is not enough alone."""

NEARLY_FRAC = 0.05
"""Share of what the ample size avoids that is still missing where the end of the search is near."""

DIGITS = 3
"""Significant digits of the added size, which is rounded up."""

AMPLE = 3.0
"""Times what the whole area asks for at most, or over the plan: a size beyond that is taken for no cure."""

ALL_BUT_FRAC = 0.01
"""Share of what the ample size avoids that a smaller one may miss and still be called as good."""

_UNSERVED = (*UNSERVED, *UNSERVED_WATER, UNSERVED_VEHICLES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cure:
    """A single change and what it does to a shortfall, as found by solving the changed scenario.

    ``confirmed`` says that it avoids all of it; else ``avoided`` is the most that any larger size would.
    ``to`` are the sizes with ``added`` units more, in the order of ``change.fields``.
    ``capital_jpy`` is None where the Spec gives no price (``note`` then says so): that is not free, but unknown.
    """

    change: Enlargement
    added: float
    to: tuple[float, ...]
    capital_jpy: float | None
    note: str
    avoided: float
    left: float
    confirmed: bool


def unserved(problem: Problem, solution: Solution, scenario: int = 0) -> dict[tuple[str, str], Float[np.ndarray, " T"]]:
    """What a scenario leaves unserved by element and quantity, per step [kWh, m3 or L]; see also ``waiting_kwh``."""
    found: dict[tuple[str, str], Float[np.ndarray, " T"]] = {}
    for n, label in enumerate(problem.columns):
        if label.quantity in _UNSERVED:
            amount = solution.flows[scenario, :, n] * problem.clock.step_h
            found[label.element, label.quantity] = np.maximum(amount, 0.0)
    return found


def waiting_kwh(problem: Problem, solution: Solution, scenario: int = 0) -> dict[str, float]:
    """Deferrable energy by building that still waits at the end of the plan, which nobody has served [kWh]."""
    return {
        label.element: max(0.0, float(solution.levels[scenario, -1, k]))
        for k, label in enumerate(problem.stores)
        if label.quantity == BACKLOG
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """Solves changed scenarios side by side and keeps what each leaves unserved, so that no change is solved twice."""

    plan: Plan
    solver: Solver
    seen: dict[tuple[Enlargement, float], dict[str, float]] = field(default_factory=dict)

    def solve(self, sizes: Iterable[tuple[Enlargement, float]]) -> None:
        """Solve the scenario with each change by so many units, all that are new in one batch."""
        fresh = [key for key in dict.fromkeys(sizes) if key not in self.seen]
        problems = [build(*enlarged(self.plan.spec, self.plan.outlook, *key)) for key in fresh]
        for places in _alike(problems):
            schedule = solve(_stacked([problems[place] for place in places]), self.solver, second_opinion=False)
            for row, place in enumerate(places):
                solved = schedule.solution.status[row] == Status.OPTIMAL
                self.seen[fresh[place]] = _by_element(schedule.problem, schedule.solution, row) if solved else {}

    def left(self, element: str, change: Enlargement, added: float) -> float:
        """What an element lacks with ``added`` units more, over all its tiers; infinite where no plan was found."""
        self.solve([(change, added)])
        return self.seen[change, added].get(element, np.inf)

    def before(self, element: str) -> float:
        """What an element lacks as things are."""
        return _by_element(self.plan.problem, self.plan.solution)[element]


def cures_of(
    trials: Trials, suspects: Mapping[str, tuple[BindingLimit, ...]], shortlist: int
) -> dict[str, tuple[Cure, ...]]:
    """Single changes that keep an element's shortfall from happening, the cheapest first, those without price after.

    ``suspects`` are the limits that kept something from each element.  Shortlisted are the sizes whose enlargement
    saves most at the plan's shadow prices: of those with a price per yen of capital, of those without per unit, at most
    ``shortlist`` of each.  One that does not help however large it gets is dropped at its first trial; one with a price
    as soon as the least that it needs is dearer than a cure already found.  Where none helps alone, the one that avoids
    most is handed back, unconfirmed.  All elements and changes are searched in step, a batch of scenarios each time.
    """
    wanted = {element: _shortlisted(limits, shortlist) for element, limits in suspects.items()}
    ample = {change: _ample(trials.plan, change.unit) for shortlisted in wanted.values() for change, _ in shortlisted}
    trials.solve(ample.items())
    searches: list[_Search] = []
    for element, shortlisted in wanted.items():
        before, lost_jpy = trials.before(element), _lost_jpy(trials.plan, element)
        reached = [
            _Reach(
                change=change,
                guess=lost_jpy / saving_jpy,
                most=ample[change],
                left=trials.left(element, change, ample[change]),
            )
            for change, saving_jpy in shortlisted
        ]
        enough = [reach for reach in reached if reach.cures(before)]
        if not enough:
            helps = [reach for reach in reached if reach.left < (1.0 - PRECISION_FRAC) * before]
            enough = [min(helps, key=lambda reach: reach.left)] if helps else []
        searches += [_Search(trials, element, reach) for reach in enough]
    found = _in_step(trials, searches)
    return {
        element: tuple(sorted(found[element], key=lambda cure: (cure.capital_jpy is None, cure.capital_jpy or 0.0)))
        for element in suspects
    }


def _in_step(trials: Trials, searches: list[_Search]) -> dict[str, list[Cure]]:
    """Let every search have the trial that it asks for, all in one batch, until none asks for more."""
    found: dict[str, list[Cure]] = defaultdict(list)
    while searches:
        trials.solve((search.change, search.size) for search in searches)
        going: list[_Search] = []
        for search in searches:
            prices = [cure.capital_jpy for cure in found[search.element] if cure.capital_jpy is not None]
            if search.dearer_than(min(prices, default=np.inf)):
                continue
            if search.step():
                going.append(search)
            else:
                found[search.element].append(search.cure())
        searches = going
    return found


def _alike(problems: list[Problem]) -> list[list[int]]:
    """Places of the Problems that differ in the data of a scenario only, together."""
    groups: list[list[int]] = []
    for place, problem in enumerate(problems):
        for group in groups:
            if problem.same_but_for_scenarios(problems[group[0]]):
                group.append(place)
                break
        else:
            groups.append([place])
    return groups


def _stacked(problems: list[Problem]) -> Problem:
    """Problems alike as the scenarios of one."""
    first = problems[0]
    return replace(
        first, **{name: np.concatenate([getattr(one, name) for one in problems]) for name in SCENARIO_FIELDS}
    )


def _by_element(problem: Problem, solution: Solution, scenario: int = 0) -> dict[str, float]:
    left = waiting_kwh(problem, solution, scenario)
    for (element, _), amount in unserved(problem, solution, scenario).items():
        left[element] = left.get(element, 0.0) + float(amount.sum())
    return left


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reach:
    """What is left with as much of a size as could ever be of use, and the size at which the duals would start."""

    change: Enlargement
    guess: float
    most: float
    left: float

    def enough(self, before: float) -> float:
        """What a smaller size may leave and still be as good as the ample one."""
        return self.left + (LEFT_FRAC * before if self.cures(before) else ALL_BUT_FRAC * (before - self.left))

    def cures(self, before: float) -> bool:
        """Whether the ample size leaves nothing to speak of."""
        return self.left <= LEFT_FRAC * before


def _shortlisted(limits: tuple[BindingLimit, ...], most: int) -> list[tuple[Enlargement, float]]:
    """Sizes to be tried, each with what a unit more saves at the shadow prices [yen]."""
    saving_jpy: dict[Enlargement, float] = {}
    for limit in limits:
        if limit.limit is Limit.CAPACITY and limit.change is not None:
            saving_jpy[limit.change] = limit.shadow_price_jpy

    def per_yen(change: Enlargement) -> float:
        return saving_jpy[change] / change.price_jpy if change.price_jpy else np.inf

    priced = sorted((change for change in saving_jpy if change.price_jpy is not None), key=per_yen, reverse=True)
    unpriced = sorted((change for change in saving_jpy if change.price_jpy is None), key=saving_jpy.__getitem__)
    return [(change, saving_jpy[change]) for change in (*priced[:most], *unpriced[::-1][:most])]


class _Search:
    """The smallest enlargement that leaves no more than the ample one does, to within ``PRECISION_FRAC``, rounded up.

    ``size`` is what is to be tried next.  What is left falls with the size along a polyline that bends upwards.  So the
    line through two sizes that are too small meets the goal at or before the size that is sought, and exactly there
    once both lie on its last stretch.  Missed by little, the next line aims a little further; where lines creep, every
    other trial halves the order of magnitude instead.

    Where buildings share what there is and value it alike, it is by chance which of them goes short: a size rounded
    up may then leave more to this one.  If it does, the size stays as it was found.
    """

    def __init__(self, trials: Trials, element: str, reach: _Reach) -> None:
        self.element, self.change = element, reach.change
        self._trials, self._reach, self._before = trials, reach, trials.before(element)
        self._low, self._high, self._by_line, self._rounding = 0.0, reach.most, False, False
        self._seen = [(0.0, self._before)]
        self._trials_left = MOST_TRIALS if reach.cures(self._before) else MOST_TRIALS // 2
        self.size = min(max(0.5 * reach.guess, 1e-6 * reach.most), 0.5 * reach.most)

    def dearer_than(self, capital_jpy: float) -> bool:
        """Whether what it needs at least costs more than that."""
        return self._low * (self.change.price_jpy or 0.0) >= capital_jpy

    def step(self) -> bool:
        """Look at the trial of ``size`` and choose the next one; False where the search has ended."""
        enough = self._left(self.size) <= self._reach.enough(self._before)
        if self._rounding:
            self._high = self.size if enough else self._high
            return False
        self._narrow(self._left(self.size), enough=enough)
        self._trials_left -= 1
        if self._trials_left == 0 or self._high - self._low <= PRECISION_FRAC * self._high:
            self._rounding, self.size = True, _rounded_up(self._high)
        return True

    def cure(self) -> Cure:
        """What was found."""
        change, added = self.change, self._high
        left = self._left(added)
        return Cure(
            change=change,
            added=added,
            to=tuple(size + added for size in change.sizes),
            capital_jpy=None if change.price_jpy is None else change.price_jpy * added,
            note=change.price_note,
            avoided=self._before - left,
            left=left,
            confirmed=left <= LEFT_FRAC * self._before,
        )

    def _left(self, size: float) -> float:
        return self._trials.left(self.element, self.change, size)

    def _narrow(self, left: float, *, enough: bool) -> None:
        size, goal = self.size, self._reach.left
        if enough:
            self._high = size
            self.size = (1.0 - 0.9 * PRECISION_FRAC) * size if self._by_line else 0.5 * (self._low + size)
            self._by_line = False
            return
        self._seen.append((size, left))
        (one, left_one), (self._low, left_low) = self._seen[-2:]
        fall = (left_one - left_low) / (self._low - one)
        meets = self._low + (left_low - goal) / fall if 0.0 < fall < np.inf else np.inf
        nearly = left_low - goal < NEARLY_FRAC * (self._before - goal)
        target = meets * (1.0 + PRECISION_FRAC) if self._by_line else meets
        self._by_line = (nearly or not self._by_line) and self._low < target < self._high
        self.size = target if self._by_line else (self._low * self._high) ** 0.5


def _rounded_up(size: float) -> float:
    """A size with ``DIGITS`` significant digits, not below it (but for rounding of the last bits).

    >>> _rounded_up(4.0000001), _rounded_up(123.4)
    (4.0, 124.0)
    """
    unit = 10.0 ** (floor(log10(size)) + 1 - DIGITS)
    return round(ceil(size / unit * (1.0 - 1e-5)) * unit, 12)


def _lost_jpy(plan: Plan, element: str) -> float:
    """What an element's shortfall costs the plan [yen]."""
    problem, solution = plan.problem, plan.solution
    lost = [
        (problem.cost[0, :, n] * solution.flows[0, :, n]).sum()
        for n, label in enumerate(problem.columns)
        if label.element == element and label.quantity in _UNSERVED
    ]
    waits = [
        (problem.level_cost[0, :, k] * solution.levels[0, :, k]).sum()
        for k, label in enumerate(problem.stores)
        if label == Label(element, BACKLOG)
    ]
    return float(sum(lost) + sum(waits))


def _ample(plan: Plan, unit: str) -> float:
    """More of a size than could be of use: ``AMPLE`` times what the whole area asks for over the plan."""
    outlook, step_h = plan.outlook, plan.problem.clock.step_h
    pumps_kw = sum(pumping_kw(pump.part.rated_m3ph, pump.part.kwh_per_m3) for pump in plan.spec.pumps)
    asked_kw = outlook.demand_kw[0].sum(axis=(1, 2)) + pumps_kw
    water_m3ph = outlook.water_demand_m3ph[0].sum(axis=1)
    l_per_kwh = max((_chord(engine.part) for engine in plan.spec.gensets), default=0.0)
    fuel_lph = asked_kw * l_per_kwh + outlook.vehicle_demand_lph[0].sum(axis=1)
    asked = {
        "kW": asked_kw.max(),
        "kWh": asked_kw.sum() * step_h,
        "L": fuel_lph.sum() * step_h,
        "m3": water_m3ph.sum() * step_h,
        "m3/h": water_m3ph.max(),
    }
    return AMPLE * float(asked[unit])


def _chord(engine: Genset) -> float:
    return chord_l_per_kwh(
        engine.rated_kw, engine.min_load_frac, engine.fuel_slope_l_per_kwh, engine.fuel_intercept_lph_per_kw
    )
