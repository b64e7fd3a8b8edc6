"""The two lanes of a line: what each may carry, and when the line is to be closed."""

from __future__ import annotations

import pytest

from simulation.events.tieline import lanes_of
from simulation.scenario.tieline import Tieline

BOTH, ONE, NONE = (True, True), (True, False), (False, False)


def line(**more) -> Tieline:
    return Tieline.model_validate(
        {"a": "x", "b": "y", "capacity_ab_kw": 30.0, "capacity_ba_kw": 10.0, "assumption": "a test", **more}
    )


def test_a_line_is_a_lane_each_way_each_the_back_of_the_other() -> None:
    there, back = lanes_of({"l": line(loss_frac=0.1, own_source_only=True)}, ("y", "x"))
    assert (there.name, back.name) == ("l:x>y", "l:y>x")
    assert (there.start, there.stop, back.start, back.stop) == (1, 0, 0, 1)
    assert (there.capacity_kw, back.capacity_kw) == (30.0, 10.0)
    assert there.back is back
    assert back.back is there
    assert there.line == back.line == "l"
    assert there.keep_frac == pytest.approx(0.9)
    assert there.own_only
    assert back.own_only


@pytest.mark.parametrize(
    ("operation", "closed"),
    [("always", [True, True, True]), ("normal", [True, False, False]), ("emergency", [False, True, True])],
)
def test_when_a_line_is_to_be_closed(operation: str, closed: list[bool]) -> None:
    """With both feeders up, with one and with none; never once it is broken."""
    there, _ = lanes_of({"l": line(operation=operation)}, ("x", "y"))
    assert [there.belongs_closed(*up) for up in (BOTH, ONE, NONE)] == closed
    there.broken = True
    assert not any(there.belongs_closed(*up) for up in (BOTH, ONE, NONE))


def test_an_open_lane_has_no_room() -> None:
    there, _ = lanes_of({"l": line()}, ("x", "y"))
    there.sent_kw = 12.0
    assert there.room_kw == 0.0
    there.closed = True
    assert there.room_kw == 18.0
