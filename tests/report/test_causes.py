"""The report's section of root causes: what it shows, and when it stays away."""

from __future__ import annotations

from dataclasses import replace

from simulation.metrics.metrics import assess
from simulation.report.causes import causes
from tests.events.test_causes import hub
from tests.metrics.trajectories import made, two_buildings


def test_a_closed_road_is_shown_with_its_share_and_the_chain_behind() -> None:
    hands = hub()
    metrics = assess(hands.spec, hands.play())
    text = str(causes(metrics))
    assert "road R2 closed" in text
    assert "mostly: hub critical load cut: hub dark: genset g at hub stopped: fuel t at hub out" in text
    table = metrics.causes[0]
    many = replace(table, rows=table.rows * 11)
    assert "3 other roots" in str(causes(replace(metrics, causes=(many,))))


def test_where_nothing_was_lost_there_is_no_section() -> None:
    spec = two_buildings()
    assert str(causes(assess(spec, made(spec, {})))) == ""
