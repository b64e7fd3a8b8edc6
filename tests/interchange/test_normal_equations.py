import numpy as np
import pytest

import simulation.interchange.normal_equations as normal_equations
from simulation.interchange.normal_equations import NormalEquations, Pattern, elimination_order
from tests.interchange.families import NETWORKS, Knobs, random_problem

DELTA = 1e-8


def ordered(problem):
    return problem.matrix[elimination_order(problem.matrix, problem.store_row)], len(problem.stores)


def plain_solve(A, n_stores, flow_weight, level_weight, retention, r):
    """The readable twin: A D A' + E D_e E' + delta as one dense matrix a scenario."""
    R, T, S = r.shape
    first = R - n_stores
    x = np.empty_like(r)
    for s in range(S):
        whole = DELTA * np.eye(T * R)
        for t in range(T):
            now = slice(t * R, (t + 1) * R)
            whole[now, now] += (A * flow_weight[:, t, s]) @ A.T
            for k in range(n_stores):
                column = np.zeros(T * R)
                column[t * R + first + k] = -1.0
                if t + 1 < T:
                    column[(t + 1) * R + first + k] = retention[k, t + 1, 0]
                whole += level_weight[k, t, s] * np.outer(column, column)
        x[:, :, s] = np.linalg.solve(whole, r[:, :, s].T.ravel()).reshape(T, R).T
    return x


@pytest.mark.parametrize("most_stores", [0, 12], ids=["recursion", "reduction"])
@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("hub", [False, True])
def test_matches_the_plain_dense_twin(monkeypatch, network, hub, most_stores):
    monkeypatch.setattr(normal_equations, "MOST_STORES_BY_REDUCTION", most_stores)
    knobs = Knobs(seed=11, network=network, n_buildings=4, n_steps=5, hub=hub, own_source=True, metered="window")
    problem = random_problem(knobs)
    A, n_stores = ordered(problem)
    chance = np.random.default_rng(7)
    T, S, N = 5, 2, A.shape[1]
    flow_weight = chance.random((N, T, S)) * (chance.random((N, T, S)) < 0.8) + 1e-3
    level_weight = chance.random((n_stores, T, S)) * (chance.random((n_stores, T, S)) < 0.8)
    retention = np.ascontiguousarray(problem.retention.T)[:, :, None]
    r = chance.standard_normal((len(A), T, S))
    system = NormalEquations(Pattern.of(A, n_stores), T, S, DELTA)
    x = r.copy()
    for _ in range(2):  # buffers are reused: the second round must not see the first
        system.factor(flow_weight, level_weight, retention)
        x = system.backward(r[:, None], system.forward(r[:, None]).stores)[:, 0]
    plain = plain_solve(A, n_stores, flow_weight, level_weight, retention, r)
    np.testing.assert_allclose(x, plain, rtol=1e-6, atol=1e-6 * np.abs(plain).max())


def test_without_stores_every_row_is_a_bus_row():
    problem = random_problem(Knobs(seed=3, network="mesh", n_buildings=4, batteries=0.0, n_steps=3))
    A, n_stores = ordered(problem)
    assert n_stores == 0
    chance = np.random.default_rng(1)
    weight = chance.random((A.shape[1], 3, 2)) + 0.01
    none = np.zeros((0, 3, 2))
    r = chance.standard_normal((len(A), 3, 2))
    system = NormalEquations(Pattern.of(A, 0), 3, 2, DELTA)
    system.factor(weight, none, np.zeros((0, 3, 1)))
    x = system.backward(r[:, None], system.forward(r[:, None]).stores)[:, 0]
    np.testing.assert_allclose(x, plain_solve(A, 0, weight, none, np.zeros((0, 3, 1)), r), rtol=1e-7, atol=1e-9)


def test_rows_of_stores_come_last_and_the_factor_of_a_ring_stays_sparse():
    problem = random_problem(Knobs(seed=5, network="ring", n_buildings=12, batteries=1.0, n_steps=1))
    order = elimination_order(problem.matrix, problem.store_row)
    assert sorted(order.tolist()) == list(range(len(problem.rows)))
    assert order[-12:].tolist() == problem.store_row.tolist()
    pattern = Pattern.of(problem.matrix[order], 12)
    assert sum(len(below) for below in pattern.below) <= 3 * pattern.n_bus
