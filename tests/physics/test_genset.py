"""The fuel line against published burn charts, and the chord that a linear planner sees of it."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.physics.genset import chord_l_per_kwh, fuel_lph


@pytest.mark.parametrize(
    ("rated_kw", "slope", "intercept_lph", "chart_lph"),
    [
        (20.0, 0.258, 0.95, (2.3, 3.4, 4.9, 6.1)),
        (60.0, 0.251, 3.20, (6.8, 11.0, 14.4, 18.2)),
        (100.0, 0.244, 3.55, (9.8, 15.5, 22.0, 28.0)),
        (200.0, 0.245, 5.10, (17.8, 29.1, 41.6, 54.5)),
    ],
)
def test_straight_lines_fit_the_burn_chart_at_quarter_loads(
    rated_kw: float, slope: float, intercept_lph: float, chart_lph: tuple[float, ...]
) -> None:
    """Chart of diesel use at 1/4, 1/2, 3/4 and full load: oer.enviraj.com; one step of its rounding is 0.1 L/h."""
    power_kw = rated_kw * np.array([0.25, 0.5, 0.75, 1.0])
    burnt = fuel_lph(power_kw, rated_kw, slope, intercept_lph / rated_kw)
    assert burnt == pytest.approx(np.array(chart_lph), rel=0.05)


def test_the_chord_is_exact_at_the_middle_of_the_usable_band() -> None:
    middle_kw = 0.5 * (0.3 + 1.0) * 80.0
    chord = chord_l_per_kwh(80.0, 0.3, 0.25, 0.04)
    assert chord * middle_kw == pytest.approx(fuel_lph(middle_kw, 80.0, 0.25, 0.04))


def test_the_planner_underrates_fuel_below_the_middle_and_overrates_it_above() -> None:
    chord = chord_l_per_kwh(80.0, 0.0, 0.25, 0.04)
    assert chord * 20.0 < fuel_lph(20.0, 80.0, 0.25, 0.04)
    assert chord * 60.0 > fuel_lph(60.0, 80.0, 0.25, 0.04)
