"""Sun and temperature: pvlib's clear sky times a daily clearness process, and what PV makes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

__all__ = ["WeatherDraws"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeatherDraws:
    """Weather of every scenario.

    ``pv_expected_kw`` is the mean over days of the month at each step (what a planner without a forecast expects).
    """

    temperature_c: Float[np.ndarray, "S T"]
    clearness: Float[np.ndarray, "S D"]
    pv_kw: Float[np.ndarray, "S T V"]
    pv_expected_kw: Float[np.ndarray, "T V"]
