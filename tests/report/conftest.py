"""One week, assessed once, for all tests of the report."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from simulation.events.trajectory import Trajectory
from simulation.metrics.metrics import Metrics, assess
from simulation.report.figures.draw import draw
from simulation.report.figures.style import Drawn
from simulation.scenario.spec import Spec
from tests.report import week


@dataclass(frozen=True)
class Week:
    """A spec, what happened, its metrics and its figures."""

    spec: Spec
    trajectory: Trajectory
    metrics: Metrics
    figures: tuple[Drawn, ...]


@pytest.fixture(scope="session")
def hub_week() -> Week:
    """The week of a hub and a mall in six scenarios."""
    spec = week.spec()
    trajectory = week.trajectory(spec, n=6)
    metrics = assess(spec, trajectory)
    return Week(spec=spec, trajectory=trajectory, metrics=metrics, figures=draw(spec, trajectory, metrics))
