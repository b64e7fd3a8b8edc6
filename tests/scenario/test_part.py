"""Records that a user writes can be changed by copies."""

from __future__ import annotations

from tests.events.worlds import BATTERY, GRID, area


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
