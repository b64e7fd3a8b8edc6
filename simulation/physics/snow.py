"""Snow on panels: a fall covers them, and what lies there slides down the slope (Marion et al. 2013)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pvlib
from jaxtyping import Bool, Float

__all__ = ["Slope", "covered_frac", "lost_frac", "slid_frac", "slides_above_c", "snowfall_cm"]

WATTS_PER_KW = 1000.0

ROUNDING = 1e-9
"""Cover below this share of a slope is what rounding left of none, and would darken a whole string."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """A plane, and how snow leaves it: ``can_slide_w_per_m2_c`` is the paper's m."""

    tilt_deg: float
    can_slide_w_per_m2_c: float
    slide_frac_per_h: float


def snowfall_cm(
    edges_h: Float[np.ndarray, " T1"],
    start_h: Float[np.ndarray, "S N"],
    end_h: Float[np.ndarray, "S N"],
    rate_cm_per_h: Float[np.ndarray, "S N"],
) -> Float[np.ndarray, "S T"]:
    """New snow of each step, of N falls at even rates [cm].

    Args:
        edges_h: edges of the steps [h].
        start_h: begin of each fall, infinity where there is none [h].
        end_h: its end [h].
        rate_cm_per_h: its rate, 0 where there is none [cm/h].

    >>> snowfall_cm(np.arange(4.0), np.array([[0.5]]), np.array([[2.0]]), np.array([[2.0]]))
    array([[1., 2., 0.]])
    """
    fallen_cm = np.zeros((len(start_h), len(edges_h) - 1))
    for start, end, rate in zip(start_h.T, end_h.T, rate_cm_per_h.T, strict=True):
        within_h = np.minimum(edges_h[1:], end[:, None]) - np.maximum(edges_h[:-1], start[:, None])
        fallen_cm += np.maximum(within_h, 0.0) * rate[:, None]
    return fallen_cm


def slides_above_c(irradiance_kw_per_m2: Float[np.ndarray, "..."], slope: Slope) -> Float[np.ndarray, "..."]:
    """Temperature of the air above which snow slides: the brighter, the colder [C]."""
    return irradiance_kw_per_m2 * (WATTS_PER_KW / slope.can_slide_w_per_m2_c)


def slid_frac(slides_frac: Float[np.ndarray, "..."], slope: Slope, step_h: float) -> Float[np.ndarray, "..."]:
    """Share of the slope that slides off in a step, of which it slides during a share ``slides_frac``.

    >>> slope = Slope(tilt_deg=30.0, can_slide_w_per_m2_c=-80.0, slide_frac_per_h=0.197)
    >>> slid_frac(np.array([0.0, 1.0]), slope, 2.0).round(3)
    array([0.   , 0.197])
    """
    return slides_frac * (slope.slide_frac_per_h * np.sin(np.radians(slope.tilt_deg)) * step_h)


def covered_frac(fresh: Bool[np.ndarray, "S T"], slid: Float[np.ndarray, "S T"]) -> Float[np.ndarray, "S T"]:
    """Share of the slope's height that snow covers in each step; none lies there when the first step begins.

    Marion, Schaefer, Caine and Sanchez (Solar Energy 97, 2013), for whole arrays what ``pvlib.snow.coverage_nrel`` is
    for one series: fresh snow covers all of the slope, nothing slides while it falls, and of what lies there ``slid``
    leaves in each step after.

    Args:
        fresh: whether it snows faster than the threshold.
        slid: share of the slope that slides off in a step without fresh snow.

    >>> covered_frac(np.array([[False, True, False, False]]), np.array([[0.4, 0.4, 0.4, 0.4]])).round(1)
    array([[0. , 1. , 0.6, 0.2]])
    """
    total = np.cumsum(slid, axis=1)
    at_last_fall = np.maximum.accumulate(np.where(fresh, total, -np.inf), axis=1)
    covered = np.maximum(1.0 - (total - at_last_fall), 0.0)
    return np.where(covered < ROUNDING, 0.0, covered)


def lost_frac(covered: Float[np.ndarray, "*shape"], strings: int) -> Float[np.ndarray, "*shape"]:
    """Share of direct-current power lost to the cover: a string of which snow covers a part gives nothing.

    Gilman et al., NREL/TP-6A20-67399 (2018), as in pvlib; ``strings`` lie one above the other up the slope.

    >>> lost_frac(np.array([0.0, 0.3, 0.5]), 3).round(2)
    array([0.  , 0.33, 0.67])
    """
    return np.asarray(pvlib.snow.dc_loss_nrel(covered, strings))
