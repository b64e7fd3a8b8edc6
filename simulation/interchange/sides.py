"""Elementwise work of the interior point on bounded variables, a few rows at a time so that they stay in cache.

With xi = dx / x and eta = dx / w (dw = -dx), a step has dz = h_z - z (1 + xi) and dv = h_v - v (1 - eta).  The
predictor has no targets h; the corrector has h_z = mu / x + z xi (1 + xi) and h_v = mu / w - v eta (1 - eta), with xi
and eta of the predictor.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from simulation.interchange.batch import Box
from simulation.interchange.lane_sums import ROWS_TOGETHER, add_products, over_lanes

__all__ = ["Sides"]

_LEAST_REACH = 1e-30

_AT_ONCE = 60_000
"""How many numbers of an array are worked on at a time, so that all arrays of these rows stay in cache."""


class Sides:
    """Weights, increments and steps of the variables of one Box; ``dx`` and ``weight`` belong to the caller too.

    A *reach* is how often a full step would get to the boundary: 1 exactly once, 2 twice as far.
    """

    def __init__(self, box: Box) -> None:
        self.shape = box.x.shape
        rows, length = self.shape[0], self.shape[1] * self.shape[2]
        at_once = ROWS_TOGETHER * max(1, _AT_ONCE // (ROWS_TOGETHER * max(length, 1)))
        self.weight, self.dx = np.empty(self.shape), np.empty(self.shape)
        self._dz, self._dv = np.empty((rows, length)), np.empty((rows, length))
        self._box = {name: getattr(box, name).reshape(rows, length) for name in ("x", "w", "z", "v", "free")}
        self._slices = [slice(start, start + at_once) for start in range(0, rows, at_once)]
        self._one, self._other = np.empty((at_once, length)), np.empty((at_once, length))

    def complementarity(self) -> Float[np.ndarray, " S"]:
        """Sum of x z + w v for each scenario."""
        total = self._zeros()
        for rows in self._slices:
            x, w, z, v = self._take(rows)
            add_products(x, z, total)
            add_products(w, v, total)
        return self._total(total)

    def weigh(
        self,
        proximal: Float[np.ndarray, " S"],
        curvature: Float[np.ndarray, "c m S"],
        gradient: Float[np.ndarray, "n m S"],
    ) -> None:
        """Weights 1 / (z/x + v/w + curvature + proximal), 0 where fixed; ``dx`` becomes weight times gradient."""
        floor = self._spread(proximal)
        weight, dx, slope = self._flat(self.weight), self._flat(self.dx), self._flat(gradient)
        bend = self._flat(curvature)
        for rows in self._slices:
            x, w, z, v = self._take(rows)
            theta, other = weight[rows], self._other[: len(x)]
            np.divide(z, x, out=theta)
            theta += np.divide(v, w, out=other)
            theta += floor
            curved = bend[rows]
            theta[: len(curved)] += curved
            np.divide(self._box["free"][rows], theta, out=theta)
            np.multiply(theta, slope[rows], out=dx[rows])

    def predict(
        self, pulled: Float[np.ndarray, "n m S"], gradient: Float[np.ndarray, "n m S"]
    ) -> tuple[Float[np.ndarray, "2 S"], Float[np.ndarray, "2 S"]]:
        """Predictor dx = D (A'dy - h); its reach, primal and dual, and sum (z - v) dx and sum (z/x + v/w) dx^2."""
        weight, dx, slope, raise_ = (self._flat(a) for a in (self.weight, self.dx, gradient, pulled))
        back, ahead = self._zeros(), self._zeros()
        linear, square = self._zeros(), self._zeros()
        back_w, ahead_w = self._zeros(), self._zeros()
        for rows in self._slices:
            x, w, z, v = self._take(rows)
            step, ratio, work = dx[rows], self._one[: len(x)], self._other[: len(x)]
            np.subtract(raise_[rows], slope[rows], out=step)
            step *= weight[rows]
            np.divide(step, x, out=ratio)
            self._extremes(ratio, back, ahead)
            ratio *= z
            add_products(ratio, step, square)
            np.divide(step, w, out=ratio)
            self._extremes(ratio, back_w, ahead_w)
            ratio *= v
            add_products(ratio, step, square)
            np.subtract(z, v, out=work)
            add_products(work, step, linear)
        primal = np.maximum(-self._least(back), self._most(ahead_w))
        dual = 1.0 + np.maximum(self._most(ahead), -self._least(back_w))
        return (
            np.maximum(np.array([primal, dual]), _LEAST_REACH),
            np.array([self._total(linear), self._total(square)]),
        )

    def correct(
        self,
        target: Float[np.ndarray, " S"],
        second_order: Float[np.ndarray, " S"],
        gradient: Float[np.ndarray, "n m S"],
    ) -> None:
        """Subtract the corrector's targets from ``gradient``; ``dx`` becomes weight times gradient.

        ``second_order`` is the share of the second-order terms that is kept.
        """
        goal, keep, all_kept = self._spread(target), self._spread(second_order), bool((second_order == 1.0).all())
        weight, dx, slope = (self._flat(a) for a in (self.weight, self.dx, gradient))
        for rows in self._slices:
            x, w, z, v = self._take(rows)
            ratio, change = self._one[: len(x)], slope[rows]
            for distance, price, sign, target_over in ((x, z, 1.0, self._dz[rows]), (w, v, -1.0, self._dv[rows])):
                np.divide(dx[rows], distance, out=ratio)
                np.multiply(price, ratio, out=target_over)
                ratio += sign
                target_over *= ratio
                if not all_kept:
                    target_over *= keep
                target_over += np.divide(goal, distance, out=ratio)
            change -= self._dz[rows]
            change += self._dv[rows]
            np.multiply(weight[rows], change, out=dx[rows])

    def aim(self, pulled: Float[np.ndarray, "n m S"], gradient: Float[np.ndarray, "n m S"]) -> Float[np.ndarray, "2 S"]:
        """Corrected dx = D (A'dy - h) and steps of the prices; their reach, primal and dual."""
        weight, dx, slope, raise_ = (self._flat(a) for a in (self.weight, self.dx, gradient, pulled))
        back, ahead, back_w, ahead_w = (self._zeros() for _ in range(4))
        price_back, unused = self._zeros(), self._zeros()
        for rows in self._slices:
            x, w, z, v = self._take(rows)
            step, ratio = dx[rows], self._one[: len(x)]
            np.subtract(raise_[rows], slope[rows], out=step)
            step *= weight[rows]
            np.divide(step, x, out=ratio)
            self._extremes(ratio, back, ahead)
            ratio += 1.0
            ratio *= z
            change = self._dz[rows]
            change -= ratio
            self._extremes(np.divide(change, z, out=ratio), price_back, unused)
            np.divide(step, w, out=ratio)
            self._extremes(ratio, back_w, ahead_w)
            ratio -= 1.0
            ratio *= v
            change = self._dv[rows]
            change += ratio
            self._extremes(np.divide(change, v, out=ratio), price_back, unused)
        primal = np.maximum(-self._least(back), self._most(ahead_w))
        return np.maximum(np.array([primal, -self._least(price_back)]), _LEAST_REACH)

    def move(self, primal: Float[np.ndarray, " S"], dual: Float[np.ndarray, " S"]) -> None:
        """Step distances by ``primal`` and prices by ``dual`` of the increments."""
        along, up, dx = self._spread(primal), self._spread(dual), self._flat(self.dx)
        for rows in self._slices:
            x, w, z, v = self._take(rows)
            moved = np.multiply(dx[rows], along, out=self._one[: len(x)])
            x += moved
            w -= moved
            z += np.multiply(self._dz[rows], up, out=moved)
            v += np.multiply(self._dv[rows], up, out=moved)

    def _take(self, rows: slice) -> list[Float[np.ndarray, "n X"]]:
        return [self._box[name][rows] for name in ("x", "w", "z", "v")]

    def _flat(self, values: Float[np.ndarray, "n m S"]) -> Float[np.ndarray, "n X"]:
        return values.reshape(len(values), self.shape[1] * self.shape[2])

    def _spread(self, values: Float[np.ndarray, " S"]) -> Float[np.ndarray, " X"]:
        return np.ascontiguousarray(np.broadcast_to(values, self.shape[1:])).reshape(-1)

    def _zeros(self) -> Float[np.ndarray, " X"]:
        return np.zeros(self.shape[1] * self.shape[2])

    @staticmethod
    def _extremes(
        values: Float[np.ndarray, "n X"], least: Float[np.ndarray, " X"], most: Float[np.ndarray, " X"]
    ) -> None:
        """Lower ``least`` and raise ``most``, which start at 0, to the values."""
        np.minimum(least, np.minimum.reduce(values, axis=0), out=least)
        np.maximum(most, np.maximum.reduce(values, axis=0), out=most)

    def _least(self, values: Float[np.ndarray, " X"]) -> Float[np.ndarray, " S"]:
        return values.reshape(self.shape[1:]).min(axis=0)

    def _most(self, values: Float[np.ndarray, " X"]) -> Float[np.ndarray, " S"]:
        return values.reshape(self.shape[1:]).max(axis=0)

    def _total(self, values: Float[np.ndarray, " X"]) -> Float[np.ndarray, " S"]:
        return over_lanes(values.reshape(self.shape[1:]))
