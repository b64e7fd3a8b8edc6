"""What one part of a scenario says fits what the others say."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tests.events.worlds import GRID, area


@pytest.mark.parametrize(("key", "hours"), [("replan_every_h", 0.7), ("replan_every_h", 0.1), ("horizon_h", 24.25)])
def test_a_plan_that_begins_or_ends_between_planning_steps_is_refused(key: str, hours: float) -> None:
    legal = f"planner.{key}: {hours:g} h; legal: a whole number of planning steps of 0.5 h"
    with pytest.raises(ValidationError, match=legal):
        area({"shop": {"grid": GRID}}, planner={"replan_every_h": 6.0, "horizon_h": 24.0} | {key: hours})


def test_a_plan_every_planning_step_is_taken() -> None:
    spec = area({"shop": {"grid": GRID}}, planner={"replan_every_h": 0.5, "horizon_h": 0.5})
    assert spec.planner.replan_every_h == 0.5
