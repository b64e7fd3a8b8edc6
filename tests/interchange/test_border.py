import numpy as np
import pytest

import simulation.interchange.normal_equations as normal_equations
from simulation.interchange.batch import Form
from simulation.interchange.newton import NewtonSystem
from tests.interchange.families import Knobs, random_problem

DELTA = 1e-8


@pytest.mark.parametrize("most_stores", [0, 12], ids=["recursion", "reduction"])
@pytest.mark.parametrize(("metered", "months", "steps"), [("each", 4, 11), ("window", 3, 12), ("area", 1, 7)])
def test_increments_satisfy_the_equations_of_a_newton_step(monkeypatch, metered, months, steps, most_stores):
    """Months of peaks of several meters, one of them a column that acts in no step, and a row that ties it down."""
    monkeypatch.setattr(normal_equations, "MOST_STORES_BY_REDUCTION", most_stores)
    sizes = {"n_buildings": 4, "n_steps": steps, "n_scenarios": 2}
    problem = random_problem(Knobs(seed=3, network="ring", metered=metered, months=months, **sizes))
    form, _ = Form.shared(problem)[0]
    form.peak_active[:, -1] = 0.0
    chance, R = np.random.default_rng(5), form.pattern.n_rows
    P, M, T, S = form.peak_matrix.shape[1], len(form.peak_rows), steps, 2
    n = form.n_flows + form.pattern.n_stores
    D, h = chance.random((n, T, S)) + 0.01, chance.standard_normal((n, T, S))
    weight = chance.random((P + M, 1, S)) + 0.01
    r, b = chance.standard_normal((R, T, S)), chance.standard_normal((M, S))
    h_p, h_s = chance.standard_normal((P, S)), chance.standard_normal((M, S))
    system = NewtonSystem(form, S, DELTA)
    system.factor(D[::-1], weight)
    system.factor(D, weight)  # buffers are reused: the second round must not see the first
    dy, d_peak, dq = system.solve(r, b, D * h, h_p, h_s)
    dx = D * (system.pull(dy) - h)
    rows = system.product(dx, dx[system.n_flows :]) + DELTA * dy - r
    for p in range(P):
        rows -= form.peak_matrix[:, p, None, None] * form.peak_active[:, p, None] * d_peak[p]
    slack = weight[P:, 0] * (-dq - h_s)
    np.testing.assert_allclose(rows, 0.0, atol=1e-7)
    np.testing.assert_allclose(form.peak_rows @ d_peak - slack + DELTA * dq, b, atol=1e-9)
    balance = d_peak / weight[:P, 0] + system.peak_pull(dy) - form.peak_rows.T @ dq
    np.testing.assert_allclose(balance, -h_p, atol=1e-7)
