"""One week, assessed once, for all tests of the report."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pytest

from simulation.events.trajectory import Trajectory
from simulation.metrics.metrics import Metrics, assess
from simulation.report.figures.draw import draw
from simulation.report.figures.style import Drawn
from simulation.scenario.spec import Spec
from tests.report import week


@dataclass(frozen=True)
class Week:
    """A spec, what happened, its metrics; and its figures, drawn once by whoever asks first."""

    spec: Spec
    trajectory: Trajectory
    metrics: Metrics

    @cached_property
    def figures(self) -> tuple[Drawn, ...]:
        """Every figure of the run."""
        return draw(self.spec, self.trajectory, self.metrics)


@pytest.fixture(scope="session")
def hub_week() -> Week:
    """The week of a hub and a mall in six scenarios."""
    spec = week.spec()
    trajectory = week.trajectory(spec, n=6)
    return Week(spec=spec, trajectory=trajectory, metrics=assess(spec, trajectory))
