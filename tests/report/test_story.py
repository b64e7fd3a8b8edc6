"""The printed story: troubles with their causes, repeats cut short, small cuts folded."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from simulation.report.story import event_lines
from tests.events.test_causes import hub
from tests.events.test_story import ISLANDER
from tests.events.worlds import Hands, area


@pytest.fixture(scope="module")
def lines() -> list[str]:
    """A hub whose fuel comes by a road that is closed for thirty hours."""
    hands = hub()
    return event_lines(hands.spec, hands.play())


def test_a_trouble_is_printed_with_all_that_led_to_it(lines: list[str]) -> None:
    (empty,) = [line for line in lines if "water at hub is at an end" in line]
    assert empty.endswith(
        " - pump well at hub dark, hub dark, genset g at hub stopped, fuel t at hub out, delivery tanker late, "
        "road R2 closed"
    )


def test_a_chain_is_spelled_out_once_and_then_cut_short(lines: list[str]) -> None:
    behind = [line.partition(" - ")[2] for line in lines if " - " in line]
    whole = [chain for chain in behind if ", " in chain and not chain.endswith(", as before")]
    assert len(whole) == len(set(whole))
    assert "hub dark, as before" in behind


def test_what_is_over_needs_no_cause(lines: list[str]) -> None:
    assert not [line for line in lines if ("again" in line or "brings" in line) and " - " in line]
    assert all(earlier[:16] <= later[:16] for earlier, later in pairwise(lines))


def test_small_cuts_are_one_line_in_print_and_all_in_the_log() -> None:
    """Of 10 kW in an island comfort wants 0.2 too much in three half hours, then 5 too much for an hour."""
    hands = Hands(area({"hall": ISLANDER})).outage(1.0, 9.0)
    comfort = np.zeros(48)
    comfort[[4, 7, 10]] = 10.2
    comfort[14:16] = 15.0
    run = hands.demand("hall", comfort=comfort).play()
    assert sum(event.kind == "shedding_began" for event in run.events) == 4
    cuts = [line for line in event_lines(hands.spec, run) if "comfort load" in line]
    assert cuts == [
        "2019-09-09 02:00 hall: comfort load cut 3 times until 2019-09-09 05:30, each for less than 1 kWh, "
        "0.3 kWh in all",
        "2019-09-09 07:00 hall: comfort load cut - grid lost on main",
        "2019-09-09 08:00 hall: comfort load served again, 5 kWh went unserved",
    ]


def test_a_small_cut_of_critical_load_keeps_its_lines() -> None:
    hands = Hands(area({"hall": ISLANDER})).outage(1.0, 24.0)
    critical = np.full(48, 4.0)
    critical[[4, 7, 10]] = 10.2
    run = hands.demand("hall", critical=critical).play()
    assert sum("critical load cut - grid lost" in line for line in event_lines(hands.spec, run)) == 3
