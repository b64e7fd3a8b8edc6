"""What all tables of a scenario file share: copies that differ, and local times."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from simulation.scenario.grid import ScheduledOutage
from simulation.scenario.period import Period
from simulation.scenario.snow import Fall
from tests.events.worlds import BATTERY, GRID, area

MOMENT = datetime(2026, 12, 1, 6, tzinfo=UTC)


def test_a_changed_copy_counts_its_own_elements_and_hours() -> None:
    spec = area({"shop": {"grid": GRID, "battery": {"b": BATTERY}}}, days=2)
    assert (len(spec.batteries), spec.clock.duration_h) == (1, 48.0)
    bare = spec.model_copy(
        update={
            "building": {"shop": spec.building["shop"].model_copy(update={"battery": {}})},
            "period": spec.period.model_copy(update={"days": 1}),
        }
    )
    assert (len(bare.batteries), bare.clock.duration_h) == (0, 24.0)
    assert (len(spec.batteries), spec.clock.duration_h) == (1, 48.0)


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (Period, {"days": 1}),
        (ScheduledOutage, {"kind": "schedule", "hours": 3.0}),
        (Fall, {"duration_median_h": 12.0, "depth_median_cm": 30.0}),
    ],
)
def test_a_local_time_has_no_offset(table, values):
    assert table(start=MOMENT.replace(tzinfo=None), **values).start.hour == 6
    with pytest.raises(ValidationError, match=r"local time without an offset; the zone is named in \[place\]"):
        table(start=MOMENT, **values)
