"""Interruptions: from step means, and to the minute from events."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.events.trajectory import EventRecord
from simulation.metrics.interruptions import Interruptions, Lack, from_steps, join, refine, stretches
from tests.metrics.trajectories import made, two_buildings


def _lack(share: list[float], allowed: float = 0.01, step_h: float = 0.5) -> Lack:
    return Lack(share=np.array([share]), allowed=allowed, step_h=step_h)


def _spans(found: Interruptions) -> list[tuple[int, float, float]]:
    return list(zip(found.row.tolist(), found.start_h.tolist(), found.end_h.tolist(), strict=True))


def _told(*spans: tuple[float, float]) -> Interruptions:
    return Interruptions(
        row=np.zeros(len(spans), dtype=np.int64),
        start_h=np.array([start for start, _ in spans]),
        end_h=np.array([end for _, end in spans]),
    )


def test_whole_steps_below_the_threshold() -> None:
    assert _spans(from_steps(_lack([0, 0.5, 0.02, 0.01, 1, 0]), on_off=False)) == [(0, 0.5, 1.5), (0, 2.0, 2.5)]


def test_a_service_that_is_on_or_off_gives_its_edges_away() -> None:
    """Off from 0:40 to 2:12: the first step lacks 20 of 30 minutes, the last 12."""
    found = _spans(from_steps(_lack([0, 2 / 3, 1, 1, 0.4, 0]), on_off=True))
    assert found == [(0, pytest.approx(2 / 3), pytest.approx(2.2))]


def test_events_tell_the_minute() -> None:
    """One minute of darkness in a half hour: a step mean alone would make it thirty."""
    lack = _lack([0, 1 / 30, 0, 0])
    minute = _told((0.6, 0.6 + 1 / 60))
    assert _spans(refine(lack, minute)) == [(0, pytest.approx(0.6), pytest.approx(0.6 + 1 / 60))]
    assert _spans(refine(lack, None)) == [(0, 0.5, 1.0)]


def test_a_stretch_counts_as_far_as_it_is_deep() -> None:
    """Shedding from 0:15 to 1:30; only in the second half hour is more than 1 % lacking."""
    lack = _lack([0.002, 0.5, 0.005, 0])
    assert _spans(refine(lack, _told((0.25, 1.5)))) == [(0, 0.5, 1.0)]


def test_deep_pieces_in_a_row_are_one_interruption() -> None:
    lack = _lack([0.5, 1.0, 0.3, 0])
    assert _spans(refine(lack, _told((0.25, 1.2)))) == [(0, 0.25, pytest.approx(1.2))]


def test_steps_that_no_event_explains_count_by_their_means() -> None:
    lack = _lack([0, 1 / 30, 0, 1.0, 0])
    found = _spans(refine(lack, _told((0.6, 0.6 + 1 / 60))))
    assert found == [(0, pytest.approx(0.6), pytest.approx(0.6 + 1 / 60)), (0, 1.5, 2.0)]


def test_stretches_pair_events_by_scenario_number_and_element() -> None:
    spec = two_buildings()

    def event(scenario: int, hour: float, kind: str, element: str = "hub.critical") -> EventRecord:
        return EventRecord(scenario=scenario, time_h=hour, element=element, kind=kind, value=1.0, text=kind)

    events = (
        event(17, 3.0, "shedding_began"),
        event(4, 5.0, "shedding_began"),
        event(17, 3.5, "shedding_ended"),
        event(17, 9.0, "shedding_began", "mall.critical"),
        event(17, 20.0, "shedding_began"),
    )
    trajectory = made(spec, {}, n=2, events=events, ids=(4, 17))
    found = stretches(trajectory, "shedding_began", "shedding_ended")
    assert _spans(found["hub.critical"]) == [(0, 5.0, 24.0), (1, 3.0, 3.5), (1, 20.0, 24.0)]
    assert _spans(found["mall.critical"]) == [(1, 9.0, 24.0)]


@given(st.lists(st.tuples(st.floats(0, 9.9), st.floats(0, 3)), max_size=12))
def test_joined_spans_never_touch_and_cover_the_same_time(spans: list[tuple[float, float]]) -> None:
    given_spans = [(start, start + length) for start, length in spans]
    joined = join([_told(*given_spans)])
    assert (joined.start_h[1:] > joined.end_h[:-1]).all()
    for moment in np.linspace(0.03, 12.9, 60):
        inside = any(start < moment < end for start, end in given_spans)
        assert inside == any(start < moment < end for _, start, end in _spans(joined)) or any(
            abs(moment - edge) < 1e-6 for span in given_spans for edge in span
        )
