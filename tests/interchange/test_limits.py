"""A shadow price is a slope of the optimal cost: solving again with a little more and a little less brackets it."""

import numpy as np
import pytest

from simulation.interchange.assemble import build
from simulation.interchange.enlargement import enlarged, enlargements
from simulation.interchange.highs import HiGHS
from simulation.interchange.interior_point import InteriorPoint
from simulation.interchange.limits import Limit, Plan, binding_limits, spans_of
from simulation.interchange.outlook import truth
from simulation.interchange.slopes import confirmed
from simulation.scenario.clock import Clock
from tests.interchange.scenes import CRITICAL, area, connection, drawn, mixed_area

LITTLE = 1e-3


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))])
def test_every_shadow_price_lies_between_the_slopes_of_the_optimal_cost_on_either_side(seed):
    """Of the relaxed programme, whose cost is convex in every size that moves its bounds in a straight line."""
    spec, draws = mixed_area(seed, n_scenarios=1)
    outlook = truth(spec, draws)

    def cost(change, added: float) -> float:
        problem = build(*enlarged(spec, outlook, change, added))
        solution = HiGHS().solve(problem)
        return float(
            (problem.cost * solution.flows).sum()
            + (problem.level_cost * solution.levels).sum()
            + (problem.peak_cost * solution.peaks).sum()
        )

    problem = build(spec, outlook)
    plan = Plan(spec=spec, outlook=outlook, free=problem, problem=problem, solution=HiGHS().solve(problem))
    price = {limit.change: limit.shadow_price_jpy for limit in binding_limits(plan) if limit.limit is Limit.CAPACITY}
    changes = enlargements(spec)
    assert len(price) >= 5, "too little binds: the test proves nothing"
    before = cost(changes[0], 0.0)
    for change in changes:
        step = LITTLE * change.size
        more, less = (before - cost(change, step)) / step, (cost(change, -step) - before) / step
        slack = 1e-6 * (abs(more) + abs(less)) + 1e-7 * before / step
        assert more - slack <= price.get(change, min(more, 0.0)) <= less + slack, change.paths


def test_steps_in_a_row_are_told_by_the_wall_clock():
    clock = Clock(start_utc=np.datetime64("2026-08-02T15:00").astype(object), step_min=30, n_steps=6, zone="Asia/Tokyo")
    spans = spans_of(clock, np.array([True, True, False, False, True, False]))
    assert [(span.start, span.end, span.hours) for span in spans] == [
        ("2026-08-03 00:00", "2026-08-03 01:00", 1.0),
        ("2026-08-03 02:00", "2026-08-03 02:30", 0.5),
    ]
    assert [(span.first, span.after) for span in spans] == [(0, 2), (4, 5)]


@pytest.mark.parametrize("solver", [HiGHS(), InteriorPoint()], ids=lambda solver: solver.name)
def test_where_all_load_is_shed_the_price_is_what_a_kw_more_saves_and_not_one_of_many(solver):
    """In the dark any price above 30,000 yen/kWh is optimal, and an interior solver returns one far above it."""
    spec = area({"house": {"grid": connection(), "load": CRITICAL}})
    draws = drawn(spec, {"house": 10.0}, outage_h=[(8.0, 14.0)])
    problem = build(spec, truth(spec, draws))
    solution = solver.solve(problem)
    plan = Plan(spec=spec, outlook=truth(spec, draws), free=problem, problem=problem, solution=solution)
    found = binding_limits(plan)
    assert solver == HiGHS() or found[0].shadow_price_jpy > 2 * 6 * 30_000, "unique prices: the test proves nothing"
    (limit,) = confirmed(plan, found, solver)
    assert (limit.limit, limit.hours) == (Limit.UNAVAILABLE, 6.0)
    assert limit.shadow_price_jpy == pytest.approx(6 * (30_000 - 20), rel=1e-4)
