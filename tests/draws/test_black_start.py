"""Start delays and batteries of base stations: lognormal about their medians, one for like engines."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simulation.draws.black_start import sample_start_delays
from simulation.draws.communications import sample_batteries
from simulation.events.collect import collect
from simulation.events.world import World
from simulation.interchange.outlook import truth
from simulation.scenario.spec import Spec
from tests.events.worlds import DIESEL, GRID, Hands, area

IDS = np.arange(1_000)


def hub(**engine: Any) -> Spec:
    genset = {"by_hand": {**DIESEL, "rated_kw": 20.0, "count": 2, "start_delay_min": 60.0, **engine}}
    base = {"base": {"battery_h": 6.0, "battery_sigma": 0.3}}
    return area({"hub": {"grid": GRID, "genset": genset, "communications": base}})


def test_they_have_their_median_and_their_spread_within_three_standard_errors() -> None:
    spec = hub(start_delay_sigma=0.5)
    delays_h, hours = sample_start_delays(spec, IDS, 1), sample_batteries(spec, IDS, 1)
    assert delays_h is not None
    assert hours is not None
    assert np.array_equal(delays_h[:, 0], delays_h[:, 1])
    for values, median, sigma in ((delays_h[:, 0], 1.0, 0.5), (hours[:, 0], 6.0, 0.3)):
        normal = np.log(values / median) / sigma
        assert abs(normal.mean()) < 3.0 / np.sqrt(len(IDS))
        assert abs(normal.std() - 1.0) < 3.0 / np.sqrt(2.0 * len(IDS))
    again = sample_start_delays(spec, IDS[[7]], 1)
    assert again is not None
    assert again[0, 0] == delays_h[7, 0]


def test_what_is_certain_draws_nothing() -> None:
    assert sample_start_delays(hub(), IDS, 1) is None


def test_a_world_starts_and_falls_silent_at_the_hours_drawn_and_perfect_information_knows() -> None:
    """The grid is lost at 04:00: power after 1.5 h, and the battery of the phones lasts 1 h."""
    spec = hub(start_delay_sigma=0.5)
    hands = Hands(spec).demand("hub", critical=10.0).outage(4.0, 20.0)
    draws = replace(hands.draws(), start_delay_h=np.array([[1.5, 1.5]]), station_battery_h=np.array([[1.0]]))
    world = World(spec, draws, 0)
    world.advance(spec.clock.duration_h)
    run = collect(spec, draws, [world], planned_by="hand", perfect_information=False)
    unserved = run.flow("unserved_kw", "hub.critical")[0]
    assert np.flatnonzero(unserved).tolist() == [8, 9, 10]
    assert np.flatnonzero(run.flow("communications_up_frac", "hub.communications.base")[0] == 0.0).tolist() == [10]
    assert truth(spec, draws).genset_up_frac[0, 8:12, 0] == pytest.approx([0.0, 0.0, 0.0, 1.0])
