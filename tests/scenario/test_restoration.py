"""Restoration presets: every curve has its source, and a wrong one is refused."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from simulation.errors import ScenarioError
from simulation.scenario.preset import preset_names
from simulation.scenario.restoration import PointsPreset, WeibullPreset, read_restoration

EVENTS = {name.rsplit("_", 1)[0] for name in preset_names("restoration")}


@pytest.mark.parametrize("event", sorted(EVENTS))
def test_every_event_has_its_points_and_its_fit(event: str) -> None:
    points, fit = read_restoration(f"{event}_points"), read_restoration(f"{event}_weibull")
    assert isinstance(points, PointsPreset)
    assert isinstance(fit, WeibullPreset)
    assert points.source
    assert points.assumption
    assert f"{event}_points" in fit.source


def test_shares_are_counts_over_the_first_count() -> None:
    points = PointsPreset(kind="points", hours=(0.0, 5.0, 9.0), still_out=(200.0, 50.0, 0.0))
    assert points.out_frac == (1.0, 0.25, 0.0)


def test_an_unknown_curve_is_refused_with_the_list() -> None:
    with pytest.raises(ScenarioError, match=r"'atlantis'; legal: faxai_chiba_points, faxai_chiba_weibull"):
        read_restoration("atlantis")


@pytest.mark.parametrize(
    ("hours", "still_out"),
    [
        ((0.0, 5.0), (10.0, 5.0, 1.0)),
        ((1.0, 5.0), (10.0, 5.0)),
        ((0.0, 5.0, 5.0), (10.0, 5.0, 1.0)),
        ((0.0, 5.0, 6.0), (10.0, 5.0, 7.0)),
        ((0.0, 5.0), (10.0, 10.0)),
    ],
    ids=["lengths", "start", "hours", "rising", "flat"],
)
def test_impossible_counts_are_refused(hours: tuple[float, ...], still_out: tuple[float, ...]) -> None:
    with pytest.raises(ValidationError, match="legal"):
        PointsPreset(kind="points", hours=hours, still_out=still_out)
