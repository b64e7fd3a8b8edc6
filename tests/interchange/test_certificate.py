from dataclasses import replace

import numpy as np
import pytest

from simulation.interchange.certificate import certify
from simulation.interchange.highs import HiGHS
from simulation.interchange.schedule import Solution, Status
from tests.interchange.tiny import two_hours, with_peak_row


@pytest.fixture
def problem():
    return two_hours(demand_jpy=70.0, second_hour_kw=5.0, short_jpy=200.0)


def by_hand() -> Solution:
    """15 kW then 5 kW, 5 kWh stored; prices worked from the optimality conditions of the note in ``tiny``.

    The last stored kWh costs 10 + the demand charge of 70 carried by hour 1: 80 yen at the bus in both hours, at the
    store, and -70 at the meter of hour 1 (more load there leaves room for less).
    """
    return Solution(
        flows=np.array([[[15.0, 5.0, 0.0, 0.0, 0.0], [5.0, 0.0, 5.0, 0.0, 10.0]]]),
        levels=np.array([[[5.0], [0.0]]]),
        peaks=np.array([[15.0]]),
        row_price=np.array([[[80.0, 80.0, -70.0], [80.0, 80.0, 0.0]]]),
        peak_row_price=np.zeros((1, 0)),
        status=np.array([int(Status.OPTIMAL)]),
        iterations=np.array([0]),
    )


def test_prices_worked_by_hand_prove_the_optimum(problem):
    certificate = certify(problem, by_hand())
    assert certificate.objective_jpy[0] == 1350.0
    assert certificate.dual_bound_jpy[0] == pytest.approx(1350.0, abs=1e-12)
    assert certificate.worst() < 1e-12


def test_a_dearer_plan_with_the_same_prices_has_exactly_its_excess_as_gap(problem):
    flows = by_hand().flows.copy()
    flows[0, 0, 0] += 1.0  # one kW more in hour 1, left in the store
    flows[0, 0, 1] += 1.0
    flows[0, 1, 4] += 1.0
    levels = by_hand().levels + 1.0
    plan = replace(by_hand(), flows=flows, levels=levels, peaks=by_hand().peaks + 1.0)
    certificate = certify(problem, plan)
    assert certificate.primal_residual[0] == 0.0
    assert certificate.gap[0] == pytest.approx(80.0 / 1431.0)


def test_a_missing_kw_is_the_primal_residual(problem):
    flows = by_hand().flows.copy()
    flows[0, 1, 0] -= 3.0
    flows[0, 1, 4] += 3.0
    certificate = certify(problem, replace(by_hand(), flows=flows))
    assert certificate.primal_residual[0] == pytest.approx(3.0 / (1.0 + 15.0))


def test_a_broken_bound_is_the_primal_residual(problem):
    flows = by_hand().flows.copy()
    flows[0, 1, 0] += 2.0  # 7 kW where 5 are allowed; the battery gives 2 less
    flows[0, 1, 4] -= 2.0
    flows[0, 1, 2] -= 2.0
    levels = by_hand().levels.copy()
    levels[0, 1, 0] += 2.0
    certificate = certify(problem, replace(by_hand(), flows=flows, levels=levels))
    assert certificate.primal_residual[0] == pytest.approx(2.0 / (1.0 + 15.0))


def test_a_wrong_sign_without_a_bound_is_the_dual_residual(problem):
    price = by_hand().row_price.copy()
    price[0, 1, 2] = 9.0  # the room below the peak has no upper bound: its reduced cost must not be negative
    certificate = certify(problem, replace(by_hand(), row_price=price))
    assert certificate.dual_residual[0] > 9.0 / 201.0 - 1e-12


@pytest.mark.parametrize("seed", range(5))
def test_wrong_prices_never_overstate_the_bound(problem, seed):
    chance = np.random.default_rng(seed)
    priced = with_peak_row(problem, 12.0)
    best = HiGHS().solve(priced)
    row_price = best.row_price + 5.0 * chance.standard_normal(best.row_price.shape)
    row_price[:, :, 2] = -np.abs(row_price[:, :, 2])  # keeps the unbounded column dual feasible
    # the peak has no upper bound either: leave it a reduced cost that is not negative
    pull = row_price[:, :, 2].sum(axis=1)
    row_price[:, :, 2] *= 60.0 / -pull[:, None]
    wrong = replace(best, row_price=row_price, peak_row_price=np.abs(chance.standard_normal((1, 1))))
    certificate = certify(priced, wrong)
    assert certificate.dual_residual[0] == 0.0
    assert certificate.gap[0] > 1e-4


def test_nan_is_not_hidden(problem):
    flows = by_hand().flows.copy()
    flows[0, 0, 0] = np.nan
    assert np.isnan(certify(problem, replace(by_hand(), flows=flows)).worst())
