import numpy as np
import pytest

from simulation.bench.family import standard_problem
from simulation.errors import ProblemError
from simulation.interchange.assemble import assemble
from simulation.interchange.highs import HiGHS
from simulation.interchange.rules import MeritOrder, NoExchange
from simulation.interchange.schedule import Status
from simulation.interchange.solve import leaks, solve
from tests.interchange.scenes import area, connection, drawn, load, mixed_area

RULES = (NoExchange(), MeritOrder())


@pytest.mark.parametrize("own_source_only", [False, True])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_keeps_every_row_and_bound(rule, seed, own_source_only):
    spec, draws = mixed_area(seed, own_source_only=own_source_only)
    problem = assemble(spec, draws)
    schedule = solve(problem, rule)
    assert (schedule.solution.status == Status.RULE).all()
    assert schedule.certificate.primal_residual.max() < 1e-9
    assert not leaks(problem, schedule.solution, 1e-9).any()


@pytest.mark.parametrize("seed", range(2))
def test_no_exchange_costs_at_least_the_optimum_and_that_its_dual_bound(seed):
    problem = assemble(*mixed_area(seed))
    best = solve(problem, HiGHS())
    for rule in RULES:
        assert (solve(problem, rule).objective_jpy >= best.objective_jpy * (1 - 1e-9)).all()
    assert (best.objective_jpy >= best.relaxed_objective_jpy - 1e-6).all()
    assert (best.objective_jpy >= best.certificate.dual_bound_jpy - 1e-6 * best.objective_jpy).all()


def test_no_exchange_leaves_the_lines_empty_and_merit_order_uses_them():
    problem = assemble(*mixed_area(1))
    alone, together = (solve(problem, rule) for rule in RULES)
    sent = [n for n, label in enumerate(problem.columns) if label.element.startswith("tieline")]
    assert alone.solution.flows[:, :, sent].max() == 0.0
    assert together.solution.flows[:, :, sent].max() > 1.0
    assert (together.objective_jpy < alone.objective_jpy).all()


def test_merit_order_by_hand():
    """10 kW of load each; PV of 30 kW at one; 4 kWh of battery; 6 kW of line at 10 % loss; import is dearer than all.

    The PV building needs 10, sends 6 (5.4 arrive), charges 4 in the first hour, sells the rest: 10, then 14.
    """
    spec = area(
        {
            "sunny": {
                "grid": connection(export_limit_kw=100.0),
                "load": {"a": load(critical=1.0)},
                "pv": {"p": {"rated_kw": 30.0}},
                "battery": {
                    "b": {
                        "charge_kw": 9.0,
                        "discharge_kw": 9.0,
                        "capacity_kwh": 4.0,
                        "initial_level_frac": 0.0,
                        "charge_efficiency_frac": 1.0,
                    }
                },
            },
            "shady": {"grid": connection(), "load": {"a": load(critical=1.0)}},
        },
        tieline={"l": {"a": "sunny", "b": "shady", "capacity_ab_kw": 6.0, "capacity_ba_kw": 6.0, "loss_frac": 0.1}},
    )
    schedule = solve(
        assemble(spec, drawn(spec, {"sunny": 10.0, "shady": 10.0}, pv_kw={"sunny.pv.p": 30.0})), MeritOrder()
    )
    np.testing.assert_allclose(schedule.flow("tieline.l", "sent_ab_kw")[0, :2], 6.0)
    np.testing.assert_allclose(schedule.flow("sunny.battery.b", "charge_kw")[0, :2], [4.0, 0.0])
    np.testing.assert_allclose(schedule.flow("sunny", "export_kw")[0, :2], [10.0, 14.0])
    np.testing.assert_allclose(schedule.flow("shady", "import_kw")[0, :2], 4.6)


def test_a_foreign_problem_is_refused_by_name():
    with pytest.raises(ProblemError, match="output_kw|unserved_kw|sent_kw_from"):
        NoExchange().solve(standard_problem(2, 4, 1, seed=1, stressed=False))


def test_a_scenario_with_nan_harms_no_other():
    spec, draws = mixed_area(2)
    draws.pv_kw[1, 3] = np.nan
    solution = MeritOrder().solve(assemble(spec, draws))
    assert solution.status.tolist() == [Status.RULE, Status.NOT_A_NUMBER]
    assert np.isfinite(solution.flows[0]).all()
    assert np.isnan(solution.flows[1]).all()
