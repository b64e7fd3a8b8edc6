import numpy as np
import pytest

from simulation.interchange.block_tridiagonal import OddEven, Recursion

FLOOR = 1e-8


def random_system(n_stores, n_steps, n_scenarios, *, seed, spread=0.0):
    """Blocks C [K, K, T, S], weights D, retention a, and the whole matrices [S, T K, T K]."""
    chance = np.random.default_rng(seed)
    K, T, S = n_stores, n_steps, n_scenarios
    root = chance.standard_normal((S, T, K, K))
    C = (np.einsum("stij,stkj->stik", root, root) + 0.1 * np.eye(K)).transpose(2, 3, 1, 0).copy()
    D = np.exp2(spread * chance.uniform(-1.0, 1.0, (K, T, S)))
    D[chance.random((K, T, S)) < 0.1] = 0.0
    a = chance.choice([0.0, 0.9, 1.0], size=(K, T, 1))
    whole = np.zeros((S, T * K, T * K))
    for s in range(S):
        for t in range(T):
            now, before = slice(t * K, (t + 1) * K), slice((t - 1) * K, t * K)
            whole[s, now, now] = C[:, :, t, s] + np.diag(D[:, t, s])
            if t:
                whole[s, now, now] += np.diag(a[:, t, 0] ** 2 * D[:, t - 1, s])
                whole[s, now, before] = whole[s, before, now] = -np.diag(a[:, t, 0] * D[:, t - 1, s])
    return C, D, a, whole


def solve(kind, C, D, a, r):
    blocks = C.copy() if kind is OddEven else np.ascontiguousarray(C.transpose(2, 3, 0, 1))
    solver = kind(C.shape[0], C.shape[2], C.shape[3], FLOOR)
    solver.factor(blocks, D, a)
    x = np.stack([r, -2.0 * r], axis=1)
    x = solver.backward(solver.forward(x))
    np.testing.assert_allclose(x[:, 1], -2.0 * x[:, 0], rtol=1e-7, atol=1e-12, equal_nan=True)
    return x[:, 0]


def residual(whole, x, r):
    flat = x.transpose(2, 1, 0).reshape(len(whole), -1, 1)
    return (whole @ flat)[..., 0] - r.transpose(2, 1, 0).reshape(len(whole), -1)


@pytest.mark.parametrize("kind", [OddEven, Recursion])
@pytest.mark.parametrize("size", [(1, 1, 2), (2, 7, 3), (3, 8, 1), (5, 13, 2), (4, 2, 3), (4, 3, 1)])
def test_matches_a_dense_solve(kind, size):
    C, D, a, whole = random_system(*size, seed=1)
    r = np.random.default_rng(2).standard_normal((size[0], size[1], size[2]))
    x = solve(kind, C, D, a, r)
    dense = np.linalg.solve(whole, r.transpose(2, 1, 0).reshape(len(whole), -1, 1))[..., 0]
    np.testing.assert_allclose(x.transpose(2, 1, 0).reshape(len(whole), -1), dense, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("kind", [OddEven, Recursion])
def test_leaves_a_small_residual_when_weights_span_many_orders(kind):
    C, D, a, whole = random_system(6, 24, 3, seed=3, spread=27.0)
    r = np.random.default_rng(4).standard_normal((6, 24, 3))
    assert np.abs(residual(whole, solve(kind, C, D, a, r), r)).max() < 1e-6


def test_one_matrix_that_is_not_finite_spoils_only_its_scenario():
    C, D, a, _ = random_system(4, 6, 3, seed=5)
    r = np.ones((4, 6, 3))
    for kind in (OddEven, Recursion):
        good = solve(kind, C, D, a, r)
        broken = C.copy()
        broken[:, :, 2, 1] = np.nan
        with np.errstate(all="ignore"):
            x = solve(kind, broken, D, a, r)
        assert np.isnan(x[:, :, 1]).any()
        np.testing.assert_allclose(x[:, :, [0, 2]], good[:, :, [0, 2]], rtol=1e-12)
