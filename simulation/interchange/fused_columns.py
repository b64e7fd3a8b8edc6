"""Kernels over the columns ``[n, X]``, X = steps x scenarios; see ``sides.py`` for the formulas and their letters.

Sums and extremes over the columns go into rows of X numbers that the caller has set to 0.  An extreme is taken with a
comparison, not with ``max``, which numba would not turn into vector instructions.
"""

from __future__ import annotations

from simulation.interchange.fused import fused

__all__ = ["aim", "complementarity", "correct", "move", "objective", "predict", "weigh"]


@fused
def complementarity(x, w, z, v, total):
    """Sum of x z + w v."""
    for n in range(x.shape[0]):
        for i in range(x.shape[1]):
            total[i] += x[n, i] * z[n, i] + w[n, i] * v[n, i]


@fused
def weigh(x, w, z, v, free, floor, curvature, gradient, weight, dx):
    """Weights free / (z/x + v/w + curvature + floor), and dx = weight times gradient."""
    curved = curvature.shape[0]
    for n in range(curved):
        for i in range(x.shape[1]):
            part = free[n, i] / (z[n, i] / x[n, i] + v[n, i] / w[n, i] + floor[i] + curvature[n, i])
            weight[n, i] = part
            dx[n, i] = part * gradient[n, i]
    for n in range(curved, x.shape[0]):
        for i in range(x.shape[1]):
            part = free[n, i] / (z[n, i] / x[n, i] + v[n, i] / w[n, i] + floor[i])
            weight[n, i] = part
            dx[n, i] = part * gradient[n, i]


@fused
def predict(x, w, z, v, weight, gradient, pulled, dx, primal, dual, linear, square):
    """dx = D (A'dy - h), the reach of dx and of its prices, sum (z - v) dx and sum (z/x + v/w) dx^2."""
    for n in range(x.shape[0]):
        for i in range(x.shape[1]):
            step = (pulled[n, i] - gradient[n, i]) * weight[n, i]
            dx[n, i] = step
            low, high = step / x[n, i], step / w[n, i]
            reach = high if high > -low else -low
            primal[i] = reach if reach > primal[i] else primal[i]
            reach = low if low > -high else -high
            dual[i] = reach if reach > dual[i] else dual[i]
            linear[i] += (z[n, i] - v[n, i]) * step
            square[i] += (low * z[n, i] + high * v[n, i]) * step


@fused
def correct(x, w, z, v, weight, goal, keep, dx, gradient, dz, dv):
    """Targets of the corrector in ``dz`` and ``dv``, taken off the gradient; dx = weight times gradient."""
    for n in range(x.shape[0]):
        for i in range(x.shape[1]):
            up, down = 1.0 / x[n, i], 1.0 / w[n, i]
            low, high = dx[n, i] * up, dx[n, i] * down
            of_low = goal[i] * up + keep[i] * z[n, i] * low * (1.0 + low)
            of_high = goal[i] * down + keep[i] * v[n, i] * high * (high - 1.0)
            change = gradient[n, i] - of_low + of_high
            dz[n, i] = of_low
            dv[n, i] = of_high
            gradient[n, i] = change
            dx[n, i] = weight[n, i] * change


@fused
def aim(x, w, z, v, weight, gradient, pulled, dx, dz, dv, primal, dual):
    """Corrected dx, the steps of the prices, and the reach of both."""
    for n in range(x.shape[0]):
        for i in range(x.shape[1]):
            step = (pulled[n, i] - gradient[n, i]) * weight[n, i]
            dx[n, i] = step
            low, high = step / x[n, i], step / w[n, i]
            of_low = dz[n, i] - z[n, i] * (1.0 + low)
            of_high = dv[n, i] - v[n, i] * (1.0 - high)
            dz[n, i] = of_low
            dv[n, i] = of_high
            reach = high if high > -low else -low
            primal[i] = reach if reach > primal[i] else primal[i]
            of_low, of_high = -of_low / z[n, i], -of_high / v[n, i]
            reach = of_low if of_low > of_high else of_high
            dual[i] = reach if reach > dual[i] else dual[i]


@fused
def move(x, w, z, v, along, up, dx, dz, dv):
    """Step the distances along dx, and their prices."""
    for n in range(x.shape[0]):
        for i in range(x.shape[1]):
            step = along[i] * dx[n, i]
            x[n, i] += step
            w[n, i] -= step
            z[n, i] += up[i] * dz[n, i]
            v[n, i] += up[i] * dv[n, i]


@fused
def objective(cost, curvature, x, levels, total):
    """Sum of cost times flow, plus half of curvature times its square, plus cost times level."""
    N = cost.shape[0] - levels.shape[0]
    for n in range(N):
        for i in range(x.shape[1]):
            total[i] += cost[n, i] * x[n, i]
    for n in range(curvature.shape[0]):
        for i in range(x.shape[1]):
            total[i] += 0.5 * curvature[n, i] * x[n, i] * x[n, i]
    for k in range(levels.shape[0]):
        for i in range(x.shape[1]):
            total[i] += cost[N + k, i] * levels[k, i]
