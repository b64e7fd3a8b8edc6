"""A schedule in sentences: what was not served, which limits bound, what they cost, and what would have cured it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np
from jaxtyping import Float

from simulation.errors import ProblemError, RunError
from simulation.interchange.assemble import build
from simulation.interchange.cures import Cure, Trials, cures_of, unserved, waiting_kwh
from simulation.interchange.limits import BindingLimit, Plan, Span, binding_limits, spans_of
from simulation.interchange.names import DEFERRABLE, SENT, UNSERVED, UNSERVED_VEHICLES, UNSERVED_WATER
from simulation.interchange.outlook import Outlook
from simulation.interchange.problem import SCENARIO_FIELDS, Problem
from simulation.interchange.schedule import Schedule, Solution, Solver, Status
from simulation.interchange.slopes import confirmed
from simulation.interchange.wording import in_hours, limit_words, number, price_words, sentence, yen
from simulation.scenario.spec import Spec
from simulation.units import TIERS, WATER_USES

__all__ = ["Explanation", "Remedy", "Shortfall", "explain"]

NEGLIGIBLE: Final = 1e-3
"""Flows below this are the solver's rounding, not a shortfall [kW, m3/h or L/h]."""

RESPONSIBLE_FRAC: Final = 0.25
"""A limit keeps a load unserved where a unit more of it saves, in some step, at least this share of what a unit of the
load is worth: losses and the price of power lie between the two, but hardly three quarters of the value."""

MOST_SHOWN: Final = 4
"""Limits named in the sentence about a shortfall; all of them are listed with their prices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """What one tier of a building, or the users of a tank, did not get; ``limits`` are those that kept it away.

    ``amount`` is in ``unit`` [kWh, m3 or L], ``most`` its highest mean over a step, per hour [kW, m3/h or L/h], and
    ``worth_jpy`` the value of a unit not served, by the Spec.  Of deferrable load, ``waiting`` of the amount was
    still to come when the plan ended, and belongs to none of the ``spans``.
    """

    element: str
    tier: str
    amount: float
    unit: str
    most: float
    worth_jpy: float
    spans: tuple[Span, ...]
    limits: tuple[BindingLimit, ...]
    waiting: float = 0.0

    @property
    def hours(self) -> float:
        """Hours in which something was missing [h]."""
        return sum(span.hours for span in self.spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """Single changes against all that an element was short of: those that cure it, or else the best that is not enough.

    Cures come cheapest first, those that the Spec gives no price for last; not all of the dearer ones are there.
    """

    element: str
    amount: float
    unit: str
    cures: tuple[Cure, ...]

    @property
    def cheapest(self) -> Cure | None:
        """The cheapest confirmed cure among those with a price; None where there is none."""
        return next((cure for cure in self.cures if cure.confirmed and cure.capital_jpy is not None), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What held a scenario's plan back, over ``hours`` hours."""

    scenario: int
    hours: float
    limits: tuple[BindingLimit, ...]
    shortfalls: tuple[Shortfall, ...]
    remedies: tuple[Remedy, ...]

    def sentences(self) -> tuple[str, ...]:
        """The explanation in plain English: every shortfall with its limits and cure, then the price of every limit."""
        lines: list[str] = []
        for remedy in self.remedies:
            for shortfall in self.shortfalls:
                if shortfall.element == remedy.element:
                    lines += [_missing(shortfall), _because(shortfall)]
            lines += _cured(remedy)
        if not self.shortfalls:
            lines.append("Everything was served.")
        if not self.limits:
            lines.append("No limit bound: more of anything that stands there would have saved nothing.")
        lines += [sentence(f"{limit_words(limit)}: {price_words(limit, self.hours)}") for limit in self.limits]
        return tuple(lines)


def explain(
    spec: Spec, outlook: Outlook, schedule: Schedule, solver: Solver, *, scenario: int = 0, shortlist: int = 3
) -> Explanation:
    """Say which limits bound a scenario's plan, what each cost, and what would have cured what was not served.

    Shadow prices come from the plan's own duals and are confirmed by solving again with a little more of every limit.
    Cures are found by solving the scenario again with one size of the Spec larger; changes are tried side by side, as
    the scenarios of one batch.

    Args:
        spec: the scenario.
        outlook: what the plan was made from: ``truth(spec, draws)`` or ``foresee(spec, draws, state)``.
        schedule: the plan, solved from ``build(spec, outlook)`` (``assemble`` does so with the truth).
        solver: solves the changed scenarios.
        scenario: which of the schedule's scenarios.
        shortlist: most sizes tried per shortfall, of those with a price and of those without.

    Raises:
        ProblemError: if the schedule was not made from this spec and outlook.
        RunError: if the scenario's plan is not optimal, for then it has no prices.
    """
    plan = _plan(spec, outlook, schedule, scenario)
    limits = confirmed(plan, binding_limits(plan), solver)
    shortfalls = _shortfalls(plan, limits)
    trials = Trials(plan=plan, solver=solver)
    short = {
        name: [s for s in shortfalls if s.element == name] for name in dict.fromkeys(s.element for s in shortfalls)
    }
    suspects = {name: tuple(dict.fromkeys(limit for s in here for limit in s.limits)) for name, here in short.items()}
    cures = cures_of(trials, suspects, shortlist)
    remedies = [
        Remedy(element=name, amount=sum(s.amount for s in here), unit=here[0].unit, cures=cures[name])
        for name, here in short.items()
    ]
    return Explanation(
        scenario=scenario,
        hours=plan.problem.clock.duration_h,
        limits=limits,
        shortfalls=shortfalls,
        remedies=tuple(remedies),
    )


def _plan(spec: Spec, outlook: Outlook, schedule: Schedule, scenario: int) -> Plan:
    """One scenario alone, with the Problem that it was before `solve` chose directions."""
    if not 0 <= scenario < schedule.problem.n_scenarios:
        raise ProblemError(f"scenario = {scenario}; legal: 0 to {schedule.problem.n_scenarios - 1}")
    status = Status(int(schedule.solution.status[scenario]))
    if status is not Status.OPTIMAL:
        raise RunError(f"scenario {scenario}: {status.advice}; only an optimal plan has prices to explain it by")
    alone = {
        field.name: getattr(outlook, field.name)[[scenario]]
        for field in fields(outlook)
        if isinstance(getattr(outlook, field.name), np.ndarray)
    }
    seen = replace(outlook, **alone)
    free, problem = build(spec, seen), schedule.problem.take([scenario])
    if not _made_from(free, problem):
        raise ProblemError(
            f"scenario {scenario}: the schedule was not made from this spec and outlook; "
            "legal: a schedule of build(spec, outlook)"
        )
    values = {field.name: getattr(schedule.solution, field.name)[[scenario]] for field in fields(Solution)}
    return Plan(spec=spec, outlook=seen, free=free, problem=problem, solution=Solution(**values))


def _made_from(free: Problem, problem: Problem) -> bool:
    """Whether a problem is the free one but for the directions that were chosen, each an upper bound set to 0."""
    names = [(one.columns, one.rows, one.stores, one.peaks, one.clock) for one in (free, problem)]
    if names[0] != names[1] or not np.allclose(free.matrix, problem.matrix):
        return False
    chosen = np.zeros(len(free.columns), dtype=bool)
    chosen[free.exclusive.ravel()] = True
    directed = np.where(chosen & (problem.upper == 0.0), 0.0, free.upper)
    fields_alike = all(np.allclose(getattr(free, name), getattr(problem, name)) for name in SCENARIO_FIELDS - {"upper"})
    return fields_alike and np.allclose(directed, problem.upper)


def _shortfalls(plan: Plan, limits: tuple[BindingLimit, ...]) -> tuple[Shortfall, ...]:
    clock = plan.problem.clock
    least = NEGLIGIBLE * clock.step_h
    still_to_come = waiting_kwh(plan.problem, plan.solution)
    found: list[Shortfall] = []
    for (element, quantity), amount in unserved(plan.problem, plan.solution).items():
        missing = np.where(amount > least, amount, 0.0)
        waiting = still_to_come.get(element, 0.0) if quantity == UNSERVED[DEFERRABLE] else 0.0
        waiting = waiting if waiting > least else 0.0
        if missing.any() or waiting:
            worth_jpy = _worth_jpy(plan.problem, element, quantity)
            spans = spans_of(clock, missing > 0)
            tier, unit = _USERS[quantity]
            found.append(
                Shortfall(
                    element=element,
                    tier=tier,
                    amount=float(missing.sum()) + waiting,
                    unit=unit,
                    most=float(missing.max()) / clock.step_h,
                    worth_jpy=worth_jpy,
                    spans=spans,
                    limits=_responsible(plan, limits, (element, worth_jpy), spans),
                    waiting=waiting,
                )
            )
    return tuple(found)


_USERS: Final = {
    **{quantity: (tier, "kWh") for quantity, tier in zip(UNSERVED, TIERS, strict=True)},
    **{quantity: (f"water for {use}", "m3") for quantity, use in zip(UNSERVED_WATER, WATER_USES, strict=True)},
    UNSERVED_VEHICLES: ("vehicle fuel", "L"),
}


def _worth_jpy(problem: Problem, element: str, quantity: str) -> float:
    """Value of a unit not served, from the cost of its column [yen per kWh, m3 or L]."""
    cost: Float[np.ndarray, " T"] = problem.cost[0, :, problem.find(element, quantity)]
    return float(cost.max()) / problem.clock.step_h


def _responsible(
    plan: Plan, limits: tuple[BindingLimit, ...], short: tuple[str, float], spans: tuple[Span, ...]
) -> tuple[BindingLimit, ...]:
    """The limits that kept something from an element: steep enough, and upstream of it.

    Those that bound while something was missing come before those that bound earlier or later (a store that was full,
    a connection that could not fill it); then the element's own before those of others; then the dearer.
    """
    element, worth_jpy = short
    building, steep_jpy = element.split(".")[0], RESPONSIBLE_FRAC * worth_jpy
    near = _upstream(plan, building)
    found = [limit for limit in limits if near & _feeds(plan, limit) and limit.steepest_jpy >= steep_jpy]

    def rank(limit: BindingLimit) -> tuple[bool, bool, float]:
        return not _meet(limit.spans, spans), building not in _feeds(plan, limit), -limit.shadow_price_jpy

    return tuple(sorted(found, key=rank))


def _meet(some: tuple[Span, ...], others: tuple[Span, ...]) -> bool:
    return any(one.first < other.after and other.first < one.after for one in some for other in others)


def _feeds(plan: Plan, limit: BindingLimit) -> set[str]:
    """The buildings that more of what a limit bounds would reach first: its own, or the receiving ends of a line."""
    home, _, key = limit.element.partition(".")
    if home != "tieline" or limit.change is None:
        return {home}
    line = plan.spec.tieline[key]
    ends = {"capacity_ab_kw": line.b, "capacity_ba_kw": line.a}
    return {ends[field] for field in limit.change.fields}


def _upstream(plan: Plan, building: str) -> set[str]:
    """The buildings from which power can reach one, itself included, over lines that are closed at some time."""
    upper = plan.free.upper[0]
    ways: list[tuple[str, str]] = []
    for key, line in plan.spec.tieline.items():
        for quantity, sender, receiver in ((SENT[0], line.a, line.b), (SENT[1], line.b, line.a)):
            if upper[:, plan.free.find(f"tieline.{key}", quantity)].any():
                ways.append((sender, receiver))
    reached, before = {building}, set()
    while reached != before:
        before = set(reached)
        reached |= {sender for sender, receiver in ways if receiver in reached}
    return reached


def _missing(shortfall: Shortfall) -> str:
    users = f"{shortfall.tier} load" if shortfall.tier in TIERS else shortfall.tier
    rate = {"kWh": "kW", "m3": "m3/h", "L": "L/h"}[shortfall.unit]
    when = f"{in_hours(shortfall.spans)}, at most {number(shortfall.most)} {rate}"
    waits = f"{number(shortfall.waiting)} {shortfall.unit} of {users} still waited at the end of the plan"
    lost = shortfall.amount - shortfall.waiting
    if not shortfall.spans:
        return f"{shortfall.element}: {waits}."
    more = f"; {waits}" if shortfall.waiting else ""
    return f"{shortfall.element}: {number(lost)} {shortfall.unit} of {users} went unserved {when}{more}."


def _because(shortfall: Shortfall) -> str:
    if not shortfall.limits:
        return (
            "No size kept it away: either nothing there could have brought it, or serving it would have cost more than "
            f"the {number(shortfall.worth_jpy)} yen per {shortfall.unit} that it is worth in the scenario."
        )
    shown = [limit_words(limit) for limit in shortfall.limits[:MOST_SHOWN]]
    more = len(shortfall.limits) - MOST_SHOWN
    return sentence("What kept it away: " + "; ".join(shown) + (f"; and {more} more, listed below" if more > 0 else ""))


def _cured(remedy: Remedy) -> list[str]:
    enough = [cure for cure in remedy.cures if cure.confirmed]
    if not remedy.cures:
        return [f"Nothing tried would have helped {remedy.element} by being larger."]
    if not enough:
        best = remedy.cures[0]
        return [
            f"No single change tried would have avoided it. The best alone, {_change(best)}, "
            f"avoids {number(best.avoided)} of {number(remedy.amount)} {remedy.unit}."
        ]
    first, *others = enough
    kind = "The cheapest single change tried that" if first.capital_jpy is not None else "A single change that"
    lines = [f"{kind} would have avoided it: {_change(first)}. Solved again with it, nothing is missing there."]
    if others:
        lines.append("Enough alone, too: " + "; ".join(_change(cure) for cure in others) + ".")
    return lines


def _change(cure: Cure) -> str:
    change = cure.change
    price = [] if cure.capital_jpy is None else [f"{yen(cure.capital_jpy)} of capital"]
    note = "; ".join([*price, *([cure.note] if cure.note else [])])
    first, *others = change.paths
    keys = " and ".join([first, *(path.rpartition(".")[2] for path in others)])
    before, after = (" and ".join(dict.fromkeys(number(size) for size in sizes)) for sizes in (change.sizes, cure.to))
    return f"{keys} from {before} to {after} {change.unit} ({note})"
